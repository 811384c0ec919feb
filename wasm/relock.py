"""Writes the hashes of ``runtime.lock.json`` anew from ``node_modules``, after a version was raised on purpose.

Raise the npm versions in ``package.json``, run ``npm install`` and ``python wasm/relock.py``, and read the diff:
every changed hash is a file that visitors will run. numpy's line follows Pyodide's own lock.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

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
        if document["packages"][entry["package"]]["source"] == "npm":
            found = identity((node_modules / entry["package"] / entry["member"]).read_bytes())
            entry["bytes"], entry["sha256"] = found.bytes, found.sha256
    official = json.loads((node_modules / "pyodide" / "pyodide-lock.json").read_bytes())["packages"]["numpy"]
    for path, entry in list(document["files"].items()):
        if entry["package"] == "numpy" and entry["sha256"] != official["sha256"]:
            del document["files"][path]
            numpy = document["packages"]["numpy"]
            numpy["version"] = official["version"]
            numpy["cdn"] = f"https://cdn.jsdelivr.net/pyodide/v{document['packages']['pyodide']['version']}/full/"
            changed = {**entry, "member": official["file_name"], "sha256": official["sha256"], "bytes": -1}
            document["files"][f"runtime/pyodide/{official['file_name']}"] = changed
            print("numpy's wheel changed: fill in its bytes, and a carrier that has it", file=sys.stderr)
    return document


if __name__ == "__main__":
    lock = HERE / "runtime.lock.json"
    text = json.dumps(relock(json.loads(lock.read_bytes()), NODE_MODULES), indent=2) + "\n"
    write_atomically(lock, text.encode())
