"""Writes the trimmed ``pyodide-lock.json`` and the record of the whole runtime: ``python wasm/lockfile.py``.

Pyodide's own lock lists hundreds of packages on its CDN. The one a site ships lists the core's wheel, numpy and
what they need, as files of its own folder. The core is added by ``pyodide lockfile add-wheels`` (or by the
pyodide-lock library, see ``tools.py``), and ``pyodide auditwheel show`` tells whether a wheel with compiled code
asks for a shared library that isn't shipped. Runs after ``tools.py``, ``collect.py`` and ``core_wheel.py``.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from xaiweb.bundle.files import identity
from xaiweb.bundle.manifest import File
from xaiweb.errors import SiteError
from xaiweb.site.files import verified, write_atomically

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DIST = HERE / "dist"
FOLDER = "runtime/pyodide"
CORE = "xaiweb-core"


def build(dist: Path = DIST) -> str:
    """Writes ``pyodide-lock.json`` and ``runtime.json`` below ``dist``; returns a line saying what was done.

    Raises:
        SiteError: If an earlier step hasn't run, a tool fails, or a wheel needs what isn't there.
    """
    shipped = json.loads((HERE / "runtime.lock.json").read_bytes())
    wheel = next((dist / FOLDER).glob("xaiweb_core-*.whl"), None)
    if wheel is None or not (dist / "tools.json").is_file():
        step = "core_wheel.py" if wheel is None else "tools.py"
        raise SiteError("an earlier step is missing.", where=str(dist), next=f"Run `python wasm/{step}` first.")
    official = shipped["inputs"]["pyodide-lock.json"]
    source = ROOT / "node_modules" / official["package"] / official["member"]
    expected = File(official["sha256"], official["bytes"])
    verified(source, expected, next="Run `npm ci`.")
    tool = json.loads((dist / "tools.json").read_bytes())

    inputs = [
        *sorted((dist / FOLDER).glob("*.whl")),
        dist / "tools.json",
        HERE / "runtime.lock.json",
        Path(__file__),
        HERE / "add_wheel.py",
    ]
    digest = hashlib.sha256("\n".join(identity(file.read_bytes()).sha256 for file in inputs).encode()).hexdigest()
    stamp, target = dist / "lockfile.json", dist / FOLDER / "pyodide-lock.json"
    try:
        before = json.loads(stamp.read_bytes())
        current = before["inputs"] == digest and before["lock"] == identity(target.read_bytes()).sha256
    except (OSError, ValueError, KeyError):
        current = False
    if not current:
        document = trim(add_wheel(tool, wheel, source), CORE)
        for package in document["packages"].values():  # Pyodide's lock knows numpy's wheel as it was before trim.py
            if f"{FOLDER}/{package['file_name']}" in shipped["files"]:
                package["sha256"] = identity((dist / FOLDER / package["file_name"]).read_bytes()).sha256
        check_self_hosted(document, dist / FOLDER)
        audit = audit_wheels(tool, [dist / FOLDER / item["file_name"] for item in document["packages"].values()])
        data = _json(document)
        write_atomically(target, data)
        write_atomically(
            stamp, _json({"inputs": digest, "lock": identity(data).sha256, "tool": tool, "auditwheel": audit})
        )
    write_atomically(dist / "runtime.json", _json(record(shipped, dist, wheel)))
    how = "already there" if current else f"made with {tool['tool']}"
    return f"{target.relative_to(dist)}  {target.stat().st_size / 1e3:.1f} kB  {how}"


def add_wheel(tool: dict[str, Any], wheel: Path, lock: Path) -> dict[str, Any]:
    """The lockfile ``lock`` with ``wheel`` and its dependencies resolved, as the recorded tool writes it."""
    with tempfile.TemporaryDirectory(prefix="xaiweb-lock-") as folder:
        target = Path(folder, "pyodide-lock.json")
        if tool["environment"]:
            command = ["pyodide", "lockfile", "add-wheels", str(wheel), "--input", str(lock), "--output", str(target)]
            _run(tool, command)
        else:
            _run(tool, [sys.executable, str(HERE / "add_wheel.py"), str(wheel), str(lock), str(target)])
        document: dict[str, Any] = json.loads(target.read_bytes())
    return document


def trim(document: dict[str, Any], root: str) -> dict[str, Any]:
    """The lockfile with ``root`` and all it depends on, and no entry that only one of the two tools writes."""
    wanted, todo = set(), [root]
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo += document["packages"][name]["depends"]
    packages = {
        name: {key: value for key, value in document["packages"][name].items() if (key, value) != ("tool", {})}
        for name in sorted(wanted)
    }
    info = {key: value for key, value in document["info"].items() if key != "version"}
    return {"info": info, "packages": packages}


def check_self_hosted(document: dict[str, Any], folder: Path) -> None:
    """Refuses a lockfile that names a file outside ``folder``, or one with another hash.

    Raises:
        SiteError: Naming the package.
    """
    for name, package in document["packages"].items():
        file = package["file_name"]
        if "/" in file or ":" in file or not (folder / file).is_file():
            raise SiteError(
                f"the package {name} lies at {file!r}, which isn't in the runtime's folder.",
                where=str(folder / "pyodide-lock.json"),
                next="Add its wheel to wasm/runtime.lock.json, or drop the dependency on it.",
            )
        if identity((folder / file).read_bytes()).sha256 != package["sha256"]:
            raise SiteError(
                f"the lockfile and the file {file} disagree.",
                where=str(folder / file),
                next="Run `python -m wasm.collect` and `python -m wasm.core_wheel` again.",
                code="hash-mismatch",
            )


def audit_wheels(tool: dict[str, Any], wheels: list[Path]) -> dict[str, str] | None:
    """What ``pyodide auditwheel show`` says of each wheel; None where only the library is at hand.

    Raises:
        SiteError: If a wheel asks for a shared library that it doesn't carry: none is shipped.
    """
    if not tool["environment"]:
        return None
    said = {}
    for wheel in wheels:
        if wheel.name.endswith("-none-any.whl"):
            said[wheel.name] = "for any platform, nothing to audit"
            continue
        lines = [line.strip() for line in _run(tool, ["pyodide", "auditwheel", "show", str(wheel)]).splitlines()]
        modules = [line for line in lines if line.endswith(":")]
        # "libx.so => place" was found inside the wheel itself.
        libraries = sorted({line for line in lines if line and not line.endswith(":") and " => " not in line})
        if libraries or not modules:
            raise SiteError(
                f"the wheel needs {', '.join(libraries) or 'something auditwheel could not read'}.",
                where=wheel.name,
                next="Ship that library too, or use a wheel that carries it.",
            )
        said[wheel.name] = f"{len(modules)} compiled modules, no shared library needed from outside"
    return said


def record(shipped: dict[str, Any], dist: Path, wheel: Path) -> dict[str, Any]:
    """What ``xaiweb build`` holds every runtime file against: the lock's hashes, and those of the two built here."""
    files: dict[str, Any] = {}
    for path, item in shipped["files"].items():
        origin = f"{item['package']} {shipped['packages'][item['package']]['version']}"
        files[path] = {key: item[key] for key in ("sha256", "bytes", "role", "used_by")} | {"origin": origin}
        if item.get("trimmed") and is_whole(shipped, dist, path):
            files[path] |= {key: shipped["inputs"][item["member"]][key] for key in ("sha256", "bytes")}
    version = wheel.name.split("-")[1]
    for name, role in ((wheel.name, "core"), ("pyodide-lock.json", "python")):
        found = identity((dist / FOLDER / name).read_bytes())
        own = {"sha256": found.sha256, "bytes": found.bytes, "role": role, "used_by": ["python"]}
        files[f"{FOLDER}/{name}"] = own | {"origin": f"xaiweb {version}"}
    return {"version": 1, "core_version": version, "files": dict(sorted(files.items()))}


def is_whole(shipped: dict[str, Any], dist: Path, path: str) -> bool:
    """Whether the file below ``dist`` is the original of what the lock says is made of it."""
    original = shipped["inputs"][shipped["files"][path]["member"]]
    return identity((dist / path).read_bytes()).sha256 == str(original["sha256"])


def _run(tool: dict[str, Any], command: list[str]) -> str:
    """Runs a command of the recorded environment and returns what it printed."""
    environment = dict(os.environ)
    if tool["environment"]:
        folder = ROOT / tool["environment"] / "bin"
        # auditwheel calls `wheel` by name, so the environment's commands must be on the PATH.
        environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', '')}"
        command = [str(folder / command[0]), *command[1:]]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        problem = done.stderr.strip() if done.returncode else ""
    except OSError as reason:
        problem = str(reason)
    if problem:
        raise SiteError(
            f"the command failed: {problem[-500:]}",
            where=" ".join(command[:3]),
            next="Run `python wasm/tools.py`; if it stays, delete .venv-wasm and run it again.",
        )
    return done.stdout


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def main() -> int:
    """Runs the script; 0 done, 1 refused."""
    try:
        print(build())
    except SiteError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
