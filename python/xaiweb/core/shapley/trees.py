"""Exact Shapley values of a sum of decision trees against a background, read off the trees themselves.

The game of one background row b and one leaf is simple: a row that takes the coalition S from x and the rest
from b reaches the leaf if and only if every player in A is in S and every player in U is not, where A are the
players whose conditions on the path b fails and x meets, and U those that x fails and b meets; a player that
both fail makes the leaf unreachable. With a = |A|, u = |U| and the leaf's weight w, the Shapley value of a
member of A is w (a - 1)! u! / (a + u)!, that of a member of U is -w a! (u - 1)! / (a + u)!. Summed over leaves
and averaged over the background this is interventional TreeSHAP (Lundberg et al. 2020, From local explanations
to global understanding with explainable AI for trees, Nature Machine Intelligence 2, algorithm 3; as a theorem
on games of two sets of players: Laberge & Pequignot 2022, Understanding Interventional TreeSHAP).

What a leaf gives depends on x through U alone, and on a path of k players there are 2^k such sets. So what the
leaves give is kept in a table by leaf and set, filled as rows ask for it, and most rows only look it up (Nadel &
Wettenstein 2025, From Decision Trees to Boolean Logic: A Fast and Unified SHAP Algorithm).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.distinct import distinct
from xaiweb.core.requests import Progress
from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.core.shapley.leaf_shares import pair_shares, shares
from xaiweb.core.shapley.paths import Bits, Misses, Paths
from xaiweb.core.shapley.solution import heard

BLOCK = 1 << 20
"""Pairs of a node and a row that are looked at together: bounds memory and the time of a step."""

MOST_KEPT = 1 << 26
"""Bytes that are kept for the next explained rows of what the background misses, and as many of what leaves give."""

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

    A generator: it yields between blocks of bounded size, so that whoever drives it can stop it. What only depends
    on the trees and the background is remembered for the next rows, where it isn't too large. The values of a row
    are the same bytes whatever rows are explained together with it.

    Args:
        ensemble: The trees.
        owner: int ``(n_tree_features,)``, the player each tree feature belongs to.
        x: ``(n_tree_features,)``, the explained row as the trees see it, or ``(n_rows, n_tree_features)``, several;
            NaN is a missing value.
        background: ``(n_background, n_tree_features)``.
        n_players: Number of players.
        pairs: Whether to compute the Shapley interaction index of pairs as well (Grabisch & Roubens 1999).

    Returns:
        Values ``(n_players, n_outputs)`` and, of pairs, None or ``(n_players, n_players, n_outputs)``,
        symmetric with a zero diagonal; both in the unit of the leaves. Of several rows, an axis of rows comes first.

    Raises:
        InputError: A path asks more than `paths.MOST_PLAYERS_ON_A_PATH` players.
    """
    others = np.ascontiguousarray(background, dtype=np.float64)
    rows = np.atleast_2d(np.asarray(x, dtype=np.float64))
    blocks = _blocks(ensemble, np.asarray(owner, dtype=np.intp).tobytes(), others.tobytes(), len(others))
    n_outputs = ensemble.weight.shape[1]
    values = np.zeros((len(rows), n_players, n_outputs))
    together = np.zeros((len(rows), n_players * n_players, n_outputs)) if pairs else None
    steps = [(block, part) for block in blocks for part in block.slices(len(rows))]
    for done, (block, part) in enumerate(steps, start=1):
        pausing = Progress(done - 1, len(steps), "steps")
        yield from heard(block.add(rows[part], values[part]), pausing)
        if together is not None:
            yield from heard(block.add_pairs(rows[part], together[part], n_players), pausing)
        yield Progress(done, len(steps), "steps")
    values /= len(others)
    several = np.ndim(x) == 2
    if together is None:
        return values if several else values[0], None
    found = together.reshape(len(rows), n_players, n_players, n_outputs) / len(others)
    found += found.swapaxes(1, 2)  # a pair was met in the order of its path
    return (values, found) if several else (values[0], found[0])


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


@lru_cache(maxsize=2)
def _blocks(ensemble: Ensemble, owner: bytes, background: bytes, n_rows: int) -> tuple[_Trees, ...]:
    """An ensemble against a background, remembered: most often the next row is explained against the same."""
    paths = Paths.of(ensemble, np.frombuffer(owner, dtype=np.intp))
    rows = np.frombuffer(background).reshape(n_rows, -1)
    asked = (paths.players[ensemble.is_leaf] >= 0).sum(axis=1)
    size = paths.players.shape[1]
    sets = np.exp2(asked.astype(np.float64))
    keeps = (np.minimum(sets, n_rows) * (paths.bit.itemsize + 4)).sum() <= MOST_KEPT
    tables = (sets * (8 * size + 1)).sum() <= MOST_KEPT
    number = np.cumsum(ensemble.tree_sizes) // max(1, BLOCK // n_rows)
    parts = np.split(ensemble.roots, np.flatnonzero(np.diff(number)) + 1)
    return tuple(_Trees(ensemble, paths, roots, rows, keeps, tables) for roots in parts)


class _Trees:
    """Some trees of an ensemble against a background."""

    def __init__(
        self,
        ensemble: Ensemble,
        paths: Paths,
        roots: NDArray[np.intp],
        background: NDArray[np.float64],
        keeps: bool,
        tables: bool,
    ) -> None:
        self._ensemble, self._paths, self._roots = ensemble, paths, roots
        self._leaves = paths.leaves(ensemble, roots)
        self._players = paths.players[self._leaves]
        n_rows = max(1, BLOCK // (2 * len(self._leaves)))  # a binary tree has about as many nodes
        self._parts = [background[start : start + n_rows] for start in range(0, len(background), n_rows)]
        self._keeps = keeps
        self._kept: list[Misses] = []
        # Of each output the cells of (leaf, player on its path), by player.
        weight = np.repeat(ensemble.weight[self._leaves], self._players.shape[1], axis=0)
        self._cells = [_Cells(self._players.ravel(), one) for one in weight.T]
        n_sets = np.left_shift(1, (self._players >= 0).sum(axis=1)) if tables else np.zeros(0, dtype=np.intp)
        self._first = np.cumsum(n_sets) - n_sets
        self._known = np.zeros(int(n_sets.sum()), dtype=np.bool_)
        self._table = np.empty((len(self._known), self._players.shape[1]))

    def slices(self, n_rows: int) -> Iterator[slice]:
        """Explained rows that are looked at together."""
        size = max(1, BLOCK // self._players.size)
        return (slice(start, start + size) for start in range(0, n_rows, size))

    def add(self, rows: NDArray[np.float64], values: NDArray[np.float64]) -> Generator[None, None, None]:
        """Add what these trees give to ``values``, ``(n_rows, n_players, n_outputs)``."""
        fails = self._paths.fails(self._ensemble, self._roots, rows)
        given, line = yield from (self._looked_up if len(self._known) else self._computed)(fails)
        # By row, so that a sum runs over one row's cells in the order of its leaves.
        cells = given[line.T].reshape(len(rows), -1)
        for output, wanted in enumerate(self._cells):
            wanted.add(cells, values[:, :, output])

    def add_pairs(
        self, rows: NDArray[np.float64], result: NDArray[np.float64], n_players: int
    ) -> Generator[None, None, None]:
        """Add what these trees give to ordered pairs of players, ``(n_rows, n_players * n_players, n_outputs)``."""
        one, other = np.triu_indices(self._players.shape[1], 1)
        place = np.where(self._players[:, other] >= 0, self._players[:, one] * n_players + self._players[:, other], -1)
        every = np.arange(len(self._leaves))
        for row, mine in zip(rows, result, strict=True):
            fails = self._paths.fails(self._ensemble, self._roots, row[None])[:, 0]
            given = np.zeros(place.shape)
            for misses in self._misses():
                given += pair_shares(self._paths, misses, every, fails)
                yield
            line, column = np.nonzero((place >= 0) & (given != 0))
            where, share, weights = place[line, column], given[line, column], self._ensemble.weight[self._leaves[line]]
            for output in range(mine.shape[1]):
                mine[:, output] += np.bincount(where, share * weights[:, output], minlength=len(mine))

    def _looked_up(self, fails: Bits) -> Generator[None, None, tuple[NDArray[np.float64], NDArray[np.intp]]]:
        """What leaves give, and for each of ``fails`` the line that tells it."""
        line = self._first[:, None] + fails.astype(np.intp)
        asked = line[~self._known[line]]
        if asked.size:
            new = distinct(asked)
            place = np.searchsorted(self._first, new, side="right") - 1
            self._table[new] = yield from self._shares(place, (new - self._first[place]).astype(fails.dtype))
            self._known[new] = True
        return self._table, line

    def _computed(self, fails: Bits) -> Generator[None, None, tuple[NDArray[np.float64], NDArray[np.intp]]]:
        """The same where there is no room for a table: equal sets of a leaf are computed once."""
        order = np.argsort(fails, axis=1, kind="stable")
        ranked = np.take_along_axis(fails, order, axis=1)
        first = np.ones(fails.shape, dtype=np.bool_)
        np.not_equal(ranked[:, 1:], ranked[:, :-1], out=first[:, 1:])
        line = np.empty(fails.shape, dtype=np.intp)
        np.put_along_axis(line, order, np.cumsum(first).reshape(fails.shape) - 1, axis=1)
        place = np.repeat(np.arange(len(fails)), np.count_nonzero(first, axis=1))
        return (yield from self._shares(place, ranked[first])), line

    def _shares(self, place: NDArray[np.intp], sets: Bits) -> Generator[None, None, NDArray[np.float64]]:
        result = np.zeros((len(place), self._players.shape[1]))
        for misses in self._misses():
            result += shares(self._paths, misses, place, sets)
            yield
        return result

    def _misses(self) -> Iterator[Misses]:
        """The sets that background rows miss, part by part."""
        if self._kept:
            yield from self._kept
            return
        found = []
        for rows in self._parts:
            misses = Misses.of(self._paths.fails(self._ensemble, self._roots, rows))
            if self._keeps:
                found.append(misses)
            yield misses
        self._kept = found


class _Cells:
    """The cells of one output by player: whose they are, and the leaf's weight."""

    def __init__(self, players: NDArray[np.intp], weight: NDArray[np.float64]) -> None:
        cells = np.flatnonzero((players >= 0) & (weight != 0))
        self._cells = cells[np.argsort(players[cells], kind="stable")]
        self._weight = weight[self._cells]
        self._players, self._first = np.unique(players[self._cells], return_index=True)

    def add(self, cells: NDArray[np.float64], values: NDArray[np.float64]) -> None:
        """Add weighted cells ``(n_rows, n_cells)`` to the values of their players, ``(n_rows, n_players)``."""
        if len(self._cells):
            values[:, self._players] += np.add.reduceat(cells[:, self._cells] * self._weight, self._first, axis=1)
