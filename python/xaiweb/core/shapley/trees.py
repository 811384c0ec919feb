"""Exact Shapley values of a sum of decision trees against a background, read off the trees themselves.

The game of one background row b and one leaf is simple: a row that takes the coalition S from x and the rest
from b reaches the leaf if and only if every player in A is in S and every player in U is not, where A are the
players whose conditions on the path b fails and x meets, and U those that x fails and b meets; a player that
both fail makes the leaf unreachable. With a = |A|, u = |U| and the leaf's weight w, the Shapley value of a
member of A is w (a - 1)! u! / (a + u)!, that of a member of U is -w a! (u - 1)! / (a + u)!. Summed over leaves
and averaged over the background this is interventional TreeSHAP (Lundberg et al. 2020, From local explanations
to global understanding with explainable AI for trees, Nature Machine Intelligence 2, algorithm 3; as a theorem
on games of two sets of players: Laberge & Pequignot 2022, Understanding Interventional TreeSHAP).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import factorial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.requests import Progress
from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.errors import InputError

MOST_PLAYERS_ON_A_PATH = 64
"""Players that can be asked on one path from root to leaf: a bit each."""

BLOCK = 1 << 20
"""Pairs of a node and a background row that are looked at together: bounds memory and the time of a step."""

MOST_KEPT = 1 << 22
"""Entries that are kept for the next explained row, at most 24 bytes each."""

Values: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64] | None]
"""Values of players and, where asked for, of pairs."""


def shap_values(
    ensemble: Ensemble,
    owner: NDArray[np.intp],
    x: NDArray[np.float64],
    background: NDArray[np.float64],
    n_players: int,
    *,
    pairs: bool = False,
) -> Generator[Progress, None, Values]:
    """Shapley values of the players, exact but for rounding, and Shapley interactions of pairs.

    A generator: it yields between blocks of bounded size, so that whoever drives it can stop it. What only
    depends on the background is remembered for the next row, where it isn't too large.

    Args:
        ensemble: The trees.
        owner: int ``(n_tree_features,)``, the player each tree feature belongs to.
        x: ``(n_tree_features,)``, the explained row as the trees see it; NaN is a missing value.
        background: ``(n_background, n_tree_features)``.
        n_players: Number of players.
        pairs: Whether to compute the Shapley interaction index of pairs as well (Grabisch & Roubens 1999).

    Returns:
        Values ``(n_players, n_outputs)`` and, of pairs, None or ``(n_players, n_players, n_outputs)``,
        symmetric with a zero diagonal; both in the unit of the leaves.

    Raises:
        InputError: A path asks more than `MOST_PLAYERS_ON_A_PATH` players.
    """
    rows = np.ascontiguousarray(background, dtype=np.float64)
    game = _game(ensemble, np.asarray(owner, dtype=np.intp).tobytes(), rows.tobytes(), len(rows))
    tally = _Tally(ensemble, game.paths, n_players, pairs)
    for done, arrivals in enumerate(game.arrivals(np.asarray(x, dtype=np.float64)), start=1):
        tally.add(arrivals)
        yield Progress(done, game.n_steps, "steps")
    return tally.values / len(rows), None if tally.pairs is None else tally.pairs / len(rows)


def mean_prediction(ensemble: Ensemble, background: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of the background's predictions, ``(n_outputs,)``, remembered for the next explained row.

    Args:
        ensemble: The trees.
        background: ``(n_background, n_tree_features)``.
    """
    rows = np.ascontiguousarray(background, dtype=np.float64)
    return _mean_prediction(ensemble, rows.tobytes(), len(rows)).copy()


@lru_cache(maxsize=4)
def _mean_prediction(ensemble: Ensemble, background: bytes, n_rows: int) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = ensemble.predict(np.frombuffer(background).reshape(n_rows, -1)).mean(axis=0)
    return mean


@dataclass(frozen=True, eq=False)
class _Paths:
    """The players asked on the way to each node, numbered in the order they are first asked; the numbers are bits.

    Attributes:
        players: int ``(n_nodes, longest)``, the players asked before a node, -1 after the last.
        bit: unsigned ``(n_nodes,)``, the bit of the player that a node itself asks.
    """

    players: NDArray[np.intp]
    bit: NDArray[np.unsignedinteger[Any]]

    @classmethod
    def of(cls, ensemble: Ensemble, owner: NDArray[np.intp]) -> _Paths:
        n_nodes = len(ensemble.feature)
        asked = owner[ensemble.feature]
        most = min(len(ensemble.levels), len(np.unique(asked)))
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

    def fails(
        self, ensemble: Ensemble, roots: NDArray[np.intp], rows: NDArray[np.float64]
    ) -> tuple[NDArray[np.intp], NDArray[np.unsignedinteger[Any]]]:
        """The leaves of some trees, and of whose conditions on the way to each a row misses one.

        Args:
            ensemble: The trees.
            roots: int ``(n_trees,)``, the roots of some of them.
            rows: ``(n_rows, n_tree_features)``.

        Returns:
            Leaves, int ``(n_leaves,)``, and bits of players, unsigned ``(n_leaves, n_rows)``.
        """
        columns = np.ascontiguousarray(rows.T)
        nodes, fails = roots, np.zeros((len(roots), len(rows)), dtype=self.bit.dtype)
        leaves, at_leaves = [], []
        while nodes.size:
            done = ensemble.is_leaf[nodes]
            leaves.append(nodes[done])
            at_leaves.append(fails[done])
            nodes, fails = nodes[~done], fails[~done]
            yes = ensemble.goes_to_yes(nodes[:, None], columns[ensemble.feature[nodes]])
            bit = self.bit[nodes, None]
            fails = np.concatenate([fails | bit * yes, fails | bit * ~yes])
            nodes = ensemble.children[nodes].T.ravel()
        return np.concatenate(leaves), np.concatenate(at_leaves)


class _Misses(NamedTuple):
    """The sets of players that background rows miss on the way to leaves, an entry for each set and leaf."""

    place: NDArray[np.intp]
    """Ascending indices of leaves, in the order of `_Paths.fails`."""
    fails: NDArray[np.unsignedinteger[Any]]
    """The set, as bits."""
    n_rows: NDArray[np.intp]
    """How many background rows it stands for."""

    def pick(self, which: NDArray[np.intp]) -> _Misses:
        return _Misses(self.place[which], self.fails[which], self.n_rows[which])


class _Arrivals(NamedTuple):
    """What reaches the leaves of some trees: background rows with some players from x."""

    leaves: NDArray[np.intp]
    x_fails: NDArray[np.unsignedinteger[Any]]
    """Per leaf the players U: those of whose conditions x misses one."""
    misses: _Misses
    """The players A, of entries that share no player with U."""


class _Game:
    """An ensemble against a background; sets of missed players are kept where there is room for all of them."""

    def __init__(self, ensemble: Ensemble, owner: NDArray[np.intp], background: NDArray[np.float64]) -> None:
        self.paths = _Paths.of(ensemble, owner)
        self._ensemble = ensemble
        n_rows = len(background)
        number = np.cumsum(ensemble.tree_sizes) // max(1, BLOCK // n_rows)
        self._steps = []
        for trees in np.split(np.arange(len(number)), np.flatnonzero(np.diff(number)) + 1):
            rows = max(1, BLOCK // int(ensemble.tree_sizes[trees].sum()))
            parts = [background[start : start + rows] for start in range(0, n_rows, rows)]
            self._steps.append((ensemble.roots[trees], parts))
        sets = np.exp2((self.paths.players[ensemble.is_leaf] >= 0).sum(axis=1))
        self._keeps = np.minimum(sets, n_rows).sum() <= MOST_KEPT
        self._kept: dict[tuple[int, int], _Misses] = {}

    @property
    def n_steps(self) -> int:
        return sum(len(parts) for _, parts in self._steps)

    def arrivals(self, x: NDArray[np.float64]) -> Iterator[_Arrivals]:
        """Those of each step, for the explained row ``(n_tree_features,)``."""
        for i, (roots, parts) in enumerate(self._steps):
            leaves, of_x = self.paths.fails(self._ensemble, roots, x[None])
            x_fails = of_x[:, 0]
            for j, rows in enumerate(parts):
                if self._keeps:
                    if (i, j) not in self._kept:
                        self._kept[i, j] = _distinct(self.paths.fails(self._ensemble, roots, rows)[1])
                    misses = self._kept[i, j]
                    misses = misses.pick(np.flatnonzero((misses.fails & x_fails[misses.place]) == 0))
                else:
                    fails = self.paths.fails(self._ensemble, roots, rows)[1]
                    place, row = np.nonzero((fails & of_x) == 0)
                    misses = _Misses(place, fails[place, row], np.ones(len(place), dtype=np.intp))
                yield _Arrivals(leaves, x_fails, misses)


@lru_cache(maxsize=2)
def _game(ensemble: Ensemble, owner: bytes, background: bytes, n_rows: int) -> _Game:
    """A game, remembered: most often the next row is explained against the same background."""
    rows = np.frombuffer(background).reshape(n_rows, -1)
    return _Game(ensemble, np.frombuffer(owner, dtype=np.intp), rows)


def _distinct(fails: NDArray[np.unsignedinteger[Any]]) -> _Misses:
    """The sets that stand in each line of ``(n_leaves, n_rows)``, which is sorted in place."""
    fails.sort(axis=1, kind="stable" if fails.itemsize <= 2 else None)  # stable: a radix sort where numbers are short
    first = np.ones(fails.shape, dtype=np.bool_)
    np.not_equal(fails[:, 1:], fails[:, :-1], out=first[:, 1:])
    start = np.flatnonzero(first)
    return _Misses(start // fails.shape[1], fails.ravel()[start], np.diff(start, append=fails.size))


class _Tally:
    """Adds up what leaves give to players and to pairs of players."""

    def __init__(self, ensemble: Ensemble, paths: _Paths, n_players: int, pairs: bool) -> None:
        n_outputs = ensemble.weight.shape[1]
        self.values = np.zeros((n_players, n_outputs))
        self.pairs = np.zeros((n_players, n_players, n_outputs)) if pairs else None
        self._weight = ensemble.weight
        self._paths = paths
        size = paths.players.shape[1] + 1
        self._gain, self._loss = _ratios(size, 1, 0), _ratios(size, 0, 1)
        self._within, self._across, self._without = _ratios(size, 2, 0), _ratios(size, 1, 1), _ratios(size, 0, 2)

    def add(self, arrivals: _Arrivals) -> None:
        """Count what reaches some leaves."""
        place, fails, count = arrivals.misses
        first = np.flatnonzero(np.diff(place, prepend=-1))
        if not first.size:
            return
        leaf = arrivals.leaves[place[first]]
        needed = self._bits(fails)  # the players in A, one column per player of the path
        absent = self._bits(arrivals.x_fails[place[first]])  # those in U: the same for all entries of a leaf
        a = needed.sum(axis=1, dtype=np.intp)
        u = np.repeat(absent.sum(axis=1, dtype=np.intp), np.diff(first, append=len(a)))
        gain: NDArray[np.float64] = np.add.reduceat(needed * (self._gain[a, u] * count)[:, None], first)
        loss = np.add.reduceat(self._loss[a, u] * count, first)
        share = gain - absent * loss[:, None]
        self._scatter(self.values, self._paths.players[leaf], share, leaf)
        if self.pairs is not None:
            self._add_pairs(self.pairs, needed, absent, a, u, count, first, leaf)

    def _add_pairs(
        self,
        result: NDArray[np.float64],
        needed: NDArray[np.uint8],
        absent: NDArray[np.uint8],
        a: NDArray[np.intp],
        u: NDArray[np.intp],
        count: NDArray[np.intp],
        first: NDArray[np.intp],
        leaf: NDArray[np.intp],
    ) -> None:
        """Count the same for pairs.

        Grabisch & Roubens' index of the leaf's game is w (a - 2)! u! / (a + u - 1)! for two members of A,
        -w (a - 1)! (u - 1)! / (a + u - 1)! for one of A and one of U, w a! (u - 2)! / (a + u - 1)! for two of U.
        """
        n_players = len(result)
        players = self._paths.players[leaf]
        across = np.add.reduceat(needed * (self._across[a, u] * count)[:, None], first)
        without = np.add.reduceat(self._without[a, u] * count, first)[:, None]
        within = needed * (self._within[a, u] * count)[:, None]
        flat = result.reshape(n_players * n_players, -1)
        for i in range(players.shape[1]):
            mine, others = absent[:, i, None], absent
            share = np.add.reduceat(needed[:, i, None] * within, first)
            share -= across[:, i, None] * others + mine * across
            share += mine * others * without
            share[:, i] = 0
            both = np.where((players >= 0) & (players[:, i, None] >= 0), players[:, i, None] * n_players + players, -1)
            self._scatter(flat, both, share, leaf)

    def _scatter(
        self, result: NDArray[np.float64], place: NDArray[np.intp], share: NDArray[np.float64], leaf: NDArray[np.intp]
    ) -> None:
        """Add each share, times its leaf's weights, to its row of the result; -1 is no row."""
        line, column = np.nonzero((place >= 0) & (share != 0))
        where, shares, weights = place[line, column], share[line, column], self._weight[leaf]
        for output in range(result.shape[1]):
            result[:, output] += np.bincount(where, shares * weights[line, output], minlength=len(result))

    def _bits(self, masks: NDArray[np.unsignedinteger[Any]]) -> NDArray[np.uint8]:
        """One column of zeros and ones per player of the path."""
        kind = masks.dtype.newbyteorder("<")
        parts = np.ascontiguousarray(masks, dtype=kind).view(np.uint8).reshape(len(masks), kind.itemsize)
        return np.unpackbits(parts, axis=1, count=self._paths.players.shape[1], bitorder="little")


@lru_cache(maxsize=64)
def _ratios(size: int, minus_a: int, minus_u: int) -> NDArray[np.float64]:
    """(a - minus_a)! (u - minus_u)! / (a + u + 1 - minus_a - minus_u)! for a, u < size; 0 where that is undefined."""
    table = np.zeros((size, size))
    for a in range(minus_a, size):
        for u in range(minus_u, size):
            table[a, u] = factorial(a - minus_a) * factorial(u - minus_u) / factorial(a + u + 1 - minus_a - minus_u)
    table.setflags(write=False)  # it is shared by the cache
    return table
