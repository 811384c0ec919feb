"""Answers a site's requests: the listed files only, GET and HEAD only, and nothing that carries data."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import socket
import sys
import threading
from collections.abc import Callable, Mapping, MutableSequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from xaiweb.errors import SiteError
from xaiweb.site.policy import HEADERS

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
"""What a browser on this machine asks for; under another name a foreign page could be of the site's own origin."""
TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "mjs": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "wasm": "application/wasm",
    "whl": "application/zip",
    "zip": "application/zip",
}
SAFE_PATH = re.compile(r"(?!.*(^|/)\.\.?(/|$))[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")


@dataclass(frozen=True)
class Request:
    """One request that reached the server.

    Attributes:
        method: GET, HEAD or what was refused.
        path: As it was sent, query included.
        status: What it was answered with.
        body_bytes: Length of a body the request announced.
    """

    method: str
    path: str
    status: int
    body_bytes: int


class Server(ThreadingHTTPServer):
    """The listening socket, the site's list of files, and the open connections."""

    daemon_threads = False  # joined on close, so that no socket outlives the server

    def __init__(
        self,
        site: Path,
        port: int,
        base: str,
        headers: bool,
        log: MutableSequence[Request] | None,
        extra: Mapping[str, bytes],
    ) -> None:
        self.site, self.headers, self.log, self.extra = site, headers, log, extra
        self.base = f"/{base.strip('/')}/" if base.strip("/") else "/"
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._state: tuple[int, bytes, dict[str, str]] | None = None
        self.files()
        super().__init__((HOST, port), Handler)

    @property
    def url(self) -> str:
        """The site's address."""
        return f"http://{HOST}:{self.server_port}{self.base}"

    def files(self) -> tuple[bytes, dict[str, str]]:
        """``files.json`` as bytes, and the hash of every file it lists; read again once it was replaced."""
        file = self.site / "files.json"
        with self._lock:
            try:
                changed = file.stat().st_mtime_ns
                if self._state is None or self._state[0] != changed:
                    data = file.read_bytes()
                    listed = {path: entry["sha256"] for path, entry in json.loads(data)["files"].items()}
                    self._state = (changed, data, listed)
            except FileNotFoundError:
                raise SiteError(
                    "there is no files.json here, so this is not a site.",
                    where=str(self.site),
                    next="Build one with `xaiweb build BUNDLE --out SITE`.",
                    code="not-a-site",
                ) from None
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as reason:
                raise SiteError(
                    f"the site's list of files can't be read ({reason}).", where=str(file), next="Build the site again."
                ) from None
            wrong = next((path for path in self._state[2] if not SAFE_PATH.fullmatch(path)), None)
            if wrong is not None:
                raise SiteError(f"{wrong!r} is no path inside a site.", where=str(file), next="Build the site again.")
            return self._state[1], self._state[2]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remembers the connection for ``server_close``."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forgets a connection that has ended."""
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Ends every connection, and waits for their threads."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # a browser keeps idle connections; their threads would wait
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Prints what went wrong, unless a browser only dropped the connection."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Answers one connection's requests."""

    protocol_version = "HTTP/1.1"
    server: Server
    server_version = "xaiweb"
    sys_version = ""

    def do_GET(self) -> None:
        """Sends a listed file."""
        self._answer()

    def do_HEAD(self) -> None:
        """Sends what GET would, without the body."""
        self._answer()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return lambda: self._send(405, b"only GET and HEAD\n", {"Allow": "GET, HEAD", "Connection": "close"})
        raise AttributeError(name)

    def _answer(self) -> None:
        if "?" in self.path or self._body_bytes():
            # Nothing of a site asks so; a request that carries data is a mistake or a leak.
            return self._send(400, b"no query and no body\n", {"Connection": "close"})
        if self.headers.get("Host", HOST).partition(":")[0].lower() not in NAMES:
            return self._send(421, f"ask for {self.server.url}\n".encode(), {"Connection": "close"})
        path = unquote(self.path)
        if path in self.server.extra:
            return self._send(200, self.server.extra[path], {"Content-Type": TYPES["html"]})
        base = self.server.base
        if f"{path}/" == base:
            return self._send(301, b"", {"Location": base})
        if not path.startswith(base):
            return self._send(404, b"not here\n")
        name = path[len(base) :]
        try:
            listing, listed = self.server.files()
        except SiteError as error:
            return self._send(503, f"{error}\n".encode())
        if name == "files.json":
            return self._send_file(name, hashlib.sha256(listing).hexdigest(), lambda: listing)
        if not name or name.endswith("/"):
            name += "index.html"
        if name in listed:
            return self._send_file(name, listed[name], (self.server.site / name).read_bytes)
        if f"{name}/index.html" in listed:
            return self._send(301, b"", {"Location": f"{base}{name}/"})
        return self._send(404, b"not listed in files.json\n")

    def _send_file(self, name: str, sha256: str, read: Callable[[], bytes]) -> None:
        tag = f'"{sha256}"'
        about = {"ETag": tag, "Cache-Control": "no-cache"}
        if tag in self.headers.get("If-None-Match", ""):
            return self._send(304, b"", about)
        try:
            data = read()
        except OSError:
            return self._send(404, b"listed in files.json, but not there\n")
        kind = TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        return self._send(200, data, about | {"Content-Type": kind})

    def _send(self, status: int, data: bytes, about: Mapping[str, str] | None = None) -> None:
        # Logged first: whoever has the answer finds the request in the log.
        if self.server.log is not None:
            self.server.log.append(Request(self.command, self.path, status, self._body_bytes()))
        self.send_response(status)
        own = {"Content-Type": "text/plain; charset=utf-8"} | dict(about or {})
        if self.server.headers and self.path not in self.server.extra:
            own |= HEADERS
        if status != 304:
            own["Content-Length"] = str(len(data))
        for name, value in own.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD" and status != 304:
            self.wfile.write(data)

    def _body_bytes(self) -> int:
        """The length of the body the request announces; 1 for one of unknown length."""
        if self.headers.get("Transfer-Encoding"):
            return 1
        length = self.headers.get("Content-Length", "0")
        return int(length) if re.fullmatch("[0-9]{1,18}", length) else 1

    def log_message(self, format: str, *arguments: Any) -> None:
        """Quiet: the address was printed, and tests read the log."""
