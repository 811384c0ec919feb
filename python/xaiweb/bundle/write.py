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

    An older bundle in ``out`` is replaced once everything is written; any other folder is left alone.

    Raises:
        BundleError: If ``out`` holds something that isn't a bundle, or the manifest contradicts itself.
    """
    folder = Path(out)
    if folder.exists() and not (folder / "manifest.json").is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise BundleError(
            "this is not a bundle, so it is not overwritten.", where=str(folder), next="Choose another --out."
        )
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
        if folder.exists():
            shutil.move(folder, Path(temporary, "old"))
        shutil.move(fresh, folder)
    return complete
