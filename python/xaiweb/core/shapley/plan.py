"""Which way to a Shapley value is affordable, decided from counts alone.

A *coalition* is a set of players that keep the explained row's values; its value is the mean of the
model over the background rows that fill the rest. A budget counts distinct coalitions, the empty
and the full one included, so it pays for ``budget * n_background`` model rows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.spec import Scale
from xaiweb.errors import BudgetError, InputError

Way: TypeAlias = Literal["nothing", "additive", "trees", "per_row", "enumerate", "sampled", "permuted", "hierarchical"]
Estimator: TypeAlias = Literal[
    "exact", "linear", "tree", "least_squares", "permutation", "gaussian_process", "owen"
]  # fmt: skip
Asked: TypeAlias = Literal["auto"] | Estimator
ESTIMATORS: tuple[Asked, ...] = (
    "auto", "exact", "linear", "tree", "least_squares", "permutation", "gaussian_process", "owen"
)  # fmt: skip
Form: TypeAlias = Literal["linear", "tree"]
"""A structure of the model that makes Shapley values exact without sampling, in one scale."""

DEFAULT_BUDGET = 2048
EVALUATIONS_PER_PLAYER = 4  # below it regressions are unstable
MOST_PLAYERS = 60  # above it a hierarchy of players says more for the same budget

_SOLVED: dict[Estimator, str] = {
    "least_squares": "least squares",
    "gaussian_process": "a Gaussian process over all odd orders of interaction",
}


@dataclass(frozen=True)
class Plan:
    """The way taken, what it costs, and why.

    Attributes:
        way: ``nothing``: no player differs from the background, all values are 0. ``additive``: one
            coalition per player. ``trees``: from the trees' nodes, without coalitions. ``per_row``: every
            coalition of the players that differ from one background row, row by row. ``enumerate``:
            every coalition over the whole background. ``sampled``: a design of pairs. ``permuted``:
            permutations and their reverses. ``hierarchical``: coarse to fine over a hierarchy of players.
        estimator: The estimator that runs, for provenance.
        active: Indices of the players that some background row changes; the others are exactly 0.
        budget: The budget in force: the one given, or the default.
        n_coalitions: Coalitions that will be evaluated at most; per row, the sum over background rows.
        n_model_rows: Model rows that will be run at most.
        reason: One sentence for provenance.
        stops_early: Whether a sampled way stops before its budget when it has converged.
    """

    way: Way
    estimator: Estimator
    active: tuple[int, ...]
    budget: int
    n_coalitions: int
    n_model_rows: int
    reason: str
    stops_early: bool = False


def least_regressed(n_players: int) -> int:
    """Fewest coalitions that a regression is trusted with: 4 per player, or all there are."""
    return min(EVALUATIONS_PER_PLAYER * n_players, 1 << n_players)


def least_permuted(n_players: int) -> int:
    """Fewest coalitions that permutations take: one permutation and its reverse, or all there are."""
    return min(2 * n_players, 1 << n_players)


def plan(
    differs: NDArray[np.bool_],
    budget: int | None,
    scale: Scale,
    estimator: str = "auto",
    forms: Collection[Form] = (),
    related: bool = True,
) -> Plan:
    """The way to take for one explained row.

    Args:
        differs: bool ``(n_background, n_players)``, whether a background row changes a player.
        budget: Distinct coalitions to evaluate; None for every coalition where these are at most 2048,
            else at most 2048 (4 per player where even that is more), fewer where they will do.
        scale: Unit of the values; no way changes it.
        estimator: ``auto`` takes the closed form of the model's structure, else is exact where
            affordable, else samples; ``exact`` insists; the others are taken by name.
        forms: The structures that the model has in this scale.
        related: Whether it is known which players go together, so that many of them can be arranged in a
            hierarchy.

    Raises:
        BudgetError: The budget is too small; the message names the least one that would do.
        InputError: The estimator is unknown or not to be had here, or the background is empty.

    Example:
        >>> plan(np.ones((1, 3), dtype=bool), None, "output").reason
        'Every one of the 2^3 = 8 coalitions of the 3 players is evaluated; the budget is 8.'
    """
    asked = _asked(estimator, scale, forms)
    n_background = len(differs)
    if n_background == 0:
        raise InputError(
            "There is no background row.", where="background", next="Give at least one.", code="background-empty"
        )
    active = tuple(int(player) for player in np.flatnonzero(differs.any(axis=0)))
    d = len(active)
    everything = 1 << d
    default = everything if everything <= DEFAULT_BUDGET else max(DEFAULT_BUDGET, least_regressed(d))
    named, budget = budget is not None, default if budget is None else budget

    if d == 0:
        reason = "No player differs from any background row, so every value is 0."
        return Plan("nothing", "exact", active, budget, 1, 1, reason)

    who = f"{d} {'player' if d == 1 else 'players'}"
    if d < differs.shape[1]:
        who = f"{d} of {differs.shape[1]} players that differ from the background"

    if "tree" in forms and asked in ("auto", "exact", "tree"):
        reason = (
            f"In the scale {scale} the model is a sum of trees: the values of the {who} are exact, "
            f"from the trees' nodes and {n_background} background rows."
        )
        return Plan("trees", "tree", active, budget, 0, 1 + n_background, reason)
    singles = min(d + 2, everything)
    if "linear" in forms and asked in ("auto", "exact", "linear"):
        if budget < singles:
            raise _too_small(budget, singles, f"the {who}")
        reason = (
            f"In the scale {scale} the model is a sum of one function per player: "
            f"one coalition for each of the {who} gives the exact values."
        )
        return Plan("additive", "linear", active, budget, singles, singles * n_background, reason)

    # Python integers: 2^k of many players overflows any fixed width.
    counts = np.bincount(differs.sum(axis=1))
    row_by_row = sum(int(rows) << k for k, rows in enumerate(counts) if rows)
    per_row_budget = -(-row_by_row // n_background)
    per_row_is_cheaper = row_by_row < everything * n_background
    cheapest_exact = per_row_budget if per_row_is_cheaper else everything

    if asked in ("auto", "exact") and per_row_is_cheaper and per_row_budget <= budget:
        reason = (
            f"Each of the {n_background} background rows changes few enough of the {who} to evaluate every "
            f"coalition of these, row by row: {row_by_row} model rows, within the budget of {budget} coalitions."
        )
        return Plan("per_row", "exact", active, budget, row_by_row, row_by_row, reason)
    if everything <= budget and asked != "owen":
        every = f"Every one of the 2^{d} = {everything} coalitions of the {who} is evaluated; the budget is {budget}."
        ran = "exact" if asked == "auto" else cast(Estimator, asked)
        return Plan("enumerate", ran, active, budget, everything, everything * n_background, every)
    if asked == "exact":
        raise _too_small(budget, cheapest_exact, f"exact values of the {who}")

    ran = cast(Estimator, asked)
    if asked == "auto":
        ran = "owen" if related and d > MOST_PLAYERS else "gaussian_process"
        if ran != "owen" and budget < least_regressed(d):
            ran = "permutation"
    least = {"owen": min(4, everything), "permutation": least_permuted(d)}.get(ran, least_regressed(d))
    if budget < least:
        raise _too_small(budget, min(least, cheapest_exact) if asked == "auto" else least, f"the {who}")
    n_coalitions = budget - budget % 2  # coalitions come in pairs
    n_rows = n_coalitions * n_background
    if ran == "owen":
        reason = (
            f"The {who} are arranged in a hierarchy and {budget} coalitions spent on it from coarse to fine: "
            f"these are Owen values, which share what a group of players does together within the group."
        )
        return Plan("hierarchical", ran, active, budget, budget, budget * n_background, reason)
    exceed = f"The 2^{d} coalitions of the {who} exceed the budget of {budget}: {n_coalitions} are sampled"
    if ran == "permutation":
        reason = f"{exceed} along permutations of the players and their reverses."
        return Plan("permuted", ran, active, budget, n_coalitions, n_rows, reason)
    reason = f"{exceed} in pairs by leverage and solved by {_SOLVED[ran]}."
    return Plan("sampled", ran, active, budget, n_coalitions, n_rows, reason, stops_early=not named)


def _asked(estimator: str, scale: Scale, forms: Collection[Form]) -> Asked:
    """The estimator, where it exists and can be had for this model in this scale."""
    if estimator not in ESTIMATORS:
        raise InputError(
            f"{estimator!r} is not an estimator.",
            where='parameter "estimator"',
            next=f"Choose {', '.join(ESTIMATORS)}.",
            code="parameter",
        )
    asked: Asked = estimator
    structure = {"linear": "a sum of one function per player", "tree": "a sum of trees"}
    if asked in structure and asked not in forms:
        raise InputError(
            f"The estimator {asked} needs a model that is {structure[asked]} in the scale {scale}; this one isn't.",
            where='parameter "estimator"',
            next="Choose auto, or another scale.",
            code="estimator-unavailable",
        )
    return asked


def _too_small(budget: int, least: int, what: str) -> BudgetError:
    return BudgetError(
        f"A budget of {budget} coalitions is too small for {what}.",
        where='parameter "budget"',
        next=f"Give at least {least if least.bit_length() < 64 else f'2^{least.bit_length()}'}.",
    )
