"""How many evaluations one method needs for the error that another reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.bench.accuracy.measures import N_RESAMPLES, NOTHING


@dataclass(frozen=True, eq=False)
class Curve:
    """Errors of one method by what it evaluated.

    Attributes:
        evaluations: Mean distinct coalitions, ascending, ``(n_budgets,)``.
        errors: ``(n_budgets, n_games, n_seeds)``.
    """

    evaluations: NDArray[np.float64]
    errors: NDArray[np.float64]


@dataclass(frozen=True)
class Share:
    """Ours over theirs: the evaluations that the same error takes.

    Attributes:
        peer: The best one at the budget.
        theirs: What it evaluated.
        error: What it reached.
        ours: What ours needs for that; infinite if no budget asked reaches it.
        mean, low, high: ``ours`` over ``theirs``, with its 95 % bootstrap interval.
    """

    peer: str
    theirs: float
    error: float
    ours: float
    mean: float
    low: float
    high: float


def needed(evaluations: Sequence[float] | NDArray[np.float64], errors: NDArray[np.float64], target: float) -> float:
    """The least evaluations with an error of at most ``target``: on the line through the logarithms of both between
    the first budget that reaches it and the one before. The first budget of all is the least there is; infinite if
    none reaches it.

    Args:
        evaluations: Ascending.
        errors: At each.
        target: An error.
    """
    floor = np.maximum(errors, NOTHING)
    reached = np.flatnonzero(floor <= max(target, NOTHING))
    if not len(reached):
        return float("inf")
    at = int(reached[0])
    if at == 0:
        return float(evaluations[0])
    above, below = np.log(floor[at - 1]), np.log(floor[at])
    along = (above - np.log(max(target, NOTHING))) / (above - below)
    first, second = np.log(evaluations[at - 1]), np.log(evaluations[at])
    return float(np.exp(first + along * (second - first)))


def share(ours: Curve, peers: Mapping[str, tuple[float, NDArray[np.float64]]]) -> Share:
    """What ours needs for the error of the best peer, over what that evaluated.

    Errors are means over games and seeds. The bootstrap draws games with replacement, then seeds within each, the
    same games for all; in each resample the best peer is chosen anew.

    Args:
        ours: Ours at many budgets.
        peers: By name what each evaluated and its errors ``(n_games, n_seeds)`` with one budget.
    """
    names = list(peers)
    spent = np.array([peers[name][0] for name in names])
    errors = np.stack([peers[name][1] for name in names])
    best = int(np.argmin(errors.mean(axis=(1, 2))))
    target = float(errors[best].mean())
    wanted = needed(ours.evaluations, ours.errors.mean(axis=(1, 2)), target)

    rng = np.random.Generator(np.random.PCG64(0))

    def again(samples: NDArray[np.float64], game: NDArray[np.intp]) -> NDArray[np.float64]:
        n_seeds = samples.shape[2]
        seed = rng.integers(n_seeds, size=(len(game), n_seeds))
        return samples[:, game[:, None], seed].mean(axis=(1, 2))

    drawn = []
    for _ in range(N_RESAMPLES):
        game = rng.integers(errors.shape[1], size=errors.shape[1])
        theirs, own = again(errors, game), again(ours.errors, game)
        chosen = int(np.argmin(theirs))
        drawn.append(needed(ours.evaluations, own, float(theirs[chosen])) / spent[chosen])
    low, high = np.quantile(drawn, [0.025, 0.975], method="nearest")
    return Share(names[best], float(spent[best]), target, wanted, wanted / float(spent[best]), float(low), float(high))


def held(found: Share, most: float) -> bool:
    """Whether a share is at most so much, to the two digits that are told."""
    return round(found.mean, 2) <= most
