"""Rows of a file per second in Chromium: explained together, and asked for one by one."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.bench.browser import blank_page
from tests.bench.part import Goal, Part, table
from xaiweb.bundle.rows import decode
from xaiweb.explaining.rows import TableExplainer

LEAST = 2.0

# What, bundle, rows of a file, rows asked for one by one, options.
JOBS: tuple[tuple[str, str, int, int, dict[str, Any]], ...] = (
    ("income, XGBoost, TreeSHAP", "income", 1000, 50, {"scale": "margin"}),
    ("income, every coalition", "income", 150, 30, {}),
    ("loan, least squares, 512 coalitions", "loan", 48, 12, {"estimator": "least_squares", "budget": 512}),
    ("loan, Gaussian process, 512 coalitions", "loan", 12, 6, {"estimator": "gaussian_process", "budget": 512}),
)

# One by one nothing is drawn either, but progress is told, as to any program.
EXPLAIN = """async ([url, text, rows, options]) => {
  const { open } = await import(new URL("../../xaiweb.js", url));
  const explainer = await open(url, { provider: "wasm" });
  await explainer.ready;
  const alone = async () => {
    for (const row of rows) for await (const _ of explainer.explain(row, options));
    return rows.length;
  };
  const together = async () => {
    let run;
    for await (const event of explainer.rows.explain(new File([text], "rows.csv"), options)) run = event.run ?? run;
    await explainer.rows.discard(run.id);
    return run.n_rows;
  };
  const rates = [];
  for (const work of [alone, together]) {
    const started = performance.now();
    const n = await work();
    rates.push((n * 1000) / (performance.now() - started));
  }
  return rates;
}"""


def report(site: Path, bundles: Path, repeats: int) -> Part:
    """The table."""
    found = {}
    with blank_page(site) as (page, url, version):
        for what, name, n_rows, n_alone, options in JOBS:
            turns = []
            for turn in range(repeats + 1):
                rows = _rows(bundles / name, n_rows, turn)
                alone = rows[:n_alone].to_dict("records")
                asked = [f"{url}bundles/{name}/", rows.to_csv(index=False), alone, {**options, "interactions": "none"}]
                turns.append(page.evaluate(EXPLAIN, asked))
            found[what] = turns[1:]  # the first one warms up
    gains = {what: statistics.median(b / a for a, b in turns) for what, turns in found.items()}
    lines = [
        f"Rows per second in Chromium {version}, WASM, one thread, against 100 background rows: asked for one by one"
        f" through the module, and as a file, whose rows are explained together. Medians of {repeats} turns of each.",
        "",
        *table(
            ["", "one by one", "as a file", "ratio"],
            [
                [
                    what,
                    *(f"{float(f'{statistics.median(rates):.3g}'):,g}" for rates in zip(*turns, strict=True)),
                    f"{gains[what]:.2f}",
                ]
                for what, turns in found.items()
            ],
        ),
        "",
    ]
    trees = gains[JOBS[0][0]]
    goal = f"In Chromium rows of trees are explained together at least {LEAST:g} times as fast as one by one"
    return Part("A file of rows in the page", lines, [Goal(goal, f"{trees:.1f} times", trees >= LEAST)])


def _rows(bundle: Path, n: int, seed: int) -> pd.DataFrame:
    """Rows that all differ: the background's columns, each shuffled by itself."""
    opened = TableExplainer(bundle).bundle
    rng = np.random.default_rng(seed)
    columns = [rng.choice(column, n) for column in opened.background.T]
    return pd.DataFrame([decode(row, opened.manifest.features) for row in np.column_stack(columns)])
