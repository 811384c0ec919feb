"""A site as a visitor has it: behind one slow link that all requests share, compressed as good hosts do."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from xaiweb.site.server import TYPES

SENT_AT_ONCE = 8192
"""Bytes of one response before another one has its turn on the link."""
LATE = 0.05
"""What a thread that woke up late (s) may catch up with: else the link would be slower than it says."""
COMPRESSED = ("css", "html", "js", "json", "mjs", "svg", "wasm")
"""What hosts compress; the rest of a site is compressed already, or small."""


@dataclass(frozen=True)
class Network:
    """How fast and how far away.

    Attributes:
        megabits: Of the link, per second, downwards. What goes up are a few headers.
        round_trip_ms: Between a request and its answer's first byte. Connections cost nothing, as if there were one
            that stands already (HTTP/2); the browser still holds six, so that no more requests run at a time.
    """

    megabits: float
    round_trip_ms: float

    def __str__(self) -> str:
        return f"{self.megabits:g} Mbit/s, {self.round_trip_ms:g} ms"


class Link:
    """Bytes go through one after the other."""

    def __init__(self, megabits: float) -> None:
        self._rate = megabits * 1e6 / 8
        self._free = 0.0
        self._lock = threading.Lock()

    def carry(self, size: int) -> None:
        """Returns when so many bytes have gone through."""
        with self._lock:
            self._free = max(time.monotonic() - LATE, self._free) + size / self._rate
            until = self._free
        time.sleep(max(0.0, until - time.monotonic()))


@contextmanager
def over(network: Network, site: Path, base: str = "/site/") -> Iterator[str]:
    """The address of the site behind the network."""
    link = Link(network.megabits)
    answers = {base + path.removesuffix("index.html"): found for path, found in _answers(site)}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            found = answers.get(self.path)
            time.sleep(network.round_trip_ms / 1e3)
            kind, body = found or ("text/plain", b"")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "max-age=600")
            if body[:2] == b"\x1f\x8b":
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            for at in range(0, len(body), SENT_AT_ONCE):
                part = body[at : at + SENT_AT_ONCE]
                link.carry(len(part))
                self.wfile.write(part)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a visit that has ended

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{base}"
        finally:
            server.shutdown()
            thread.join()


def _answers(site: Path) -> Iterator[tuple[str, tuple[str, bytes]]]:
    for file in site.rglob("*"):
        if file.is_file():
            ending = file.suffix[1:]
            body = squeezed(file.read_bytes()) if ending in COMPRESSED else file.read_bytes()
            yield file.relative_to(site).as_posix(), (TYPES.get(ending, "application/octet-stream"), body)


@cache
def squeezed(data: bytes) -> bytes:
    """Compressed; most of a site is the same on all of them."""
    return gzip.compress(data, 6, mtime=0)
