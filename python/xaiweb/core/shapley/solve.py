"""One game, solved the way the plan says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.shapley.exact import enumerate_all, enumerate_rows, nothing
from xaiweb.core.shapley.least_squares import sampled
from xaiweb.core.shapley.plan import Plan
from xaiweb.core.shapley.solution import Selected, Solving, Tell


def solve(differs: NDArray[np.bool_], chosen: Plan, seed: int, selected: Selected, tell: Tell) -> Solving:
    """The running solver of a plan.

    Args:
        differs: bool ``(n_background, n_players)``, whether a background row changes a player.
        chosen: The plan made from it.
        seed: Seed of the sampling; exact ways don't use it.
        selected: Indices of the outputs to solve for; None for all of the reply.
        tell: Turns an intermediate solution into an explanation.
    """
    n_background, n_players = differs.shape
    if chosen.way == "nothing":
        return nothing(n_players, chosen, selected)
    if chosen.way == "per_row":
        return enumerate_rows(differs, chosen, selected)
    if chosen.estimator == "exact":
        return enumerate_all(n_players, n_background, chosen, selected)
    return sampled(n_players, n_background, chosen, seed, selected, tell)
