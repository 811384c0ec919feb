"""Times of two jobs taken in turns, and their ratio."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """How much longer one job takes than another, from pairs of times in ms.

    Attributes:
        ours: Median of the first.
        bare: Median of the second.
        low, middle, high: Quartiles of the pairs' ratios.
    """

    ours: float
    bare: float
    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, pairs: Sequence[tuple[float, float]]) -> Ratio:
        """The ratio of ``(ours, bare)`` times."""
        low, middle, high = statistics.quantiles([a / b for a, b in pairs], n=4, method="inclusive")
        ours, bare = (statistics.median(times) for times in zip(*pairs, strict=True))
        return cls(ours, bare, low, middle, high)

    def cells(self) -> list[str]:
        """The same as cells of a table."""
        return [f"{self.ours:.1f} ms", f"{self.bare:.1f} ms", f"{self.middle:.2f} ({self.low:.2f}–{self.high:.2f})"]


HEADS = ("", "model rows", "explanation", "bare runs", "ratio (quartiles)")
JOBS = {
    "least squares, 2,048 coalitions": {"estimator": "least_squares", "budget": 2048},
    "auto, 2,048 coalitions": {"budget": 2048},
    "auto, as it comes": {},
}
"""What is compared with bare runs: least squares alone, and what a user gets with and without a budget."""
