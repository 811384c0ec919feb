from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import xaiweb
from wasm.core_wheel import core_wheel
from xaiweb.errors import SiteError
from xaiweb.site.runtime import SIDE_MODULE, core_sources

PACKAGE = Path(xaiweb.__file__).parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return core_wheel(tmp_path_factory.mktemp("wheel"))


def test_the_same_sources_give_the_same_bytes(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os
    import shutil

    copy = tmp_path / "copy" / "xaiweb"
    shutil.copytree(PACKAGE / "core", copy / "core", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__init__.py", "errors.py"):
        shutil.copy(PACKAGE / name, copy / name)
    for file in copy.rglob("*.py"):  # another day, another umask
        os.utime(file, (1_700_000_000, 1_700_000_000))
        file.chmod(0o600)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    assert core_wheel(tmp_path / "out", copy).read_bytes() == wheel.read_bytes()


def test_a_second_call_leaves_it_and_changed_sources_replace_it(tmp_path: Path) -> None:
    package = tmp_path / "xaiweb"
    (package / "core").mkdir(parents=True)
    (package / "core" / "__init__.py").write_text("", "utf-8")
    (package / "errors.py").write_text("", "utf-8")
    (package / "__init__.py").write_text(f'__version__ = "{xaiweb.__version__}"\n', "utf-8")
    file = core_wheel(tmp_path / "out", package)
    (tmp_path / "out" / "xaiweb_core-0.0.1-py3-none-any.whl").write_bytes(b"an older one")
    before = file.stat().st_mtime_ns
    assert core_wheel(tmp_path / "out", package).stat().st_mtime_ns == before
    assert [old.name for old in (tmp_path / "out").glob("*.whl")] == [file.name]
    (package / "core" / "__init__.py").write_text("ONE = 1\n", "utf-8")
    with zipfile.ZipFile(core_wheel(tmp_path / "out", package)) as archive:
        assert archive.read("xaiweb/core/__init__.py") == b"ONE = 1\n"


def test_two_versions_are_refused(tmp_path: Path) -> None:
    package = tmp_path / "xaiweb"
    (package / "core").mkdir(parents=True)
    (package / "errors.py").write_text("", "utf-8")
    (package / "__init__.py").write_text('__version__ = "0.0.0"\n', "utf-8")
    with pytest.raises(SiteError, match="__version__ is not"):
        core_wheel(tmp_path / "out", package)


def bytecode_name(source: str) -> str:
    folder, _, name = source.rpartition("/")
    return f"{folder}/__pycache__/{name.removesuffix('.py')}.cpython-314.pyc"


def test_it_holds_the_core_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        members = {name for name in archive.namelist() if ".dist-info/" not in name}
        metadata = archive.read(next(name for name in archive.namelist() if name.endswith("METADATA"))).decode()
    names = {name for name in members if not name.endswith(".pyc")}
    assert names == {*core_sources(PACKAGE), SIDE_MODULE}
    assert members - names == {bytecode_name(name) for name in names if name.endswith(".py")}
    assert "Name: xaiweb-core\n" in metadata
    assert f"Version: {xaiweb.__version__}\n" in metadata
    assert "Requires-Dist: numpy" in metadata


def test_every_module_of_it_imports_without_the_rest_of_xaiweb(wheel: Path) -> None:
    code = """if True:
        import importlib, pkgutil, sys
        sys.path.insert(0, sys.argv[1])
        import xaiweb
        assert xaiweb.__file__.startswith(sys.argv[1]), xaiweb.__file__
        for module in pkgutil.walk_packages(xaiweb.__path__, "xaiweb."):
            importlib.import_module(module.name)
        print(sorted({name.split(".")[1] for name in sys.modules if name.startswith("xaiweb.")}))
    """
    done = subprocess.run([sys.executable, "-c", code, str(wheel)], capture_output=True, text=True, check=False)
    assert done.stdout == "['core', 'errors']\n", done.stderr
