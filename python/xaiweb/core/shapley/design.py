"""Which coalitions to evaluate, and the linear operator that solves for Shapley values from them.

Coalitions come in pairs, a set S and its complement (Covert & Lee 2021, paired sampling), distinct
and without replacement. Every size class gets the same number of pairs, which is sampling by leverage
scores, 1 / C(d, |S|) (Musco & Witter 2025); small classes are taken whole as soon as the budget covers
them. Designs are nested: the one of a smaller budget is the beginning of that of a larger one. A
design depends on (n_players, budget, seed) alone, so it can be made before there is a row to explain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations
from math import comb
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.kernels import multiply
from xaiweb.core.shapley.plan import least_regressed
from xaiweb.errors import BudgetError, InputError

ENUMERATED = 2048  # classes of at most so many pairs are shuffled whole; larger ones are drawn from
REMEMBERED = 1 << 16  # players times coalitions of an operator worth keeping: A has at most 256 kB
MAX_LEVERAGE = 0.99  # above it a left-out residual, r / (1 - h), says nothing
MIN_EIGENVALUE = 1e-6  # relative to the largest; below it the design can't tell players apart


Operator: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Design:
    """Pairs of coalitions in the order they are evaluated, after the empty and the full one.

    Attributes:
        masks: bool ``(n_pairs, n_players)``, the first coalition of each pair, of at most half the
            players; the second is its complement.
        sizes: int ``(n_pairs,)``, players in each first coalition.
        stream: Which of the seed's streams was drawn.
        weights: float64 ``(n_pairs,)``, the kernel weight of each pair over its probability to be in
            the design, up to a common factor.
    """

    masks: NDArray[np.bool_]
    sizes: NDArray[np.intp]
    stream: int
    weights: NDArray[np.float64]

    @property
    def n_coalitions(self) -> int:
        """Coalitions of the design, the empty and the full one included."""
        return 2 * len(self.masks) + 2

    def prefix(self, budget: int) -> Design:
        """The design of a smaller budget: the first pairs, weighted for it."""
        n_pairs = budget // 2 - 1
        sizes = self.sizes[:n_pairs]
        return Design(self.masks[:n_pairs], sizes, self.stream, _weights(self.masks.shape[1], sizes))


def checkpoints(n_players: int, budget: int | None = None) -> tuple[int, ...]:
    """Budgets worth an operator or a partial result, ascending and even.

    Without a budget those whose operators a bundle stores: 4d, 8d, 256 and 512, from 4d up and below
    2^d. With a budget those that a run of it passes: the same and doublings of 512, below the budget.
    """
    points = {4 * n_players, 8 * n_players, 256, 512}
    end = 2**n_players
    if budget is not None:
        end = min(end, budget)
        points |= {512 << doubling for doubling in range(1, max(1, budget.bit_length() - 8))}
    return tuple(sorted(point for point in points if 4 * n_players <= point < end))


@lru_cache(maxsize=16)
def design(n_players: int, budget: int, seed: int) -> Design:
    """The pairs of coalitions of a budget; for every coalition, all of them.

    Args:
        n_players: Number of (active) players d.
        budget: Coalitions, the empty and the full one included, at least min(4d, 2^d); an odd one
            uses one less.
        seed: Any non-negative integer.

    Raises:
        BudgetError: The budget is too small.
        InputError: The seed is negative.

    Example:
        >>> design(3, 8, seed=0).masks.sum(axis=1)
        array([1, 1, 1])
    """
    if seed < 0:
        raise InputError(f"{seed} is negative.", where='parameter "seed"', next="Give 0 or more.", code="parameter")
    if budget < least_regressed(n_players):
        raise BudgetError(
            f"A budget of {budget} coalitions is too small for {n_players} players.",
            where='parameter "budget"',
            next=f"Give at least {least_regressed(n_players)}.",
        )
    n_pairs = min(budget, 2**n_players) // 2 - 1
    stream = _stream(n_players, seed)
    sizes = _sizes(n_players, n_pairs)
    masks = _draw(n_players, sizes, seed, stream)
    result = Design(masks, sizes, stream, _weights(n_players, sizes))
    for array in (result.masks, result.sizes, result.weights):
        array.setflags(write=False)  # it is shared by the cache
    return result


@lru_cache(maxsize=32)
def operator_of(n_players: int, budget: int, seed: int) -> Operator:
    """The :func:`operator` of the :func:`design` of a budget, remembered: a page needs it with every keystroke.

    For small ones only (``REMEMBERED``); a large one is cheaper to make again than to keep.
    """
    result = operator(design(n_players, budget, seed))
    for array in result:
        array.setflags(write=False)
    return result


def operator(design: Design) -> Operator:
    """The linear map from evaluations to Shapley values: phi = A g + c D.

    g ``(n_pairs,)`` is half the difference of the values of the two coalitions of a pair and D the
    value of the full coalition minus that of the empty one. A is the weighted least-squares solution
    under the constraint sum phi = D (the estimator of Covert & Lee 2021, on pairs). With z = +1 for a
    member of S and -1 for the others, Z the matrix of z, W the weights and P = I - 11'/d:
    A = 1/2 P (P Z'WZ P / 4)^+ P Z'W and c = 1/d - A Z 1 / (2d), so that an additive game is exact for
    every design of rank d - 1.

    Returns:
        A ``(n_players, n_pairs)``, c ``(n_players,)`` and the leverages h ``(n_pairs,)`` of the
        pairs, which sum to d - 1.
    """
    n_pairs, d = design.masks.shape
    if n_pairs == 0:
        return np.zeros((d, 0)), np.ones(d) / d, np.zeros(0)
    z = np.where(design.masks, 1.0, -1.0)
    centred = z - z.mean(axis=1, keepdims=True)  # Z P
    # The gram matrix is singular along 1; filled there, its inverse equals the pseudo-inverse on the
    # rest, and P takes the filling out again. All matrices are d x d or d x n_pairs.
    gram = _gram(centred, design.weights)
    a = 2 * np.linalg.solve(gram, (centred * design.weights[:, None]).T)
    a -= a.mean(axis=0)  # the last P, so that the values of a row sum to 0 in every digit
    c = 1 / d - a @ z.sum(axis=1) / (2 * d)
    h = np.einsum("ji,ij->j", centred, a) / 2
    return a, c, h


def _gram(centred: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """P Z'WZ P, filled along the vector of ones with its mean eigenvalue, ``(d, d)``."""
    d = centred.shape[1]
    gram = multiply(centred.T, centred * weights[:, None])
    filled: NDArray[np.float64] = gram + np.trace(gram) / d / d
    return filled


def _sizes(n_players: int, n_pairs: int) -> NDArray[np.intp]:
    """Size class of each pair in turn, ``(n_pairs,)``; the first n are the same for every n_pairs >= n.

    Webster's method of apportionment, which never takes a seat back: the k-th pair of a class has
    rank (2k - 1) / share. The class of half the players has half a share, since both coalitions of
    its pairs lie in it.
    """
    sizes = np.arange(1, n_players // 2 + 1)
    # intp, which is int32 in WebAssembly, is what np.repeat counts in.
    room = np.array([min(_n_pairs_of(n_players, int(size)), n_pairs) for size in sizes], dtype=np.intp)
    share = np.where(2 * sizes == n_players, 1, 2)
    # Rounds over the classes until these hold n_pairs; later ranks needn't be looked at.
    rounds = 1
    while np.minimum(room, rounds * share // 2).sum() < min(n_pairs, room.sum()):
        rounds *= 2
    members = np.minimum(room, rounds)
    classes = np.repeat(sizes, members)
    turn = np.arange(len(classes)) - np.repeat(np.cumsum(members) - members, members)
    ranks = (2 * turn + 1) * 2 // share[classes - 1]
    return classes[np.argsort(ranks, kind="stable")[:n_pairs]]  # ties: the smaller class first


def _n_pairs_of(n_players: int, size: int) -> int:
    """Pairs of a size class; those of half the players hold two members of it each."""
    return comb(n_players, size) // (2 if 2 * size == n_players else 1)


def _weights(n_players: int, sizes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Kernel weight over inclusion probability, ``(n_pairs,)``.

    The kernel weight 1 / (C(d, s) s (d - s)) (Lundberg & Lee 2017, theorem 2) over n_s / pairs of the
    class; the binomial cancels but for the half of the class of half the players.
    """
    count = np.bincount(sizes, minlength=n_players // 2 + 1)[sizes]
    share = np.where(2 * sizes == n_players, 0.5, 1.0)
    weights: NDArray[np.float64] = share / sizes / (n_players - sizes) / count  # a product could overflow 32 bits
    return weights


@lru_cache(maxsize=64)
def _stream(n_players: int, seed: int) -> int:
    """The first stream of the seed whose smallest design has full rank and no pair of leverage 1."""
    n_pairs = least_regressed(n_players) // 2 - 1
    if 2 * n_pairs + 2 == 2**n_players:
        return 0  # every coalition: nothing is drawn
    sizes = _sizes(n_players, n_pairs)
    weights = _weights(n_players, sizes)
    stream = 0
    while True:
        candidate = Design(_draw(n_players, sizes, seed, stream), sizes, stream, weights)
        z = np.where(candidate.masks, 1.0, -1.0)
        eigenvalues = np.linalg.eigvalsh(_gram(z - z.mean(axis=1, keepdims=True), weights))
        if eigenvalues[0] > MIN_EIGENVALUE * eigenvalues[-1] and operator(candidate)[2].max() <= MAX_LEVERAGE:
            return stream
        stream += 1


def _draw(n_players: int, sizes: NDArray[np.intp], seed: int, stream: int) -> NDArray[np.bool_]:
    """First coalitions of pairs of these sizes, ``(n_pairs, n_players)``, each class in its seeded order."""
    masks = np.zeros((len(sizes), n_players), dtype=np.bool_)
    for size in range(1, n_players // 2 + 1):
        places = np.flatnonzero(sizes == size)
        if len(places):
            # PCG64's raw words are the same in every version of numpy and in Pyodide.
            words = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(stream, n_players, size)))
            masks[places] = _order(n_players, size, len(places), words)
    return masks


def _order(n_players: int, size: int, count: int, words: np.random.PCG64) -> NDArray[np.bool_]:
    """The first pairs of a class in a random order, ``(count, n_players)``, the same whatever the count."""
    half = 2 * size == n_players
    total = _n_pairs_of(n_players, size)
    if total <= ENUMERATED:
        # Of the class of half the players, the member of each pair that has player 0.
        sets = ((0, *rest) for rest in combinations(range(1, n_players), size - 1)) if half else None
        flat = chain.from_iterable(sets or combinations(range(n_players), size))
        members = np.fromiter(flat, dtype=np.int64, count=total * size).reshape(total, size)
        members = members[np.argsort(words.random_raw(total), kind="stable")[:count]]
        masks = np.zeros((count, n_players), dtype=np.bool_)
        np.put_along_axis(masks, members, True, axis=1)
        return masks
    found: dict[bytes, NDArray[np.bool_]] = {}
    while len(found) < count:
        n_draws = count - len(found)
        keys = words.random_raw(n_draws * n_players).reshape(n_draws, n_players)
        masks = np.zeros((n_draws, n_players), dtype=np.bool_)
        np.put_along_axis(masks, np.argsort(keys, axis=1, kind="stable")[:, :size], True, axis=1)
        if half:
            masks ^= ~masks[:, :1]
        for mask, code in zip(masks, np.packbits(masks, axis=1), strict=True):
            found.setdefault(code.tobytes(), mask)
    return np.array(list(found.values()))
