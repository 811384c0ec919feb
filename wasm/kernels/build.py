"""Compiles the hot loops, the same bytes every time: ``python wasm/kernels/build.py``.

Into ``wasm/dist/kernels.wasm``, Pyodide's side module, which the core's wheel carries, and into the package, natively.
Both come from zig, which holds a whole clang and needs neither Emscripten's SDK nor a compiler of the system's.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NATIVE = ROOT / "python" / "xaiweb" / "core" / "kernels.native"
SIDE_MODULE = ROOT / "wasm" / "dist" / "kernels.wasm"

ZIG = (sys.executable, "-m", "ziglang", "cc")
# No libc, nothing reordered or fused: every target gives the same bits.
OPTIONS = (
    *("-std=c17", "-O3", "-fPIC", "-ffreestanding"),
    *("-fno-math-errno", "-ffp-contract=off", "-fvisibility=hidden"),
)
WASM = ("-target", "wasm32-emscripten", "-msimd128", "-Wall", "-Wextra", "-Werror")


class CompilerError(Exception):
    """No compiler is there, or it refuses the sources."""


def sources() -> list[Path]:
    """The C files, in a fixed order."""
    return sorted(HERE.glob("*.c"))


def digest() -> str:
    """The SHA-256 of everything that is compiled, which the libraries carry."""
    found = hashlib.sha256()
    for file in (*sources(), HERE / "kernels.h"):
        found.update(f"{file.name}\0".encode() + file.read_bytes())
    return found.hexdigest()


def side_module(target: Path = SIDE_MODULE) -> Path:
    """Pyodide's side module.

    Raises:
        CompilerError: zig isn't installed or fails.
    """
    with tempfile.TemporaryDirectory(prefix="xaiweb-kernels-") as folder:
        objects = [str(Path(folder, source.with_suffix(".o").name)) for source in sources()]
        for source, compiled in zip(sources(), objects, strict=True):
            _run([*ZIG, *WASM, *_options(), "-c", source.name, "-o", compiled])
        made = Path(folder, "kernels")
        link = [*ZIG[:-1], "wasm-ld", "-shared", "--experimental-pic", "--no-entry", "--export-dynamic", "--strip-all"]
        _run([*link, *objects, "-o", str(made)])
        return _placed(made, target)


def native(target: Path = NATIVE, compiler: Sequence[str] | None = None, system: str = sys.platform) -> Path:
    """The library for this machine.

    Args:
        target: Where it shall lie.
        compiler: A command that takes a C compiler's options; zig, or else the system's.
        system: Whose libraries the compiler makes, named as in ``sys.platform``.

    Raises:
        CompilerError: There is none, or it fails.
    """
    with tempfile.TemporaryDirectory(prefix="xaiweb-kernels-") as folder:
        made = Path(folder, "kernels")
        # Windows' compilers grow a large stack by a function of their own runtime.
        link = {
            "darwin": ["-Wl,-install_name,kernels"],
            "win32": ["-s", f"-Wl,--out-implib,{folder}/kernels.lib"],
        }.get(system, ["-nostdlib", "-s"])
        names = [source.name for source in sources()]
        _run([*(compiler or _compiler()), *_options(), "-shared", *link, *names, "-o", str(made)])
        return _placed(made, target)


def _options() -> list[str]:
    return [*OPTIONS, f'-DSOURCES="{digest()}"']


def _compiler() -> Sequence[str]:
    if _works([*ZIG[:-1], "version"]):
        return ZIG
    system = next(filter(None, map(shutil.which, (os.environ.get("CC", ""), "cc", "clang", "gcc"))), None)
    if system is None:
        raise CompilerError("no C compiler is installed")
    return [system]


def _works(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _run(command: Sequence[str]) -> None:
    try:
        # In the sources' folder, by their names alone: no path of this machine gets into the library.
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    except OSError as reason:
        raise CompilerError(str(reason)) from None
    if done.returncode:
        raise CompilerError(f"{' '.join(command[:3])} failed: {done.stderr.strip()[-1000:]}")


def _placed(made: Path, target: Path) -> Path:
    """Moves a library to its place at once: a running process may have the old one loaded."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(made, beside)
    os.replace(beside, target)
    return target


def main() -> int:
    """Runs the script; 0 done, 1 refused."""
    try:
        for file in (side_module(), native()):
            print(f"{file.relative_to(ROOT)}  {file.stat().st_size / 1e3:.0f} kB  from wasm/kernels")
    except CompilerError as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
