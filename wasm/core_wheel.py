"""Builds the core as a wheel for Pyodide, the same bytes every time: ``python -m wasm.core_wheel``.

The wheel is called xaiweb-core and holds ``xaiweb/core``, ``xaiweb/errors.py`` and an ``xaiweb/__init__.py`` with
the version alone: what runs in the visitor's browser, and nothing that needs more than numpy. Beside them lies the
compiled core (``wasm/kernels``), a side module for Pyodide; anywhere else it doesn't load, and numpy does its work, so
the wheel is for any platform. pip and hatchling build it from a staged folder; ``pyodide build`` would fetch
Emscripten's SDK from the internet.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from wasm.kernels import build
from wasm.trim import has_bytecode, with_bytecode
from xaiweb.errors import SiteError
from xaiweb.site.files import write_atomically
from xaiweb.site.runtime import SIDE_MODULE, core_sources, wheel_sources

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PACKAGE = ROOT / "python" / "xaiweb"
TARGET = HERE / "dist" / "runtime" / "pyodide"
# 2020-02-02, hatchling's own: zip files can't date back to 1970.
EPOCH = "1580601600"

PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "xaiweb-core"
version = "{version}"
description = "The core of xaiweb, as it runs in the browser."
license = "MIT"
requires-python = ">=3.11"
dependencies = ["{numpy}"]

[tool.hatch.build.targets.wheel]
packages = ["xaiweb"]
artifacts = ["*.wasm"]
"""


def project() -> tuple[str, str]:
    """The version and the numpy requirement that ``pyproject.toml`` names."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table["version"], next(item for item in table["dependencies"] if item.startswith("numpy"))


def core_wheel(target: Path = TARGET, package: Path = PACKAGE) -> Path:
    """The core's wheel in folder ``target``, built where the one there isn't of these sources.

    Raises:
        SiteError: If pip can't build it, its compiled part can't be compiled, or two places name two versions.
    """
    version, numpy = project()
    sources = {**core_sources(package), SIDE_MODULE: kernels()}
    if f'__version__ = "{version}"'.encode() not in sources["xaiweb/__init__.py"]:
        raise SiteError(
            f"its __version__ is not pyproject.toml's {version}.",
            where=str(package / "__init__.py"),
            next="Make the two agree.",
        )
    file = target / f"xaiweb_core-{version}-py3-none-any.whl"
    if not file.is_file() or wheel_sources(file) != sources or not has_bytecode(file):
        write_atomically(file, with_bytecode(_build(sources, version, numpy)))
    for old in target.glob("xaiweb_core-*.whl"):
        if old != file:
            old.unlink()
    return file


def kernels(file: Path = build.SIDE_MODULE) -> bytes:
    """The side module, compiled where the one there isn't of these sources.

    Raises:
        SiteError: If it can't be compiled.
    """
    try:
        if not file.is_file() or build.digest().encode() not in file.read_bytes():
            build.side_module(file)
    except build.CompilerError as reason:
        raise SiteError(
            f"the compiled core can't be built: {reason}",
            where="wasm/kernels",
            next="Run `make setup`, which installs zig (`pip install --group dev`).",
        ) from None
    return file.read_bytes()


def _build(sources: dict[str, bytes], version: str, numpy: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="xaiweb-core-") as folder:
        stage, out = Path(folder, "stage"), Path(folder, "out")
        pyproject = PYPROJECT.format(version=version, numpy=numpy).encode()
        for name, data in {**sources, "pyproject.toml": pyproject}.items():
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            (stage / name).write_bytes(data)
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
        done = subprocess.run(
            [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(out), str(stage)],
            env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SiteError(
                f"pip could not build the core's wheel: {done.stderr.strip()[-500:]}",
                where=str(PACKAGE / "core"),
                next="Run `pip install hatchling` in this environment and try again.",
            )
        return next(out.glob("*.whl")).read_bytes()


def main() -> int:
    """Runs the script; 0 done, 1 refused."""
    try:
        file = core_wheel()
    except SiteError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{file.relative_to(HERE / 'dist')}  {file.stat().st_size / 1e3:.0f} kB  from python/xaiweb/core")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
