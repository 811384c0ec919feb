"""Write a bundle: all of it, or nothing."""

from __future__ import annotations

import dataclasses
import json
import shutil
import tempfile
from pathlib import Path
from typing import TypeVar

from xaiweb.bundle.files import identity
from xaiweb.bundle.manifest import Manifest
from xaiweb.errors import BundleError

M = TypeVar("M", bound=Manifest)


def write(out: Path | str, manifest: M, files: dict[str, bytes]) -> M:
    """Write ``files`` and a manifest that names their hashes into folder ``out``; returns that manifest.

    An older bundle in ``out`` is replaced once everything is written; a folder that holds anything else is left alone.

    Raises:
        BundleError: If ``out`` holds something that isn't a bundle, or the manifest contradicts itself.
    """
    folder = Path(out)
    _refuse_foreign(folder)
    listed = {name: identity(data) for name, data in sorted(files.items())}
    # Reading it back through the contract finds what a reader would refuse, before anything is replaced.
    complete = type(manifest).from_dict(dataclasses.replace(manifest, files=listed).to_dict())
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        fresh = Path(temporary, "fresh")
        for name, data in files.items():
            file = fresh / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        text = json.dumps(complete.to_dict(), indent=1, ensure_ascii=False, allow_nan=False)
        (fresh / "manifest.json").write_text(text + "\n", "utf-8")
        old = Path(temporary, "old")
        if folder.exists():
            shutil.move(folder, old)
        try:
            shutil.move(fresh, folder)
        except BaseException:
            if old.exists():
                shutil.move(old, folder)  # before it is gone with the temporary folder
            raise
    return complete


def _refuse_foreign(folder: Path) -> None:
    """Refuses to replace anything but an older bundle or an empty folder.

    Other programs call their files ``manifest.json`` too: what counts is that it lists all that is there.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        listed = {*json.loads((folder / "manifest.json").read_bytes())["files"], "manifest.json"}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise BundleError(
            "this is not a bundle, so it is not overwritten.", where=str(folder), next="Choose another --out."
        ) from None
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if not file.is_dir()}
    if foreign := sorted(there - listed):
        raise BundleError(
            f"this folder holds files of no bundle, so it is not overwritten: {', '.join(foreign[:3])}.",
            where=str(folder),
            next="Choose another --out, or move what is in it.",
        )
