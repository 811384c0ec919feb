"""Results, one line each, kept outside of the checkout: a bench that was stopped goes on where it was."""

from __future__ import annotations

import ast
import hashlib
import json
import os
from pathlib import Path
from typing import Any

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "xaiweb" / "bench"


def digest(*parts: object) -> str:
    """A short name for what these are."""
    return hashlib.sha256("\0".join(map(repr, parts)).encode()).hexdigest()[:16]


def code_digest(paths: list[Path]) -> str:
    """A short name for what the code in these files does: comments, layout and docstrings don't count."""
    return digest(*((path.name, meaning(path.read_text("utf-8"))) for path in sorted(paths)))


def meaning(source: str) -> str:
    """What some code does, as text: without comments, layout and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)


def keep(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, whoever else writes the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(data)
    part.replace(path)


class Cells:
    """The results of one method with one version of its code.

    Args:
        path: A file of JSON lines; what a kill left unfinished at its end is done again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: dict[tuple[Any, ...], dict[str, Any]] = {}
        whole = 0
        if path.is_file():
            for line in path.read_bytes().splitlines(keepends=True):
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
                key, result = json.loads(line)
                self._found[tuple(key)] = result
            if whole < path.stat().st_size:
                with path.open("r+b") as file:
                    file.truncate(whole)

    def get(self, key: tuple[Any, ...]) -> dict[str, Any] | None:
        """The result under a key, or None."""
        return self._found.get(key)

    def put(self, key: tuple[Any, ...], result: dict[str, Any]) -> None:
        """Keep a result."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([key, result], allow_nan=False) + "\n")
        self._found[key] = result
