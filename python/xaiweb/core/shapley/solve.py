"""One game, solved the way the plan says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.shapley.exact import additive, enumerate_all, enumerate_rows, nothing
from xaiweb.core.shapley.hierarchy import Hierarchy
from xaiweb.core.shapley.owen import owen
from xaiweb.core.shapley.permutation import permuted
from xaiweb.core.shapley.plan import Plan, Way
from xaiweb.core.shapley.sampled import sampled
from xaiweb.core.shapley.solution import Selected, Solving, Tell, Wanted
from xaiweb.errors import InputError


def solve(
    differs: NDArray[np.bool_],
    chosen: Plan,
    seed: int,
    selected: Selected,
    wanted: Wanted,
    tell: Tell,
    related: Callable[[], Hierarchy],
) -> Solving:
    """The running solver of a plan.

    Args:
        differs: bool ``(n_background, n_players)``, whether a background row changes a player.
        chosen: The plan made from it.
        seed: Seed of the sampling; exact ways don't use it.
        selected: Indices of the outputs to solve for; None for all of the reply.
        wanted: The interactions to give along.
        tell: Turns an intermediate solution into an explanation.
        related: The hierarchy of all players, for the way that goes from coarse to fine.

    Raises:
        InputError: Interactions were asked for by name that this way can't give.
    """
    n_background, n_players = differs.shape
    if wanted.insisted:
        refuse_lacking(chosen, wanted)
    match chosen.way:
        case "nothing":
            return nothing(n_players, chosen, selected)
        case "additive":
            return additive(n_players, n_background, chosen, selected, wanted)
        case "per_row":
            return enumerate_rows(differs, chosen, selected, wanted)
        case "permuted":
            return permuted(n_players, n_background, chosen, seed, selected, tell)
        case "hierarchical":
            return owen(n_players, n_background, chosen, related(), selected, tell)
        case "enumerate" if chosen.estimator in ("exact", "permutation"):
            # The mean over all permutations is the sum over all coalitions.
            return enumerate_all(n_players, n_background, chosen, selected, wanted)
    return sampled(n_players, n_background, chosen, seed, selected, wanted, tell)


_WITHOUT = {
    "trees": "from the trees' nodes",
    "sampled": "from a sample of coalitions",
    "permuted": "from permutations",
    "hierarchical": "from a hierarchy of players",
}


def refuse_lacking(chosen: Plan, wanted: Wanted) -> None:
    """Refuses interactions that the way of the plan can't give.

    Raises:
        InputError: Naming what would give them.
    """
    if (what := lacking(chosen.way, wanted)) is not None:
        raise InputError(
            f"{what} can't be had {_WITHOUT[chosen.way]}.",
            where='parameter "interactions"',
            next=f"Give the estimator exact and a budget of all 2^{len(chosen.active)} coalitions, "
            "or ask auto for the SII of pairs.",
            code="interactions-unavailable",
        )


def lacking(way: Way, wanted: Wanted) -> str | None:
    """What was asked for of interactions that a way doesn't give; None where it gives all."""
    if way in ("permuted", "hierarchical"):
        return "Interactions"
    if way not in ("trees", "sampled"):
        return None
    if wanted.order > 2:
        return f"Interactions of {wanted.order} players"
    return wanted.index if wanted.index in ("STII", "FSII") else None
