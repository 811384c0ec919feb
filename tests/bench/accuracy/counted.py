"""A game that counts what it is asked."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = Callable[[NDArray[np.bool_]], NDArray[np.float64]]


class Counted:
    """A game that counts: ``n_calls`` coalitions asked for, ``n_distinct`` different ones among them."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._seen: set[bytes] = set()
        self.n_calls = 0
        self.seconds = 0.0

    def __call__(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        masks = np.atleast_2d(np.asarray(masks, dtype=np.bool_))
        self.n_calls += len(masks)
        self._seen.update(row.tobytes() for row in np.packbits(masks, axis=1))
        started = perf_counter()
        values = self._values(masks)
        self.seconds += perf_counter() - started
        return values

    @property
    def n_distinct(self) -> int:
        return len(self._seen)
