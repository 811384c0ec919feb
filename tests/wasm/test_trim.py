"""What is left out of the standard library and numpy is needed by nobody; what is packed is the same every time."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from importlib import util
from pathlib import Path

import pytest

import xaiweb
from wasm import archive, trim
from wasm.collect import NODE_MODULES, cache_folder, read_lock
from xaiweb.errors import SiteError
from xaiweb.site.runtime import core_sources

SOURCE = b'"""What it is."""\n\ndef half(x):\n    """The half."""\n    assert x % 2 == 0, "odd"\n    return x // 2\n'


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, data in members.items():
            target.writestr(name.replace("__", "/", 1), data)
    return out.getvalue()


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return {name: source.read(name) for name in source.namelist()}


def run(pyc: bytes) -> dict[str, object]:
    import marshal

    names: dict[str, object] = {}
    exec(marshal.loads(pyc[16:]), names)
    return names


def test_bytecode_is_without_docstrings_and_with_asserts_and_never_checked_against_a_source() -> None:
    packed = members(archive.repack(zipped(**{"a.py": SOURCE, "b.py": SOURCE}), "/lib/", "a.py".__eq__, sources=False))
    assert list(packed) == ["a.pyc"]
    pyc = packed["a.pyc"]
    assert pyc[:4] == util.MAGIC_NUMBER
    assert pyc[4:8] == b"\x01\0\0\0"  # PEP 552: by hash, unchecked
    names = run(pyc)
    half = names["half"]
    assert names.get("__doc__") is None
    assert half.__doc__ is None  # type: ignore[attr-defined]
    assert half(4) == 2  # type: ignore[operator]
    with pytest.raises(AssertionError, match="odd"):
        half(3)  # type: ignore[operator]
    assert half.__code__.co_filename == "/lib/a.py"  # type: ignore[attr-defined]


def test_beside_sources_bytecode_lies_where_python_looks_and_keeps_docstrings() -> None:
    packed = members(archive.repack(zipped(**{"p__a.py": SOURCE}), "/lib/", trim.everything, sources=True))
    name = f"p/__pycache__/a.{sys.implementation.cache_tag}.pyc"
    assert set(packed) == {"p/a.py", name}
    assert packed["p/a.py"] == SOURCE
    assert run(packed[name])["__doc__"] == "What it is."


def test_a_wheel_s_record_names_what_it_holds() -> None:
    wheel = zipped(**{"p__a.py": SOURCE, "p-1.dist-info__RECORD": b"p/a.py,sha256=old,1\n", "p__gone.txt": b"x"})
    packed = members(archive.repack(wheel, "/lib/", lambda name: "gone" not in name, sources=False))
    digest = hashlib.sha256(packed["p/a.pyc"]).digest()
    told = dict(line.split(",", 1) for line in packed["p-1.dist-info/RECORD"].decode().splitlines())
    assert set(told) == set(packed)
    coded = archive.base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert told["p/a.pyc"] == f"sha256={coded},{len(packed['p/a.pyc'])}"
    assert told["p-1.dist-info/RECORD"] == ","


def test_the_same_members_give_the_same_bytes_in_any_order() -> None:
    one, other = zipped(**{"a.py": SOURCE, "b.txt": b"b"}), zipped(**{"b.txt": b"b", "a.py": SOURCE})
    assert one != other
    packed = [archive.repack(data, "/lib/", trim.everything, sources=True) for data in (one, other)]
    assert packed[0] == packed[1]


def test_pyodide_packs_the_same_bytes_twice() -> None:
    wheel = zipped(**{"p__a.py": SOURCE + b"NAMES = {'a', 'b', 'c', 'd'} | frozenset('xyz')\n"})
    once = trim.with_bytecode(wheel)
    assert trim.with_bytecode(wheel) == once
    assert set(members(once)) == {"p/a.py", "p/__pycache__/a.cpython-314.pyc"}


def test_a_file_that_does_not_compile_is_refused() -> None:
    with pytest.raises(SiteError, match=r"(?s)could not pack it.*SyntaxError"):
        trim.with_bytecode(zipped(**{"a.py": b"def"}))


def test_nobody_guesses_what_an_unknown_archive_needs() -> None:
    with pytest.raises(SiteError, match="nobody knows"):
        trim.trimmed("other.zip", b"")


@pytest.fixture(scope="module")
def originals() -> dict[str, zipfile.ZipFile]:
    """The archives before they are trimmed: ``stdlib`` and ``numpy``."""
    inputs = read_lock()[1]
    numpy = next(entry for entry in inputs.values() if entry.package == "numpy")
    return {
        "stdlib": zipfile.ZipFile(NODE_MODULES / "pyodide" / "python_stdlib.zip"),
        "numpy": zipfile.ZipFile(cache_folder() / numpy.file.sha256),
    }


def imports(source: bytes, module: str, *, lazy: bool) -> Iterator[str]:
    """Absolute names of what a module imports; ``lazy``: inside of functions, too."""

    def walk(node: ast.AST) -> Iterator[ast.AST]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) and not lazy:
                continue
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            yield child
            yield from walk(child)

    package = module.split(".")
    for node in walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            head = package[: len(package) - node.level] if node.level else []
            base = ".".join([*head, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def paths(name: str) -> tuple[str, str]:
    folder = name.replace(".", "/")
    return f"{folder}.py", f"{folder}/__init__.py"


def test_the_standard_library_has_all_that_the_core_imports_anywhere(originals: dict[str, zipfile.ZipFile]) -> None:
    library = set(originals["stdlib"].namelist())
    for path, source in core_sources(Path(xaiweb.__file__).parent).items():
        for name in imports(source, path.removesuffix(".py").replace("/", "."), lazy=True):
            for member in library.intersection(paths(name)):
                assert trim.keeps_stdlib(member), f"{path} imports {name}"


def test_the_standard_library_has_all_that_numpy_imports_when_it_is_imported(
    originals: dict[str, zipfile.ZipFile],
) -> None:
    library, numpy = set(originals["stdlib"].namelist()), originals["numpy"]
    kept = [name for name in numpy.namelist() if name.endswith(".py") and trim.keeps_numpy(name)]
    assert "numpy/random/__init__.py" in kept
    for path in kept:
        module = path.removesuffix(".py").replace("/__init__", "/.").replace("/", ".")
        for name in imports(numpy.read(path), module, lazy=False):
            for member in library.intersection(paths(name)):
                assert trim.keeps_stdlib(member), f"{path} imports {name}"
            for member in set(numpy.namelist()).intersection(paths(name)):
                assert trim.keeps_numpy(member), f"{path} imports {name}"


def test_no_licence_is_left_out(originals: dict[str, zipfile.ZipFile]) -> None:
    licences = [name for name in originals["numpy"].namelist() if ".dist-info/licenses/" in name]
    assert licences
    assert all(map(trim.keeps_numpy, licences))


def test_the_lock_pins_what_is_made() -> None:
    document = json.loads((trim.HERE / "runtime.lock.json").read_bytes())
    made = {path for path, entry in document["files"].items() if entry.get("trimmed")}
    assert {path.rpartition("/")[2].partition("-")[0] for path in made} == {"python_stdlib.zip", "numpy"}
    for path in made:
        entry = document["files"][path]
        assert entry["bytes"] < document["inputs"][entry["member"]]["bytes"]
