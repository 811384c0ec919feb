"""Closed forms of real models: equal to the graph row by row, and to the values that shap found for the original."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, StandardScaler

from tests.core.games import every, shapley_by_definition, table_game
from tests.graph.models import build, mlp
from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.core.shapley.trees import shap_values
from xaiweb.graph.closed_form import Linear, Trees, closed_form
from xaiweb.graph.model import describe
from xaiweb.graph.value_function import value_function

GOLDEN = Path(__file__).parents[1] / "golden" / "trees"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.json"))
BY_DEFINITION = ["lightgbm-categories", "sklearn-boosting-3"]

RNG = np.random.default_rng(5)
ROWS = RNG.normal(size=(150, 5)).astype(np.float32)
ROWS[:, 3] = RNG.integers(0, 4, size=150)
TARGET = ROWS[:, 0] * ROWS[:, 1] + (ROWS[:, 3] == 2) * ROWS[:, 2]
SINGLE = [[0], [1], [2], [3], [4]]
TOGETHER = [[0], [1, 2], [4, 3]]


def numbers(nested: Any) -> np.ndarray:
    return np.array(nested, dtype=np.float64)  # null becomes NaN


def finished(generator: Any) -> Any:
    while True:
        try:
            next(generator)
        except StopIteration as stop:
            return stop.value


def run(model: ModelProto, **feeds: np.ndarray) -> list[np.ndarray]:
    options = ort.SessionOptions()
    options.log_severity_level = 3
    return ort.InferenceSession(model.SerializeToString(), options).run(None, feeds)


def values_of(model: ModelProto, scale: str, x: np.ndarray, background: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """The value function's own answers to masks of columns."""
    graph = value_function(model, describe(model, len(x)), scale)
    rows = background.astype(np.float32)
    return run(graph, x=x[None].astype(np.float32), background=rows, masks=masks)[0].astype(np.float64)


def found(model: ModelProto, scale: str, groups: list[list[int]]) -> Linear | Trees | None:
    return closed_form(model, describe(model, sum(map(len, groups))), scale, groups)


@pytest.mark.parametrize("name", NAMES)
def test_trees_give_what_the_graph_gives_and_what_shap_found(name: str) -> None:
    model, golden = onnx.load(GOLDEN / f"{name}.onnx"), json.loads((GOLDEN / f"{name}.json").read_text())
    assert golden["oracle"] == ("definition" if name in BY_DEFINITION else "shap")
    x, background = numbers(golden["x"]), numbers(golden["background"])
    trees = found(model, golden["scale"], [[column] for column in range(6)])
    assert isinstance(trees, Trees)
    assert trees.features is None
    ensemble = Ensemble.read(trees.nodes)
    everything = np.vstack([x, background]).astype(np.float32)
    graph = value_function(model, describe(model, 6), golden["scale"])
    rows = run(graph, x=everything[:1], background=everything, masks=np.zeros((1, 6), bool))[1]
    np.testing.assert_allclose(ensemble.predict(everything.astype(np.float64)), rows, atol=2e-6, rtol=0)

    wanted, base = numbers(golden["values"]), numbers(golden["base_values"])
    last = wanted.shape[2]
    for row, values in zip(x, wanted, strict=True):
        ours, _ = finished(shap_values(ensemble, np.arange(6), row, background, 6))
        np.testing.assert_allclose(ours[:, -last:], values, atol=1e-5, rtol=0)
    np.testing.assert_allclose(ensemble.predict(background).mean(0)[-last:], base, atol=1e-5, rtol=0)


def test_there_are_goldens() -> None:
    assert len(NAMES) == 15


def converted(estimator: Any, rows: np.ndarray = ROWS) -> ModelProto:
    options = {id(estimator): {"zipmap": False}} if hasattr(estimator, "classes_") else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return convert_sklearn(
            estimator,
            initial_types=[("X", FloatTensorType([None, rows.shape[1]]))],
            target_opset={"": 18, "ai.onnx.ml": 3},
            options=options,
        )


def prepared(estimator: Any, numbers_too: Any = None) -> Any:
    columns = [("number", numbers_too or StandardScaler(), [0, 1, 2, 4]), ("level", OneHotEncoder(), [3])]
    return make_pipeline(ColumnTransformer(columns), estimator)


@pytest.mark.parametrize("groups", [SINGLE, TOGETHER], ids=["single", "grouped"])
@pytest.mark.parametrize(
    ("estimator", "scale"),
    [
        (prepared(GradientBoostingClassifier(n_estimators=6)), "margin"),
        (prepared(GradientBoostingClassifier(n_estimators=6)), "logit"),
        (prepared(RandomForestRegressor(5, max_depth=5, random_state=0)), "output"),
    ],
    ids=["margin", "logit", "output"],
)
def test_trees_behind_preprocessing_equal_every_coalition(estimator: Any, scale: str, groups: list[list[int]]) -> None:
    estimator.fit(ROWS, TARGET if scale == "output" else TARGET > 0)
    model = converted(estimator)
    trees = found(model, scale, groups)
    assert isinstance(trees, Trees)
    assert trees.features is not None
    x, background = ROWS[0], ROWS[10:19]
    seen = run(trees.features, rows=np.vstack([x, background]))[0].astype(np.float64)
    player_of = {column: player for player, columns in enumerate(groups) for column in columns}
    owner = np.array([player_of[column] for column in trees.columns])
    values, _ = finished(shap_values(Ensemble.read(trees.nodes), owner, seen[0], seen[1:], len(groups)))
    masks = np.array([[mask[player_of[c]] for c in range(5)] for mask in every(len(groups))])
    game = values_of(model, scale, x, background, masks)
    np.testing.assert_allclose(values, shapley_by_definition(table_game(game), len(groups)), atol=1e-5, rtol=0)
    assert np.abs(values).max() > 0.01


@pytest.mark.parametrize("groups", [SINGLE, TOGETHER], ids=["single", "grouped"])
@pytest.mark.parametrize(
    ("estimator", "scale"),
    [
        (prepared(LogisticRegression()), "margin"),
        (prepared(LogisticRegression()), "logit"),
        (prepared(LinearRegression()), "output"),
        (make_pipeline(StandardScaler(), LogisticRegression()), "margin"),
    ],
    ids=["margin", "logit", "output", "scaled"],
)
def test_a_linear_model_is_what_its_players_add_one_by_one(estimator: Any, scale: str, groups: list[list[int]]) -> None:
    estimator.fit(
        ROWS, TARGET if scale == "output" else np.digitize(TARGET, [-0.5, 0.5]) if scale == "margin" else TARGET > 0
    )
    model = converted(estimator)
    assert isinstance(found(model, scale, groups), Linear)
    player_of = {column: player for player, columns in enumerate(groups) for column in columns}
    masks = np.array([[mask[player_of[c]] for c in range(5)] for mask in every(len(groups))])
    game = values_of(model, scale, ROWS[0], ROWS[10:19], masks)
    alone = np.array([game[1 << player] - game[0] for player in range(len(groups))])
    np.testing.assert_allclose(alone, shapley_by_definition(table_game(game), len(groups)), atol=1e-5, rtol=0)


def test_probabilities_and_networks_have_none() -> None:
    classifier = prepared(LogisticRegression()).fit(ROWS, TARGET > 0)
    assert found(converted(classifier), "output", SINGLE) is None
    boosted = prepared(GradientBoostingClassifier(n_estimators=3)).fit(ROWS, TARGET > 0)
    assert found(converted(boosted), "output", SINGLE) is None
    for scale in ("output", "margin", "logit"):
        assert found(mlp().model, scale, [[0], [1], [2], [3]]) is None


def test_a_tree_feature_made_of_two_players_has_none() -> None:
    products = PolynomialFeatures(2, include_bias=False)
    forest = prepared(RandomForestRegressor(5, random_state=0), products).fit(ROWS, TARGET)
    model = converted(forest)
    assert found(model, "output", SINGLE) is None
    assert isinstance(found(model, "output", [[0, 1, 2, 4], [3]]), Trees)
    linear = prepared(LinearRegression(), products).fit(ROWS, TARGET)
    assert found(converted(linear), "output", SINGLE) is None
    assert isinstance(found(converted(linear), "output", [[0, 1, 2, 4], [3]]), Linear)


def stumps(source: str, target: str, weights: list[float]) -> NodeProto:
    return helper.make_node(
        "TreeEnsembleRegressor", [source], [target], target, domain="ai.onnx.ml", n_targets=2,
        nodes_treeids=[0, 0, 0], nodes_nodeids=[0, 1, 2], nodes_featureids=[0, 0, 0], nodes_values=[0.0, 0.0, 0.0],
        nodes_modes=["BRANCH_LT", "LEAF", "LEAF"], nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0],
        target_treeids=[0] * 4, target_nodeids=[1, 1, 2, 2], target_ids=[0, 1, 0, 1], target_weights=weights,
    )  # fmt: skip


def test_weighted_sums_of_ensembles_with_constants() -> None:
    nodes = [
        stumps("x", "a", [1.0, 2.0, 3.0, 5.0]),
        stumps("x", "b", [-1.0, 0.5, 2.0, 0.0]),
        helper.make_node("Mul", ["half", "a"], ["c"]),
        helper.make_node("Sub", ["c", "b"], ["d"]),
        helper.make_node("Gather", ["d", "second"], ["e"], axis=1),
        helper.make_node("Sub", ["one", "e"], ["f"]),
        helper.make_node("Concat", ["f", "e", "a"], ["g"], axis=1),
        helper.make_node("MatMul", ["g", "mix"], ["h"]),
        helper.make_node("Sum", ["h", "row", "h"], ["i"]),
        helper.make_node("Neg", ["i"], ["j"]),
        helper.make_node("Div", ["j", "half"], ["k"]),
        helper.make_node("Cast", ["k"], ["y"], to=TensorProto.FLOAT),
    ]
    tensors = {
        "half": np.array([0.5, 2], np.float32), "second": np.array([1], np.int64), "one": np.array(1, np.float32),
        "mix": np.array([[1, 0], [0, 2], [1, 1], [0, -1]], np.float32), "row": np.array([[3, -4]], np.float32),
    }  # fmt: skip
    model = build(
        nodes, tensors, [("x", TensorProto.FLOAT, ["n", 3])], [("y", ["n", 2])], 17, {"": 17, "ai.onnx.ml": 3}
    )
    trees = found(model, "output", [[0], [1], [2]])
    assert isinstance(trees, Trees)
    rows = np.array([[-1, 0, 0], [1, 0, 0]], np.float32)
    np.testing.assert_allclose(
        Ensemble.read(trees.nodes).predict(rows.astype(np.float64)), run(model, x=rows)[0], rtol=1e-6
    )


@pytest.mark.parametrize(
    ("nodes", "tensors"),
    [
        ([helper.make_node("Relu", ["a"], ["y"])], {}),
        ([helper.make_node("Mul", ["a", "a"], ["y"])], {}),
        ([helper.make_node("Div", ["one", "a"], ["y"])], {"one": np.ones(1, np.float32)}),
        (
            [
                helper.make_node("Cast", ["a"], ["i"], to=TensorProto.INT64),
                helper.make_node("Cast", ["i"], ["y"], to=TensorProto.FLOAT),
            ],
            {},
        ),
        ([helper.make_node("Add", ["a", "x2"], ["y"])], {}),
        (
            [
                helper.make_node("Exp", ["x2"], ["z"]),
                stumps("z", "b", [1.0, 1.0, 2.0, 2.0]),
                helper.make_node("Add", ["a", "b"], ["y"]),
            ],
            {},
        ),
    ],
    ids=["relu", "a square", "one over", "whole numbers", "a column added", "two sources"],
)  # fmt: skip
def test_other_functions_of_trees_have_none(nodes: list[NodeProto], tensors: dict[str, np.ndarray]) -> None:
    before = [helper.make_node("Gather", ["x", "two"], ["x2"], axis=1), stumps("x", "a", [1.0, 2.0, 3.0, 5.0])]
    tensors = {"two": np.array([0, 1], np.int64), **tensors}
    inputs, outputs = [("x", TensorProto.FLOAT, ["n", 3])], [("y", ["n", 2])]
    model = build(before + nodes, tensors, inputs, outputs, 17, {"": 17, "ai.onnx.ml": 3})
    run(model, x=np.ones((2, 3), np.float32))
    assert found(model, "output", [[0], [1], [2]]) is None
