"""Which way to a Shapley value is affordable, decided from counts alone.

A *coalition* is a set of players that keep the explained row's values; its value is the mean of the
model over the background rows that fill the rest. A budget counts distinct coalitions, the empty
and the full one included, so it pays for ``budget * n_background`` model rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.spec import Scale
from xaiweb.errors import BudgetError, InputError

Way: TypeAlias = Literal["nothing", "per_row", "enumerate", "sampled"]
Asked: TypeAlias = Literal["auto", "exact", "least_squares"]
ESTIMATORS: tuple[Asked, ...] = ("auto", "exact", "least_squares")

DEFAULT_BUDGET = 2048
EVALUATIONS_PER_PLAYER = 4  # below it least squares is unstable


@dataclass(frozen=True)
class Plan:
    """The way taken, what it costs, and why.

    Attributes:
        way: ``nothing``: no player differs from the background, all values are 0. ``per_row``: every
            coalition of the players that differ from one background row, row by row. ``enumerate``:
            every coalition over the whole background. ``sampled``: a design of pairs.
        estimator: The estimator that runs, for provenance.
        active: Indices of the players that some background row changes; the others are exactly 0.
        budget: The budget in force: the one given, or the default.
        n_coalitions: Coalitions that will be evaluated; per row, the sum over background rows.
        n_model_rows: Model rows that will be run.
        reason: One sentence for provenance.
    """

    way: Way
    estimator: Literal["exact", "least_squares"]
    active: tuple[int, ...]
    budget: int
    n_coalitions: int
    n_model_rows: int
    reason: str


def least_sampled(n_players: int) -> int:
    """Fewest coalitions that least squares is trusted with: 4 per player, or all there are."""
    return min(EVALUATIONS_PER_PLAYER * n_players, 1 << n_players)


def plan(differs: NDArray[np.bool_], budget: int | None, scale: Scale, estimator: Asked = "auto") -> Plan:
    """The way to take for one explained row.

    Args:
        differs: bool ``(n_background, n_players)``, whether a background row changes a player.
        budget: Distinct coalitions to evaluate at most; None for every coalition where these are at
            most 2048, else 2048 (4 per player where even that is more).
        scale: Unit of the values. No way changes it; ways that are exact in one unit only are
            taken in that unit only (all of today's are exact in each).
        estimator: ``auto`` is exact where affordable; ``exact`` insists; ``least_squares`` always
            solves by least squares, which is exact where the budget covers every coalition.

    Raises:
        BudgetError: The budget is too small; the message names the least one that would do.
        InputError: The estimator is unknown, or the background is empty.

    Example:
        >>> plan(np.ones((1, 3), dtype=bool), None, "output").reason
        'Every one of the 2^3 = 8 coalitions of the 3 players is evaluated; the budget is 8.'
    """
    if estimator not in ESTIMATORS:
        raise InputError(
            f"{estimator!r} is not an estimator.",
            where='parameter "estimator"',
            next=f"Choose {', '.join(ESTIMATORS)}.",
            code="parameter",
        )
    n_background = len(differs)
    if n_background == 0:
        raise InputError(
            "There is no background row.", where="background", next="Give at least one.", code="background-empty"
        )
    active = tuple(int(player) for player in np.flatnonzero(differs.any(axis=0)))
    d = len(active)
    everything = 1 << d
    if budget is None:
        budget = everything if everything <= DEFAULT_BUDGET else max(DEFAULT_BUDGET, least_sampled(d))

    if d == 0:
        reason = "No player differs from any background row, so every value is 0."
        return Plan("nothing", "exact", active, budget, 1, 1, reason)

    who = f"{d} {'player' if d == 1 else 'players'}"
    if d < differs.shape[1]:
        who = f"{d} of {differs.shape[1]} players that differ from the background"

    # Python integers: 2^k of many players overflows any fixed width.
    counts = np.bincount(differs.sum(axis=1))
    row_by_row = sum(int(rows) << k for k, rows in enumerate(counts) if rows)
    per_row_budget = -(-row_by_row // n_background)
    per_row_is_cheaper = row_by_row < everything * n_background
    cheapest_exact = per_row_budget if per_row_is_cheaper else everything

    if estimator != "least_squares" and per_row_is_cheaper and per_row_budget <= budget:
        reason = (
            f"Each of the {n_background} background rows changes few enough of the {who} to evaluate every "
            f"coalition of these, row by row: {row_by_row} model rows, within the budget of {budget} coalitions."
        )
        return Plan("per_row", "exact", active, budget, row_by_row, row_by_row, reason)
    if everything <= budget:
        every = f"Every one of the 2^{d} = {everything} coalitions of the {who} is evaluated; the budget is {budget}."
        ran: Literal["exact", "least_squares"] = "least_squares" if estimator == "least_squares" else "exact"
        return Plan("enumerate", ran, active, budget, everything, everything * n_background, every)
    if estimator == "exact":
        raise _too_small(budget, cheapest_exact, f"exact values of the {who}")
    if budget < least_sampled(d):
        least = least_sampled(d) if estimator == "least_squares" else min(least_sampled(d), cheapest_exact)
        raise _too_small(budget, least, f"the {who}")
    n_coalitions = budget - budget % 2  # coalitions come in pairs
    reason = (
        f"The 2^{d} coalitions of the {who} exceed the budget of {budget}: "
        f"{n_coalitions} are sampled in pairs by leverage and solved by least squares."
    )
    return Plan("sampled", "least_squares", active, budget, n_coalitions, n_coalitions * n_background, reason)


def _too_small(budget: int, least: int, what: str) -> BudgetError:
    return BudgetError(
        f"A budget of {budget} coalitions is too small for {what}.",
        where='parameter "budget"',
        next=f"Give at least {least if least.bit_length() < 64 else f'2^{least.bit_length()}'}.",
    )
