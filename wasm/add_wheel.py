"""Adds a wheel to a Pyodide lockfile with the pyodide-lock library: ``add_wheel.py WHEEL INPUT OUTPUT``.

What ``pyodide lockfile add-wheels`` does, for machines without a Python that runs pyodide-build. It imports
nothing but pyodide-lock, so that any environment that has the library can run it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pyodide_lock import PyodideLockSpec
from pyodide_lock.utils import add_wheels_to_spec


def add_wheel(wheel: Path, source: Path, target: Path) -> None:
    """Writes the lockfile ``source``, with ``wheel`` in it, to ``target``."""
    document = json.loads(source.read_bytes())
    # pyodide-lock for Python 3.11 asks for a field that newer lockfiles have dropped; newer ones ignore it.
    document["info"].setdefault("version", "0")
    target.write_text(json.dumps(document))
    add_wheels_to_spec(PyodideLockSpec.from_json(target), [wheel]).to_json(target)


if __name__ == "__main__":
    add_wheel(*map(Path, sys.argv[1:4]))
