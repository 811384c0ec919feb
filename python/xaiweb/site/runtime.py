"""The browser's half of xaiweb: where its files lie, and whether they are the ones that were recorded.

``web/dist`` (the scripts) and ``wasm/dist`` (Pyodide, numpy, the core, onnxruntime-web) are built in a checkout
and carried by an installed wheel. ``wasm/dist/runtime.json`` records the hash of every runtime file.
"""

from __future__ import annotations

import json
import re
import runpy
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import xaiweb
from xaiweb.bundle.manifest import File
from xaiweb.errors import SiteError
from xaiweb.site.files import verified

WEB_FILES = (
    *("xaiweb.js", "start.js", "page.js", "page.css", "worker.js", "parquet.js", "sw.js"),
    *("icon.svg", "licences.txt", "web.json"),
)
USERS = ("python", "wasm", "webgpu", "webgl")
SIDE_MODULE = "xaiweb/core/kernels.wasm"
"""The compiled core, in the core's wheel."""
BUILD_PLACEHOLDER = "__XAIWEB_BUILD__"


@dataclass(frozen=True)
class RuntimeFile:
    """One file a site ships besides its own pages, scripts and bundles.

    Attributes:
        path: Where it lies in the site (and below ``wasm/dist``).
        file: Its hash and size.
        role: python, core or onnxruntime.
        used_by: Which of ``USERS`` load it.
        origin: Package and version, for people.
    """

    path: str
    file: File
    role: str
    used_by: tuple[str, ...]
    origin: str


@dataclass(frozen=True)
class Runtime:
    """What ``wasm/dist/runtime.json`` records."""

    core_version: str
    files: tuple[RuntimeFile, ...]

    def used_by(self, user: str) -> list[str]:
        """The paths that one of ``USERS`` loads."""
        return [item.path for item in self.files if user in item.used_by]


@dataclass(frozen=True)
class Assets:
    """The folders a site is built from.

    Attributes:
        web: The built scripts.
        wasm: The runtime files and their record.
        checkout: The repository's root, None in an installed package.
    """

    web: Path
    wasm: Path
    checkout: Path | None

    @property
    def next(self) -> str:
        """What to do about a file that is missing or wrong."""
        return "Run `make setup`." if self.checkout else "Install xaiweb again."


@dataclass(frozen=True)
class Finding:
    """One thing that ``xaiweb doctor`` says."""

    name: str
    ok: bool
    text: str
    next: str = ""


def assets() -> Assets:
    """Where the browser's half lies: in the installed package, else in the checkout.

    Raises:
        SiteError: If neither has it, or a part of it isn't built.
    """
    package = Path(xaiweb.__file__).resolve().parent
    root = package.parents[1]
    carried = package / "_assets"
    if package.parent.name == "python" and not carried.is_dir():
        found = Assets(root / "web" / "dist", root / "wasm" / "dist", root)
    else:
        found = Assets(carried / "web", carried / "wasm", None)
    for name, folder, sign, command in (
        ("the page's scripts", found.web, "web.json", "npm run build"),
        ("the browser's runtime", found.wasm, "runtime.json", "python wasm/lockfile.py"),
    ):
        if not (folder / sign).is_file():
            hint = f"Run `make setup` in the checkout (or only `{command}`)." if found.checkout else found.next
            raise SiteError(f"{name} can't be found.", where=str(folder), next=hint, code="runtime-missing")
    return found


def read_runtime(wasm: Path) -> Runtime:
    """The record of the runtime files below ``wasm``.

    Raises:
        SiteError: If there is none, or it is of another shape.
    """
    file = wasm / "runtime.json"
    try:
        document = json.loads(file.read_bytes())
        return Runtime(
            document["core_version"],
            tuple(
                RuntimeFile(path, File(f["sha256"], f["bytes"]), f["role"], tuple(f["used_by"]), f["origin"])
                for path, f in sorted(document["files"].items())
            ),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as reason:
        raise SiteError(
            f"the record of the runtime files can't be read ({type(reason).__name__}: {reason}).",
            where=str(file),
            next="Run `make setup`, or install xaiweb again.",
            code="runtime-missing",
        ) from None


def stale(found: Assets, runtime: Runtime) -> str:
    """Why the runtime isn't the checkout's own (an older core, another lock); empty where it is."""
    if found.checkout is None:
        return ""
    lock = json.loads((found.checkout / "wasm" / "runtime.lock.json").read_bytes())
    recorded = {item.path: item.file.sha256 for item in runtime.files}
    # What is made of an original may stay one: `python -m wasm.collect --whole`.
    originals = {path: lock["inputs"][e["member"]] for path, e in lock["files"].items() if e.get("trimmed")}
    pinned = ((path, {e["sha256"], originals.get(path, e)["sha256"]}) for path, e in lock["files"].items())
    if any(recorded.get(path) not in hashes for path, hashes in pinned):
        return "it was collected for another runtime.lock.json."
    wheels = [item.path for item in runtime.files if item.role == "core"]
    held = wheel_sources(found.wasm / wheels[0]) if wheels else {}
    kernels = held.pop(SIDE_MODULE, b"")
    if held != core_sources(found.checkout / "python" / "xaiweb"):
        return "its core is not the one in python/xaiweb/core."
    if kernels_of(found.checkout).encode() not in kernels:
        return "its compiled core is not the one in wasm/kernels."
    return ""


def kernels_of(checkout: Path) -> str:
    """The hash of the checkout's C sources, which a library compiled from them carries."""
    digest: str = runpy.run_path(str(checkout / "wasm" / "kernels" / "build.py"))["digest"]()
    return digest


def core_sources(package: Path) -> dict[str, bytes]:
    """What the core's wheel holds but for the side module, by path: the core, the errors, a bare ``__init__.py``."""
    version = re.search(r'^__version__ = ".+"$', (package / "__init__.py").read_text("utf-8"), re.MULTILINE)
    bare = f'"""The core of xaiweb, as it runs in the browser."""\n\n{version.group() if version else ""}\n'
    files = [package / "errors.py", *(package / "core").rglob("*")]
    files = [file for file in files if file.is_file() and "__pycache__" not in file.parts and file.name[0] != "."]
    files = [file for file in files if file.suffix != ".native"]  # this machine's own
    sources = {f"xaiweb/{file.relative_to(package).as_posix()}": file.read_bytes() for file in sorted(files)}
    return {"xaiweb/__init__.py": bare.encode(), **sources}


def wheel_sources(wheel: Path) -> dict[str, bytes]:
    """The package files of a wheel without their bytecode, by path; empty where it is no wheel."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            own = (name for name in archive.namelist() if name.startswith("xaiweb/") and not name.endswith(".pyc"))
            return {name: archive.read(name) for name in own}
    except (OSError, zipfile.BadZipFile):
        return {}


def check_runtime() -> list[Finding]:
    """What ``xaiweb doctor`` says about the browser's half: tools, files, hashes, age."""
    try:
        found = assets()
        runtime = read_runtime(found.wasm)
    except SiteError as error:
        return [Finding("browser runtime", False, f"{error.where}: {error.message}", error.next)]
    findings = [_tool(found), _hashes(found, runtime)]
    reason = stale(found, runtime)
    findings.append(
        Finding("core wheel", not reason, reason or f"core {runtime.core_version}", found.next if reason else "")
    )
    missing = [name for name in WEB_FILES if not (found.web / name).is_file()]
    text = f"missing: {', '.join(missing)}" if missing else f"{len(WEB_FILES)} files in {found.web}"
    findings.append(Finding("page scripts", not missing, text, found.next if missing else ""))
    return findings


def _tool(found: Assets) -> Finding:
    """Which tool made the lockfile, and what auditwheel said of the wheels in it."""
    try:
        made = json.loads((found.wasm / "lockfile.json").read_bytes())
        tool, audit = made["tool"], made["auditwheel"]
        versions = ", ".join(f"{name} {version}" for name, version in tool["versions"].items())
        text = f"{tool['tool']} made it under Python {tool['python']} ({versions}): {tool['why']}; "
        said = "; ".join(f"{wheel.partition('-')[0]}: {words}" for wheel, words in audit.items()) if audit else ""
        return Finding(
            "pyodide lockfile", True, text + (said or "its wheels were not audited, which takes pyodide-build")
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Finding("pyodide lockfile", False, "nothing says which tool made it", found.next)


def _hashes(found: Assets, runtime: Runtime) -> Finding:
    """Whether every recorded file is there with its hash."""

    def problems() -> Iterator[str]:
        for item in runtime.files:
            try:
                verified(found.wasm / item.path, item.file, next="", name=item.path)
            except SiteError as error:
                yield f"{item.path}: {error.code}"

    wrong = list(problems())
    size = sum(item.file.bytes for item in runtime.files) / 1e6
    origins = ", ".join(sorted({item.origin for item in runtime.files}))
    text = "; ".join(wrong) or f"{len(runtime.files)} files, {size:.0f} MB, every hash is right ({origins})"
    return Finding("runtime files", not wrong, text, found.next if wrong else "")


def web_build(web: Path) -> str:
    """The build id compiled into ``xaiweb.js``.

    Raises:
        SiteError: If the scripts are a mix of two builds.
    """
    build = str(json.loads((web / "web.json").read_bytes())["web"])
    if build not in (web / "xaiweb.js").read_text("utf-8"):
        raise SiteError(
            "the script was compiled with another build id than web.json names.",
            where=str(web / "xaiweb.js"),
            next="Run `npm run build`.",
            code="hash-mismatch",
        )
    return build
