"""Games that estimators trip over, and Shapley values from the definition."""

from collections.abc import Callable
from math import factorial

import numpy as np
from numpy.typing import NDArray

Game = Callable[[NDArray[np.bool_]], NDArray[np.float64]]


def codes(masks: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The number of each coalition; player i is bit i."""
    return masks @ (1 << np.arange(masks.shape[1]))


def every(d: int) -> NDArray[np.bool_]:
    """All coalitions by number, bool (2^d, d)."""
    return (np.arange(1 << d)[:, None] >> np.arange(d)) % 2 == 1


def table_game(table: NDArray[np.float64]) -> Game:
    """The game with these values of coalitions 0 to 2^d - 1."""
    return lambda masks: np.asarray(table)[codes(masks)]


def shapley_by_definition(game: Game, d: int) -> NDArray[np.float64]:
    """Lundberg & Lee 2017, equation 8, one difference at a time."""
    table = np.asarray(game(every(d)), dtype=np.float64)
    phi = np.zeros((d, *table.shape[1:]))
    for player in range(d):
        for code in range(1 << d):
            if not code >> player & 1:
                size = code.bit_count()
                weight = factorial(size) * factorial(d - size - 1) / factorial(d)
                phi[player] += weight * (table[code | 1 << player] - table[code])
    return phi


def stress_games(d: int) -> dict[str, Game]:
    """Games of d players with sharp edges."""
    powers = np.arange(1, d + 1, dtype=np.float64)
    noise = np.random.Generator(np.random.PCG64(d)).normal(size=1 << d)
    return {
        "and": lambda m: m.all(axis=1).astype(np.float64),
        "or": lambda m: m.any(axis=1).astype(np.float64),
        "majority": lambda m: (2 * m.sum(axis=1) > d).astype(np.float64),
        "weighted voting": lambda m: (m @ powers > powers.sum() / 2).astype(np.float64),
        "parity": lambda m: m.sum(axis=1) % 2.0,
        "max": lambda m: (m * powers).max(axis=1),
        "saturated sigmoid": lambda m: 1 / (1 + np.exp(-40 * (m @ powers / powers.sum() - 0.5))),
        "constant": lambda m: np.full(len(m), 0.1),
        "noise": table_game(noise),
    }
