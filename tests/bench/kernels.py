"""The compiled hot loops, one by one: milliseconds with numpy and compiled, in Chromium and natively."""

from __future__ import annotations

from pathlib import Path

from tests import pyodide_worker
from tests.bench import kernel_times
from tests.bench.browser import blank_page
from tests.bench.part import Goal, Part, table

LEAST = 2.0


def report(site: Path, repeats: int) -> Part:
    """The table."""
    here = kernel_times.measure(repeats)
    program = Path(kernel_times.__file__).read_text("utf-8").replace("from __future__ import annotations\n", "")
    with blank_page(site) as (page, url, version):
        there = pyodide_worker.run(page, url, f"{program}\nOUTPUT = measure({repeats})")
    rows = [[name, *_cells(there[name]), *_cells(here[name])] for name in here]
    own = [name for name in there if not name.startswith(kernel_times.MADE_OF_THEM)]
    slowest = min(own, key=lambda name: there[name][0] / there[name][1])
    gain = there[slowest][0] / there[slowest][1]
    lines = [
        f"Medians of {repeats}, in turns; Chromium {version}, one thread, and CPython, whose numpy has a BLAS, of one"
        f" thread, too. A kernel is there because it gains at least {LEAST:g} times in Chromium. Natively only those"
        " are used that gain there as well: the inverse and TreeSHAP. The integrals have no kernel of their own:"
        " they are `hyperbolic`, `multiply` and numpy's passes over what these give.",
        "",
        *table(["", "Chromium: numpy", "compiled", "gain", "natively: numpy", "compiled", "gain"], rows),
        "",
    ]
    goal = f"Each compiled kernel gains at least {LEAST:g} times in Chromium"
    return Part("The compiled core", lines, [Goal(goal, f"{gain:.1f} at least ({slowest})", gain >= LEAST)])


def _cells(times: list[float]) -> list[str]:
    numpy, compiled = times
    return [f"{numpy:.2f} ms", f"{compiled:.2f} ms", f"{numpy / compiled:.1f}"]
