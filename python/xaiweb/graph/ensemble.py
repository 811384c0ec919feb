"""One tree operator of ai.onnx.ml, of any version, as a table of nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, numpy_helper

from xaiweb.graph.rowwise import attributes, kind_of

Numbers = NDArray[np.float64]

CLASSIFIER, REGRESSOR, ENSEMBLE = "ml.TreeEnsembleClassifier", "ml.TreeEnsembleRegressor", "ml.TreeEnsemble"

_MODES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "BRANCH_MEMBER")
_AGGREGATES = ("AVERAGE", "SUM", "MIN", "MAX")
"""The numbers by which TreeEnsemble names modes and aggregates."""


@dataclass(frozen=True, eq=False)
class Ensemble:
    """The trees of one node.

    Attributes:
        source: The tensor it reads.
        target: The tensor it writes its scores to.
        nodes: The table described in core/shapley/ensemble.py, its weights one per target.
        transform: The ``post_transform``, done last.
        scores: ``(n_targets + 1, n_outputs)``: before the transform the outputs are the sums of the targets times
            the first rows, plus the last row.
    """

    source: str
    target: str
    nodes: Numbers
    transform: str
    scores: Numbers

    @property
    def is_pair(self) -> bool:
        """Whether one sum stands behind two scores."""
        return self.scores.shape[1] == 2 and not self.scores[1].any()


def transform_of(node: NodeProto) -> str | None:
    """The ``post_transform`` of a tree ensemble, in words; None for other operators."""
    kind, given = kind_of(node), attributes(node)
    if kind == ENSEMBLE:
        # Its other numbers mean one thing in ONNX and another in onnxruntime, which swaps SOFTMAX and LOGISTIC.
        return "NONE" if given.get("post_transform", 0) == 0 else "UNCLEAR"
    return str(given.get("post_transform", "NONE")) if kind in (CLASSIFIER, REGRESSOR) else None


def read_ensemble(node: NodeProto) -> Ensemble | None:
    """The trees of a node; None for other operators, and where the trees don't add up as onnxruntime runs them."""
    kind, given, transform = kind_of(node), attributes(node), transform_of(node)
    if transform is None:
        return None
    if kind == ENSEMBLE:
        aggregate = _AGGREGATES[given.get("aggregate_function", 1)]
        nodes = _indexed_nodes(given)
        scores: Numbers | None = np.eye(nodes.shape[1] - 5, nodes.shape[1] - 6)
    else:
        aggregate = given.get("aggregate_function", "SUM")
        nodes = _keyed_nodes(given, "class" if kind == CLASSIFIER else "target")
        scores = _class_scores(given, transform) if kind == CLASSIFIER else _target_scores(given)
    if scores is None or aggregate not in ("SUM", "AVERAGE") or not _is_forest(nodes):
        return None
    if aggregate == "AVERAGE":
        inner = nodes[:, 0] >= 0
        nodes[:, 6:] /= len(nodes) - len(np.unique(nodes[inner, 4:6]))  # the nodes that are nobody's children
    if scores.shape[1] == 1 and transform in ("LOGISTIC", "SOFTMAX"):
        transform = "NONE"  # onnxruntime leaves a single score as it is
    return Ensemble(node.input[0], node.output[-1], nodes, transform, scores)


def _is_forest(nodes: Numbers) -> bool:
    """Whether no node has two parents, but for where a set is asked value by value (core/shapley/ensemble.py)."""
    inner = nodes[:, 0] >= 0
    no = nodes[inner, 5].astype(np.intp)
    asks, then = nodes[inner], nodes[no]
    single = (asks[:, 1] == asks[:, 2]) & (then[:, 0] >= 0) & (then[:, 1] == then[:, 2])
    goes_on = single & (asks[:, 4] == then[:, 4]) & (asks[:, 0] == then[:, 0])
    parents = np.bincount(nodes[inner, 4:6].astype(np.intp).ravel(), minlength=len(nodes))
    shared = np.bincount(asks[goes_on, 4].astype(np.intp), minlength=len(nodes))
    return bool((parents - shared <= 1).all())


def _target_scores(given: dict[str, Any]) -> Numbers | None:
    """As onnxruntime scores targets: of several, only those that a row's leaves name get their base value."""
    n_targets = given.get("n_targets", 1)
    base = _numbers(given, "base_values").astype(np.float64)
    if not len(base):
        base = np.zeros(n_targets)
    named = _always_named(given, "target", n_targets)
    if len(base) != n_targets or (n_targets > 1 and (base[~named] != 0).any()):
        return None
    return np.vstack([np.eye(n_targets), base])


def _class_scores(given: dict[str, Any], transform: str) -> Numbers | None:
    """As onnxruntime scores classes (``tree_ensemble_aggregator.h``, ``write_scores`` in ``ml_common.h``).

    Two classes of which only the first is given weights are a binary model: the sum m is the second class's score,
    and the first's is -m; 1 - m where no weight is negative and nothing is done to the scores.
    """
    n_classes = _n_classes(given)
    base = _numbers(given, "base_values").astype(np.float64)
    scored = set(given["class_ids"])
    if n_classes > 2:
        return np.vstack([np.eye(n_classes), base if len(base) else np.zeros(n_classes)])
    if n_classes == 2 and not len(base) and _always_named(given, "class", 2).all():
        return np.eye(3, 2)
    if n_classes < 2 or scored != {0} or len(base) > 1 or transform not in ("NONE", "LOGISTIC"):
        return None  # how onnxruntime scores these isn't a sum, or isn't what their writer can have meant
    shares = transform == "NONE" and bool((_numbers(given, "class_weights") >= 0).all())
    start = base[0] if len(base) else 0.0
    return np.array([[-1.0, 1.0], [0.0, 0.0], [shares - start, start]])


def _n_classes(given: dict[str, Any]) -> int:
    return len(given.get("classlabels_int64s") or given.get("classlabels_strings") or ())


def _always_named(given: dict[str, Any], kind: str, n_targets: int) -> NDArray[np.bool_]:
    """Which targets every row's leaves name, because all leaves of some tree do, ``(n_targets,)``."""
    leaf = np.array([mode == b"LEAF" for mode in given["nodes_modes"]])
    trees, n_leaves = np.unique(_integers(given, "nodes_treeids")[leaf], return_counts=True)
    named = np.stack([_integers(given, f"{kind}_{name}") for name in ("treeids", "ids", "nodeids")], axis=1)
    names, n_named = np.unique(np.unique(named, axis=0)[:, :2], axis=0, return_counts=True)
    everywhere = n_named == n_leaves[np.searchsorted(trees, names[:, 0])]
    return np.isin(np.arange(n_targets), names[everywhere, 1])


def _keyed_nodes(given: dict[str, Any], kind: str) -> Numbers:
    """The nodes of TreeEnsembleClassifier and -Regressor, which are named by tree and number."""
    n_targets = _n_classes(given) if kind == "class" else given.get("n_targets", 1)
    tree, number = _integers(given, "nodes_treeids"), _integers(given, "nodes_nodeids")
    span = int(number.max(initial=0)) + 1
    order = np.argsort(tree * span + number)
    keys = (tree * span + number)[order]

    def rows(trees: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.intp]:
        """Where these nodes stand in the table."""
        return order[np.searchsorted(keys, trees * span + numbers)]

    modes = [mode.decode() for mode in given["nodes_modes"]]
    inner = np.array([mode != "LEAF" for mode in modes])
    nodes = np.zeros((len(tree), 6 + n_targets))
    nodes[:, [0, 4, 5]] = -1
    nodes[inner, 0] = _integers(given, "nodes_featureids")[inner]
    nodes[inner, 4] = rows(tree[inner], _integers(given, "nodes_truenodeids")[inner])
    nodes[inner, 5] = rows(tree[inner], _integers(given, "nodes_falsenodeids")[inner])
    if given.get("nodes_missing_value_tracks_true"):
        nodes[inner, 3] = _integers(given, "nodes_missing_value_tracks_true")[inner]
    _set_conditions(nodes, modes, _numbers(given, "nodes_values"))
    place = rows(_integers(given, f"{kind}_treeids"), _integers(given, f"{kind}_nodeids"))
    np.add.at(
        nodes, (place, 6 + _integers(given, f"{kind}_ids")), _numbers(given, f"{kind}_weights").astype(np.float64)
    )
    nodes[inner, 6:] = 0  # a weight that isn't at a leaf is never reached
    return nodes


def _indexed_nodes(given: dict[str, Any]) -> Numbers:
    """The nodes of TreeEnsemble, whose inner nodes and leaves are numbered apart; a set is asked value by value."""
    codes, splits = _numbers(given, "nodes_modes"), _numbers(given, "nodes_splits")
    members = _members(codes, _numbers(given, "membership_values"))
    feature, missing = given["nodes_featureids"], given.get("nodes_missing_value_tracks_true") or [0] * len(codes)
    weights = _numbers(given, "leaf_weights")
    blank = [0.0] * given.get("n_targets", 1)
    rows: list[list[float]] = []
    modes: list[str] = []
    values: list[Any] = []
    waiting: list[tuple[int, bool, list[int], int]] = [(root, False, [], 0) for root in given["tree_roots"]]
    while waiting:
        index, is_leaf, parents, side = waiting.pop()
        for parent in parents:
            rows[parent][side] = len(rows)
        if is_leaf:
            rows.append([-1, 0, 0, 0, -1, -1, *blank])
            rows[-1][6 + given["leaf_targetids"][index]] = float(weights[index])
            modes.append("LEAF")
            values.append(0)
            continue
        mode, asked = _MODES[codes[index]], [splits[index]]
        if mode == "BRANCH_MEMBER":
            mode, asked = "BRANCH_EQ", list(members[index])
        own = list(range(len(rows), len(rows) + len(asked)))
        rows += [[feature[index], 0, 0, missing[index], -1, row + 1, *blank] for row in own]
        modes += [mode] * len(asked)
        values += asked
        waiting.append((given["nodes_falsenodeids"][index], bool(given["nodes_falseleafs"][index]), own[-1:], 5))
        waiting.append((given["nodes_truenodeids"][index], bool(given["nodes_trueleafs"][index]), own, 4))
    nodes = np.array(rows, dtype=np.float64)
    _set_conditions(nodes, modes, np.array(values, dtype=splits.dtype))
    return nodes


def _members(codes: NDArray[Any], values: NDArray[Any]) -> dict[int, NDArray[Any]]:
    """The set of each node that asks for membership; in the operator, sets are ended by NaN."""
    ends = np.flatnonzero(np.isnan(values))
    sets = [part[~np.isnan(part)] for part in np.split(values, ends)]
    asking = np.flatnonzero(codes == _MODES.index("BRANCH_MEMBER"))
    return {int(node): found if len(found) else np.array([np.nan]) for node, found in zip(asking, sets, strict=False)}


def _set_conditions(nodes: Numbers, modes: Sequence[str], values: NDArray[Any]) -> None:
    """Write each node's condition as an interval, in place.

    ``values`` have the type they are compared in: below a float32 threshold ends at the float32 before it.
    """
    mode = np.array(modes)
    up, down = (np.nextafter(values, values.dtype.type(end)).astype(np.float64) for end in (np.inf, -np.inf))
    up[values == np.inf] = down[values == -np.inf] = np.nan  # nothing lies beyond
    at = values.astype(np.float64)
    nodes[:, 1] = np.select(
        [mode == "BRANCH_GTE", mode == "BRANCH_GT", np.isin(mode, ["BRANCH_EQ", "BRANCH_NEQ"])], [at, up, at], -np.inf
    )
    nodes[:, 2] = np.select([mode == "BRANCH_LT", np.isin(mode, ["BRANCH_GTE", "BRANCH_GT"])], [down, np.inf], at)
    unequal = mode == "BRANCH_NEQ"
    nodes[unequal, 4:6] = nodes[unequal][:, [5, 4]]
    nodes[unequal, 3] = 0  # NaN is unequal to everything
    nodes[mode == "LEAF", 1:4] = 0


def _integers(given: dict[str, Any], name: str) -> NDArray[np.int64]:
    return np.asarray(given.get(name, []), dtype=np.int64)


def _numbers(given: dict[str, Any], name: str) -> NDArray[Any]:
    """Numbers in the type they are compared in: a list of floats is float32, a tensor says it itself."""
    for found in (given.get(name), given.get(f"{name}_as_tensor")):
        if isinstance(found, TensorProto):
            return np.asarray(numpy_helper.to_array(found))
    return np.asarray(given.get(name, []), dtype=np.float32)
