"""Which manifest belongs to which kind of data."""

from __future__ import annotations

from xaiweb.bundle.image import ImageManifest
from xaiweb.bundle.manifest import Manifest
from xaiweb.bundle.tabular import TabularManifest
from xaiweb.bundle.text import TextManifest
from xaiweb.errors import BundleError

KINDS: dict[str, type[Manifest]] = {"tabular": TabularManifest, "image": ImageManifest, "text": TextManifest}


def manifest(document: object) -> Manifest:
    """The manifest in a parsed JSON document, of the class that its kind names.

    Raises:
        BundleError: With the path of the node at fault.
    """
    if isinstance(document, dict) and document.get("version") not in (None, 1):
        raise BundleError(
            f"this is version {document['version']!r} of the manifest; this release reads version 1.",
            where="manifest.version",
            next="Update xaiweb, or export the bundle again.",
            code="bundle-version",
        )
    kind = document.get("kind") if isinstance(document, dict) else None
    # A document of no known kind is refused as what most of them are.
    found = KINDS.get(kind, TabularManifest) if isinstance(kind, str) else TabularManifest
    return found.from_dict(document)
