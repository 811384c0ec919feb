"""Shapley values from every coalition: the truth of small games, by other means than the core's."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray


def every(d: int) -> NDArray[np.bool_]:
    """All coalitions by number, bool ``(2^d, d)``; player i is bit i."""
    return (np.arange(1 << d)[:, None] >> np.arange(d)) & 1 == 1


def shapley(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shapley values of the game with these values of coalitions 0 to 2^d - 1, ``(d,)``; Shapley 1953."""
    d = len(table).bit_length() - 1
    size = np.bitwise_count(np.arange(len(table), dtype=np.uint32))
    joined = table * np.array([0.0] + [1 / (d * comb(d - 1, s - 1)) for s in range(1, d + 1)])[size]
    apart = table * np.array([1 / (d * comb(d - 1, s)) for s in range(d)] + [0.0])[size]
    shape = [(1 << (d - 1 - i), 2, 1 << i) for i in range(d)]
    return np.array([joined.reshape(s)[:, 1].sum() - apart.reshape(s)[:, 0].sum() for s in shape])
