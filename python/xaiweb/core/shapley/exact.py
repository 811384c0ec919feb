"""Exact Shapley values by enumerating coalitions, streamed: memory grows with a request only."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import comb

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Interactions
from xaiweb.core.requests import Coalitions, Progress
from xaiweb.core.shapley.interactions import Index, MeanInteractions
from xaiweb.core.shapley.plan import Plan
from xaiweb.core.shapley.solution import MAX_COALITIONS, MAX_ROWS, Selected, Solution, Solving, Wanted, scatter, select
from xaiweb.errors import InputError

MOST_TABLED = 16
"""Players whose 2^16 coalitions are kept in a table at once, to compute interactions from."""
MOST_PAIRED = 60
"""Players whose pairs are listed without being asked for."""


@lru_cache(maxsize=64)
def coalitions(n_players: int, start: int, stop: int) -> NDArray[np.bool_]:
    """Coalitions number ``start`` to ``stop``, bool ``(stop - start, n_players)``; player i is bit i of the number.

    Remembered, since the next row most often plays the same.
    """
    codes = np.arange(start, stop, dtype=np.uint64)[:, None]
    masks: NDArray[np.bool_] = (codes >> np.arange(n_players, dtype=np.uint64)) & np.uint64(1) != 0
    masks.setflags(write=False)  # it is shared by the cache
    return masks


def contributions(masks: NDArray[np.bool_], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """What these coalitions add to the Shapley values, ``(n_players, n_outputs)``; summed over all, the values.

    phi_i = sum over S without i of |S|! (d - |S| - 1)! / d! (v(S + i) - v(S)), Lundberg & Lee 2017,
    equation 8: a coalition counts for its members and against the others.

    Args:
        masks: bool ``(n_coalitions, n_players)``.
        values: float64 ``(n_coalitions, n_outputs)``.
    """
    d = masks.shape[1]
    member = np.array([0.0] + [1 / (d * comb(d - 1, size - 1)) for size in range(1, d + 1)])
    other = np.array([1 / (d * comb(d - 1, size)) for size in range(d)] + [0.0])
    size = masks.sum(axis=1)
    against = other[size][:, None] * values
    result: NDArray[np.float64] = masks.T.astype(np.float64) @ (member[size][:, None] * values + against)
    result -= against.sum(axis=0)
    return result


def nothing(n_players: int, chosen: Plan, selected: Selected) -> Solving:
    """Solve a game that no player changes: one model row tells prediction and base value."""
    # Any background row will do: all of them equal the explained row.
    reply = select((yield Coalitions(np.zeros((1, n_players), dtype=np.bool_), np.zeros(1, dtype=np.int64))), selected)
    yield Progress(1, 1)
    zeros = np.zeros((n_players, reply.shape[1]))
    return Solution(zeros, zeros.copy(), reply[0].copy(), reply[0].copy(), chosen.estimator, 1, 1)


def enumerate_all(n_players: int, n_background: int, chosen: Plan, selected: Selected, wanted: Wanted) -> Solving:
    """Solve by evaluating every coalition of the active players over the whole background."""
    d, active = len(chosen.active), list(chosen.active)
    phi = base = prediction = table = np.zeros(0)
    keep = gathers(wanted, chosen.active, d)
    for start in range(0, 2**d, MAX_COALITIONS):
        stop = min(start + MAX_COALITIONS, 2**d)
        played = coalitions(d, start, stop)
        masks = np.zeros((stop - start, n_players), dtype=np.bool_)
        masks[:, active] = played
        values = select((yield Coalitions(masks)), selected)
        if start == 0:
            base, phi = values[0].copy(), np.zeros((d, values.shape[1]))
            table = np.empty((2**d if keep else 0, values.shape[1]))
        prediction = values[-1].copy()
        if keep:
            table[start:stop] = values
        # Shapley values don't see a constant; taken off, a constant game is exactly 0.
        phi = phi + contributions(played, values - base)
        yield Progress(stop, 2**d)
    values = scatter(n_players, chosen.active, phi)
    zeros = np.zeros_like(values)
    sets = None
    if keep:
        mean = MeanInteractions(chosen.active, 1, len(base), keep, wanted.order)
        mean.add(table, chosen.active)
        sets = exactly(mean, wanted)
    return Solution(values, zeros, base, prediction, chosen.estimator, 2**d, 2**d * n_background, sets)


def enumerate_rows(differs: NDArray[np.bool_], chosen: Plan, selected: Selected, wanted: Wanted) -> Solving:
    """Solve row by row: the mean over background rows of exact values of the players each row changes.

    The interventional game is the mean of one baseline game per background row, and Shapley values
    are linear in the game.

    Args:
        differs: bool ``(n_background, n_players)``, whether a background row changes a player.
        chosen: The plan.
        selected: The outputs to solve for.
        wanted: The interactions to give along.
    """
    n_background, n_players = differs.shape
    phi = base = prediction = table = np.zeros(0)
    keep = gathers(wanted, chosen.active, int(differs.sum(axis=1).max()))
    mean: MeanInteractions | None = None
    done = 0
    for batch in _batches([2 ** int(k) for k in differs.sum(axis=1)]):
        size = sum(stop - start for _, start, stop in batch)
        masks = np.zeros((size, n_players), dtype=np.bool_)
        rows = np.empty(size, dtype=np.int64)
        at = 0
        for row, start, stop in batch:
            players = np.flatnonzero(differs[row])
            masks[at : at + stop - start, players] = coalitions(len(players), start, stop)
            rows[at : at + stop - start] = row
            at += stop - start
        reply = select((yield Coalitions(masks, rows)), selected)
        if done == 0:
            phi = np.zeros((n_players, reply.shape[1]))
            base = prediction = np.zeros(reply.shape[1])
            if keep:
                mean = MeanInteractions(chosen.active, n_background, reply.shape[1], keep, wanted.order)
        at = 0
        for row, start, stop in batch:
            piece = slice(at, at + stop - start)
            players = np.flatnonzero(differs[row])
            values = reply[piece]
            if start == 0:
                table = np.empty((2 ** len(players) if mean else 1, reply.shape[1]))
                table[0] = values[0]
                base = base + values[0]
            if stop == 2 ** len(players):
                prediction = prediction + values[-1]
            if len(players):
                phi[players] += contributions(masks[piece][:, players], values - table[0])
            if mean:
                table[start:stop] = values
                if stop == len(table):
                    mean.add(table, [int(player) for player in players])
            at += stop - start
        done += size
        yield Progress(done, chosen.n_coalitions)
    return Solution(
        phi / n_background,
        np.zeros_like(phi),
        base / n_background,
        prediction / n_background,
        chosen.estimator,
        done,
        done,
        exactly(mean, wanted) if mean else None,
    )


def additive(n_players: int, n_background: int, chosen: Plan, selected: Selected, wanted: Wanted) -> Solving:
    """Solve a game that is a sum of one function per player: phi_i = v({i}) - v({}).

    For a linear model that is w_i (x_i - mean of the background's x_i), Lundberg & Lee 2017,
    corollary 1. The rounding of the sum is shared equally, so that the values add up.
    """
    d, active = len(chosen.active), list(chosen.active)
    masks = np.zeros((chosen.n_coalitions, n_players), dtype=np.bool_)
    masks[1, active] = True
    masks[np.arange(2, len(masks)), active[: len(masks) - 2]] = True
    values = select((yield Coalitions(masks)), selected)
    yield Progress(chosen.n_coalitions, chosen.n_coalitions)
    base, prediction = values[0].copy(), values[1].copy()
    phi = (values[2:] if d > 1 else values[1:]) - base
    phi = phi + (prediction - base - phi.sum(axis=0)) / d
    sets = None
    if keep := gathers(wanted, chosen.active, 0):
        mean = MeanInteractions(chosen.active, 1, len(base), keep, wanted.order)
        mean.values[:d] = phi  # sets of more players do nothing together, whatever the index
        sets = exactly(mean, wanted)
    solved = scatter(n_players, chosen.active, phi)
    n = chosen.n_coalitions
    return Solution(solved, np.zeros_like(solved), base, prediction, chosen.estimator, n, n * n_background, sets)


def gathers(wanted: Wanted, active: tuple[int, ...], n_enumerated: int) -> Index | None:
    """The index of interaction to compute where every coalition of ``n_enumerated`` players is seen; None for none.

    Raises:
        InputError: They were asked for by name, but the table of coalitions would be too large.
    """
    fits = n_enumerated <= MOST_TABLED
    if wanted.insisted and not fits:
        raise InputError(
            f"Interactions of {n_enumerated} players need the values of all 2^{n_enumerated} coalitions at once.",
            where='parameter "interactions"',
            next=f"Ask for them with {MOST_TABLED} players or fewer, or with a budget that samples.",
            code="interactions-unavailable",
        )
    return wanted.index if wanted.insisted or (fits and len(active) <= MOST_PAIRED) else None


def exactly(mean: MeanInteractions, wanted: Wanted) -> Interactions | None:
    """Interactions without an error."""
    if wanted.index is None:
        return None
    return Interactions(wanted.index, wanted.order, mean.sets, mean.values, np.zeros_like(mean.values))


def _batches(sizes: list[int]) -> Iterator[list[tuple[int, int, int]]]:
    """Requests of at most ``MAX_ROWS`` coalitions, each a list of (background row, first, last + 1)."""
    batch: list[tuple[int, int, int]] = []
    room = MAX_ROWS
    for row, size in enumerate(sizes):
        start = 0
        while start < size:
            stop = min(size, start + room)
            batch.append((row, start, stop))
            room -= stop - start
            start = stop
            if room == 0:
                yield batch
                batch, room = [], MAX_ROWS
    if batch:
        yield batch
