"""ONNX files as users bring them, from the file to an explanation that follows from the definition."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from math import factorial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

import xaiweb
from tests.graph.models import OPSETS, mlp
from xaiweb.errors import ModelError

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(60, 4)).astype(np.float32)
TARGET = (ROWS @ [1, -1, 0.5, 0] > 0).astype(int)


def by_definition(forward: Callable[[np.ndarray], np.ndarray], x: np.ndarray, background: np.ndarray) -> np.ndarray:
    d = len(x)

    def value(kept: tuple[int, ...]) -> np.ndarray:
        rows = background.copy()
        rows[:, list(kept)] = x[list(kept)]
        return np.asarray(forward(rows), np.float64).mean(axis=0)

    phi = []
    for i in range(d):
        others = [j for j in range(d) if j != i]
        subsets = [kept for size in range(d) for kept in itertools.combinations(others, size)]
        phi.append(
            sum(
                factorial(len(kept)) * factorial(d - len(kept) - 1) / factorial(d) * (value((*kept, i)) - value(kept))
                for kept in subsets
            )
        )
    return np.array(phi)


def explained(model: ModelProto, forward: Callable[[np.ndarray], np.ndarray], folder: Path) -> Any:
    """The bundle of a file, after comparing predictions and values with the definition."""
    onnx.save(model, folder / "model.onnx")
    bundle = xaiweb.export(
        folder / "model.onnx", background=ROWS[:20], background_kind="given", out=folder / "bundle", report=None
    )
    explainer = xaiweb.open(bundle)
    np.testing.assert_allclose(explainer.predict(ROWS[30:40]), forward(ROWS[30:40]), atol=1e-6)
    wanted = by_definition(forward, ROWS[50], ROWS[:20])
    np.testing.assert_allclose(explainer(ROWS[50:51]).values[0].reshape(wanted.shape), wanted, atol=1e-5)
    return bundle


@pytest.mark.parametrize("opset", OPSETS)
def test_any_opset(opset: int, tmp_path: Path) -> None:
    case = mlp(opset)
    explained(case.model, case.forward, tmp_path)


@pytest.mark.parametrize("opset", [9, 20])
@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(),
        RandomForestClassifier(4, random_state=0),
        GradientBoostingClassifier(n_estimators=4, random_state=0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_labels_beside_the_probabilities(estimator: Any, opset: int, tmp_path: Path) -> None:
    estimator.fit(ROWS, TARGET)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = convert_sklearn(
            estimator,
            initial_types=[("X", FloatTensorType([None, None]))],
            target_opset={"": opset, "ai.onnx.ml": 1 if opset < 15 else 3},
            options={id(estimator): {"zipmap": False}},
        )
    assert [value.type.tensor_type.elem_type for value in model.graph.output] == [TensorProto.INT64, TensorProto.FLOAT]
    bundle = explained(model, estimator.predict_proba, tmp_path)
    assert len(bundle.manifest.outputs) == 2


def test_the_newer_tree_ensemble_and_no_other_operator_set(tmp_path: Path) -> None:
    """x1 <= 0.5, then x0 in {1, 3}; a missing value goes with the larger ones."""
    node = helper.make_node(
        "TreeEnsemble",
        ["x"],
        ["y"],
        domain="ai.onnx.ml",
        n_targets=1,
        aggregate_function=1,  # sum
        post_transform=0,
        tree_roots=[0],
        nodes_modes=numpy_helper.from_array(np.array([0, 6], np.uint8), "modes"),  # <=, member of a set
        nodes_featureids=[1, 0],
        nodes_splits=numpy_helper.from_array(np.array([0.5, 0], np.float32), "splits"),
        nodes_truenodeids=[1, 0],
        nodes_trueleafs=[0, 1],
        nodes_falsenodeids=[2, 1],
        nodes_falseleafs=[1, 1],
        membership_values=numpy_helper.from_array(np.array([1, 3, np.nan], np.float32), "members"),
        leaf_targetids=[0, 0, 0],
        leaf_weights=numpy_helper.from_array(np.array([10, 20, 40], np.float32), "weights"),
    )
    graph = helper.make_graph(
        [node],
        "tree",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("ai.onnx.ml", 5)], ir_version=9)
    rows = np.where(np.arange(4) == 0, RNG.integers(0, 5, (60, 1)), ROWS).astype(np.float32)

    def forward(rows: np.ndarray) -> np.ndarray:
        inside = np.where(np.isin(rows[:, 0], [1, 3]), 10.0, 20.0)
        return np.where(rows[:, 1] <= 0.5, inside, 40.0)[:, None]

    onnx.save(model, tmp_path / "tree.onnx")
    bundle = xaiweb.export(
        tmp_path / "tree.onnx", background=rows[:20], background_kind="given", out=tmp_path / "b", report=None
    )
    explainer = xaiweb.open(bundle)
    np.testing.assert_allclose(explainer.predict(rows), forward(rows))
    np.testing.assert_allclose(
        explainer(rows[50:51]).values[0], by_definition(forward, rows[50], rows[:20])[:, 0], atol=1e-5
    )


def test_several_float_outputs_are_named_in_the_refusal(tmp_path: Path) -> None:
    case = mlp()
    case.model.graph.output.append(helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 3]))
    onnx.save(case.model, tmp_path / "m.onnx")
    with pytest.raises(ModelError) as refusal:
        xaiweb.export(tmp_path / "m.onnx", background=ROWS, out=tmp_path / "b", report=None)
    assert '"output", "scores"' in refusal.value.message
    assert "extract_model" in refusal.value.next
    assert not (tmp_path / "b").exists()


def _between(node: onnx.NodeProto, opsets: tuple[tuple[str, int], ...] = (("", 17),)) -> ModelProto:
    """A linear model whose answers pass through one more operator."""
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["a"]), node],
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 1])],
        [numpy_helper.from_array(np.ones((4, 1), np.float32), "w")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid(*opset) for opset in opsets], ir_version=8)


@pytest.mark.parametrize(
    ("node", "opsets", "code"),
    [
        (helper.make_node("RandomNormalLike", ["a"], ["y"]), (("", 17),), "model-not-a-function"),
        # A batch norm without learnt statistics, as left in training mode.
        (
            helper.make_node("MeanVarianceNormalization", ["a"], ["y"], axes=[0]),
            (("", 17),),
            "model-not-a-function",
        ),
        (helper.make_node("Own", ["a"], ["y"], domain="my.domain"), (("", 17), ("my.domain", 1)), "model-failed"),
    ],
)
def test_a_model_that_cannot_be_trusted_is_refused(
    node: onnx.NodeProto, opsets: tuple[tuple[str, int], ...], code: str, tmp_path: Path
) -> None:
    onnx.save(_between(node, opsets), tmp_path / "m.onnx")
    with pytest.raises(ModelError) as refusal:
        xaiweb.export(tmp_path / "m.onnx", background=ROWS, out=tmp_path / "b", report=None)
    assert refusal.value.code == code
    assert not (tmp_path / "b").exists()


def test_a_float64_output_beside_the_float32_one_is_no_label(tmp_path: Path) -> None:
    model = _between(helper.make_node("Cast", ["a"], ["scores"], to=TensorProto.DOUBLE))
    model.graph.output[0].name = "a"
    model.graph.output.append(helper.make_tensor_value_info("scores", TensorProto.DOUBLE, ["n", 1]))
    onnx.save(model, tmp_path / "m.onnx")
    with pytest.raises(ModelError, match='"a", "scores"'):
        xaiweb.export(tmp_path / "m.onnx", background=ROWS, out=tmp_path / "b", report=None)


def test_a_zipmap_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = convert_sklearn(
            LogisticRegression().fit(ROWS, TARGET), initial_types=[("X", FloatTensorType([None, 4]))]
        )
    onnx.save(model, tmp_path / "m.onnx")
    with pytest.raises(ModelError, match="ZipMap") as refusal:
        xaiweb.export(tmp_path / "m.onnx", background=ROWS, out=tmp_path / "b", report=None)
    assert "zipmap=False" in refusal.value.next
