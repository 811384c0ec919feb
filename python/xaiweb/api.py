"""The public functions: the one place where exporting, explaining and building are joined."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from xaiweb import previewing
from xaiweb.bundle.read import Bundle, read
from xaiweb.errors import InputError
from xaiweb.explaining.explainer import Explainer
from xaiweb.explaining.images import PhotoExplainer
from xaiweb.explaining.rows import TableExplainer
from xaiweb.explaining.texts import TextExplainer
from xaiweb.exporting import export_bundle as export
from xaiweb.exporting_image import export_image
from xaiweb.exporting_text import export_text
from xaiweb.many.dataset import explain_dataset
from xaiweb.site import build as site_build
from xaiweb.site import serve as site_serve

__all__ = [
    "build",
    "explain_dataset",
    "export",
    "export_image",
    "export_script",
    "export_text",
    "open",
    "serve",
]


def export_script(script: Path | str, out: Path | str) -> Bundle:
    """Run a recipe: a Python file that defines ``export(out: Path)``.

    Raises:
        InputError: If there is no such file, or it defines no ``export``.
    """
    file = Path(script)
    if not file.is_file():
        raise InputError("there is no such file.", where=str(file), next="Check the path.", code="file-missing")
    recipe = runpy.run_path(str(file), run_name=f"xaiweb_recipe_{file.stem}")
    if not callable(recipe.get("export")):
        raise InputError(
            "this script defines no function `export(out: Path)`.", where=str(file), next="Define one; see export/."
        )
    recipe["export"](Path(out))
    return read(out)


def open(bundle: Bundle | Path | str) -> Explainer:
    """A bundle, opened to explain and predict rows, photos or texts.

    Raises:
        BundleError: If a file is missing or was changed.
    """
    found = bundle if isinstance(bundle, Bundle) else read(bundle)
    return _EXPLAINERS[found.manifest.kind](found)


_EXPLAINERS: dict[str, Callable[[Any], Explainer]] = {
    "tabular": TableExplainer,
    "image": PhotoExplainer,
    "text": TextExplainer,
}


def build(
    bundles: Sequence[Bundle | Path | str],
    out: Path | str,
    *,
    without: Collection[str] = (),
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Build a static site of the bundles in folder ``out``.

    Each card of its gallery shows a real explanation: the first example's. ``without`` names ways to start sooner that
    the site leaves out; docs/starting.md has them.

    Raises:
        BundleError: If a bundle was changed.
        SiteError: If the browser's runtime is missing or was changed.
    """
    opened = [open(bundle) for bundle in bundles]
    previews = {explainer.manifest.name: picture for explainer in opened if (picture := previewing.preview(explainer))}
    paths = [explainer.bundle.path for explainer in opened]
    return site_build.build(paths, Path(out), previews=previews, without=without, progress=progress)


def serve(site: Path | str, port: int = 8000, *, open_browser: bool = False) -> None:
    """Serve a site on this machine alone, until interrupted.

    Raises:
        SiteError: If the folder isn't a site, or the port is taken.
    """
    site_serve.serve(Path(site), port, open_browser=open_browser)
