"""Binary hierarchies of players: cut coarser, in scipy's form, and Owen values from their definition."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.shapley.hierarchy import Hierarchy

Tree: TypeAlias = "int | tuple[Tree, Tree]"
"""A player, or two parts."""


def leaves(tree: Hierarchy) -> list[int]:
    """The players, from left to right."""
    return [tree] if isinstance(tree, int) else [player for part in tree for player in leaves(part)]


def binary(tree: Hierarchy, playing: set[int]) -> Tree | None:
    """The hierarchy of those that play; groups of more than two parts are halved in their order. None for nobody."""
    if isinstance(tree, int):
        return tree if tree in playing else None
    return _joined([part for part in (binary(part, playing) for part in tree) if part is not None])


def _joined(parts: list[Tree]) -> Tree | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    left, right = _joined(parts[: len(parts) // 2]), _joined(parts[len(parts) // 2 :])
    assert left is not None
    assert right is not None
    return left, right


def coarse(tree: Tree, n_groups: int) -> tuple[Tree, list[list[int]]]:
    """A hierarchy of so many groups, cut from the top, the largest group first; and the players of each group.

    Raises:
        ValueError: There are fewer players.
    """
    uncut = [tree]
    while len(uncut) < n_groups:
        largest = max(uncut, key=lambda part: len(leaves(part)))
        if isinstance(largest, int):
            raise ValueError(f"{len(leaves(tree))} players can't make {n_groups} groups.")
        at = uncut.index(largest)
        uncut[at : at + 1] = largest
    groups = [leaves(part) for part in uncut]

    def renamed(part: Tree) -> Tree:
        if part in uncut:
            return uncut.index(part)
        assert isinstance(part, tuple)
        return renamed(part[0]), renamed(part[1])

    return renamed(tree), groups


def linkage(tree: Tree) -> NDArray[np.float64]:
    """The rows of scipy's linkage matrix: left, right, distance, players."""
    d = len(leaves(tree))
    rows: list[tuple[float, ...]] = []

    def place(part: Tree) -> int:
        if isinstance(part, int):
            return part
        left, right = place(part[0]), place(part[1])
        n = len(leaves(part))
        rows.append((left, right, n, n))
        return d + len(rows) - 1

    place(tree)
    return np.array(rows, dtype=np.float64)


def owen(table: NDArray[np.float64], tree: Tree) -> NDArray[np.float64]:
    """Owen values (Owen 1977) of the game with these values of coalitions 0 to 2^d - 1, ``(d,)``.

    At every group either part comes first with probability 1/2: a player meets, of each group above it, the
    other part or not.
    """
    values = np.zeros(len(table).bit_length() - 1)

    def descend(part: Tree, met: NDArray[np.int64]) -> None:
        if isinstance(part, int):
            values[part] = (table[met | 1 << part] - table[met]).mean()
            return
        for one, other in (part, part[::-1]):
            descend(one, np.concatenate([met, met | sum(1 << player for player in leaves(other))]))

    descend(tree, np.zeros(1, dtype=np.int64))
    return values
