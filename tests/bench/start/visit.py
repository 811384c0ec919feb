"""One visit, as the browser itself records it: stages of page and worker, requests, and when it was ready."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page

TIMEOUT_MS = 180_000

# The policy forbids polling with eval; the browser tells of its marks by itself.
MARKS = """() => Promise.all(["xaiweb:first-picture", "xaiweb:ready", "xaiweb:result"].map((name) =>
  new Promise((resolve) => new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByName(name)) resolve(entry.startTime);
  }).observe({ type: "mark", buffered: true }))))"""

# Times are told on the clock of the page's navigation, to the worker too.
RECORD = """(origin) => {
  const shift = performance.timeOrigin - origin;
  const at = (time) => time === 0 ? 0 : time + shift;
  return {
    stages: performance.getEntriesByType("measure").filter(({ name }) => name.startsWith("xaiweb:"))
      .map(({ name, startTime, duration }) => [name.slice(7), at(startTime), at(startTime) + duration]),
    requests: performance.getEntriesByType("resource").filter(({ name }) => name.startsWith("http"))
      .map((entry) => [entry.name, at(entry.startTime), at(entry.responseStart), at(entry.responseEnd),
        entry.encodedBodySize]),
    began: at(0),
  };
}"""

NAVIGATION = """() => {
  const [{ responseStart, responseEnd, domInteractive, encodedBodySize }] = performance.getEntriesByType("navigation");
  return [responseStart, responseEnd, domInteractive, encodedBodySize];
}"""


@dataclass(frozen=True)
class Stage:
    """Something that took from ``start`` to ``end``, in ms since the navigation, in the page or its worker."""

    name: str
    where: str
    start: float
    end: float


@dataclass(frozen=True)
class Request:
    """A file's way here; ``response`` is when its first byte came (ms since the navigation)."""

    path: str
    where: str
    start: float
    response: float
    end: float
    bytes: int


@dataclass(frozen=True)
class Visit:
    """Everything that was recorded; times in ms since the navigation."""

    stages: list[Stage]
    requests: list[Request]
    worker: float
    first_picture: float
    ready: float
    result: float

    def stage(self, name: str) -> Stage:
        """The first stage of this name."""
        return next(stage for stage in self.stages if stage.name == name)

    def duration(self, name: str) -> float:
        """How long the first stage of this name took (ms)."""
        stage = self.stage(name)
        return stage.end - stage.start


OFFLINE = """async ([url]) => {
  const { open } = await import(new URL("../../xaiweb.js", url));
  await (await open(url, { provider: "auto" })).offlineReady;
}"""


def visit(context: BrowserContext, address: str, root: str, *, offline: bool = False) -> Visit:
    """A visit to the page at ``address`` of the site at ``root``, in a new tab of ``context``, until its result.

    ``offline``: until everything is kept for offline use, too.
    """
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.goto(address, wait_until="commit")
    first_picture, ready, result = page.evaluate(MARKS)
    found = record(page, root)
    if offline:
        page.evaluate(OFFLINE, [address.replace("/explain/", "/bundles/")])
    page.close()
    return Visit(first_picture=first_picture, ready=ready, result=result, **found)


def record(page: Page, root: str) -> dict[str, Any]:
    """Stages and requests of a page and its worker."""
    origin = page.evaluate("() => performance.timeOrigin")
    stages, requests, began = [], [], 0.0
    for where, told in (("page", page.evaluate(RECORD, origin)), ("worker", page.workers[0].evaluate(RECORD, origin))):
        stages += [Stage(name, where, start, end) for name, start, end in told["stages"]]
        base = urlsplit(root).path
        requests += [
            Request(urlsplit(url).path.removeprefix(base), where, start, response, end, size)
            for url, start, response, end, size in told["requests"]
        ]
        began = told["began"]
    response, end, _, size = page.evaluate(NAVIGATION)
    path = urlsplit(page.url).path.removeprefix(urlsplit(root).path)
    requests.insert(0, Request(path or "index.html", "page", 0.0, response, end, size))
    return {"stages": sorted(stages, key=lambda s: s.start), "requests": requests, "worker": began}
