from __future__ import annotations

import hashlib
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from wasm.collect import LOCK, NODE_MODULES, collect, from_cdn, main, read_lock
from wasm.relock import relock
from xaiweb.errors import SiteError

NAME = "thing-1.0-py3-none-any.whl"
WHEEL = b"a wheel's bytes"
SCRIPT = b"export default 1;\n"


def quiet(line: str) -> None:
    pass


class Machine:
    """Where files come from and go to, and a lock of one npm file and one wheel."""

    def __init__(self, folder: Path, cdn: str) -> None:
        self.dist, self.cache, self.wheels = folder / "dist", folder / "cache", folder / "wheels"
        self.node_modules = folder / "node_modules"
        (self.node_modules / "script").mkdir(parents=True)
        (self.node_modules / "script" / "script.mjs").write_bytes(SCRIPT)
        self.wheels.mkdir()
        self.lock = folder / "runtime.lock.json"
        self.lines: list[str] = []
        carrier = {"package": "thing-carrier", "version": "1.0", "folder": "carrier/inside/", "bytes": 1000}
        document = {
            "packages": {
                "script": {"version": "1", "source": "npm"},
                "thing": {"version": "1.0", "source": "wheel", "cdn": cdn, "carrier": carrier},
            },
            "files": {
                "runtime/a/script.mjs": entry("script", "script.mjs", SCRIPT),
                f"runtime/b/{NAME}": entry("thing", NAME, WHEEL),
            },
            "inputs": {},
        }
        self.lock.write_text(json.dumps(document), "utf-8")

    def collect(self) -> dict[str, str]:
        return collect(
            lock=self.lock,
            dist=self.dist,
            node_modules=self.node_modules,
            wheels=self.wheels,
            cache=self.cache,
            say=self.lines.append,
        )

    @property
    def wheel(self) -> Path:
        return self.dist / "runtime" / "b" / NAME

    @property
    def cached(self) -> Path:
        return self.cache / hashlib.sha256(WHEEL).hexdigest()


def entry(package: str, member: str, data: bytes) -> dict[str, Any]:
    return {"package": package, "member": member, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


@pytest.fixture
def cdn() -> Iterator[tuple[str, dict[str, bytes]]]:
    """A host that answers with what is put in the dictionary, and 404 otherwise."""
    files: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = files.get(self.path)
            self.send_response(200 if data is not None else 404)
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/full/", files
        server.shutdown()
        thread.join()


@pytest.fixture
def machine(tmp_path: Path, cdn: tuple[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Nothing but npm's file is to be had; pip sees an index of one folder."""
    (tmp_path / "index").mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    return Machine(tmp_path, cdn[0])


def put_in_carrier(folder: Path, data: bytes) -> Path:
    """A wheel that pip accepts, with the wanted file inside."""
    file = folder / "index" / "thing_carrier-1.0-py3-none-any.whl"
    about = "thing_carrier-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"carrier/inside/{NAME}", data)
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: thing-carrier\nVersion: 1.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return file


def test_sources_are_asked_in_order(machine: Machine, cdn: tuple[str, dict[str, bytes]], tmp_path: Path) -> None:
    wheel = f"runtime/b/{NAME}"
    put_in_carrier(tmp_path, WHEEL)
    assert machine.collect()[wheel] == "its carrier on PyPI"

    cdn[1][f"/full/{NAME}"] = WHEEL
    machine.cached.unlink()
    machine.wheel.unlink()
    assert machine.collect()[wheel] == "Pyodide's CDN"

    machine.wheel.unlink()
    assert machine.collect()[wheel] == f"the cache {machine.cache}"  # filled by the download

    machine.wheel.unlink()
    (machine.wheels / NAME).write_bytes(WHEEL)
    assert machine.collect()[wheel] == f"the folder {machine.wheels}"
    assert machine.wheel.read_bytes() == WHEEL
    assert (machine.dist / "runtime" / "a" / "script.mjs").read_bytes() == SCRIPT
    assert any(line.endswith(f"from the folder {machine.wheels}") for line in machine.lines)


def test_the_carrier_is_not_kept(machine: Machine, tmp_path: Path) -> None:
    put_in_carrier(tmp_path, WHEEL)
    machine.collect()
    kept = [file for place in (machine.dist, machine.cache) for file in place.rglob("*") if file.is_file()]
    assert sorted(file.name for file in kept) == sorted(["script.mjs", NAME, machine.cached.name])


def test_a_second_call_does_nothing(machine: Machine, tmp_path: Path) -> None:
    (machine.wheels / NAME).write_bytes(WHEEL)
    machine.collect()
    times = {file: file.stat().st_mtime_ns for file in machine.dist.rglob("*") if file.is_file()}
    assert set(machine.collect().values()) == {"already there"}
    assert {file: file.stat().st_mtime_ns for file in times} == times


@pytest.mark.parametrize("source", ["folder", "cache", "cdn", "carrier", "npm"])
def test_another_hash_is_refused_wherever_it_comes_from(
    source: str, machine: Machine, cdn: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    other = b"something else"
    if source == "folder":
        (machine.wheels / NAME).write_bytes(other)
    elif source == "cache":
        machine.cache.mkdir()
        machine.cached.write_bytes(other)
    elif source == "cdn":
        cdn[1][f"/full/{NAME}"] = other
    elif source == "carrier":
        put_in_carrier(tmp_path, other)
    else:
        (machine.node_modules / "script" / "script.mjs").write_bytes(other)
    with pytest.raises(SiteError) as caught:
        machine.collect()
    error = caught.value
    assert error.code == "hash-mismatch"
    assert ("script.mjs" if source == "npm" else NAME) in error.where
    assert hashlib.sha256(other).hexdigest() in error.message
    assert hashlib.sha256(SCRIPT if source == "npm" else WHEEL).hexdigest() in error.message
    assert error.next
    assert not machine.wheel.exists()
    assert source == "cache" or not machine.cached.exists()


def test_a_damaged_collected_file_is_replaced(machine: Machine) -> None:
    (machine.wheels / NAME).write_bytes(WHEEL)
    machine.collect()
    machine.wheel.write_bytes(b"damaged")
    machine.collect()
    assert machine.wheel.read_bytes() == WHEEL


def test_what_the_lock_no_longer_names_is_removed(machine: Machine) -> None:
    (machine.wheels / NAME).write_bytes(WHEEL)
    old, own = machine.dist / "runtime" / "a" / "old.mjs", machine.dist / "runtime" / "b" / "pyodide-lock.json"
    for file in (old, own):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}", "utf-8")
    machine.collect()
    assert not old.exists()
    assert own.exists()


def test_a_wheel_that_is_nowhere_says_how_to_give_it(machine: Machine) -> None:
    with pytest.raises(SiteError, match="could not be had from anywhere") as caught:
        machine.collect()
    assert "--numpy-from" in caught.value.next
    for source in ("the folder", "the cache", "CDN", "carrier"):
        assert source in caught.value.where


def test_missing_npm_packages_name_the_command(machine: Machine) -> None:
    (machine.node_modules / "script" / "script.mjs").unlink()
    with pytest.raises(SiteError, match="npm ci"):
        machine.collect()


def test_a_host_that_never_answers_is_given_up_soon() -> None:
    import socket
    import time

    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        assert from_cdn(f"http://127.0.0.1:{silent.getsockname()[1]}/x", quiet, connect_seconds=0.3) is None
        assert time.monotonic() - started < 3


def test_the_script_refuses_with_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    import wasm.collect

    numpy = next(entry.original for entry in read_lock()[0] if entry.package == "numpy")
    assert numpy is not None
    (tmp_path / numpy.name).write_bytes(b"another wheel")
    monkeypatch.setattr(
        wasm.collect.collect, "__kwdefaults__", {**(collect.__kwdefaults__ or {}), "dist": tmp_path / "dist"}
    )
    assert main(["--numpy-from", str(tmp_path)]) == 1
    assert numpy.file.sha256 in capsys.readouterr().err


def test_the_committed_lock_fits_the_pinned_packages() -> None:
    document = json.loads(LOCK.read_bytes())
    assert relock(json.loads(LOCK.read_bytes()), NODE_MODULES) == document
    pinned = json.loads((LOCK.parent.parent / "package.json").read_bytes())["dependencies"]
    for name in ("pyodide", "onnxruntime-web"):
        assert document["packages"][name]["version"] == pinned[name]
    official = json.loads((NODE_MODULES / "pyodide" / "pyodide-lock.json").read_bytes())["packages"]["numpy"]
    ours = document["inputs"][official["file_name"]]
    assert (ours["sha256"], document["packages"]["numpy"]["version"]) == (official["sha256"], official["version"])
