"""How long the final estimate takes in Chromium, after the model has said its last."""

from __future__ import annotations

import contextlib
import io
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from sklearn.ensemble import GradientBoostingClassifier

import xaiweb
from tests.bench.accuracy.data import breast
from tests.bench.browser import FLAGS
from tests.bench.part import Goal, Part
from xaiweb.doctor import find_chromium
from xaiweb.site.serve import serving

MOST = 1000
BUDGET = 2048
EXPLAIN = """async ([url, row, budget]) => {
  const { open } = await import(new URL("../../xaiweb.js", url));
  const explainer = await open(url, { provider: "wasm" });
  await explainer.ready;
  let asked = performance.now(), sampled = 0, estimator;
  for await (const event of explainer.explain(row, { estimator: "gaussian_process", budget }))
    if (event.type === "progress" && event.done === event.total) sampled ||= performance.now();
    else if (event.type === "result") estimator = event.explanation.provenance.estimator;
  return [sampled - asked, performance.now() - sampled, estimator];
}"""


def report(repeats: int) -> Part:
    """The Gaussian process for 30 players and 2048 coalitions."""
    table = breast()
    model = GradientBoostingClassifier(max_depth=3, random_state=0).fit(table.x, table.y)
    blank = {"/blank.html": b"<!doctype html><title>bench</title>"}
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stdout(io.StringIO()):
            bundle = xaiweb.export(
                model, background=table.x[:20], background_size=20, out=Path(folder) / "breast", name="breast"
            )
        site = xaiweb.build([bundle], out=Path(folder) / "site")
        row = table.x[100].tolist()
        with serving(site, base="/site/", headers=False, extra=blank) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
            page = browser.new_page()
            page.set_default_timeout(180_000)
            page.goto(url.removesuffix("site/") + "blank.html")
            found = [page.evaluate(EXPLAIN, [f"{url}bundles/breast/", row, BUDGET]) for _ in range(repeats + 1)][1:]
            browser.close()
    assert all(estimator == "gaussian_process" for *_, estimator in found)
    model_ms, own_ms = (statistics.median(times) for times in list(zip(*found, strict=True))[:2])
    d = table.x.shape[1]
    lines = [
        f"Breast cancer, gradient boosting, {d} players, {BUDGET} coalitions, median of {repeats}: after"
        f" {model_ms:.0f} ms of coalitions, in which partial results stream, the Gaussian process takes {own_ms:.0f} ms"
        " in the worker.",
        "",
    ]
    goal = f"In Chromium the final estimate for d = {d} and {BUDGET} coalitions takes at most {MOST} ms"
    return Part("The final estimate in Chromium", lines, [Goal(goal, f"{own_ms:.0f} ms", own_ms <= MOST)])
