"""Exact interactions of sets of players, from the values of every coalition.

All four indices give a set S the same kind of sum: the discrete derivative of v by S, taken at every
coalition R of the other players and weighted by the size of R alone (a cardinal-probabilistic index,
Fujimoto et al. 2006). They differ in how they share out a dividend m(T), the part of the game that
only all of T together bring (Harsanyi 1963): see :func:`share`. Sets of size 1 get their main effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import chain, combinations
from math import comb
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Interactions

Index: TypeAlias = Literal["SII", "k-SII", "STII", "FSII"]
INDICES: tuple[Index, ...] = get_args(Index)

BERNOULLI = (Fraction(1), Fraction(-1, 2), Fraction(1, 6))  # enough for order 3

Sets: TypeAlias = tuple[tuple[int, ...], ...]


def interactions(
    values: NDArray[np.float64], players: Sequence[int], index: Index, order: int
) -> tuple[Sets, NDArray[np.float64]]:
    """The sets of 1 to ``order`` players and the interaction of each, exact to rounding.

    The singletons of SII are the Shapley values; all sets of k-SII, STII and FSII add up to the value
    of the full coalition minus that of the empty one. Time is of order 2^d d^order, memory twice the
    values'.

    Args:
        values: float64 ``(2^d, n_outputs)``, the value of every coalition; bit i of a coalition's
            number is ``players[i]`` (:func:`xaiweb.core.shapley.exact.coalitions`).
        players: The d players' indices, ascending.
        index: Which index.
        order: Size of the largest sets, 1 to 3.

    Returns:
        The sets, ascending indices, smaller sets first and then in lexicographic order; and their
        values, float64 ``(n_sets, n_outputs)``, in the unit of ``values``.

    Example:
        >>> together = np.array([[0.0], [0.0], [0.0], [1.0]])  # worth 1 where both are there
        >>> sets, values = interactions(together, (4, 7), "SII", 2)
        >>> sets, values[:, 0]
        (((4,), (7,), (4, 7)), array([0.5, 0.5, 1. ]))
    """
    d = len(players)
    weights = [_spread(weights_of(index, order, size, d)) for size in range(1, min(order, d) + 1)]
    # Outputs first: differences then run along long rows.
    table = np.ascontiguousarray(values.T)
    found = {chosen: derivative @ weights[len(chosen) - 1] for chosen, derivative in _derivatives(table, (), d, order)}
    places = sets_of(range(d), order)
    result = np.array([found[chosen] for chosen in places]).reshape(len(places), len(table))
    return sets_of(players, order), result


class MeanInteractions:
    """The interactions of the mean of several games, each played by some of the players.

    The indices are linear in the game, and a player that takes no part in a game changes none of
    its interactions: a set with such a player gets 0 from that game.

    Args:
        players: Indices of all players, ascending.
        n_games: Number of games.
        n_outputs: Number of outputs of each.
        index: Which index.
        order: Size of the largest sets, 1 to 3.

    Attributes:
        sets: The sets, as :func:`interactions` orders them.
        values: float64 ``(n_sets, n_outputs)``; the interactions once every game was added.
    """

    def __init__(self, players: Sequence[int], n_games: int, n_outputs: int, index: Index, order: int) -> None:
        self.sets = sets_of(players, order)
        self.values = np.zeros((len(self.sets), n_outputs))
        self._index, self._order, self._n_games = index, order, n_games
        self._place = {chosen: place for place, chosen in enumerate(self.sets)}

    def add(self, values: NDArray[np.float64], players: Sequence[int]) -> None:
        """Add one game: the values of every coalition of the players that take part, see :func:`interactions`."""
        sets, found = interactions(values, players, self._index, self._order)
        if sets:
            self.values[[self._place[chosen] for chosen in sets]] += found / self._n_games


def sets_of(players: Sequence[int], order: int) -> Sets:
    """All sets of 1 to ``order`` players, smaller ones first, then in lexicographic order."""
    return tuple(chain.from_iterable(combinations(players, size) for size in range(1, order + 1)))


def share(index: Index, order: int, size: int, whole: int) -> Fraction:
    """What a set of ``size`` players gets of the dividend of a set of ``whole`` players that holds it.

    SII: Grabisch & Roubens 1999. k-SII: Bordt & von Luxburg 2023, SII aggregated with Bernoulli
    numbers. STII: Sundararajan et al. 2020, the axiom of interaction distribution and linearity.
    FSII: Tsai et al. 2023, the closed form in Moebius coefficients.

    Args:
        index: Which index.
        order: Size of the largest sets that get something.
        size: Size of the set, 1 to ``order``.
        whole: Size of the set whose dividend it is, at least ``size``.

    Example:
        >>> [str(share("STII", 2, 2, whole)) for whole in (2, 3, 4)]
        ['1', '1/3', '1/6']
    """
    rest = whole - size
    if index == "SII":
        return Fraction(1, rest + 1)
    if index == "k-SII":
        larger = range(min(order - size, rest) + 1)
        return sum((BERNOULLI[more] * Fraction(comb(rest, more), rest - more + 1) for more in larger), Fraction(0))
    if whole <= order:
        return Fraction(rest == 0)
    if index == "STII":
        return Fraction(size == order, comb(whole, order))
    sign = -1 if (order - size) % 2 else 1
    part = Fraction(size * comb(order, size), order + size)
    return sign * part * Fraction(comb(whole - 1, order), comb(whole + order - 1, order + size))


@lru_cache(maxsize=64)
def weights_of(index: Index, order: int, size: int, n_players: int) -> tuple[float, ...]:
    """Weight of the derivative by a set of ``size`` players at a coalition of r others, for r = 0, 1, ...

    The dividend of S + T is the sum over R within T of (-1)^(|T| - |R|) times the derivative by S at
    R; sorted by R, and in fractions, since the terms cancel.
    """
    rest = n_players - size
    shares = [share(index, order, size, size + more) for more in range(rest + 1)]
    return tuple(
        float(sum((-1) ** (more - r) * comb(rest - r, more - r) * shares[more] for more in range(r, rest + 1)))
        for r in range(rest + 1)
    )


def _spread(by_size: Sequence[float]) -> NDArray[np.float64]:
    """For every coalition of n players, ``(2^n,)``, the weight of its size."""
    sizes = np.zeros(1, dtype=np.intp)
    for _ in by_size[1:]:
        sizes = np.concatenate([sizes, sizes + 1])
    return np.array(by_size)[sizes]


def _derivatives(
    table: NDArray[np.float64], chosen: tuple[int, ...], n_players: int, order: int
) -> Iterator[tuple[tuple[int, ...], NDArray[np.float64]]]:
    """The discrete derivatives by every set that adds players to the chosen ones, all above these.

    Args:
        table: The derivative by the chosen ones at every coalition of the others,
            ``(n_outputs, 2^(n_players - len(chosen)))``.
        chosen: The set so far, ascending.
        n_players: Number of players d.
        order: Size of the largest sets.
    """
    for player in range(chosen[-1] + 1 if chosen else 0, n_players):
        # The chosen players are below this one and no longer in the coalitions' numbers.
        halves = table.reshape(len(table), -1, 2, 1 << player - len(chosen))
        derivative = (halves[:, :, 1] - halves[:, :, 0]).reshape(len(table), -1)
        yield (*chosen, player), derivative
        if len(chosen) + 1 < order:
            yield from _derivatives(derivative, (*chosen, player), n_players, order)


def from_pairs(
    index: Index,
    players: Sequence[int],
    singles: tuple[NDArray[np.float64], NDArray[np.float64]],
    pairs: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> Interactions:
    """SII or k-SII of order 2 out of Shapley values and the pairs' SII, each with its standard errors.

    k-SII gives each player its Shapley value less half of its interactions (Bordt & von Luxburg 2023).

    Args:
        index: ``SII`` or ``k-SII``.
        players: The d players' indices, ascending.
        singles: Shapley values and standard errors, ``(d, n_outputs)``.
        pairs: Those of the pairs in lexicographic order, ``(d (d - 1) / 2, n_outputs)``.
    """
    (values, errors), (together, uncertain) = singles, pairs
    if index == "k-SII":
        values, errors = values.copy(), errors**2
        for member in np.triu_indices(len(players), 1):
            np.subtract.at(values, member, together / 2)
            np.add.at(errors, member, uncertain**2 / 4)
        errors = np.sqrt(errors)
    return Interactions(
        index,
        2,
        sets_of(players, 2),
        np.concatenate([values, together]),
        np.concatenate([errors, uncertain]),
    )
