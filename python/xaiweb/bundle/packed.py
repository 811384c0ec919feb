"""A bundle's bytes, to travel to another machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xaiweb.bundle.files import identity
from xaiweb.bundle.read import Bundle


def manifest_sha256(bundle: Path) -> str:
    """The hash of a bundle's manifest, which names the hashes of all its files."""
    return identity((bundle / "manifest.json").read_bytes()).sha256


@dataclass(frozen=True)
class Packed:
    """The files of a bundle.

    Attributes:
        files: Bytes by path in the bundle, the manifest among them.
    """

    files: Mapping[str, bytes]

    @classmethod
    def of(cls, bundle: Bundle) -> Packed:
        """The bytes of a bundle on disk."""
        names = ("manifest.json", *bundle.manifest.files)
        return cls({name: (bundle.path / name).read_bytes() for name in names})

    @property
    def sha256(self) -> str:
        """The manifest's hash, which names all others."""
        return identity(self.files["manifest.json"]).sha256

    def unpack(self, folder: Path) -> None:
        """Write the files; whoever reads the bundle there verifies every one of them."""
        for name, data in self.files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
