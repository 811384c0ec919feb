"""Shapley values from permutations and their reverses: the way for budgets too small for a regression.

Along a permutation each player's value is what it adds to those before it; the reverse permutation
visits the complements of the same sets (antithetic sampling; Mitchell et al. 2022, Sampling
Permutations for Shapley Value Estimation, section 4.1). With g(S) = (v(S) - v(complement of S)) / 2
the mean of the two is g(P + i) - g(P) for the set P of the players before i, and these sum to
v(all) - v(none) in every permutation. One permutation and its reverse cost 2 (d - 1) coalitions
besides the empty and the full one; a coalition met again costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Explanation
from xaiweb.core.requests import Coalitions, Partial, Progress
from xaiweb.core.shapley.plan import Plan
from xaiweb.core.shapley.solution import MAX_COALITIONS, Selected, Solution, Solving, Tell, scatter, select

PRIOR = 2
"""Permutations' worth of trust in the variance that all players share."""


@dataclass(frozen=True, eq=False)
class Chains:
    """Pairs of coalitions in the order they are evaluated, and the permutations they lie on.

    Attributes:
        masks: bool ``(n_pairs, n_players)``, the first coalition of each pair; the second is its complement.
        orders: intp ``(n_permutations, n_players)``, the players in the order they join.
        pairs: intp ``(n_permutations, n_players - 1)``, the pair of each set along a permutation.
        signs: float64 of the same shape, -1 where the set is the second coalition of its pair.
        known: Sets of the last permutation that the budget covered; all of the others' are.
    """

    masks: NDArray[np.bool_]
    orders: NDArray[np.intp]
    pairs: NDArray[np.intp]
    signs: NDArray[np.float64]
    known: int


def chains(n_players: int, budget: int, seed: int) -> Chains:
    """The permutations of a budget; those of a smaller one are the beginning.

    Args:
        n_players: Number of (active) players d, 3 or more.
        budget: Coalitions, the empty and the full one included: at least 2d, below 2^d; an odd one
            uses one less.
        seed: Any non-negative integer.
    """
    room = budget // 2 - 1
    found: dict[bytes, int] = {}
    masks: list[NDArray[np.bool_]] = []
    orders, pairs, signs = [], [], []
    known = n_players - 1
    # Where the budget ends inside a permutation, that one is the last.
    for order in _orders(n_players, seed):
        along = np.argsort(order, kind="stable") < np.arange(1, n_players)[:, None]
        flipped = along[:, 0]  # of each pair the coalition without player 0 stands for both
        firsts = along ^ flipped[:, None]
        places = np.zeros(n_players - 1, dtype=np.intp)
        for step, (first, code) in enumerate(zip(firsts, np.packbits(firsts, axis=1), strict=True)):
            place = found.setdefault(code.tobytes(), len(masks))
            if place == room:
                known = step
                break
            if place == len(masks):
                masks.append(first)
            places[step] = place
        if known:
            orders.append(order)
            pairs.append(places)
            signs.append(np.where(flipped, -1.0, 1.0))
        if len(masks) == room:
            return Chains(np.array(masks), np.array(orders), np.array(pairs), np.array(signs), known or n_players - 1)
    raise AssertionError("permutations never end")


def estimate(
    found: Chains, g: NDArray[np.float64], total: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shapley values and their standard errors, each ``(n_players, n_outputs)``; the values sum to ``total``.

    The standard error is that of the mean over the whole permutations. With few of them a player's own
    variance is a poor guide, so it is drawn towards the mean of all players' (Smyth 2004, Linear Models
    and Empirical Bayes Methods, section 3), and widened by Student's distribution so that the value
    -+ 1.96 of it is a 95 % interval; NaN for a single permutation.

    Args:
        found: The permutations.
        g: ``(n_pairs, n_outputs)``, half the difference of the values of each pair's coalitions.
        total: ``(n_outputs,)``, the value of the full coalition minus that of the empty one.
    """
    n, d = found.orders.shape
    ends = np.broadcast_to(total / 2, (n, 1, len(total)))
    path = np.concatenate([-ends, found.signs[:, :, None] * g[found.pairs], ends], axis=1)
    added = np.zeros((n, d, len(total)))
    np.put_along_axis(added, found.orders[:, :, None], np.diff(path, axis=1), axis=1)

    whole = n if found.known == d - 1 else n - 1
    phi: NDArray[np.float64] = added[:whole].mean(axis=0)
    std_error = np.full_like(phi, np.nan)
    if whole > 1:
        own = added[:whole].var(axis=0, ddof=1)
        freedom = whole - 1 + PRIOR
        variance = ((whole - 1) * own + PRIOR * own.mean(axis=0)) / freedom
        widened = _student(freedom) / NormalDist().inv_cdf(0.975)
        std_error = widened * np.sqrt(variance / whole)
    if whole < n:
        # The players that the last permutation didn't reach share what is left of it as before. It counts by the
        # share of its sets that are known: the first ones alone say little of a player's other places.
        order, reached = found.orders[-1], found.known
        share = reached / (d - 1)
        rest = order[reached:]
        last = added[-1]
        last[rest] = phi[rest] + (total / 2 - path[-1, reached] - phi[rest].sum(axis=0)) / len(rest)
        phi = (whole * phi + share * last) / (whole + share)
    return phi, std_error


def permuted(n_players: int, n_background: int, chosen: Plan, seed: int, selected: Selected, tell: Tell) -> Solving:
    """Solve along permutations, telling a partial whenever their number has doubled."""
    d, active = len(chosen.active), list(chosen.active)
    stops = [chosen.n_coalitions]
    stops[:0] = [stop for doubling in range(20) if (stop := 2 + (2 * (d - 1) << doubling)) < chosen.n_coalitions]
    masks = np.zeros((2, n_players), dtype=np.bool_)
    masks[1, active] = True
    base, prediction = select((yield Coalitions(masks)), selected).copy()
    yield Progress(2, chosen.n_coalitions)

    all_pairs = chains(d, chosen.n_coalitions, seed).masks
    g = np.zeros((len(all_pairs), len(base)))

    def solution(done: int) -> Solution:
        """What the first ``done`` coalitions say."""
        phi, std_error = estimate(chains(d, done, seed), g[: done // 2 - 1], prediction - base)
        values, errors = (scatter(n_players, chosen.active, array) for array in (phi, std_error))
        return Solution(values, errors, base.copy(), prediction.copy(), chosen.estimator, done, done * n_background)

    def snapshot(done: int) -> Explanation:
        return tell(solution(done))

    done = 2
    for stop in stops:
        while done < stop:
            size = min(stop - done, MAX_COALITIONS)
            part = slice(done // 2 - 1, (done + size) // 2 - 1)
            masks = np.zeros((size, n_players), dtype=np.bool_)
            masks[::2, active] = all_pairs[part]
            masks[1::2, active] = ~all_pairs[part]
            values = select((yield Coalitions(masks)), selected)
            g[part] = (values[::2] - values[1::2]) / 2
            done += size
            yield Progress(done, chosen.n_coalitions)
        if done < chosen.n_coalitions:
            yield Partial(partial(snapshot, done))
    return solution(done)


def _orders(n_players: int, seed: int) -> Iterator[NDArray[np.intp]]:
    """Random permutations without end; PCG64's raw words are the same in every version of numpy and in Pyodide."""
    words = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(n_players,)))
    while True:
        yield np.argsort(words.random_raw(n_players), kind="stable")


def _student(freedom: int) -> float:
    """The 97.5 % quantile of Student's distribution for 3 degrees of freedom or more, within 1 %.

    Abramowitz & Stegun 1964, 26.7.5.
    """
    z = NormalDist().inv_cdf(0.975)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return z + sum((term / freedom**power for power, term in enumerate(terms, 1)), 0.0)
