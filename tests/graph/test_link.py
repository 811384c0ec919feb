"""Raw scores before the links of ai.onnx.ml: run by onnxruntime, they give the original's probabilities back."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper

from tests.graph.models import build, sigmoid, softmax
from xaiweb.errors import ModelError
from xaiweb.graph.link import last_link, without_link
from xaiweb.graph.model import describe
from xaiweb.graph.value_function import scales, value_function

ROWS = np.array([[x, y] for x in (-1, -0.25, 0, 0.25, 1.5) for y in (-0.5, 0, 0.5)], np.float32)
LABELS: dict[str, Any] = {"classlabels_int64s": [0, 1]}
CLASSES: dict[str, Any] = {"classlabels_int64s": [0, 1, 2]}
node = helper.make_node


def ml(kind: str, outputs: list[str], **given: Any) -> NodeProto:
    return node(kind, ["x"], outputs, kind, domain="ai.onnx.ml", **given)


def classifier(
    transform: str, class_ids: list[int], weights: list[float], labels: dict[str, Any], **more: Any
) -> NodeProto:
    """Two stumps, one per column; each leaf has one weight per class id."""
    n = len(class_ids)
    return ml(
        "TreeEnsembleClassifier", ["label", "p"], post_transform=transform, **labels, **more,
        nodes_treeids=[0, 0, 0, 1, 1, 1], nodes_nodeids=[0, 1, 2] * 2, nodes_featureids=[0, 0, 0, 1, 1, 1],
        nodes_values=[0.0] * 6, nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"] * 2, nodes_truenodeids=[1, 0, 0] * 2,
        nodes_falsenodeids=[2, 0, 0] * 2, class_treeids=np.repeat([0, 1], 2 * n).tolist(),
        class_nodeids=np.tile(np.repeat([1, 2], n), 2).tolist(), class_ids=class_ids * 4, class_weights=weights,
    )  # fmt: skip


def linear(transform: str, coefficients: list[float], intercepts: list[float], **labels: Any) -> NodeProto:
    return ml(
        "LinearClassifier", ["label", "p"], post_transform=transform,
        coefficients=list(map(float, coefficients)), intercepts=list(map(float, intercepts)),
        **(labels or {"classlabels_ints": list(range(max(2, len(intercepts))))}),
    )  # fmt: skip


def model_of(nodes: list[NodeProto], n_outputs: int, **constants: Any) -> ModelProto:
    tensors = {name: np.asarray(value) for name, value in constants.items()}
    source, target = ("x", TensorProto.FLOAT, ["n", 2]), (nodes[-1].output[-1], ["n", n_outputs])
    return build(nodes, tensors, [source], [target], 17, {"": 17, "ai.onnx.ml": 3})


def run(model: ModelProto) -> np.ndarray:
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(model.SerializeToString(), options)
    return np.asarray(session.run(None, {"x": ROWS})[0], dtype=np.float64)


def in_scale(model: ModelProto, scale: str) -> np.ndarray:
    options = ort.SessionOptions()
    options.log_severity_level = 3
    graph = value_function(model, describe(model, 2), scale)
    feeds = {"x": ROWS[:1], "background": ROWS, "masks": np.zeros((1, 2), bool)}
    return np.asarray(ort.InferenceSession(graph.SerializeToString(), options).run(["rows"], feeds)[0], np.float64)


MIXED, POSITIVE = [-1.5, 0.75, 0.25, 1.0], [0.5, 2.0, 0.25, 1.0]
THREE = [0.1, -0.2, 0.3, 1.0, 0.5, -1.0, -0.3, 0.0, 0.7, 0.4, 0.2, 0.1]
SHARES = node("Normalizer", ["p"], ["shares"], domain="ai.onnx.ml", norm="L1")
PAIR = [
    node("MatMul", ["x", "w"], ["m"]),
    node("Sigmoid", ["m"], ["q"]),
    node("Sub", ["one", "q"], ["rest"]),
    node("Concat", ["rest", "q"], ["p"], axis=1),
]
W, ONE = np.array([[1], [-2]], np.float32), np.float32(1)

LINKED: dict[str, tuple[list[NodeProto], int, dict[str, Any], str]] = {
    "trees, one sum": ([classifier("LOGISTIC", [0], MIXED, LABELS)], 2, {}, "Sigmoid"),
    "trees, one sum, never negative": ([classifier("LOGISTIC", [0], POSITIVE, LABELS)], 2, {}, "Sigmoid"),
    "trees, one sum, a base": ([classifier("LOGISTIC", [0], MIXED, LABELS, base_values=[0.3])], 2, {}, "Sigmoid"),
    "trees, words": ([classifier("LOGISTIC", [0], MIXED, {"classlabels_strings": ["no", "yes"]})], 2, {}, "Sigmoid"),
    "trees, two sums": ([classifier("SOFTMAX", [0, 1], MIXED * 2, LABELS)], 2, {}, "Softmax"),
    "trees, three sums": (
        [classifier("SOFTMAX", [0, 1, 2], THREE, CLASSES, base_values=[0.1, 0.2, -0.3])], 3, {}, "Softmax",
    ),
    "trees, one against the rest": ([classifier("LOGISTIC", [0, 1, 2], THREE, CLASSES)], 3, {}, "Sigmoid"),
    "trees, times one": (
        [classifier("LOGISTIC", [0], MIXED, LABELS), node("Mul", ["p", "one"], ["q"])], 2, {"one": ONE}, "Sigmoid",
    ),
    "trees, shares of one": ([classifier("LOGISTIC", [0], MIXED, LABELS), SHARES], 2, {}, "Sigmoid"),
    "linear, opposite scores": ([linear("LOGISTIC", [-1, 2, 1, -2], [0.5, -0.5])], 2, {}, "Sigmoid"),
    "linear, shares": ([linear("LOGISTIC", [-1, 2, 1, -2], [0.5, -0.5]), SHARES], 2, {}, "Sigmoid"),
    "linear, one score": ([linear("LOGISTIC", [1, 2], [0.25])], 2, {}, "Sigmoid"),
    "linear, three scores": ([linear("SOFTMAX", [-1, 2, 1, -2, 0, 3], [0.5, -0.5, 0]), SHARES], 3, {}, "Softmax"),
    "linear, words": (
        [linear("LOGISTIC", [-1, 2, 1, -2], [0.5, -0.5], classlabels_strings=["a", "b"])], 2, {}, "Sigmoid",
    ),
    "a sigmoid and the rest": (PAIR, 2, {"w": W, "one": ONE}, "Sigmoid"),
}  # fmt: skip


@pytest.mark.parametrize("name", LINKED)
def test_the_link_of_the_margin_is_the_output_and_the_logit_its_log_odds(name: str) -> None:
    nodes, n_outputs, constants, kind = LINKED[name]
    model = model_of(nodes, n_outputs, **constants)
    probabilities = run(model)
    assert 0.002 < probabilities.min() < probabilities.max() < 0.999
    assert last_link(model, nodes[-1].output[-1]) == kind
    assert scales(model, describe(model, 2), probability=True) == ("output", "margin", "logit")
    margin = in_scale(model, "margin")
    np.testing.assert_allclose((sigmoid if kind == "Sigmoid" else softmax)(margin), probabilities, atol=2e-7)
    np.testing.assert_allclose(in_scale(model, "logit"), np.log(probabilities / (1 - probabilities)), atol=2e-5)
    np.testing.assert_allclose(in_scale(model, "output"), probabilities, atol=2e-7)


@pytest.mark.parametrize(
    ("nodes", "n_outputs", "constants"),
    [
        ([classifier("NONE", [0], POSITIVE, LABELS)], 2, {}),
        ([classifier("SOFTMAX_ZERO", [0, 1], MIXED * 2, LABELS)], 2, {}),
        ([classifier("SOFTMAX", [0], MIXED, LABELS)], 2, {}),
        ([classifier("LOGISTIC", [0, 1, 2], THREE, CLASSES), SHARES], 3, {}),
        ([linear("NONE", [-1, 2, 1, -2], [0.5, -0.5])], 2, {}),
        ([linear("SOFTMAX", [1, 2], [0.25])], 2, {}),
        ([linear("LOGISTIC", [-1, 2, 1, 3], [0.5, -0.5]), SHARES], 2, {}),
        ([classifier("LOGISTIC", [0], MIXED, LABELS), node("Mul", ["p", "half"], ["q"])], 2, {"half": np.float32(0.5)}),
        ([*PAIR[:3], node("Concat", ["q", "q"], ["p"], axis=1)], 2, {"w": W, "one": ONE}),
        (PAIR, 2, {"w": W, "one": np.float32(2)}),
    ],
    ids=[
        "nothing", "softmax of what isn't 0", "a single sum has no softmax", "shares of unrelated probabilities",
        "scores", "a single score has no softmax", "shares of unrelated scores", "half", "twice the same", "2 - p",
    ],
)  # fmt: skip
def test_other_endings_are_no_links(nodes: list[NodeProto], n_outputs: int, constants: dict[str, Any]) -> None:
    model = model_of(nodes, n_outputs, **constants)
    run(model)
    assert last_link(model, nodes[-1].output[-1]) is None
    with pytest.raises(ModelError) as refusal:
        without_link(model, nodes[-1].output[-1])
    assert refusal.value.code == "scale-margin"


@pytest.mark.parametrize("number", [1, 2])
def test_a_transform_whose_number_onnxruntime_reads_otherwise_is_no_link(number: int) -> None:
    tensor = helper.make_tensor
    trees = ml(
        "TreeEnsemble", ["p"], n_targets=3, post_transform=number, tree_roots=[0], nodes_featureids=[0],
        nodes_modes=tensor("m", TensorProto.UINT8, [1], [0]), nodes_splits=tensor("s", TensorProto.FLOAT, [1], [0.0]),
        nodes_truenodeids=[0], nodes_trueleafs=[1], nodes_falsenodeids=[1], nodes_falseleafs=[1],
        leaf_targetids=[0, 1], leaf_weights=tensor("w", TensorProto.FLOAT, [2], [0.5, -1.0]),
    )  # fmt: skip
    model = build([trees], {}, [("x", TensorProto.FLOAT, ["n", 2])], [("p", ["n", 3])], 17, {"": 17, "ai.onnx.ml": 5})
    run(model)
    assert last_link(model, "p") is None


def test_the_given_model_is_left_alone() -> None:
    model = model_of([classifier("LOGISTIC", [0], MIXED, LABELS), SHARES], 2)
    before = model.SerializeToString(deterministic=True)
    without_link(model, "shares")
    assert model.SerializeToString(deterministic=True) == before
