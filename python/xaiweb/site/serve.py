"""Tries a site out on this machine, on loopback alone: until Ctrl+C, or for as long as a test runs."""

from __future__ import annotations

import contextlib
import errno
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping, MutableSequence
from pathlib import Path

from xaiweb.errors import SiteError
from xaiweb.site.server import HOST, Request, Server

__all__ = ["Request", "serve", "serving"]


def serve(
    site: Path | str,
    port: int = 8000,
    *,
    headers: bool = True,
    open_browser: bool = False,
    base: str = "/",
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serves a site until Ctrl+C.

    Args:
        site: The folder that ``xaiweb build`` wrote.
        port: Where to listen on 127.0.0.1.
        headers: Whether to send the headers that a good host sends; False tries the bare-host case.
        open_browser: Whether to open the page.
        base: A sub-path to serve under, such as ``/models/``.
        ready: Gets the address once the server listens; prints it by default.

    Raises:
        SiteError: If there is no site, or the port is taken.
    """
    with _listening(Path(site), port, base, headers, None, {}) as server:
        if ready:
            ready(server.url)
        else:
            print(f"{site} is at {server.url} (Ctrl+C stops it)", flush=True)
        if open_browser:
            webbrowser.open(server.url)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


@contextlib.contextmanager
def serving(
    site: Path | str,
    port: int = 0,
    base: str = "/",
    headers: bool = True,
    log: MutableSequence[Request] | None = None,
    extra: Mapping[str, bytes] | None = None,
) -> Iterator[str]:
    """The address of the site, served from a thread for as long as the block runs.

    Args:
        site: The folder that ``xaiweb build`` wrote.
        port: 0 takes a free one.
        base: A sub-path to serve under.
        headers: Whether to send the headers that a good host sends.
        log: Gets a ``Request`` for each one.
        extra: HTML pages of the same origin beside the site, by absolute path (``{"/blog/": b"<!doctype…"}``).

    Raises:
        SiteError: If there is no site, or the port is taken.
    """
    with _listening(Path(site), port, base, headers, log, extra or {}) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def _listening(
    site: Path,
    port: int,
    base: str,
    headers: bool,
    log: MutableSequence[Request] | None,
    extra: Mapping[str, bytes],
) -> Iterator[Server]:
    if not 0 <= port <= 65535:
        raise SiteError(f"{port} is not a port.", where="--port", next="Choose one from 1024 to 65535.")
    try:
        server = Server(site, port, base, headers, log, extra)
    except OSError as reason:
        if reason.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        taken = reason.errno == errno.EADDRINUSE
        raise SiteError(
            f"port {port} is taken by another program." if taken else f"port {port} is not allowed to this user.",
            where=HOST,
            next=f"Choose another with --port, such as --port {port + 1 if taken else 8000}.",
            code="port-taken" if taken else "port-refused",
        ) from None
    with server:
        yield server
