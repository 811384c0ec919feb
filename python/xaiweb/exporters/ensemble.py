"""A sum of decision trees as one TreeEnsembleRegressor node, whichever library grew them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from xaiweb.exporters.nodes import Graph, Matrix, Numbers, unknown

CODES_AFTER_THE_KNOWN = 2
"""A table over a category's codes has two more rows: one for unknown codes, and last one for a missing value."""


Comparison = Literal["float32 <=", "float32 <", "float64 <="]
"""How a library tells that a number goes left: what it rounds the number to, and how it compares."""


class Trees:
    """Decision trees whose leaves are added up, output by output, on top of ``base``.

    A row goes left where its feature is at most the threshold. A split by category gets a feature of its own, which
    is 0 for the categories that go left and 1 for the others, so that every split has that one form.

    Args:
        n_features: Columns of the matrix the trees read.
        base: What every row starts from, (n_outputs,).
        comparison: By which a number goes left.
    """

    def __init__(self, n_features: int, base: Sequence[float] | NDArray[Any], comparison: Comparison) -> None:
        self.n_features = n_features
        self.comparison: Comparison = comparison
        self.base = np.atleast_1d(np.asarray(base, np.float64))
        self._splits: dict[tuple[int, bytes], int] = {}
        self._nodes: dict[str, list[Any]] = {
            key: [] for key in ("treeids", "nodeids", "featureids", "values", "truenodeids", "falsenodeids")
        }
        self._missing: list[int] = []
        self._leaves: list[tuple[int, int, NDArray[np.float64]]] = []  # tree, node, what it adds
        self._n_trees = 0

    @property
    def n_outputs(self) -> int:
        """Numbers per row."""
        return len(self.base)

    def add(
        self,
        feature: NDArray[Any],
        threshold: NDArray[Any],
        left: NDArray[Any],
        right: NDArray[Any],
        missing_left: NDArray[Any],
        values: NDArray[Any],
    ) -> None:
        """Add one tree; all arrays run over its nodes, the root first.

        Args:
            feature: Column compared, or what `category` gave.
            threshold: What the column is compared with, float64.
            left: Node for values up to the threshold; negative at a leaf.
            right: Node for the others.
            missing_left: Whether a missing value goes left.
            values: What a leaf adds, (n_nodes, n_outputs); ignored elsewhere.
        """
        tree, self._n_trees = self._n_trees, self._n_trees + 1
        leaf = np.asarray(left) < 0
        inner = ~leaf
        self._nodes["treeids"] += [tree] * len(leaf)
        self._nodes["nodeids"] += range(len(leaf))
        self._nodes["featureids"] += np.where(inner, feature, 0).astype(int).tolist()
        self._nodes["values"] += np.where(inner, threshold, 0).tolist()
        self._nodes["truenodeids"] += np.where(inner, left, 0).astype(int).tolist()
        self._nodes["falsenodeids"] += np.where(inner, right, 0).astype(int).tolist()
        self._missing += (np.asarray(missing_left, bool) & inner).astype(int).tolist()
        self._leaves += [(tree, int(node), np.asarray(values[node], np.float64)) for node in np.flatnonzero(leaf)]

    def category(self, column: int, goes_left: NDArray[np.bool_]) -> int:
        """The feature that splits ``column`` by category; compare it with 0.5.

        Args:
            column: Of the matrix; it holds codes 0, 1, 2 ...
            goes_left: For each known code, then for an unknown one, then for a missing value.
        """
        key = (column, np.asarray(goes_left, bool).tobytes())
        return self._splits.setdefault(key, self.n_features + len(self._splits))

    def write(self, graph: Graph, matrix: Matrix, mix: NDArray[Any] | None = None) -> Matrix:
        """Add the trees to ``graph``; the value with their sums, one column per output.

        Args:
            graph: Where the node is added.
            matrix: The node's input.
            mix: (n_outputs, n_mixed): the sums are multiplied by it, which is done in the leaves.
        """
        weights = np.eye(self.n_outputs) if mix is None else np.asarray(mix, np.float64)
        base = self.base @ weights
        target: dict[str, list[Any]] = {key: [] for key in ("treeids", "nodeids", "ids", "weights")}
        for tree, node, values in self._leaves:
            mixed = values @ weights
            for output in np.flatnonzero(mixed) if mixed.any() else [0]:
                entry = (tree, node, int(output), float(mixed[output]))
                for key, item in zip(target, entry, strict=True):
                    target[key].append(item)
        leaves = {(tree, node) for tree, node, _ in self._leaves}
        nodes = zip(self._nodes["treeids"], self._nodes["nodeids"], strict=True)
        missing = {"nodes_missing_value_tracks_true": self._missing} if any(self._missing) else {}
        if self._splits:
            matrix = graph.plain(matrix)
        sums = graph.add(
            "TreeEnsembleRegressor",
            self._with_categories(graph, matrix.name),
            domain="ai.onnx.ml",
            n_targets=len(base),
            base_values=base.tolist(),
            nodes_modes=["LEAF" if node in leaves else "BRANCH_LEQ" for node in nodes],
            **{f"nodes_{key}": values for key, values in (self._nodes | {"values": self._thresholds(matrix)}).items()},
            **{f"target_{key}": values for key, values in target.items()},
            **missing,
        )
        return unknown(sums, len(base))

    def _thresholds(self, matrix: Matrix) -> list[float]:
        """The thresholds in float32, for a matrix that may not have been scaled yet."""
        of = np.array(self._nodes["featureids"])
        result = np.array(self._nodes["values"])
        for j, column in enumerate(matrix.columns):
            result[of == j] = _raw(result[of == j], column, self.comparison)
        return [float(value) for value in result]

    def _with_categories(self, graph: Graph, matrix: str) -> str:
        """The matrix with a column appended for each split by category."""
        parts = [matrix]
        columns = sorted({column for column, _ in self._splits})
        order: list[int] = []
        for column in columns:
            splits = [
                (feature, np.frombuffer(goes, bool)) for (of, goes), feature in self._splits.items() if of == column
            ]
            n_codes = max(len(goes) for _, goes in splits)
            table = np.stack([~_widened(goes, n_codes) for _, goes in splits], axis=1).astype(np.float32)
            parts.append(graph.add("Gather", table, _code(graph, matrix, column, len(table)), axis=0))
            order += [feature - self.n_features for feature, _ in splits]
        if not columns:
            return matrix
        wide = graph.add("Concat", *parts, axis=1)
        if order == sorted(order):
            return wide
        places = [*range(self.n_features), *(self.n_features + np.argsort(order))]
        return graph.add("Gather", wide, np.array(places, np.int64), axis=1)


def _raw(threshold: NDArray[np.float64], column: Numbers, comparison: Comparison) -> NDArray[np.float32]:
    """Thresholds to compare a column's own float32 numbers with, as the library compares its scaled ones.

    Every number of the data stays on its side: it may be a float64 one (0.1 is above 0.1 in float32), lie on the
    threshold, or be carried over it by the last bit of the scaling.
    """
    exact = threshold / column.factor + column.centre
    strict = comparison == "float32 <"
    found = _down(np.nextafter(exact, -np.inf) if strict else exact)
    if column.values is None or not len(column.values):
        return found
    scaled = (column.values - column.centre) * column.factor
    if comparison != "float64 <=":
        scaled = scaled.astype(np.float32)
    elif column.factor != 1:
        threshold = threshold + 1e-14 * np.abs(threshold)  # the scaling's own last bit
    n_left = np.searchsorted(scaled, threshold, side="left" if strict else "right")
    short = column.values.astype(np.float32)
    least = np.append(-np.inf, short)[n_left].astype(np.float32)
    most = np.append(np.nextafter(short, np.float32(-np.inf)), np.inf)[n_left].astype(np.float32)
    return np.maximum(np.minimum(found, most), least)


def _down(numbers: NDArray[np.float64]) -> NDArray[np.float32]:
    """The largest float32 that isn't above each number: x <= it says the same for every float32 x."""
    with np.errstate(over="ignore"):
        rounded = numbers.astype(np.float32)
    return np.where(rounded > numbers, np.nextafter(rounded, np.float32(-np.inf)), rounded)


def _code(graph: Graph, matrix: str, column: int, n_table: int) -> str:
    """The row of a category's table for each row of ``matrix``, int64 (n_rows,)."""
    n_known = n_table - CODES_AFTER_THE_KNOWN
    value = graph.add("Gather", matrix, np.array(column, np.int64), axis=1)
    missing = graph.add("IsNaN", value)
    # A code below 0 is -1, which is the table's last row, as for a missing value; one above the known ones, n_known.
    known = graph.add("Clip", value, np.float32(-1), np.float32(n_known))
    return graph.add("Cast", graph.add("Where", missing, np.float32(-1), known), to=graph.INT64)


def _widened(goes_left: NDArray[np.bool_], n_codes: int) -> NDArray[np.bool_]:
    """The same split over more codes, all of them unknown to it."""
    known, (unknown, missing) = goes_left[:-CODES_AFTER_THE_KNOWN], goes_left[-CODES_AFTER_THE_KNOWN:]
    return np.concatenate([known, np.full(n_codes - len(goes_left), unknown), [unknown, missing]])
