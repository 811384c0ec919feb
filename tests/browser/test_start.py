"""A cold visit asks for what it needs as soon as it can know that it does."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import TIMEOUT_MS, Server, Visit

ARRIVES_S = 0.7
"""How long a slow network takes for onnxruntime."""


def held(page: Page, path: str) -> list[Route]:
    """Requests for a path that are left without an answer."""
    routes: list[Route] = []
    page.context.route(f"**/{path}", lambda route: routes.append(route))
    return routes


def asked(page: Page, path: str) -> list[str]:
    """Requests for a path, by page and worker."""
    urls: list[str] = []

    def pass_on(route: Route) -> None:
        urls.append(route.request.url)
        route.continue_()

    page.context.route(f"**/{path}", pass_on)
    return urls


def wait_for(page: Page, condition: Callable[[], object]) -> None:
    """Let the browser's events come in until the condition holds."""
    end = time.monotonic() + TIMEOUT_MS / 1e3
    while not condition():
        assert time.monotonic() < end
        page.wait_for_timeout(10)


def test_onnxruntime_comes_while_the_worker_s_script_is_on_its_way(visit: Callable[..., Visit], server: Server) -> None:
    page = visit(service_workers="block").page
    script, runtime = held(page, "worker.js"), asked(page, "runtime/ort/*")
    page.goto(server.page("loan"), wait_until="commit")
    wait_for(page, lambda: script and len(runtime) == 3)
    script[0].continue_()
    expect(page.get_by_role("img", name="Waterfall")).to_be_visible(timeout=TIMEOUT_MS)
    assert len(script) == 1
    assert len(runtime) == 3  # and once each


def test_on_a_slow_network_python_is_asked_for_before_the_first_session(
    visit: Callable[..., Visit], server: Server
) -> None:
    page = visit(service_workers="block").page

    def late(route: Route) -> None:
        time.sleep(ARRIVES_S)
        route.continue_()

    urls = asked(page, "*")
    page.context.route("**/ort-wasm-simd-threaded.wasm", late)
    page.goto(server.page("loan"), wait_until="commit")
    # The first estimates' second file: a session has answered by then.
    wait_for(page, lambda: any(url.endswith("operator-144.npy") for url in urls))
    (estimates,) = (i for i, url in enumerate(urls) if url.endswith("operator-144.npy"))
    python = [url for url in urls[:estimates] if "/runtime/pyodide/" in url]
    assert len(python) == len(set(python)) == 7
