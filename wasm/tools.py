"""Makes ``.venv-wasm`` with pyodide-build, and writes down which tool this machine has: ``python wasm/tools.py``.

pyodide-build needs Python >= 3.12, and a name on the PATH proves nothing: a version manager's shim may refuse
to start. So every candidate is run. Where none works, the pyodide-lock library goes into the environment that
runs this script. ``dist/tools.json`` says which of the two it is; ``lockfile.py`` and ``xaiweb doctor`` read it.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xaiweb.errors import SiteError
from xaiweb.site.files import write_atomically

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VENV = ROOT / ".venv-wasm"
RECORD = HERE / "dist" / "tools.json"
REQUIREMENTS = HERE / "requirements.txt"
LEAST = (3, 12)
PROBE = "import sys, venv, ensurepip, ssl; print('.'.join(map(str, sys.version_info[:3])))"
ASK = "import importlib.metadata as m, sys; print(*map(m.version, sys.argv[1:]))"
FOLDERS = (
    "~/.pyenv/versions/*/bin",
    "~/.local/share/uv/python/*/bin",
    "~/.local/share/mise/installs/python/*/bin",
    "~/.asdf/installs/python/*/bin",
    "~/.local/bin",
    "~/miniconda3/bin",
    "~/miniconda3/envs/*/bin",
    "~/anaconda3/bin",
    "~/miniforge3/bin",
    "/opt/conda/bin",
    "/opt/homebrew/bin",
    "/usr/local/bin",
    "/usr/bin",
)


def candidates() -> Iterator[str]:
    """Every interpreter that might do: this one, $XAIWEB_PYTHON312, names on the PATH, version managers' folders."""
    names = [f"python3.{minor}" for minor in (13, 12, 14)]
    yield os.environ.get("XAIWEB_PYTHON312", "")
    yield sys.executable
    for name in [*names, "python3", "python"]:
        yield shutil.which(name) or ""
    for pattern in FOLDERS:
        for folder in sorted(glob.glob(os.path.expanduser(pattern)), reverse=True):
            yield from (os.path.join(folder, name) for name in names)


def run_version(python: str) -> tuple[int, ...] | None:
    """The version that an interpreter tells when it is run; None where it doesn't start or lacks venv or ssl."""
    if not os.path.isfile(python):
        return None
    try:
        done = subprocess.run([python, "-c", PROBE], capture_output=True, text=True, timeout=20, check=False)
        return tuple(map(int, done.stdout.split("."))) if done.returncode == 0 else None
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def find_python() -> tuple[str, str] | None:
    """The first interpreter of at least 3.12 that runs, and its version; None where there is none."""
    for python in dict.fromkeys(candidates()):
        version = run_version(python)
        if version and version[:2] >= LEAST:
            return python, ".".join(map(str, version))
    return None


def installed(python: Path, *packages: str) -> dict[str, str] | None:
    """The versions of packages in an environment, or None where one is missing or the environment is broken."""
    if not python.is_file():
        return None
    try:
        done = subprocess.run([python, "-c", ASK, *packages], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return dict(zip(packages, done.stdout.split(), strict=True)) if done.returncode == 0 else None


def install(python: Path | str, *arguments: str) -> str:
    """Runs ``pip install``; the last lines of its complaint, empty where it worked."""
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else "\n".join(done.stderr.strip().splitlines()[-3:]) or "pip failed"


def with_pyodide_build(venv: Path = VENV) -> tuple[dict[str, Any] | None, str]:
    """The record of a working ``.venv-wasm`` (made where needed), or None and why it can't be had."""
    python = venv / "bin" / "python"
    packages = ("pyodide-build", "pyodide-lock", "auditwheel-emscripten")
    marker, wanted = venv / "requirements.sha256", hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    versions = installed(python, *packages) if marker.is_file() and marker.read_text() == wanted else None
    if versions is None:
        found = find_python()
        if found is None:
            return None, "no Python >= 3.12 on this machine starts"
        print(f"making {venv.name} with Python {found[1]} ({found[0]}) for pyodide-build")
        shutil.rmtree(venv, ignore_errors=True)
        made = subprocess.run([found[0], "-m", "venv", str(venv)], capture_output=True, text=True, check=False)
        if made.returncode:
            return None, f"{found[0]} could not make an environment: {(made.stderr or made.stdout).strip()[-300:]}"
        problem = install(python, "-r", str(REQUIREMENTS))
        versions = None if problem else installed(python, *packages)
        if versions is None:
            return None, f"pyodide-build could not be installed: {problem}"
        marker.write_text(wanted)
    version = run_version(str(python)) or ()
    return {
        "tool": "pyodide-build",
        "why": "a Python >= 3.12 was found by running it",
        "python": ".".join(map(str, version)),
        "environment": venv.name,
        "versions": versions,
    }, ""


def with_pyodide_lock(why: str) -> dict[str, Any]:
    """The record of the pyodide-lock library in the running environment.

    Raises:
        SiteError: If it can't be installed either.
    """
    packages, problem = ("pyodide-lock", "pkginfo"), ""  # pkginfo comes with the extra that reads wheels
    versions = installed(Path(sys.executable), *packages)
    if versions is None:
        problem = install(sys.executable, "pyodide-lock[wheel]")
        versions = installed(Path(sys.executable), *packages)
    if versions is None:
        raise SiteError(
            f"neither pyodide-build ({why}) nor pyodide-lock ({problem}) can be had.",
            where=".venv-wasm",
            next="Install Python 3.12 or newer, or name one by XAIWEB_PYTHON312, and see that pip reaches its index.",
        )
    python = ".".join(map(str, sys.version_info[:3]))
    return {"tool": "pyodide-lock", "why": why, "python": python, "environment": None, "versions": versions}


def main() -> int:
    """Runs the script; 0 done, 1 refused."""
    record, why = with_pyodide_build()
    if record is None:
        try:
            record = with_pyodide_lock(why)
        except SiteError as error:
            print(error, file=sys.stderr)
            return 1
    write_atomically(RECORD, (json.dumps(record, indent=2) + "\n").encode())
    versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
    print(f"{record['tool']} makes the lockfile (Python {record['python']}; {versions}): {record['why']}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
