"""Progress bars of the command line, on stderr; none where nobody looks."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm

_UNITS = {"reading": "B", "joining": " parts"}


class Bars:
    """One bar at a time, for whatever is being done; a context manager.

    Args:
        **settings: Of each bar, as tqdm knows them.
    """

    def __init__(self, **settings: Any) -> None:
        self._settings = {"disable": None, "leave": False, "file": sys.stderr} | settings
        self._what = ""
        self.bar: Any = None

    def __enter__(self) -> Bars:
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()

    def coalitions(self, done: int, total: int) -> None:
        """Coalitions that are done, of all."""
        self._turn_to("", " coalitions", total)
        self.bar.update(done - self.bar.n)

    def rows(self, done: int, total: int, old: int) -> None:
        """Rows that are done, of all; ``old`` of the done ones by an earlier run."""
        self._turn_to("explaining", " rows", total)
        if self.bar.disable:
            return
        # Rows of an earlier run were free: the remaining time is told from those of this one.
        skipped = old - self.bar.initial
        self.bar.initial, self.bar.n = old, self.bar.n + skipped
        self.bar.last_print_n += skipped
        self.bar.update(done - self.bar.n)

    def step(self, what: str, done: int, total: int) -> None:
        """How much is done of what comes before and after the rows, of all."""
        self._turn_to(what, _UNITS[what], total)
        self.bar.update(done - self.bar.n)

    def _turn_to(self, what: str, unit: str, total: int) -> None:
        if self.bar is None or what != self._what:
            self.__exit__()
            self._what = what
            self.bar = tqdm(desc=what or None, unit=unit, unit_scale=unit == "B", **self._settings)
        self.bar.total = total
