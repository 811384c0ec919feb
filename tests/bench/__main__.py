"""`make bench`: how accurate explanations are and what they cost, beside the peers; writes docs/benchmarks.md.

Sections are measured one by one, or only those asked for, and each is kept as soon as it is done: the document is made
of the latest of every section. Accuracy is asked cell by cell, and cells are kept in ~/.cache/xaiweb/bench, so a bench
that was stopped goes on where it was. Times are taken in turns within one run, because machines drift; ratios are
medians of the pairs.
"""

from __future__ import annotations

import argparse
import datetime
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from tests.bench import (
    beside_shap,
    browser,
    document,
    growth,
    in_browser,
    in_page,
    kept,
    kernels,
    many,
    native,
    tokens,
    transfer,
    trees,
)
from tests.bench.accuracy import report, run, stress
from tests.bench.accuracy.setups import split
from tests.bench.part import Part
from tests.bench.pictures import fidelity, games, in_chromium, overhead, partition, shapley
from tests.bench.start import report as start

ROOT = Path(__file__).parent.parent.parent
SEALED = "sealed"
"""The section that is left out unless it is asked for."""


def sections(quick: bool, jobs: int, tell: Callable[[str], None]) -> Mapping[str, Callable[[], list[Part]]]:
    """What can be measured, by name, in the order of the document."""
    site, bundles = ROOT / "dist" / "site", ROOT / "build" / "bundles"
    loan = bundles / "loan"
    effort = run.Effort(*(run.QUICK if quick else run.FULL), jobs)
    repeats, few, n_seeds = (5, 3, 2) if quick else (15, 5, 5)
    names = split()

    @cache
    def pictures() -> dict[games.Set, list[games.Picture]]:
        return {one: games.games(bundles, one, tell) for one in (games.QUICK if quick else games.FULL)}

    return {
        "open": lambda: report.report(names["open"], sealed=False, effort=effort, tell=tell),
        SEALED: lambda: report.report(names["sealed"], sealed=True, effort=effort, tell=tell),
        "stress": lambda: [report.stress_report(*(stress.QUICK if quick else stress.FULL), tell)],
        "shapley": lambda: [shapley.report(pictures(), n_seeds, tell)],
        "owen": lambda: [partition.report(pictures(), tell)],
        "lime": lambda: [fidelity.report(pictures(), n_seeds, tell)],
        "overhead-photos": lambda: [
            overhead.report(bundles / "photo", overhead.QUICK if quick else tuple(overhead.JOBS), few)
        ],
        "overhead": lambda: [native.report(loan, repeats)],
        "beside-shap": lambda: [beside_shap.report(loan, repeats)],
        "trees": lambda: [trees.report(repeats)],
        "many": lambda: [
            many.report(loan, many.QUICK if quick else many.FULL, many.QUICK_ROWS if quick else many.FULL_ROWS, tell)
        ],
        "many-in-page": lambda: [in_page.report(site, bundles, few)],
        "growth": lambda: [growth.report(loan, few)],
        "browser": lambda: [browser.report(site, loan, repeats)],
        "kernels": lambda: [kernels.report(site, repeats)],
        "start": lambda: [start.report(loan, 4 if quick else start.COLD, tell)],
        "in-browser": lambda: [in_browser.report(few)],
        "in-chromium": lambda: [in_chromium.report(site, bundles / "photo", 2 if quick else 5)],
        "tokens": lambda: [tokens.report(bundles / "spam")],
        "transfer": lambda: [transfer.report(site, "loan")],
    }


def main() -> None:
    """Measure, keep what was found, and write the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rows, seeds and repeats: minutes, not an hour")
    parser.add_argument("--sealed", action="store_true", help="the sealed games, too: once the method is fixed")
    parser.add_argument("--only", nargs="+", default=(), metavar="SECTION", help="these sections alone")
    parser.add_argument("--jobs", type=int, default=1, help="processes that ask for accuracy")
    options = parser.parse_args()
    started = time.monotonic()

    def tell(what: str) -> None:
        print(f"[{time.monotonic() - started:6.0f} s] {what}", flush=True)

    known = sections(options.quick, options.jobs, tell)
    if unknown := set(options.only) - set(known):
        parser.error(f"{', '.join(sorted(unknown))}: no such section; there are {', '.join(known)}")
    # A quick look never takes the place of the full figures.
    target = ROOT / ("build/bench" if options.quick else "docs") / "benchmarks.md"
    folder = target.with_suffix("") / "parts"
    for name, measure in known.items():
        if name in options.only if options.only else name != SEALED or options.sealed:
            date, commit = datetime.datetime.now(tz=datetime.UTC).date().isoformat(), document.commit()
            parts = measure()
            kept.save(folder, name, kept.Kept(date, commit, parts))
            tell(name)
            for goal in (goal for part in parts for goal in part.goals):
                print(f"{'held    ' if goal.held else 'NOT HELD'} {goal.what}: {goal.found}")
    document.write(kept.load(folder, known), target, quick=options.quick)
    print(f"Written: {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
