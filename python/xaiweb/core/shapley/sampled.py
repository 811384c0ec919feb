"""Shapley values from a sampled design, streamed: least squares at every checkpoint, a Gaussian process at the end."""

from __future__ import annotations

from collections.abc import Generator
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Explanation, Interactions
from xaiweb.core.requests import Coalitions, Partial, Progress
from xaiweb.core.shapley import gaussian_process, least_squares, logistic
from xaiweb.core.shapley.design import REMEMBERED, Design, Operator, checkpoints, design, operator_of
from xaiweb.core.shapley.exact import exactly, gathers
from xaiweb.core.shapley.interactions import MeanInteractions, from_pairs
from xaiweb.core.shapley.plan import Plan
from xaiweb.core.shapley.solution import (
    MAX_COALITIONS,
    Selected,
    Solution,
    Solving,
    Tell,
    Wanted,
    heard,
    scatter,
    select,
)

TOLERANCE = 0.02
"""Converged: the largest standard error is at most this share of the range of the values."""


def sampled(
    n_players: int, n_background: int, chosen: Plan, seed: int, selected: Selected, wanted: Wanted, tell: Tell
) -> Solving:
    """Solve from a sampled design, telling least squares' solution as a partial at every checkpoint.

    The partial at a checkpoint is what least squares returns for that budget, to the last bit for the
    same replies. Where the plan lets it, the run ends at the first checkpoint, from 8 coalitions per
    player up, at which it has converged; the result is then that of a run with this budget. Where the
    plan enumerates, the design holds every coalition and there are no partials.
    """
    d, active = len(chosen.active), list(chosen.active)
    index = gathers(wanted, chosen.active, d if chosen.way == "enumerate" else 0)
    pairs = design(d, chosen.n_coalitions, seed)
    stops = [*(checkpoints(d, chosen.n_coalitions) if chosen.way == "sampled" else ()), chosen.n_coalitions]

    masks = np.zeros((2, n_players), dtype=np.bool_)
    masks[1, active] = True
    base, prediction = select((yield Coalitions(masks)), selected).copy()
    yield Progress(2, chosen.n_coalitions)
    # Of each pair, half the difference and half the sum of its values; what follows only appends to them.
    odd, even = np.zeros((2, len(pairs.masks), len(base)))

    @cache
    def solution(done: int) -> Solution:
        """What least squares says of the first ``done`` coalitions."""
        # A copy, so that products see the same memory layout as in a run of that budget.
        rows = odd[: done // 2 - 1].copy()
        values, errors = least_squares.solve(pairs.prefix(done), rows, prediction - base, remembered(done))
        return solved("least_squares", done, values, errors)

    def remembered(done: int) -> Operator | None:
        """The operator of the first ``done`` coalitions, made once for all rows with as many active players."""
        return operator_of(d, done, seed) if d * done <= REMEMBERED else None

    def solved(
        estimator: str,
        done: int,
        values: NDArray[np.float64],
        errors: NDArray[np.float64],
        found: Interactions | None = None,
        note: str = "",
    ) -> Solution:
        phi, std_error = (scatter(n_players, chosen.active, array) for array in (values, errors))
        ends = base.copy(), prediction.copy()  # a partial belongs to who is told it
        return Solution(phi, std_error, *ends, estimator, done, done * n_background, found, note)

    def snapshot(done: int) -> Explanation:
        return tell(solution(done))

    done, note = 2, ""
    for stop in stops:
        while done < stop:
            size = min(stop - done, MAX_COALITIONS)
            part = slice(done // 2 - 1, (done + size) // 2 - 1)
            masks = np.zeros((size, n_players), dtype=np.bool_)
            masks[::2, active] = pairs.masks[part]
            masks[1::2, active] = ~pairs.masks[part]
            values = select((yield Coalitions(masks)), selected)
            odd[part], even[part] = (values[::2] - values[1::2]) / 2, (values[::2] + values[1::2]) / 2
            done += size
            yield Progress(done, chosen.n_coalitions)
        if chosen.way == "sampled" and (done < chosen.n_coalitions or chosen.estimator == "gaussian_process"):
            yield Partial(partial(snapshot, done))
        if chosen.stops_early and 8 * d <= done < chosen.n_coalitions and converged(solution(done)):
            note = (
                f" It stopped at {done} of {chosen.budget} coalitions, the largest standard error being "
                f"under {TOLERANCE:.0%} of the range of the values."
            )
            break

    seen, odd, even = pairs.prefix(done), odd[: done // 2 - 1], even[: done // 2 - 1]
    if chosen.estimator == "least_squares":
        values, errors = least_squares.solve(seen, odd, prediction - base, remembered(done))
    else:
        posterior = yield from heard(
            _modelled(seen, odd, even, base, prediction, remembered(done)), Progress(done, done)
        )
        values, errors = posterior.values, posterior.std_error
    found = None
    if index is not None and chosen.way == "enumerate":
        mean = MeanInteractions(chosen.active, 1, len(base), index, wanted.order)
        mean.add(_table(seen, odd, even, base, prediction), chosen.active)
        found = exactly(mean, wanted)
    elif index is not None and (wanted.insisted or chosen.estimator == "gaussian_process"):
        yield Partial(lambda: tell(solved(chosen.estimator, done, values, errors, None, note)))
        work = gaussian_process.interactions(seen, even, base, prediction, values)
        together = yield from heard(work, Progress(done, done))
        if together.accurate.all():
            by_pair = together.values, together.std_error
            found = from_pairs(index, chosen.active, (values, errors), by_pair)
        elif wanted.insisted:
            note += " Interactions are left out: from so few coalitions they would be too inaccurate to show."
    return solved(chosen.estimator, done, values, errors, found, note)


def _modelled(
    pairs: Design,
    odd: NDArray[np.float64],
    even: NDArray[np.float64],
    base: NDArray[np.float64],
    prediction: NDArray[np.float64],
    known: Operator | None,
) -> Generator[None, None, gaussian_process.Posterior]:
    """A Gaussian process of what a logistic model leaves over."""
    control = yield from logistic.of_pairs(pairs.masks, odd, even, base, prediction)
    rest, total = control.left(pairs.masks, odd, prediction - base)
    posterior = yield from gaussian_process.fit(pairs, rest, total, known)
    return gaussian_process.Posterior(posterior.values + control.shapley(), posterior.std_error)


def converged(solution: Solution) -> bool:
    """Whether the largest standard error is at most 2 % of the range of the values, 0 included, in every output."""
    span = np.maximum(solution.values.max(axis=0), 0) - np.minimum(solution.values.min(axis=0), 0)
    return bool((solution.std_error.max(axis=0) <= TOLERANCE * span).all())


def _table(
    pairs: Design,
    odd: NDArray[np.float64],
    even: NDArray[np.float64],
    base: NDArray[np.float64],
    prediction: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The values of every coalition, ``(2^d, n_outputs)``, of a complete design."""
    d = pairs.masks.shape[1]
    codes = pairs.masks @ (1 << np.arange(d, dtype=np.intp))
    table = np.empty((1 << d, len(base)))
    table[0], table[-1] = base, prediction
    table[codes], table[(1 << d) - 1 - codes] = even + odd, even - odd
    return table
