"""The same site with every way to start sooner, without each of them, and as it was before there were any."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

from wasm import archive, collect, lockfile
from xaiweb.site.build import WAYS, build
from xaiweb.site.runtime import Assets, assets

ALL, BEFORE, BYTECODE = "all", "before", "bytecode"


def whole_runtime(folder: Path) -> Path:
    """A runtime below ``folder`` whose Python files are as they were made: nothing left out, no bytecode."""
    collect.collect(dist=folder, whole=True, say=lambda line: None)
    (wheel,) = (collect.DIST / "runtime" / "pyodide").glob("xaiweb_core-*.whl")
    with zipfile.ZipFile(wheel) as members:
        sources = {name: members.read(name) for name in members.namelist() if not name.endswith(".pyc")}
    (folder / "runtime" / "pyodide" / wheel.name).write_bytes(archive.pack(sources))
    shutil.copy(collect.DIST / "tools.json", folder / "tools.json")
    lockfile.build(folder)
    return folder


def sites(bundles: Sequence[Path], folder: Path) -> dict[str, Path]:
    """Sites below ``folder``: ``all``, ``before``, and by the name of each way the site without it."""
    web = assets().web
    whole = Assets(web, whole_runtime(folder / "whole"), None)
    made = {ALL: build(bundles, folder / ALL)}
    made[BEFORE] = build(bundles, folder / BEFORE, parts=whole, without=WAYS)
    made[BYTECODE] = build(bundles, folder / BYTECODE, parts=whole)
    for way in WAYS:
        made[way] = build(bundles, folder / way, without=[way])
    return made


def python_bytes(site: Path) -> int:
    """The size of Python's files (bytes), as a host without compression sends them."""
    listing = json.loads((site / "files.json").read_bytes())
    return sum(int(listing["files"][path]["bytes"]) for path in listing["runtime"]["python"])
