"""What a bootstrap over pairs says of least squares' standard errors: the yardstick of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.shapley.design import design, operator
from xaiweb.core.shapley.least_squares import solve

N_RESAMPLES = 100


def pair_bootstrap(
    game: Callable[[NDArray[np.bool_]], NDArray[np.float64]], d: int, budget: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least squares' Shapley values, and their spread when its pairs are drawn again with replacement."""
    pairs = design(d, budget, seed)
    empty, full = game(np.array([[False] * d, [True] * d]))
    g = ((game(pairs.masks) - game(~pairs.masks)) / 2)[:, None]
    total = np.array([full - empty])
    phi = solve(pairs, g, total)[0]
    if pairs.n_coalitions == 2**d:
        return phi[:, 0], np.zeros(d)
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = []
    while len(drawn) < N_RESAMPLES:
        counts = rng.multinomial(len(g), np.full(len(g), 1 / len(g)))
        again = replace(pairs, weights=pairs.weights * counts)
        z = np.where(pairs.masks[counts > 0], 1.0, -1.0)
        if np.linalg.matrix_rank(z - z.mean(axis=1, keepdims=True)) == d - 1:
            a, c, _ = operator(again)
            drawn.append((a @ g + c[:, None] * total)[:, 0])
    return phi[:, 0], np.std(drawn, axis=0, ddof=1)
