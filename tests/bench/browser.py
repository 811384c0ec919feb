"""The same in Chromium, and what a first visit waits for."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

import xaiweb
from tests.bench.part import Goal, Part, table
from tests.bench.ratios import HEADS, JOBS, Ratio
from tests.bench.rows import coalitions
from xaiweb.doctor import find_chromium
from xaiweb.site.serve import serving

MOST = 1.05
MOST_FIRST = 1.5
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]

# A worker that does nothing but run the model: the floor that an explanation is compared with.
BARE_WORKER = """
let ort, session, rows, d, name;
onmessage = async ({ data }) => {
  let started = performance.now();
  if (data.root) {
    ort = await import(data.root + "runtime/ort/ort.wasm.min.mjs");
    ort.env.wasm.wasmPaths = data.root + "runtime/ort/";
    ort.env.wasm.numThreads = 1;
    const bytes = async (path) => new Uint8Array(await (await fetch(data.root + path)).arrayBuffer());
    const bundle = "bundles/loan/";
    session = await ort.InferenceSession.create(await bytes(bundle + "model.onnx"), {
      executionProviders: ["wasm"],
      externalData: [{ path: "weights.bin", data: await bytes(bundle + "weights.bin") }],
    });
    name = session.inputNames[0];
    d = data.columns;
    const made = performance.now();
    // The rows that the explanation mixes: background rows outside of the coalition, the explained row inside.
    rows = new Float32Array(data.rows * d);
    for (let i = 0; i < data.rows; i++)
      for (let j = 0; j < d; j++) {
        const nb = data.background.length;
        rows[i * d + j] = data.masks[Math.floor(i / nb)][j] ? data.row[j] : data.background[i % nb][j];
      }
    started += performance.now() - made; // making them is not part of the floor
  }
  for (let at = 0; at < data.rows; at += data.chunk) {
    const n = Math.min(data.chunk, data.rows - at);
    await session.run({ [name]: new ort.Tensor("float32", rows.subarray(at * d, (at + n) * d), [n, d]) });
  }
  postMessage(performance.now() - started);
};
"""

EXPLAIN = """async ([url, row, parameters]) => {
  const { open } = await import(new URL("../../xaiweb.js", url));
  const explainer = await open(url, { provider: "wasm" });
  await explainer.ready;
  const started = performance.now();
  let result;
  for await (const event of explainer.explain(row, parameters)) if (event.type === "result") result = event.explanation;
  return [performance.now() - started, result.provenance.n_model_rows];
}"""

BARE = """async ([source, message]) => {
  const code = () => URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  globalThis.bare ??= new Worker(code(), { type: "module" });
  return await new Promise((resolve, reject) => {
    bare.onmessage = ({ data }) => resolve(data);
    bare.onerror = (event) => reject(new Error(event.message));
    bare.postMessage(message);
  });
}"""

# Runs before the page: long tasks of the main thread, and when the first picture and `ready` came.
OBSERVE = """
globalThis.seen = { tasks: [] };
new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map((entry) => entry.duration)))
  .observe({ type: "longtask", buffered: true });
"""

# The policy forbids polling with eval; the browser tells of its marks by itself.
MARKS = """() => Promise.all(["xaiweb:first-picture", "xaiweb:ready"].map((name) => new Promise((resolve) =>
  new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByName(name)) resolve(entry.startTime);
  }).observe({ type: "mark", buffered: true }))))"""


def report(site: Path, loan: Path, repeats: int) -> Part:
    """Overhead, cold start and long tasks for the loan on WASM."""
    explainer = xaiweb.open(loan)
    row = dict(explainer.manifest.examples[0].values)
    setup = {
        "row": explainer.encode(row)[0].tolist(),
        "columns": len(explainer.manifest.features),
        "background": explainer.bundle.background.tolist(),
    }
    blank = {"/blank.html": b"<!doctype html><title>bench</title>"}
    with serving(site, base="/site/", headers=False, extra=blank) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        origin = url.removesuffix("/site/")
        found = {}
        for job, parameters in JOBS.items():
            masks = coalitions(explainer, row, **parameters).astype(int).tolist()
            found[job] = _overhead(browser, origin, url, row, {**setup, "masks": masks}, parameters, repeats)
        masks = coalitions(explainer, row, **JOBS["auto, 2,048 coalitions"]).astype(int).tolist()
        cold, first = _cold(browser, origin, url, {**setup, "masks": masks}, max(3, 2 * repeats // 3))
        version = browser.version
        browser.close()
    rows = [[job, f"{n_rows:,}", *ratio.cells()] for job, (n_rows, ratio) in found.items()]
    lines = [
        f"The loan's small network in Chromium {version}, WASM, one thread, as in the native comparison.",
        "",
        *table(HEADS, rows),
        "",
        *cold,
        "",
    ]
    goals = [
        Goal(
            f"In Chromium, one thread, at most {MOST} times the bare runs: {job}",
            f"{ratio.middle:.2f}",
            ratio.middle <= MOST,
        )
        for job, (_, ratio) in found.items()
    ]
    return Part("Overhead and first visits in Chromium", lines, [*goals, first])


@contextmanager
def blank_page(site: Path) -> Iterator[tuple[Page, str, str]]:
    """An empty page of a served site that isn't isolated, the site's address, and the browser's version."""
    blank = {"/blank.html": b"<!doctype html><title>bench</title>"}
    with serving(site, base="/site/", headers=False, extra=blank) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(300_000)
        page.goto(url.removesuffix("site/") + "blank.html")
        yield page, url, browser.version
        browser.close()


def _page(browser: Browser, address: str) -> Page:
    page = browser.new_context().new_page()
    page.set_default_timeout(180_000)
    page.goto(address)
    return page


def _overhead(
    browser: Browser,
    origin: str,
    url: str,
    row: dict[str, Any],
    setup: dict[str, Any],
    parameters: dict[str, Any],
    repeats: int,
) -> tuple[int, Ratio]:
    page = _page(browser, f"{origin}/blank.html")

    def ours() -> tuple[float, int]:
        elapsed, n_rows = page.evaluate(EXPLAIN, [f"{url}bundles/loan/", row, parameters])
        return elapsed, n_rows

    n_rows = ours()[1]
    page.evaluate(BARE, [BARE_WORKER, {**setup, "root": url, "rows": n_rows, "chunk": 4096}])

    def bare(chunk: int) -> float:
        elapsed: float = page.evaluate(BARE, [BARE_WORKER, {"rows": n_rows, "chunk": chunk}])
        return elapsed

    best = min((512, 1024, 2048, 4096), key=lambda chunk: min(bare(chunk) for _ in range(3)))
    ratio = Ratio.of([(ours()[0], bare(best)) for _ in range(repeats)])
    page.context.close()
    return n_rows, ratio


def _cold(browser: Browser, origin: str, url: str, setup: dict[str, Any], repeats: int) -> tuple[list[str], Goal]:
    """First visits, each with an empty cache, in turns with the runtime's own start and as many rows."""
    first, ready, floor, tasks = [], [], [], []
    n_rows = 7200  # 4d coalitions of 18 players over 100 rows: what the first picture evaluates
    for _ in range(repeats):
        context = browser.new_context()
        context.add_init_script(OBSERVE)
        page = context.new_page()
        page.set_default_timeout(180_000)
        page.goto(f"{url}explain/loan/", wait_until="commit")
        marks = page.evaluate(MARKS)
        first.append(marks[0])
        ready.append(marks[1])
        tasks.append(page.evaluate("() => seen.tasks"))
        context.close()
        blank = _page(browser, f"{origin}/blank.html")
        floor.append(blank.evaluate(BARE, [BARE_WORKER, {**setup, "root": url, "rows": n_rows, "chunk": 1024}]))
        blank.context.close()
    ratio = statistics.median(a / b for a, b in zip(first, floor, strict=True))
    longest = [max(t, default=0.0) for t in tasks]
    lines = [
        f"{repeats} first visits with an empty cache, from navigation: the first picture after"
        f" {statistics.median(first):.0f} ms ({min(first):.0f} to {max(first):.0f}), where the runtime's start and"
        f" {n_rows:,} rows alone take {statistics.median(floor):.0f} ms; ready after {statistics.median(ready):.0f} ms"
        f" ({min(ready):.0f} to {max(ready):.0f}). The main thread has {statistics.mean(len(t) for t in tasks):.1f}"
        f" long tasks a visit, the longest {statistics.median(longest):.0f} ms.",
    ]
    goal = f"First picture within {MOST_FIRST} times the runtime's start and the model's rows"
    return lines, Goal(goal, f"{ratio:.2f}", ratio <= MOST_FIRST)
