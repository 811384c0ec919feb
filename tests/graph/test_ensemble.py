"""Tables of tree operators against onnxruntime: every version, mode and post_transform, at and beside thresholds."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import ModelProto, TensorProto, helper

from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.graph.trees import tree_sum

MODES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ")
THRESHOLDS = np.array([-1.5, -0.0, 0.1, 1, 2, 3, np.inf, -np.inf], np.float32)
MEMBERS = np.array([0, 1, 2, 3, 31, 70], np.float32)  # onnxruntime takes only whole numbers into a set


def grown(rng: np.random.Generator, n_trees: int, depth: int, n_features: int) -> list[dict[str, Any]]:
    """Nodes of random trees, each a dict; children are node numbers within the tree."""
    nodes: list[dict[str, Any]] = []

    def grow(tree: int, depth: int) -> int:
        number = sum(node["tree"] == tree for node in nodes)
        node = {"tree": tree, "number": number, "leaf": depth == 0 or (number > 0 and rng.random() < 0.2)}
        nodes.append(node)
        if not node["leaf"]:
            node["feature"] = int(rng.integers(n_features))
            node["mode"] = int(rng.integers(len(MODES)))
            node["value"] = float(rng.choice(THRESHOLDS))
            node["missing"] = int(rng.integers(2))
            node["yes"] = grow(tree, depth - 1)
            node["no"] = grow(tree, depth - 1)
        return number

    for tree in range(n_trees):
        grow(tree, depth)
    return nodes


def keyed(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """The attributes of operator sets 1 to 3."""
    return {
        "nodes_treeids": [node["tree"] for node in nodes],
        "nodes_nodeids": [node["number"] for node in nodes],
        "nodes_modes": ["LEAF" if node["leaf"] else MODES[node["mode"]] for node in nodes],
        "nodes_featureids": [node.get("feature", 0) for node in nodes],
        "nodes_values": [node.get("value", 0.0) for node in nodes],
        "nodes_truenodeids": [node.get("yes", 0) for node in nodes],
        "nodes_falsenodeids": [node.get("no", 0) for node in nodes],
        "nodes_missing_value_tracks_true": [node.get("missing", 0) for node in nodes],
    }


def weighted(nodes: list[dict[str, Any]], kind: str, rng: np.random.Generator, targets: list[int]) -> dict[str, Any]:
    """Weights of the leaves for these targets."""
    leaves = [node for node in nodes if node["leaf"] for _ in targets]
    return {
        f"{kind}_treeids": [node["tree"] for node in leaves],
        f"{kind}_nodeids": [node["number"] for node in leaves],
        f"{kind}_ids": targets * (len(leaves) // len(targets)),
        f"{kind}_weights": rng.normal(size=len(leaves)).astype(np.float32).tolist(),
    }


def model_of(operator: str, version: int, **given: Any) -> ModelProto:
    outputs = ["labels", "scores"] if operator == "TreeEnsembleClassifier" else ["scores"]
    node = helper.make_node(operator, ["rows"], outputs, "trees", domain="ai.onnx.ml", **given)
    graph = helper.make_graph(
        [node], "trees",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", 3])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", None])],
    )  # fmt: skip
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("ai.onnx.ml", version), helper.make_opsetid("", 17)]
    )
    model.ir_version = 8
    return model


def scores(model: ModelProto, rows: np.ndarray) -> np.ndarray:
    options = ort.SessionOptions()
    options.log_severity_level = 3
    answer: np.ndarray = ort.InferenceSession(model.SerializeToString(), options).run(["scores"], {"rows": rows})[0]
    return answer


def edge_rows(rng: np.random.Generator, n: int = 60) -> np.ndarray:
    """Rows at the thresholds, one float32 beside them, and missing."""
    at = rng.choice(THRESHOLDS[:6], size=(n, 3))
    beside = np.nextafter(at, rng.choice([np.float32(-9), np.float32(9)], size=at.shape))
    rows = np.where(rng.random(at.shape) < 0.5, at, beside)
    rows[rng.random(rows.shape) < 0.15] = np.nan
    return rows.astype(np.float32)


def assert_same(model: ModelProto, rows: np.ndarray) -> None:
    trees = tree_sum(model, "scores")
    assert trees is not None
    assert trees.source == "rows"
    predicted = Ensemble.read(trees.nodes).predict(rows.astype(np.float64))
    np.testing.assert_allclose(predicted, scores(model, rows), atol=2e-6, rtol=0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([1, 3]), st.sampled_from(["SUM", "AVERAGE"]), st.booleans())
def test_regressors(seed: int, n_targets: int, aggregate: str, with_base: bool) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    nodes = grown(rng, n_trees=3, depth=4, n_features=3)
    base = {"base_values": rng.normal(size=n_targets).astype(np.float32).tolist()} if with_base else {}
    weights = weighted(nodes, "target", rng, list(range(n_targets)))
    model = model_of(
        "TreeEnsembleRegressor", 3, n_targets=n_targets, aggregate_function=aggregate, **keyed(nodes), **weights, **base
    )
    assert_same(model, edge_rows(rng))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([(2, [0]), (2, [0, 1]), (4, [0, 1, 2, 3])]), st.booleans(), st.booleans())
def test_classifiers(seed: int, classes: tuple[int, list[int]], with_base: bool, positive: bool) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    n_classes, scored = classes
    nodes = grown(rng, n_trees=3, depth=3, n_features=3)
    weights = weighted(nodes, "class", rng, scored)
    if positive:
        weights["class_weights"] = np.abs(weights["class_weights"]).astype(np.float32).tolist()
    base = {} if scored == [0, 1] or not with_base else {"base_values": [0.25] * len(scored)}
    labels = (
        {"classlabels_int64s": list(range(n_classes))}
        if seed % 2
        else {"classlabels_strings": list("abcd")[:n_classes]}
    )
    model = model_of("TreeEnsembleClassifier", 3, **labels, **keyed(nodes), **weights, **base)
    assert_same(model, edge_rows(rng))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([1, 3]), st.sampled_from([0, 1]))
def test_the_newest_operator_and_its_sets(seed: int, n_targets: int, aggregate: int) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    nodes = grown(rng, n_trees=3, depth=3, n_features=3)
    inner, leaves = ([node for node in nodes if node["leaf"] == kind] for kind in (False, True))
    place = {id(node): at for group in (inner, leaves) for at, node in enumerate(group)}
    by_number = {(node["tree"], node["number"]): node for node in nodes}
    members: list[float] = []
    for node in inner:
        if rng.random() < 0.4:
            node["mode"] = 6
            members += [*rng.choice(MEMBERS, size=rng.integers(1, 4), replace=False).tolist(), np.nan]
    children = {side: [by_number[node["tree"], node[side]] for node in inner] for side in ("yes", "no")}
    tensor = helper.make_tensor
    given_ = {
        "n_targets": n_targets,
        "aggregate_function": aggregate,
        "tree_roots": [place[id(node)] for node in inner if node["number"] == 0],
        "nodes_featureids": [node["feature"] for node in inner],
        "nodes_modes": tensor("m", TensorProto.UINT8, [len(inner)], [node["mode"] for node in inner]),
        "nodes_splits": tensor("s", TensorProto.FLOAT, [len(inner)], [node["value"] for node in inner]),
        "nodes_missing_value_tracks_true": [node["missing"] for node in inner],
        "nodes_truenodeids": [place[id(child)] for child in children["yes"]],
        "nodes_trueleafs": [int(child["leaf"]) for child in children["yes"]],
        "nodes_falsenodeids": [place[id(child)] for child in children["no"]],
        "nodes_falseleafs": [int(child["leaf"]) for child in children["no"]],
        "leaf_targetids": rng.integers(0, n_targets, size=len(leaves)).tolist(),
        "leaf_weights": tensor("w", TensorProto.FLOAT, [len(leaves)], rng.normal(size=len(leaves)).tolist()),
    }
    if members:
        given_["membership_values"] = tensor("v", TensorProto.FLOAT, [len(members)], members)
    rows = edge_rows(rng)
    if members:
        rows = np.where(np.isnan(rows), rows, rng.choice([-1, *MEMBERS, 5], size=rows.shape)).astype(np.float32)
    assert_same(model_of("TreeEnsemble", 5, **given_), rows)


STUMP = {
    "nodes_treeids": [0, 0, 0], "nodes_nodeids": [0, 1, 2], "nodes_featureids": [0, 0, 0],
    "nodes_values": [0.5, 0.0, 0.0], "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"],
    "nodes_truenodeids": [1, 0, 0], "nodes_falsenodeids": [2, 0, 0],
}  # fmt: skip


def stump(kind: str, ids: list[int]) -> dict[str, Any]:
    n = len(ids)
    weights = {"treeids": [0] * 2 * n, "nodeids": [1, 2] * n, "ids": sorted(ids * 2), "weights": [-1.0, 2.0] * n}
    return STUMP | {f"{kind}_{name}": value for name, value in weights.items()}


TWO = {"classlabels_int64s": [0, 1]}


@pytest.mark.parametrize(
    ("operator", "given_"),
    [
        ("TreeEnsembleRegressor", stump("target", [0]) | {"n_targets": 1, "aggregate_function": "MIN"}),
        ("TreeEnsembleRegressor", stump("target", [0]) | {"n_targets": 1, "aggregate_function": "MAX"}),
        ("TreeEnsembleRegressor", stump("target", [0, 1]) | {"n_targets": 2, "post_transform": "SOFTMAX"}),
        ("TreeEnsembleClassifier", stump("class", [0]) | TWO | {"post_transform": "LOGISTIC"}),
        ("TreeEnsembleClassifier", stump("class", [0]) | TWO | {"post_transform": "PROBIT"}),
        ("TreeEnsembleClassifier", stump("class", [1]) | TWO),
        ("TreeEnsembleClassifier", stump("class", [0, 1]) | TWO | {"base_values": [0.1, 0.2]}),
        ("TreeEnsembleClassifier", stump("class", [0, 1]) | TWO | {"class_ids": [0, 0, 0, 1]}),
        ("TreeEnsembleRegressor", stump("target", [0]) | {"n_targets": 1, "nodes_falsenodeids": [1, 0, 0]}),
    ],
    ids=[
        "min",
        "max",
        "softmax",
        "logistic",
        "probit",
        "second class alone",
        "base of two classes",
        "a leaf that names one",
        "two ways to a leaf",
    ],
)
def test_what_is_no_sum_of_trees_is_refused(operator: str, given_: dict[str, Any]) -> None:
    model = model_of(operator, 3, **given_)
    scores(model, np.zeros((2, 3), np.float32))  # onnxruntime takes it
    assert tree_sum(model, "scores") is None


@pytest.mark.parametrize("base", [None, [0.25, -0.5, 1.0]])
def test_a_base_value_is_only_given_to_targets_that_leaves_name(base: list[float] | None) -> None:
    names = {"target_treeids": [0, 0], "target_nodeids": [1, 2], "target_ids": [0, 1], "target_weights": [0.5, -1.0]}
    extra = {} if base is None else {"base_values": base}
    model = model_of("TreeEnsembleRegressor", 3, n_targets=3, **STUMP, **names, **extra)
    rows = np.array([[0, 0, 0], [1, 0, 0]], np.float32)
    if base is None:
        assert_same(model, rows)
    else:
        assert scores(model, rows).tolist() == [[0.75, 0, 0], [0, -1.5, 0]]  # so they are no sum
        assert tree_sum(model, "scores") is None


def test_a_regressors_single_sum_has_no_transform_in_onnxruntime() -> None:
    given_ = stump("target", [0]) | {"n_targets": 1, "post_transform": "LOGISTIC"}
    assert_same(model_of("TreeEnsembleRegressor", 3, **given_), np.array([[0, 0, 0], [1, 0, 0]], np.float32))
