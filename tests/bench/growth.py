"""What an explanation takes as background and budget grow: time, and the peak of memory.

Each point is a fresh process, because the operating system only tells the peak of a process's life:
``python -m tests.bench.growth BUNDLE N_BACKGROUND BUDGET REPEATS`` prints one point as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

import xaiweb
from tests.bench.part import Goal, Part, table
from tests.bench.plot import Line, Panel, chart
from xaiweb.explaining.rows import TableExplainer

BACKGROUNDS = (1, 10, 100, 1000)
BUDGETS = (256, 512, 1024, 2048, 4096, 8192)
USUAL_BACKGROUND, USUAL_BUDGET = 100, 2048
MOST = 1.2
"""How much faster than the rows or the budget the time may grow from one point to the next; two noisy clocks."""
MOST_MEMORY = 1.25


def measure(folder: str, n_background: int, budget: int, repeats: int) -> dict[str, Any]:
    """Seconds and model rows of one explanation, and this process's peak of memory in MB."""
    bundle = xaiweb.open(folder).bundle
    rng = np.random.Generator(np.random.PCG64(n_background))
    # Columns drawn one by one from the bundle's own rows: as many different rows as are asked for.
    drawn = [rng.choice(column, n_background) for column in bundle.background.T]
    explainer = TableExplainer(replace(bundle, background=np.stack(drawn, axis=1)))
    rows = explainer.encode(dict(bundle.manifest.examples[0].values))
    seconds = []
    for _ in range(repeats + 1):  # the first one warms up
        started = time.perf_counter()
        (explanation,) = explainer.stream(rows, budget=budget)
        seconds.append(time.perf_counter() - started)
    return {
        "seconds": min(seconds[1:]),
        "rows": explanation.provenance.n_model_rows,
        "estimator": explanation.provenance.estimator,
        "mb": _peak(),
    }


def _peak() -> float:
    """The most memory that this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.is_file():  # getrusage would tell the peak of the process that started this one, if that is larger
        line = next(line for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)


def report(loan: Path, repeats: int) -> Part:
    """Growth of the loan's explanation in both directions."""

    def point(n_background: int, budget: int) -> dict[str, Any]:
        command = [sys.executable, "-m", __name__, str(loan), str(n_background), str(budget), str(repeats)]
        found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return found

    backgrounds = {n: point(n, USUAL_BUDGET) for n in BACKGROUNDS}
    budgets = {n: point(USUAL_BACKGROUND, n) for n in BUDGETS}
    lines = [
        f"The loan, every point a fresh process; {USUAL_BUDGET} coalitions or {USUAL_BACKGROUND} background rows where"
        f" the other one grows. The fastest of {repeats} explanations after a first one, since others share the"
        " machine; memory is the peak that the operating system saw.",
        "",
    ]
    for name, points in (("background rows", backgrounds), ("coalitions", budgets)):
        rows = [
            [
                f"{n:,}",
                p["estimator"],
                f"{p['rows']:,}",
                f"{1e3 * p['seconds']:.0f} ms",
                f"{1e6 * p['seconds'] / p['rows']:.2f} µs",
                f"{p['mb']:.0f} MB",
            ]
            for n, p in points.items()
        ]
        lines += [*table([name, "estimator", "model rows", "time", "a model row", "peak memory"], rows), ""]
    lines += ["![Time over background rows and over the budget](benchmarks/growth.svg)", ""]
    goals = []
    for name, points in (("the background", backgrounds), ("the budget", budgets)):
        sizes = list(points)
        excess = {
            f"{less:,} → {more:,}": points[more]["seconds"] / points[less]["seconds"] / (more / less)
            for less, more in pairwise(sizes)
        }
        worst = max(excess, key=lambda step: excess[step])
        goals.append(
            Goal(
                f"Time grows no faster than {name}: from point to point at most {MOST} times as much",
                f"at most {excess[worst]:.2f} times ({worst})",
                excess[worst] <= MOST,
            )
        )
        memory = points[sizes[-1]]["mb"] / points[sizes[0]]["mb"]
        goals.append(
            Goal(
                f"Memory stays flat as {name} grows: at most {MOST_MEMORY} times",
                f"{memory:.2f} times from {sizes[0]:,} to {sizes[-1]:,}",
                memory <= MOST_MEMORY,
            )
        )
    panels = [
        Panel(title, [Line("an explanation", list(points), [1e3 * p["seconds"] for p in points.values()])])
        for title, points in (("over the background", backgrounds), ("over the budget", budgets))
    ]
    svg = chart("Time of an explanation over background rows and coalitions", panels, "rows or coalitions", "ms")
    return Part("Growth", lines, goals, {"growth.svg": svg})


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], *map(int, sys.argv[2:]))))
