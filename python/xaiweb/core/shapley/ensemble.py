"""A sum of decision trees, as a table of nodes.

The table of an ensemble, float64 ``(n_nodes, 6 + n_outputs)``, has one row per node and the columns

====== ========== ==========================================================================================
column name       meaning
====== ========== ==========================================================================================
0      feature    index of the tree feature it asks, -1 for a leaf
1, 2   low, high  a value goes to ``yes`` where low <= value <= high (never where one of them is NaN)
3      missing    1 where a missing value (NaN) goes to ``yes``, else 0
4, 5   yes, no    rows of its children; -1 for a leaf
6, ... weight     what a leaf adds to each output; 0 elsewhere
====== ========== ==========================================================================================

Rows that no other row names are roots. A constant is a tree that is one leaf. Nodes that ask for one value each
(low = high) may share their ``yes`` where each is the ``no`` of the one before and asks the same feature: together
they ask whether the value is in a set.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.distinct import distinct
from xaiweb.errors import ModelError

FEATURE, LOW, HIGH, MISSING, YES, NO, WEIGHT = range(7)
"""Columns of the table; weights are the last."""

PREDICTED = 1 << 17
"""Pairs of a row and a tree that are walked together: bounds memory."""


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Decision trees whose leaves add up, as read from their table.

    Attributes:
        feature: int ``(n_nodes,)``, the tree feature asked; 0 at leaves.
        low: ``(n_nodes,)``, least value that goes to ``yes``.
        high: ``(n_nodes,)``, largest value that goes to ``yes``.
        missing: bool ``(n_nodes,)``, whether NaN goes to ``yes``.
        children: int ``(n_nodes, 2)``, no and yes; a leaf is its own child.
        is_leaf: bool ``(n_nodes,)``.
        weight: ``(n_nodes, n_outputs)``, in the unit of the output.
        roots: int ``(n_trees,)``.
        set_number: int ``(n_nodes,)``, which set's members go to ``yes`` as well; 0 is the empty set.
        members: bool ``(n_sets, n_set_values + 1)``, which of the values stand in a set; the last column is empty.
        set_values: ``(n_set_values,)``, every value that stands in some set, ascending.
    """

    feature: NDArray[np.intp]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    missing: NDArray[np.bool_]
    children: NDArray[np.intp]
    is_leaf: NDArray[np.bool_]
    weight: NDArray[np.float64]
    roots: NDArray[np.intp]
    set_number: NDArray[np.intp]
    members: NDArray[np.bool_]
    set_values: NDArray[np.float64]

    @classmethod
    def read(cls, nodes: NDArray[np.float64]) -> Ensemble:
        """The ensemble of a table.

        Raises:
            ModelError: The table doesn't describe trees.
        """
        table = np.asarray(nodes, dtype=np.float64)
        if table.ndim != 2 or table.shape[1] <= WEIGHT or not len(table):
            raise _damaged(f"its shape is {table.shape}")
        is_leaf = table[:, FEATURE] < 0
        own = np.arange(len(table), dtype=np.intp)
        children = np.where(is_leaf[:, None], own[:, None], table[:, [NO, YES]].astype(np.intp))
        named = children[~is_leaf].ravel()
        if named.size and not 0 <= named.min() <= named.max() < len(table):
            raise _damaged("a node's child doesn't exist")
        roots = np.flatnonzero(np.bincount(named, minlength=len(table)) == 0)
        missing = table[:, MISSING] == 1

        # Chains of nodes that share a child become their first node, with a set of values; the others are cut off.
        no, yes = children.T
        single = ~is_leaf & (table[:, LOW] == table[:, HIGH])
        goes_on = single & single[no] & (yes == yes[no]) & (table[:, FEATURE] == table[no, FEATURE])
        follows = np.zeros(len(table), dtype=np.bool_)
        follows[no[goes_on]] = True
        if np.count_nonzero(follows) < np.count_nonzero(goes_on):
            raise _damaged("a node has several parents")
        set_values = distinct(table[goes_on | follows, LOW])
        heads = np.flatnonzero(goes_on & ~follows)
        members = np.zeros((len(heads) + 1, len(set_values) + 1), dtype=np.bool_)
        set_number = np.zeros(len(table), dtype=np.intp)
        set_number[heads] = np.arange(1, len(heads) + 1)
        end = heads.copy()
        while (going := goes_on[end]).any():
            end[going] = no[end[going]]
            members[set_number[heads[going]], np.searchsorted(set_values, table[end[going], LOW])] = True
            missing[heads] |= missing[end]
        children[heads, 0] = no[end]
        if np.bincount(children[~is_leaf & ~follows].ravel(), minlength=1).max() > 1:
            raise _damaged("a node has several parents")

        ensemble = cls(
            feature=np.where(is_leaf, 0, table[:, FEATURE]).astype(np.intp),
            low=table[:, LOW],
            high=table[:, HIGH],
            missing=missing,
            children=children,
            is_leaf=is_leaf,
            weight=np.ascontiguousarray(table[:, WEIGHT:]),
            roots=roots,
            set_number=set_number,
            members=members,
            set_values=set_values,
        )
        if sum(map(len, ensemble.levels)) + np.count_nonzero(goes_on) != len(table):
            raise _damaged("some nodes can't be reached from a root")
        return ensemble

    @cached_property
    def levels(self) -> list[NDArray[np.intp]]:
        """Nodes by depth, the roots first."""
        found = []
        nodes = self.roots
        while nodes.size:
            found.append(nodes)
            nodes = self.children[nodes[~self.is_leaf[nodes]]].ravel()
        return found

    @cached_property
    def tree_sizes(self) -> NDArray[np.intp]:
        """Nodes of each tree, ``(n_trees,)``."""
        tree = np.zeros(len(self.feature), dtype=np.intp)
        tree[self.roots] = np.arange(len(self.roots))
        for nodes in self.levels:
            inner = nodes[~self.is_leaf[nodes]]
            tree[self.children[inner]] = tree[inner, None]
        return np.bincount(tree[np.concatenate(self.levels)], minlength=len(self.roots))

    def goes_to_yes(self, nodes: NDArray[np.intp], values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether these values of the nodes' features go to ``yes``; their shapes broadcast."""
        yes = ((self.low[nodes] <= values) & (values <= self.high[nodes])) | (self.missing[nodes] & np.isnan(values))
        if self.set_values.size:
            place = np.searchsorted(self.set_values, values)
            place[self.set_values.take(place, mode="clip") != values] = -1
            yes |= self.members[self.set_number[nodes], place]
        return yes

    def predict(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum of the leaves that rows reach, ``(n_rows, n_outputs)``.

        Args:
            rows: ``(n_rows, n_tree_features)``.
        """
        result = np.empty((len(rows), self.weight.shape[1]))
        step = max(1, PREDICTED // len(self.roots))
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            nodes = np.broadcast_to(self.roots, (len(part), len(self.roots)))
            for _ in self.levels[1:]:
                values = np.take_along_axis(part, self.feature[nodes], axis=1)
                nodes = self.children[nodes, self.goes_to_yes(nodes, values).astype(np.intp)]
            result[start : start + step] = self.weight[nodes].sum(axis=1)
        return result


def _damaged(what: str) -> ModelError:
    return ModelError(
        f"The table of the trees is damaged: {what}.", where="trees", next="Export the model again.", code="trees-table"
    )
