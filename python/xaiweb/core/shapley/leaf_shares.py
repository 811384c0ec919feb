"""What one leaf of a tree gives to the players on its path, and to pairs of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import factorial

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.shapley.paths import Bits, Misses, Paths

JOINED = 1 << 18
"""Pairs of an explained row's set and a background row's set that are looked at together: bounds memory."""


def shares(paths: Paths, misses: Misses, place: NDArray[np.intp], sets: Bits) -> NDArray[np.float64]:
    """The Shapley value of each player on a path in the game of its leaf, ``(n, longest)``, over all background rows.

    With weight 1 and summed over background rows. What a line holds depends on its own leaf and set only.

    Args:
        paths: The paths.
        misses: The sets A that background rows miss.
        place: intp ``(n,)``, leaves, as ``misses`` counts them.
        sets: unsigned ``(n,)``, the set U that an explained row misses on the way to each.
    """
    size = paths.players.shape[1]
    gain, loss = _ratios(size + 1, 1, 0), _ratios(size + 1, 0, 1)
    result = np.zeros((len(place), size))
    for part in _parts(misses, place, JOINED):
        which, needed_sets, count = misses.joined(place[part], sets[part])
        first = np.flatnonzero(np.diff(which, prepend=-1))
        if first.size:
            line = part.start + which[first]
            needed, absent = paths.columns(needed_sets), paths.columns(sets[line])
            a = needed.sum(axis=1, dtype=np.intp)
            u = np.repeat(absent.sum(axis=1, dtype=np.intp), np.diff(first, append=len(a)))
            share: NDArray[np.float64] = np.add.reduceat(needed * (gain[a, u] * count)[:, None], first)
            result[line] = share - absent * np.add.reduceat(loss[a, u] * count, first)[:, None]
    return result


def pair_shares(paths: Paths, misses: Misses, place: NDArray[np.intp], sets: Bits) -> NDArray[np.float64]:
    """The same for pairs of players on a path, ``(n, n_pairs)``, in the order of ``np.triu_indices(longest, 1)``.

    Grabisch & Roubens' index of the leaf's game is w (a - 2)! u! / (a + u - 1)! for two members of A,
    -w (a - 1)! (u - 1)! / (a + u - 1)! for one of A and one of U, w a! (u - 2)! / (a + u - 1)! for two of U.
    """
    size = paths.players.shape[1]
    within_a, across_both, within_u = (_ratios(size + 1, *minus) for minus in ((2, 0), (1, 1), (0, 2)))
    one, other = np.triu_indices(size, 1)
    result = np.zeros((len(place), len(one)))
    for part in _parts(misses, place, max(1, JOINED // max(1, len(one)))):
        which, needed_sets, count = misses.joined(place[part], sets[part])
        first = np.flatnonzero(np.diff(which, prepend=-1))
        if first.size and len(one):
            line = part.start + which[first]
            needed, absent = paths.columns(needed_sets), paths.columns(sets[line])
            a = needed.sum(axis=1, dtype=np.intp)
            u = np.repeat(absent.sum(axis=1, dtype=np.intp), np.diff(first, append=len(a)))
            across = np.add.reduceat(needed * (across_both[a, u] * count)[:, None], first)
            without = np.add.reduceat(within_u[a, u] * count, first)[:, None]
            both = needed[:, one] & needed[:, other]
            share = np.add.reduceat(both * (within_a[a, u] * count)[:, None], first)
            share += (absent[:, one] & absent[:, other]) * without
            share -= across[:, one] * absent[:, other] + absent[:, one] * across[:, other]
            result[line] = share
    return result


def _parts(misses: Misses, place: NDArray[np.intp], room: int) -> Iterator[slice]:
    """Lines that are joined together; none is ever parted, so that parting changes no sum."""
    number = np.cumsum(np.diff(misses.start)[place]) // room
    ends = [*(np.flatnonzero(np.diff(number)) + 1).tolist(), len(place)]
    return (slice(start, stop) for start, stop in zip([0, *ends], ends, strict=False))


@lru_cache(maxsize=64)
def _ratios(size: int, minus_a: int, minus_u: int) -> NDArray[np.float64]:
    """(a - minus_a)! (u - minus_u)! / (a + u + 1 - minus_a - minus_u)! for a, u < size; 0 where that is undefined."""
    table = np.zeros((size, size))
    for a in range(minus_a, size):
        for u in range(minus_u, size):
            table[a, u] = factorial(a - minus_a) * factorial(u - minus_u) / factorial(a + u + 1 - minus_a - minus_u)
    table.setflags(write=False)  # it is shared by the cache
    return table
