"""Shapley values from a sampled design by constrained least squares, streamed, with standard errors."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Explanation
from xaiweb.core.requests import Coalitions, Partial, Progress
from xaiweb.core.shapley.design import (
    MAX_LEVERAGE,
    REMEMBERED,
    Design,
    Operator,
    checkpoints,
    design,
    operator,
    operator_of,
)
from xaiweb.core.shapley.plan import Plan
from xaiweb.core.shapley.solution import MAX_COALITIONS, Selected, Solution, Solving, Tell, scatter, select


def solve(
    pairs: Design, g: NDArray[np.float64], total: NDArray[np.float64], known: Operator | None = None
) -> tuple[NDArray[np.float64], ...]:
    """Shapley values and their standard errors, each ``(n_players, n_outputs)``, in the values' unit.

    phi = A g + c D (see :func:`operator`). The standard error is the HC3 sandwich of MacKinnon &
    White 1985: se_i^2 = sum_j A_ij^2 (r_j / (1 - h_j))^2 with residuals r = g - Z phi / 2; NaN where
    a pair's leverage is so near 1 that its residual says nothing; 0 where every coalition was seen.

    Args:
        pairs: The design.
        g: ``(n_pairs, n_outputs)``, half the difference of the values of each pair's coalitions.
        total: ``(n_outputs,)``, D: the value of the full coalition minus that of the empty one.
        known: The design's operator, where it has been made before.
    """
    a, c, h = known or operator(pairs)
    phi = a @ g + c[:, None] * total
    if pairs.n_coalitions == 2 ** pairs.masks.shape[1]:
        return phi, np.zeros_like(phi)
    if h.max() > MAX_LEVERAGE:
        return phi, np.full_like(phi, np.nan)
    residuals = g - np.where(pairs.masks, 0.5, -0.5) @ phi
    return phi, np.sqrt((a * a) @ (residuals / (1 - h)[:, None]) ** 2)


def sampled(n_players: int, n_background: int, chosen: Plan, seed: int, selected: Selected, tell: Tell) -> Solving:
    """Solve from a sampled design, telling a partial at every checkpoint below the budget.

    The partial at a checkpoint is what a run with that budget returns, to the last bit for the same
    replies. Where the plan enumerates, the design holds every coalition and there are no partials.
    """
    d, active = len(chosen.active), list(chosen.active)
    pairs = design(d, chosen.n_coalitions, seed)
    stops = [*(checkpoints(d, chosen.n_coalitions) if chosen.way == "sampled" else ()), chosen.n_coalitions]

    masks = np.zeros((2, n_players), dtype=np.bool_)
    masks[1, active] = True
    base, prediction = select((yield Coalitions(masks)), selected).copy()
    yield Progress(2, chosen.n_coalitions)

    def solution(done: int) -> Solution:
        """What the first ``done`` coalitions say."""
        seen = pairs.prefix(done)
        known = operator_of(d, done, seed) if d * done <= REMEMBERED else None
        # A copy, so that products see the same memory layout as in a run of that budget.
        phi, std_error = solve(seen, g[: len(seen.masks)].copy(), prediction - base, known)
        values, errors = (scatter(n_players, chosen.active, array) for array in (phi, std_error))
        ends = base.copy(), prediction.copy()  # a partial belongs to who is told it
        return Solution(values, errors, *ends, chosen.estimator, done, done * n_background)

    def snapshot(done: int) -> Explanation:
        return tell(solution(done))

    g = np.zeros((len(pairs.masks), len(base)))
    done = 2
    for stop in stops:
        while done < stop:
            size = min(stop - done, MAX_COALITIONS)
            part = slice(done // 2 - 1, (done + size) // 2 - 1)
            masks = np.zeros((size, n_players), dtype=np.bool_)
            masks[::2, active] = pairs.masks[part]
            masks[1::2, active] = ~pairs.masks[part]
            values = select((yield Coalitions(masks)), selected)
            g[part] = (values[::2] - values[1::2]) / 2
            done += size
            yield Progress(done, chosen.n_coalitions)
        if done < chosen.n_coalitions:
            # What follows only appends to g, so it can be computed later.
            yield Partial(partial(snapshot, done))
    return solution(done)
