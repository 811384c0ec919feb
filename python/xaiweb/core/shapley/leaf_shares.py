"""What one leaf of a tree gives to the players on its path, and to pairs of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import factorial

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.compiled import Kernel, address, library
from xaiweb.core.shapley.paths import Bits, Misses, Paths

JOINED = 1 << 18
"""Pairs of an explained row's set and a background row's set that are looked at together: bounds memory."""


def _shares_numpy(paths: Paths, misses: Misses, place: NDArray[np.intp], sets: Bits) -> NDArray[np.float64]:
    """The Shapley value of each player on a path in the game of its leaf, ``(n, longest)``, over all background rows.

    With weight 1 and summed over background rows. What a line holds depends on its own leaf and set only.

    Args:
        paths: The paths.
        misses: The sets A that background rows miss.
        place: intp ``(n,)``, leaves, as ``misses`` counts them.
        sets: unsigned ``(n,)``, the set U that an explained row misses on the way to each.
    """
    size = paths.players.shape[1]
    gain, loss = _of_players(size)
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


def _pair_shares_numpy(paths: Paths, misses: Misses, place: NDArray[np.intp], sets: Bits) -> NDArray[np.float64]:
    """The same for pairs of players on a path, ``(n, n_pairs)``, in the order of ``np.triu_indices(longest, 1)``.

    Grabisch & Roubens' index of the leaf's game is w (a - 2)! u! / (a + u - 1)! for two members of A,
    -w (a - 1)! (u - 1)! / (a + u - 1)! for one of A and one of U, w a! (u - 2)! / (a + u - 1)! for two of U.
    """
    size = paths.players.shape[1]
    within_a, across_both, within_u = _of_pairs(size)
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


def _shares(paths: Paths, misses: Misses, place: NDArray[np.intp], sets: Bits) -> NDArray[np.float64]:
    size = paths.players.shape[1]
    result = np.zeros((len(place), size))
    arguments = _addresses(misses, place, sets, _of_players(size))
    library().xw_shares(len(place), size, *arguments, address(result, np.float64, result.shape))
    return result


def _pair_shares(paths: Paths, misses: Misses, place: NDArray[np.intp], sets: Bits) -> NDArray[np.float64]:
    size = paths.players.shape[1]
    result = np.zeros((len(place), size * (size - 1) // 2))
    arguments = _addresses(misses, place, sets, _of_pairs(size))
    library().xw_pair_shares(len(place), size, *arguments, address(result, np.float64, result.shape))
    return result


def _addresses(
    misses: Misses, place: NDArray[np.intp], sets: Bits, tables: tuple[NDArray[np.float64], ...]
) -> Iterator[int]:
    """The arguments that both kernels share: the width of a set, and where the arrays begin."""
    if place.size and not 0 <= place.min() <= place.max() < len(misses.start) - 1:
        raise IndexError(f"There are {len(misses.start) - 1} leaves.")
    entries = misses.sets.shape
    yield misses.sets.itemsize
    yield address(place, np.intp, place.shape)
    yield address(sets, misses.sets.dtype, place.shape)
    yield address(misses.start, np.intp, misses.start.shape)
    yield address(misses.sets, misses.sets.dtype, entries)
    yield address(misses.n_rows, np.int32, entries)
    yield from (address(table, np.float64, table.shape) for table in tables)


def _of_players(size: int) -> tuple[NDArray[np.float64], ...]:
    """What A's players gain and U's lose, by |A| and |U|."""
    return _ratios(size + 1, 1, 0), _ratios(size + 1, 0, 1)


def _of_pairs(size: int) -> tuple[NDArray[np.float64], ...]:
    """The same of pairs within A, across, and within U."""
    return _ratios(size + 1, 2, 0), _ratios(size + 1, 1, 1), _ratios(size + 1, 0, 2)


@lru_cache(maxsize=64)
def _ratios(size: int, minus_a: int, minus_u: int) -> NDArray[np.float64]:
    """(a - minus_a)! (u - minus_u)! / (a + u + 1 - minus_a - minus_u)! for a, u < size; 0 where that is undefined."""
    table = np.zeros((size, size))
    for a in range(minus_a, size):
        for u in range(minus_u, size):
            table[a, u] = factorial(a - minus_a) * factorial(u - minus_u) / factorial(a + u + 1 - minus_a - minus_u)
    table.setflags(write=False)  # it is shared by the cache
    return table


shares = Kernel(_shares_numpy, _shares, natively=True)
pair_shares = Kernel(_pair_shares_numpy, _pair_shares, natively=True)
