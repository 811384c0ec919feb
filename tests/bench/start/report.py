"""What a cold visit waits for, and what each way to start sooner gains.

Alone: ``python -m tests.bench --only start``.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TypeAlias

from playwright.sync_api import Browser, sync_playwright

from tests.bench.browser import FLAGS
from tests.bench.part import Goal, Part, table
from tests.bench.start.network import Network, over
from tests.bench.start.sites import ALL, BEFORE, BYTECODE, python_bytes, sites
from tests.bench.start.visit import Visit, visit
from tests.bench.start.waterfall import waterfall
from xaiweb.doctor import find_chromium
from xaiweb.site.build import WAYS
from xaiweb.site.serve import serving

COLD, SLOW = 10, 4
"""Cold visits from this machine itself, and over each network."""
NETWORKS = {
    Network(50, 20): (ALL, BEFORE, "early-worker", "streaming", "early-python"),
    Network(10, 40): (ALL, "early-worker", "streaming", "early-python"),
}
"""What is compared on each; nothing of a late write is to be seen there."""
NAMES = {
    ALL: "all of it",
    BEFORE: "none of it, as before",
    BYTECODE: "without bytecode and trimming",
    **{way: f"without `{way}`" for way in WAYS},
}

Visits: TypeAlias = Mapping[str, Mapping[int, Visit]]
"""Of each site, by round."""


def report(loan: Path, n_visits: int, tell: Callable[[str], None]) -> Part:
    """Cold visits in turns, from this machine and over slower networks, and second ones."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack, sync_playwright() as playwright:
        made = sites([loan], Path(folder))
        urls = {name: stack.enter_context(serving(site, base="/site/", headers=False)) for name, site in made.items()}
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        # Python's files follow at once only where the network is slow.
        here = [name for name in made if name != "early-python"]
        cold = rounds(browser, {name: urls[name] for name in here}, n_visits, (ALL, BEFORE), before=1)
        tell("cold visits")
        slow = {}
        for network, names in NETWORKS.items():
            with ExitStack() as links:
                far = {name: links.enter_context(over(network, made[name])) for name in names}
                slow[network] = rounds(browser, far, min(n_visits, SLOW), names)
            tell(f"cold visits at {network}")
        warm = {name: [second(browser, urls[name]) for _ in range(max(3, n_visits // 3))] for name in (BEFORE, ALL)}
        sizes = {name: python_bytes(site) for name, site in made.items()}
        version = browser.version
        browser.close()
    return section(cold, slow, warm, sizes, version)


def rounds(browser: Browser, urls: Mapping[str, str], n: int, every: Sequence[str], before: int = 0) -> Visits:
    """Visits in turns, the next round the other way about; but for ``every``, only every second round.

    Args:
        before: Rounds that don't count: they warm the machine's own caches.
    """
    found: dict[str, dict[int, Visit]] = {name: {} for name in urls}
    for turn in range(1 - before, n + 1):
        names = tuple(every) if turn % 4 in (1, 2) else tuple(urls)
        for name in names[:: 1 if turn % 2 else -1]:
            seen = once(browser, urls[name])
            if turn > 0:
                found[name][turn] = seen
    return found


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
    cold: Visits,
    slow: Mapping[Network, Visits],
    warm: Mapping[str, Sequence[Visit]],
    sizes: Mapping[str, int],
    version: str,
) -> Part:
    """The document's section."""
    ratio = statistics.median(found.ready / cold[BEFORE][turn].ready for turn, found in cold[ALL].items())
    again = [
        [NAMES[name], quartiles([v.first_picture for v in vs]), quartiles([v.ready for v in vs])]
        for name, vs in warm.items()
    ]
    lines = [
        f"Cold visits in Chromium {version}, in turns, each in a new context: medians and, in"
        " brackets, the quartiles, in ms from navigation. The last two columns are the medians of the differences"
        " within a round: what is lost where it is left out.",
        "",
        f"From this machine itself, uncompressed. Python's files are {sizes[ALL] / 1e6:.1f} MB, without bytecode and"
        f" trimming {sizes[BYTECODE] / 1e6:.1f} MB.",
        "",
        *compared(cold),
        "",
        f"`ready` takes {ratio:.2f} of what it took (median of the rounds).",
        "",
    ]
    for network, visits in slow.items():
        lines += [
            f"Over {network} from a request to its first byte; one link for all requests, compressed with gzip:",
            "",
            *compared(visits),
            "",
        ]
    pictures = {
        "a cold visit before": ("start-before.svg", cold[BEFORE]),
        "a cold visit now": ("start-now.svg", cold[ALL]),
    }
    farthest = list(NETWORKS)[-1]
    pictures[f"a cold visit now, over {farthest}"] = ("start-slow.svg", slow[farthest][ALL])
    lines += [
        "Second visits, served by the service worker:",
        "",
        *table(["second visit", "first picture, ms", "`ready`, ms"], again),
        "",
    ]
    plots = {}
    for about, (file, visits) in pictures.items():
        typical = sorted(visits.values(), key=lambda v: v.ready)[len(visits) // 2]
        plots[file] = waterfall(typical, f"The loan's page: {about}")
        plots[file.replace(".svg", ".json")] = json.dumps(asdict(typical), indent=1) + "\n"
        lines += [f"![{about}](benchmarks/{file})", ""]
    goal = Goal("`ready` on a cold page sooner than before", f"{ratio:.2f} of it", ratio < 1)
    return Part("From the first byte to ready", lines, [goal], plots)


def compared(visits: Visits) -> list[str]:
    """A table: what each site's visits took, and how much more than those of the site that does all of it."""
    rows = []
    for name, found in visits.items():
        first, ready = ([getattr(v, what) for v in found.values()] for what in ("first_picture", "ready"))
        more = [
            statistics.median(getattr(v, what) - getattr(visits[ALL][turn], what) for turn, v in found.items())
            for what in ("first_picture", "ready")
        ]
        lost = ["", ""] if name == ALL else [f"{ms:+.0f}" for ms in more]
        rows.append([NAMES[name], str(len(found)), quartiles(first), quartiles(ready), *lost])
    heads = [
        "the loan's page",
        "visits",
        "first picture, ms",
        "`ready`, ms",
        "first picture later, ms",
        "`ready` later, ms",
    ]
    return table(heads, rows)


def quartiles(times: Sequence[float]) -> str:
    """The median, and the quartiles in brackets."""
    low, middle, high = statistics.quantiles(times, n=4)
    return f"{middle:.0f} ({low:.0f} to {high:.0f})"
