"""The paths of decision trees: which players are asked on the way to a leaf, and whose conditions rows miss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.distinct import distinct
from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.errors import InputError

MOST_PLAYERS_ON_A_PATH = 64
"""Players that can be asked on one path from root to leaf: a bit each."""

Bits: TypeAlias = NDArray[np.unsignedinteger[Any]]
"""Sets of the players of a path, a bit each."""


@dataclass(frozen=True, eq=False)
class Paths:
    """The players asked on the way to each node, numbered in the order they are first asked; the numbers are bits.

    Attributes:
        players: int ``(n_nodes, longest)``, the players asked before a node, -1 after the last.
        bit: unsigned ``(n_nodes,)``, the bit of the player that a node itself asks.
    """

    players: NDArray[np.intp]
    bit: Bits

    @classmethod
    def of(cls, ensemble: Ensemble, owner: NDArray[np.intp]) -> Paths:
        """The paths of an ensemble.

        Args:
            ensemble: The trees.
            owner: int ``(n_tree_features,)``, the player each tree feature belongs to.

        Raises:
            InputError: A path asks more than `MOST_PLAYERS_ON_A_PATH` players.
        """
        n_nodes = len(ensemble.feature)
        asked = owner[ensemble.feature]
        most = min(len(ensemble.levels), len(distinct(asked)))
        players = np.full((n_nodes, most), -1, dtype=np.intp)
        number = np.zeros(n_nodes, dtype=np.intp)
        for level in ensemble.levels:
            nodes = level[~ensemble.is_leaf[level]]
            path = players[nodes]
            again = path == asked[nodes, None]
            number[nodes] = np.where(again.any(axis=1), again.argmax(axis=1), (path >= 0).sum(axis=1))
            path[np.arange(len(nodes)), number[nodes]] = asked[nodes]
            players[ensemble.children[nodes]] = path[:, None]
        longest = max(1, int((players >= 0).sum(axis=1).max()))
        if longest > MOST_PLAYERS_ON_A_PATH:
            raise InputError(
                f"A tree asks {longest} players on one path; at most {MOST_PLAYERS_ON_A_PATH} can be told apart.",
                where="model",
                next="Choose another estimator.",
                code="trees-too-deep",
            )
        kind: type[np.unsignedinteger[Any]] = next(
            kind for kind in (np.uint8, np.uint16, np.uint32, np.uint64) if longest <= 8 * kind().itemsize
        )
        return cls(players[:, :longest], np.left_shift(np.ones(n_nodes, dtype=kind), number.astype(kind)))

    def leaves(self, ensemble: Ensemble, roots: NDArray[np.intp]) -> NDArray[np.intp]:
        """The leaves of some trees, int ``(n_leaves,)``, in the order of :meth:`fails`."""
        found, nodes = [], roots
        while nodes.size:
            done = ensemble.is_leaf[nodes]
            found.append(nodes[done])
            nodes = ensemble.children[nodes[~done]].T.ravel()
        return np.concatenate(found)

    def fails(self, ensemble: Ensemble, roots: NDArray[np.intp], rows: NDArray[np.float64]) -> Bits:
        """Of whose conditions on the way to each leaf of some trees a row misses one, ``(n_leaves, n_rows)``.

        Args:
            ensemble: The trees.
            roots: int ``(n_trees,)``, the roots of some of them.
            rows: ``(n_rows, n_tree_features)``.
        """
        columns = np.ascontiguousarray(rows.T)
        nodes, fails = roots, np.zeros((len(roots), len(rows)), dtype=self.bit.dtype)
        at_leaves = []
        while nodes.size:
            done = ensemble.is_leaf[nodes]
            at_leaves.append(fails[done])
            nodes, fails = nodes[~done], fails[~done]
            yes = ensemble.goes_to_yes(nodes[:, None], columns[ensemble.feature[nodes]])
            bit = self.bit[nodes, None]
            fails = np.concatenate([fails | bit * yes, fails | bit * ~yes])
            nodes = ensemble.children[nodes].T.ravel()
        return np.concatenate(at_leaves)

    def columns(self, sets: Bits) -> NDArray[np.uint8]:
        """One column of zeros and ones per player of the path, ``(n_sets, longest)``."""
        kind = sets.dtype.newbyteorder("<")
        parts = np.ascontiguousarray(sets, dtype=kind).view(np.uint8).reshape(len(sets), kind.itemsize)
        return np.unpackbits(parts, axis=1, count=self.players.shape[1], bitorder="little")


@dataclass(frozen=True, eq=False)
class Misses:
    """The distinct sets of players that background rows miss on the way to leaves.

    Attributes:
        start: intp ``(n_leaves + 1,)``, where the sets of each leaf begin.
        sets: unsigned ``(n_entries,)``.
        n_rows: int32 ``(n_entries,)``, how many background rows each stands for.
    """

    start: NDArray[np.intp]
    sets: Bits
    n_rows: NDArray[np.int32]

    @classmethod
    def of(cls, fails: Bits) -> Misses:
        """The sets that stand in each line of ``(n_leaves, n_rows)``, which is sorted in place."""
        fails.sort(axis=1, kind="stable" if fails.itemsize <= 2 else None)  # stable: radix where numbers are short
        first = np.ones(fails.shape, dtype=np.bool_)
        np.not_equal(fails[:, 1:], fails[:, :-1], out=first[:, 1:])
        start = np.flatnonzero(first)
        by_leaf = np.concatenate([[0], np.cumsum(np.count_nonzero(first, axis=1))]).astype(np.intp)
        return cls(by_leaf, fails.ravel()[start], np.diff(start, append=fails.size).astype(np.int32))

    def joined(self, place: NDArray[np.intp], sets: Bits) -> tuple[NDArray[np.intp], Bits, NDArray[np.int32]]:
        """All pairs of a leaf with an explained row's set and a background row's set that share no player.

        Args:
            place: intp ``(n,)``, leaves.
            sets: unsigned ``(n,)``, what an explained row misses on the way there.

        Returns:
            Index of the explained row's set, ascending; the background's set; how many rows it stands for.
        """
        size = np.diff(self.start)[place]
        which = np.repeat(np.arange(len(place)), size)
        entry = np.arange(len(which)) + np.repeat(self.start[place] - np.cumsum(size) + size, size)
        kept = np.flatnonzero((self.sets[entry] & sets[which]) == 0)
        entry = entry[kept]
        return which[kept], self.sets[entry], self.n_rows[entry]
