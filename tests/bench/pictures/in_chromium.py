"""Explaining a photo in Chromium on WASM: against bare runs of as many images, and images a second."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

import xaiweb
from tests.bench.browser import FLAGS
from tests.bench.part import Goal, Part, table
from tests.bench.ratios import Ratio
from xaiweb.doctor import find_chromium
from xaiweb.explaining.images import PhotoExplainer
from xaiweb.site.serve import serving

MOST = 1.05
BUDGET = 50
BATCHES = (1, 2, 4, 8)
TIMEOUT_MS = 240_000

# A worker that does nothing but run the model on ready-made images.
BARE_WORKER = """
let ort, session, name, images, size, shape;
onmessage = async ({ data }) => {
  if (data.root) {
    ort = await import(data.root + "runtime/ort/ort.wasm.min.mjs");
    ort.env.wasm.wasmPaths = data.root + "runtime/ort/";
    ort.env.wasm.numThreads = data.threads;
    const bytes = async (path) => new Uint8Array(await (await fetch(data.bundle + path)).arrayBuffer());
    session = await ort.InferenceSession.create(await bytes("model.onnx"), {
      executionProviders: ["wasm"],
      externalData: [{ path: "weights.bin", data: await bytes("weights.bin") }],
    });
    name = session.inputNames[0];
    shape = data.shape;
    size = shape[0] * shape[1] * shape[2];
    images = new Float32Array(data.n * size);
    for (let i = 0; i < images.length; i++) images[i] = data.pixels[i % size];
  }
  const started = performance.now();
  for (let at = 0; at < data.n; at += data.batch) {
    const n = Math.min(data.batch, data.n - at);
    const part = images.subarray(at * size, (at + n) * size);
    await session.run({ [name]: new ort.Tensor("float32", part, [n, ...shape]) });
  }
  postMessage(performance.now() - started);
};
"""

BARE = """async ([source, message]) => {
  const code = () => URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  globalThis.bare ??= new Worker(code(), { type: "module" });
  return await new Promise((resolve, reject) => {
    bare.onmessage = ({ data }) => resolve(data);
    bare.onerror = (event) => reject(new Error(event.message));
    bare.postMessage(message);
  });
}"""

# ms to a photo decoded and cut, from there to the first partial, and to the result; and images. A file that is read
# again is a new photo.
EXPLAIN = """async ([url, file, budget, output]) => {
  const { open } = await import(new URL("../../xaiweb.js", url));
  globalThis.explainer ??= await open(url, { provider: "wasm", kind: "image" });
  await explainer.ready;
  const photo = await (await fetch(new URL(file, url))).blob();
  const asked = performance.now();
  await explainer.prepare(photo);
  const ready = performance.now();
  let first, found;
  for await (const event of explainer.explain(photo, { estimator: "owen", budget, outputs: [output] }))
    if (event.type === "partial") first ??= performance.now();
    else if (event.type === "result") found = event.explanation.provenance.n_model_rows;
  return [ready - asked, first - ready, performance.now() - ready, found];
}"""

PREDICT = """async ([url, file, provider]) => {
  const { open } = await import(new URL("../../xaiweb.js", url));
  const explainer = await open(url, { provider, kind: "image" });
  await explainer.ready;
  const answer = await explainer.predict([await (await fetch(new URL(file, url))).blob()]);
  const { provider: ran } = explainer;
  explainer.close();
  return [ran, Array.from(answer[0])];
}"""


def report(site: Path, photo: Path, repeats: int) -> Part:
    """Overhead and speed on WASM; WebGPU and WebGL for their answers alone, since this machine emulates them."""
    explainer = xaiweb.open(photo)
    assert isinstance(explainer, PhotoExplainer)
    file = explainer.manifest.examples[0].file
    pixels, native = explainer.encode(photo / file)[0], explainer.predict(photo / file)[0]
    setup = {"pixels": np.round(pixels, 1).ravel().tolist(), "shape": pixels.shape, "n": BUDGET, "batch": 1}
    blank = {"/blank.html": b"<!doctype html><title>bench</title>"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[*FLAGS, "--enable-unsafe-webgpu", "--ignore-gpu-blocklist"]
        )
        with serving(site, base="/site/", extra=blank) as url:
            bundle = f"{url}bundles/{photo.name}/"
            here = {**setup, "root": url, "bundle": bundle}
            speeds = {threads: _speeds(browser, url, here, threads, repeats) for threads in (1, 2)}
            differences = _differences(browser, url, bundle, file, native)
        with serving(site, base="/site/", headers=False, extra=blank) as url:  # no isolation: one thread for both
            bundle = f"{url}bundles/{photo.name}/"
            here = {**setup, "root": url, "bundle": bundle}
            best = max(BATCHES, key=lambda batch: speeds[1][batch])
            output = explainer.manifest.outputs[int(np.argmax(native))].name
            loop, ready, first = _overhead(browser, url, here, (file, BUDGET, output), best, repeats)
        version = browser.version
        browser.close()
    rows = [
        [
            f"Owen values, {BUDGET}",
            str(BUDGET),
            f"{loop.ours:.0f} ms",
            f"{loop.bare:.0f} ms",
            f"{loop.middle:.3f} ({loop.low:.3f}–{loop.high:.3f})",
            f"{ready:.0f} ms",
            f"{first:.0f} ms",
        ]
    ]
    heads = ["", "images", "explanation", "bare runs", "ratio (quartiles)", "preparing", "first picture"]
    lines = [
        f"EfficientNet-lite0 in Chromium {version}, WASM, one thread: an explanation of one output of a photo that is"
        " decoded and cut (preparing), in turns with bare runs over as many images, ready-made and in the best batch"
        f" ({best}). The first picture is there so long after the photo is ready. Medians of {repeats}.",
        "",
        *table(heads, rows),
        "",
        "Images a second, bare, by threads and batch:",
        "",
        *table(
            ["", *(f"batch {batch}" for batch in BATCHES)],
            [
                [f"WASM, {threads} thread{'s' * (threads > 1)}", *(f"{found[batch]:.1f}" for batch in BATCHES)]
                for threads, found in speeds.items()
            ],
        ),
        "",
        "The same photo's prediction against the native one, largest difference of a probability (WebGPU and WebGL run"
        " on software here, so that their speed says nothing): "
        + ", ".join(f"{name} {difference}" for name, difference in differences.items())
        + ".",
        "",
    ]
    goal = Goal(
        f"In Chromium, one thread, at most {MOST} times the bare runs, a photo: Owen values, {BUDGET}",
        f"{loop.middle:.3f}",
        loop.middle <= MOST,
    )
    return Part("Photos in Chromium", lines, [goal])


def _page(browser: Browser, url: str) -> Page:
    page = browser.new_context().new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.goto(url.removesuffix("site/") + "blank.html")
    return page


def _speeds(browser: Browser, url: str, setup: dict[str, Any], threads: int, repeats: int) -> dict[int, float]:
    """Images a second by batch; more threads need an isolated page."""
    page = _page(browser, url)
    n = max(BATCHES)
    page.evaluate(BARE, [BARE_WORKER, {**setup, "n": n, "threads": threads}])
    taken: dict[int, list[float]] = {batch: [] for batch in BATCHES}
    for _ in range(repeats):
        for batch in BATCHES:
            taken[batch].append(page.evaluate(BARE, [BARE_WORKER, {"n": n, "batch": batch}]))
    page.context.close()
    return {batch: 1e3 * n / statistics.median(times) for batch, times in taken.items()}


def _overhead(
    browser: Browser, url: str, setup: dict[str, Any], asked: tuple[str, int, str], batch: int, repeats: int
) -> tuple[Ratio, float, float]:
    """The explanation beside bare runs, and median ms of preparing and from there to the first picture."""
    page = _page(browser, url)

    def ours() -> list[float]:
        found: list[float] = page.evaluate(EXPLAIN, [setup["bundle"], *asked])
        assert found.pop() == BUDGET
        return found

    def bare() -> float:
        elapsed: float = page.evaluate(BARE, [BARE_WORKER, {"n": BUDGET, "batch": batch}])
        return elapsed

    page.evaluate(BARE, [BARE_WORKER, {**setup, "threads": 1}])
    ours()
    pairs = [(ours(), bare()) for _ in range(repeats)]
    page.context.close()
    ready, first, _ = (statistics.median(times) for times in zip(*(told for told, _ in pairs), strict=True))
    return Ratio.of([(told[2], floor) for told, floor in pairs]), ready, first


def _differences(browser: Browser, url: str, bundle: str, file: str, native: np.ndarray) -> dict[str, str]:
    """Largest differences from the native answer, by provider; or that there is none."""
    found = {}
    for provider, name in (("wasm", "WASM"), ("webgpu", "WebGPU"), ("webgl", "WebGL")):
        page = _page(browser, url)
        try:
            ran, answer = page.evaluate(PREDICT, [bundle, file, provider])
            assert ran == provider
            found[name] = f"{np.abs(np.array(answer) - native).max():.1e}"
        except Exception as error:  # whatever the browser says
            found[name] = f"not to be had here ({str(error).splitlines()[0][:120]})"
        page.context.close()
    return found
