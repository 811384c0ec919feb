"""Hierarchies of players: which ones belong together, as nested tuples of their indices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Hierarchy: TypeAlias = "int | tuple[Hierarchy, ...]"
"""A player's index, or the parts of a group, each a hierarchy in turn; every player is in one place."""


def members(tree: Hierarchy) -> Iterator[int]:
    """The players of a hierarchy, from left to right."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple):
            waiting.extend(reversed(part))
        else:
            yield part


def halves(n_players: int) -> Hierarchy:
    """The players in their own order, in halves of halves: for games that say nothing about their players.

    Example:
        >>> halves(5)
        ((0, 1), (2, (3, 4)))
    """

    def half(start: int, stop: int) -> Hierarchy:
        middle = (start + stop) // 2
        return start if stop - start == 1 else (half(start, middle), half(middle, stop))

    return half(0, n_players)


def hierarchy(background: NDArray[np.float32], columns: Sequence[Sequence[int]]) -> Hierarchy:
    """The players in pairs of pairs, those together whose columns go together over the background.

    Average linkage (Sokal & Michener 1958) of the distance 1 - |Spearman's rank correlation|; between
    players of several columns the two that correlate most count. A constant column correlates with none.
    Of equal distances the one between the fewest players comes first, then the first in the players'
    order: players without relations end up in balanced halves, as with a single background row. Ranks
    are whole numbers, so every platform comes to the same hierarchy.

    Args:
        background: ``(n_rows, n_features)``, raw columns; a missing value (NaN) counts as the largest.
        columns: For each player the indices of its columns.

    Example:
        >>> hierarchy(np.array([[1, 0, 2], [2, 1, 4], [3, 0, 8]], dtype=np.float32), ((0,), (1,), (2,)))
        ((0, 2), 1)
    """
    n_players = len(columns)
    if len(background) == 1:
        return halves(n_players)
    distance = 1 - _between(_correlation(background), columns)
    np.fill_diagonal(distance, np.inf)
    groups: list[Hierarchy] = list(range(n_players))
    sizes = np.ones(n_players, dtype=np.intp)
    for _ in range(n_players - 1):
        near = np.argwhere(distance == distance.min())
        near = near[near[:, 0] < near[:, 1]]  # and in the players' order
        first, second = near[np.argmin(sizes[near].sum(axis=1))]
        groups[first] = (groups[first], groups[second])
        joint = sizes[first] * distance[first] + sizes[second] * distance[second]
        distance[first] = distance[:, first] = joint / (sizes[first] + sizes[second])
        distance[second] = distance[:, second] = np.inf
        sizes[first] += sizes[second]
    return groups[0]


def _correlation(background: NDArray[np.float32]) -> NDArray[np.float64]:
    """|Spearman's rank correlation| of all columns, ``(n_features, n_features)``; 0 where one is constant."""
    n_rows = len(background)
    centred = np.zeros(background.shape)  # twice the mean rank of equal values, less that of the middle
    for column, values in enumerate(background.T):
        _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
        centred[:, column] = (2 * np.cumsum(counts) - counts - n_rows)[places]
    product = centred.T @ centred
    length = np.sqrt(np.diagonal(product))
    scale = np.outer(length, length)
    result: NDArray[np.float64] = np.divide(np.abs(product), scale, out=np.zeros_like(product), where=scale > 0)
    return result


def _between(correlation: NDArray[np.float64], columns: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """The largest correlation between two players' columns, ``(n_players, n_players)``."""
    order = [column for own in columns for column in own]
    starts = np.cumsum([0, *(len(own) for own in columns[:-1])])
    rows = np.maximum.reduceat(correlation[np.ix_(order, order)], starts, axis=0)
    result: NDArray[np.float64] = np.maximum.reduceat(rows, starts, axis=1)
    return result
