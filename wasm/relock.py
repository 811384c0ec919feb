"""Writes the hashes of ``runtime.lock.json`` anew from ``node_modules``, after a version was raised on purpose.

Raise the npm versions in ``package.json``, run ``npm install`` and ``python -m wasm.relock``, and read the diff:
every changed hash is a file that visitors will run. numpy's line follows Pyodide's own lock. What ``trim.py`` makes is
made anew, so this is also what to run after a change there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from wasm import collect, trim
from xaiweb.bundle.files import identity
from xaiweb.site.files import write_atomically

HERE = Path(__file__).resolve().parent
NODE_MODULES = HERE.parent / "node_modules"


def relock(document: dict[str, Any], node_modules: Path) -> dict[str, Any]:
    """The document with versions, sizes and hashes of what npm installed."""
    for name, package in document["packages"].items():
        if package["source"] == "npm":
            package["version"] = json.loads((node_modules / name / "package.json").read_bytes())["version"]
    for entry in (*document["files"].values(), *document["inputs"].values()):
        if document["packages"][entry["package"]]["source"] == "npm" and not entry.get("trimmed"):
            found = identity((node_modules / entry["package"] / entry["member"]).read_bytes())
            entry["bytes"], entry["sha256"] = found.bytes, found.sha256
    official = json.loads((node_modules / "pyodide" / "pyodide-lock.json").read_bytes())["packages"]["numpy"]
    for path, entry in list(document["inputs"].items()):
        if entry["package"] == "numpy" and entry["sha256"] != official["sha256"]:
            del document["inputs"][path]
            shipped = document["files"].pop(f"runtime/pyodide/{path}")
            numpy = document["packages"]["numpy"]
            numpy["version"] = official["version"]
            numpy["cdn"] = f"https://cdn.jsdelivr.net/pyodide/v{document['packages']['pyodide']['version']}/full/"
            changed = {**entry, "member": official["file_name"], "sha256": official["sha256"], "bytes": -1}
            document["inputs"][official["file_name"]] = changed
            document["files"][f"runtime/pyodide/{official['file_name']}"] = {**shipped, "member": official["file_name"]}
            print("numpy's wheel changed: fill in its bytes, and a carrier that has it", file=sys.stderr)
    return document


def remake(lock: Path, node_modules: Path) -> dict[str, Any]:
    """The document of ``lock`` with the hashes of what ``trim.py`` makes of the originals it names."""
    document: dict[str, Any] = json.loads(lock.read_bytes())
    for entry in collect.read_lock(lock)[0]:
        if entry.original is None:
            continue
        data, _ = collect.find(entry.original, node_modules, None, collect.cache_folder(), print)
        made = identity(trim.trimmed(entry.name, data))
        document["files"][entry.path] |= {"bytes": made.bytes, "sha256": made.sha256}
    return document


def main(lock: Path = HERE / "runtime.lock.json") -> None:
    """Writes the lock."""
    for document in (lambda: relock(json.loads(lock.read_bytes()), NODE_MODULES), lambda: remake(lock, NODE_MODULES)):
        write_atomically(lock, (json.dumps(document(), indent=2) + "\n").encode())


if __name__ == "__main__":
    main()
