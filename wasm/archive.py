"""Archives of Python files with bytecode in them: what ``repack.mjs`` runs inside Pyodide, for the Python there.

Standard library only, and nothing of ours: Pyodide imports this file alone. Its own zlib and compiler make the bytes
the same on every machine.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import importlib.util
import io
import sys
import zipfile
from collections.abc import Callable
from importlib import _bootstrap_external

# 1980-01-01: the earliest a zip file can say.
DATE = (1980, 1, 1, 0, 0, 0)


def repack(archive: bytes, folder: str, keeps: Callable[[str], bool], *, sources: bool) -> bytes:
    """The archive with its kept members alone, and bytecode for every Python file among them.

    Args:
        archive: A zip file or a wheel, whose RECORD is written anew.
        folder: Where its files will lie, for tracebacks.
        keeps: Whether a member stays, by its path in the archive.
        sources: Whether sources stay, the bytecode beside them in ``__pycache__``; else bytecode without docstrings
            takes their place, as ``module.pyc``.
    """
    members: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as before:
        for name in before.namelist():
            if name.endswith("/") or not keeps(name):
                continue
            data = before.read(name)
            if name.endswith(".py"):
                if sources:
                    members[name] = data
                members[bytecode_name(name, sources)] = bytecode(data, folder + name, docstrings=sources)
            else:
                members[name] = data
    for name in members:
        if name.endswith(".dist-info/RECORD"):
            members[name] = record(members, name)
    return pack(members)


def bytecode_name(name: str, sources: bool) -> str:
    """Where Python looks for a file's bytecode: beside its source, or in its place."""
    if not sources:
        return name + "c"
    head, slash, tail = name.rpartition("/")
    return f"{head}{slash}__pycache__/{tail.removesuffix('.py')}.{sys.implementation.cache_tag}.pyc"


def bytecode(source: bytes, path: str, *, docstrings: bool) -> bytes:
    """A ``.pyc`` file that is never compared with its source: the wheel's hash was checked already (PEP 552)."""
    tree = ast.parse(source, path)
    if not docstrings:
        drop_docstrings(tree)
    code = compile(tree, path, "exec", dont_inherit=True, optimize=0)
    digest = importlib.util.source_hash(source)
    return bytes(_bootstrap_external._code_to_hash_pyc(code, digest, False))  # type: ignore[attr-defined]


def drop_docstrings(tree: ast.AST) -> None:
    """Takes every docstring out, and no assert: that would be ``optimize=2``."""
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if ast.get_docstring(node, clean=False) is not None:
            node.body[:1] = [] if len(node.body) > 1 else [ast.copy_location(ast.Pass(), node.body[0])]


def record(members: dict[str, bytes], own: str) -> bytes:
    """A wheel's RECORD: every file with its hash and size, its own without."""
    lines = []
    for name, data in sorted(members.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{name},," if name == own else f"{name},sha256={digest},{len(data)}")
    return "".join(f"{line}\n" for line in lines).encode()


def pack(members: dict[str, bytes]) -> bytes:
    """A zip file of these members in the order of their names: the same ones give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in sorted(members.items()):
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, data)
    return out.getvalue()
