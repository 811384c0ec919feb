"""Checks what xaiweb needs: this machine, the browser's runtime files, and a browser's abilities."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import xaiweb
from xaiweb.core import compiled
from xaiweb.site import runtime

MARKS = {"fine": "✓", "optional": "–", "broken": "✗"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``state`` is ``fine``, ``optional`` (missing, not needed by all) or ``broken``."""

    what: str
    state: str
    found: str
    next: str = ""

    @property
    def mark(self) -> str:
        """A sign for the state."""
        return MARKS[self.state]


def check() -> list[Finding]:
    """Everything that was looked at, in reading order."""
    return [*_machine(), *_runtime(), *_browser()]


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome on this machine, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    found = os.environ.get("XAIWEB_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return found or (mac if os.path.exists(mac) else None)


def _machine() -> Iterator[Finding]:
    fine = sys.version_info >= (3, 11)
    yield Finding("Python", "fine" if fine else "broken", platform.python_version(), "" if fine else "3.11 is needed.")
    for package in ("numpy", "onnx", "onnxruntime", "jinja2"):
        version = _version(package)
        yield Finding(package, "fine" if version else "broken", version or "missing", "" if version else "pip install.")
    for package, use in (
        ("torch", "exporting PyTorch models"),
        ("skl2onnx", "exporting scikit-learn models"),
        ("pyarrow", "parquet"),
    ):
        version = _version(package)
        yield Finding(package, "fine" if version else "optional", version or "missing", f"({use})")
    yield _compiled_core()
    node = _output("node", "--version")
    yield Finding("Node", "fine" if node else "optional", node or "missing", "(building the browser part)")


def _compiled_core() -> Finding:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it would say is said here
        library, where = compiled.loaded()
    name, hint = "compiled core", "numpy does its work, slower"
    if library is None and where in (compiled.LEFT_TO_NUMPY, compiled.NOT_BUILT):
        return Finding(name, "optional", where, f"({hint})")
    if library is None:
        return Finding(name, "broken", where, f"{hint[0].upper()}{hint[1:]}. pip install anew.")
    checkout = Path(xaiweb.__file__).resolve().parents[2]
    sources = checkout / "wasm" / "kernels"
    if sources.is_dir() and runtime.kernels_of(checkout).encode() not in compiled.LIBRARY.read_bytes():
        return Finding(name, "broken", f"{where} is not of {sources}", "Run python wasm/kernels/build.py.")
    return Finding(name, "fine", where)


def _runtime() -> Iterator[Finding]:
    for found in runtime.check_runtime():
        yield Finding(found.name, "fine" if found.ok else "broken", found.text, found.next)


def _browser() -> Iterator[Finding]:
    path = find_chromium()
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        yield Finding("Browser", "optional", path or "none found", "pip install playwright to have it checked.")
        return
    with _blank_page() as url, sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-quic"])
        except Error as reason:
            yield Finding("Browser", "optional", str(reason).partition("\n")[0], "Install Chromium.")
            return
        page = browser.new_page()
        page.goto(url)
        abilities = json.loads(page.evaluate(_ABILITIES))
        yield Finding("Browser", "fine", f"Chromium {browser.version}")
        browser.close()
    needed = {"WebAssembly", "WebAssembly SIMD", "module workers", "crypto.subtle"}
    for ability, there in abilities.items():
        state = "fine" if there else "broken" if ability in needed else "optional"
        yield Finding(f"  {ability}", state, "yes" if there else "no")


# The SIMD probe is a module of one function: v128.const, drop.
_ABILITIES = """async () => {
  const simd = new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,10,23,1,21,0,253,12,
    0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,26,11]);
  const canvas = document.createElement("canvas");
  return JSON.stringify({
    "WebAssembly": typeof WebAssembly === "object",
    "WebAssembly SIMD": typeof WebAssembly === "object" && WebAssembly.validate(simd),
    "module workers": typeof Worker === "function",
    "crypto.subtle": !!globalThis.crypto?.subtle,
    "Cache API": "caches" in globalThis,
    "service workers": "serviceWorker" in navigator,
    "WebGPU adapter": !!(await navigator.gpu?.requestAdapter().catch(() => null)),
    "WebGL 2": !!canvas.getContext("webgl2"),
  });
}"""


class _blank_page:
    """An empty page on loopback: a secure context, as a site is."""

    def __enter__(self) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>xaiweb doctor</title>")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _output(*command: str) -> str | None:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
