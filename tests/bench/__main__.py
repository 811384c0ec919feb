"""`make bench`: how accurate explanations are and what they cost, beside the peers; writes docs/benchmarks.md.

Accuracy is asked cell by cell, and cells are kept in ~/.cache/xaiweb/bench, so a bench that was stopped
goes on where it was. Times are taken in turns within one run, because machines drift; ratios are medians
of the pairs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import beside_shap, browser, document, growth, in_browser, many, native, tokens, transfer, trees
from tests.bench.accuracy import report, run, stress
from tests.bench.accuracy.setups import split
from tests.bench.part import Part
from tests.bench.pictures import fidelity, games, in_chromium, overhead, partition, shapley

ROOT = Path(__file__).parent.parent.parent


def parts(options: argparse.Namespace) -> Iterator[Part]:
    """Every section of the document, in order."""
    started = time.monotonic()

    def tell(what: str) -> None:
        print(f"[{time.monotonic() - started:6.0f} s] {what}", flush=True)

    site, bundles = ROOT / "dist" / "site", ROOT / "build" / "bundles"
    loan = bundles / "loan"
    effort = run.Effort(*(run.QUICK if options.quick else run.FULL), options.jobs)
    repeats = 5 if options.quick else 15
    names = split()
    yield from report.report(names["open"], sealed=False, effort=effort, tell=tell)
    if options.sealed:
        yield from report.report(names["sealed"], sealed=True, effort=effort, tell=tell)
    yield report.stress_report(*(stress.QUICK if options.quick else stress.FULL), tell)
    asked = games.QUICK if options.quick else games.FULL
    pictures = {one: games.games(bundles, one, tell) for one in asked}
    n_seeds = 2 if options.quick else 5
    for part in (
        lambda: shapley.report(pictures, n_seeds, tell),
        lambda: partition.report(pictures, tell),
        lambda: fidelity.report(pictures, n_seeds, tell),
        lambda: overhead.report(
            bundles / "photo", overhead.QUICK if options.quick else tuple(overhead.JOBS), max(3, repeats // 3)
        ),
        lambda: native.report(loan, repeats),
        lambda: beside_shap.report(loan, repeats),
        lambda: trees.report(repeats),
        lambda: many.report(
            loan, many.QUICK if options.quick else many.FULL, many.QUICK_ROWS if options.quick else many.FULL_ROWS, tell
        ),
        lambda: growth.report(loan, max(3, repeats // 3)),
        lambda: browser.report(site, loan, repeats),
        lambda: in_browser.report(max(3, repeats // 3)),
        lambda: in_chromium.report(site, bundles / "photo", 2 if options.quick else 5),
        lambda: tokens.report(bundles / "spam"),
        lambda: transfer.report(site, "loan"),
    ):
        made = part()
        tell(made.title)
        yield made


def main() -> None:
    """Run everything and write the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rows, seeds and repeats: minutes, not an hour")
    parser.add_argument("--sealed", action="store_true", help="the sealed games, too: once the method is fixed")
    parser.add_argument("--jobs", type=int, default=1, help="processes that ask for accuracy")
    options = parser.parse_args()
    done = list(parts(options))
    # A quick look never takes the place of the full figures.
    target = ROOT / ("build/bench" if options.quick else "docs") / "benchmarks.md"
    target.parent.mkdir(parents=True, exist_ok=True)
    document.write(done, target, "A quick run with few rows and seeds" if options.quick else "A full run")
    for part in done:
        for goal in part.goals:
            print(f"{'held    ' if goal.held else 'NOT HELD'} {goal.what}: {goal.found}")
    print(f"Written: {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
