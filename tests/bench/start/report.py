"""What a cold visit waits for, and what each way to start sooner gains.

Alone: ``python -m tests.bench --only start``.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.bench.browser import FLAGS
from tests.bench.part import Goal, Part, table
from tests.bench.start.sites import ALL, BEFORE, BYTECODE, python_bytes, sites
from tests.bench.start.visit import Visit, visit
from tests.bench.start.waterfall import waterfall
from xaiweb.doctor import find_chromium
from xaiweb.site.build import WAYS
from xaiweb.site.serve import serving

COLD = 10
NAMES = {
    ALL: "all of it",
    BEFORE: "none of it, as before",
    BYTECODE: "without bytecode and trimming",
    **{way: f"without `{way}`" for way in WAYS},
}


def report(loan: Path, n_visits: int, tell: Callable[[str], None]) -> Part:
    """Cold visits in turns, the next round the other way about; the single ways only every second round."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack, sync_playwright() as playwright:
        made = sites([loan], Path(folder))
        sizes = {name: python_bytes(site) for name, site in made.items()}
        urls = {name: stack.enter_context(serving(site, base="/site/", headers=False)) for name, site in made.items()}
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        cold: dict[str, dict[int, Visit]] = {name: {} for name in made}
        for turn in range(n_visits + 1):
            names = (ALL, BEFORE) if turn % 4 in (1, 2) else tuple(made)
            for name in names[:: 1 if turn % 2 else -1]:
                found = once(browser, urls[name])
                if turn:  # the first round warms the machine's own caches
                    cold[name][turn] = found
            tell(f"cold visits: {turn} of {n_visits}")
        warm = {name: [second(browser, urls[name]) for _ in range(max(3, n_visits // 3))] for name in (BEFORE, ALL)}
        version = browser.version
        browser.close()
    return section(cold, warm, sizes, version)


def once(browser: Browser, url: str) -> Visit:
    """A first visit: nothing is in any cache."""
    context = browser.new_context()
    try:
        return visit(context, f"{url}explain/loan/", url)
    finally:
        context.close()


def second(browser: Browser, url: str) -> Visit:
    """The visit after the one that kept everything for offline use."""
    context = browser.new_context()
    try:
        visit(context, f"{url}explain/loan/", url, offline=True)
        return visit(context, f"{url}explain/loan/", url)
    finally:
        context.close()


def section(
    cold: dict[str, dict[int, Visit]], warm: dict[str, list[Visit]], sizes: dict[str, int], version: str
) -> Part:
    """The document's section."""
    n = len(cold[ALL])
    rows = []
    for name, visits in cold.items():
        gain = statistics.median(found.ready - cold[ALL][turn].ready for turn, found in visits.items())
        rows.append(
            [
                NAMES[name],
                str(len(visits)),
                quartiles([v.first_picture for v in visits.values()]),
                quartiles([v.ready for v in visits.values()]),
                "" if name == ALL else f"{gain:+.0f}",
                f"{sizes[name] / 1e6:.1f}",
            ]
        )
    heads = [
        "the loan's page",
        "visits",
        "first picture, ms",
        "`ready`, ms",
        "`ready`, against all of it",
        "Python's files, MB",
    ]
    ratio = statistics.median(found.ready / cold[BEFORE][turn].ready for turn, found in cold[ALL].items())
    again = [
        [NAMES[name], quartiles([v.first_picture for v in vs]), quartiles([v.ready for v in vs])]
        for name, vs in warm.items()
    ]
    lines = [
        f"Cold visits in Chromium {version}, in turns, each in a new context: medians and, in"
        " brackets, the quartiles, in ms from navigation. The column before the last is the median of the differences"
        " within a round.",
        "",
        *table(heads, rows),
        "",
        f"`ready` takes {ratio:.2f} of what it took (median of the rounds). Second visits, served by the service"
        " worker:",
        "",
        *table(["second visit", "first picture, ms", "`ready`, ms"], again),
        "",
        "![a cold visit before](benchmarks/start-before.svg)",
        "",
        "![a cold visit now](benchmarks/start-now.svg)",
        "",
    ]
    plots = {}
    for name, file in ((BEFORE, "start-before.svg"), (ALL, "start-now.svg")):
        typical = sorted(cold[name].values(), key=lambda v: v.ready)[n // 2]
        plots[file] = waterfall(typical, f"A cold visit to the loan's page, {NAMES[name]}")
        plots[file.replace(".svg", ".json")] = json.dumps(asdict(typical), indent=1) + "\n"
    goal = Goal("`ready` on a cold page sooner than before", f"{ratio:.2f} of it", ratio < 1)
    return Part("From the first byte to ready", lines, [goal], plots)


def quartiles(times: Sequence[float]) -> str:
    """The median, and the quartiles in brackets."""
    low, middle, high = statistics.quantiles(times, n=4)
    return f"{middle:.0f} ({low:.0f} to {high:.0f})"
