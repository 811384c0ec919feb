"""What is said of a column's players, proved on rows: what isn't named never changes it, and a sum adds up."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import ModelProto, NodeProto, TensorProto, helper

from tests.graph.models import build
from xaiweb.graph.dependence import dependence

OWNER = [0, 1, 2, 2]  # the last two columns are one player's
N = len(OWNER)
node = helper.make_node


def ml(kind: str, inputs: list[str], outputs: list[str], **given_: Any) -> NodeProto:
    return node(kind, inputs, outputs, domain="ai.onnx.ml", **given_)


def model_of(nodes: list[NodeProto], opset: int = 17, **constants: Any) -> ModelProto:
    tensors = {name: np.asarray(value) for name, value in constants.items()}
    return build(
        nodes, tensors, [("x", TensorProto.FLOAT, ["n", N])], [("y", None)], opset, {"": opset, "ai.onnx.ml": 3}
    )


def run(model: ModelProto, rows: np.ndarray) -> np.ndarray:
    options = ort.SessionOptions()
    options.log_severity_level = 3
    answer = ort.InferenceSession(model.SerializeToString(), options).run(None, {"x": rows.astype(np.float32)})[0]
    return np.asarray(answer).astype(np.float64).reshape(len(rows), -1)


def said(model: ModelProto) -> list[str] | None:
    """For each column of y its players, and + for a sum, * where they are mixed; None where nothing is known."""
    known = dependence(model, OWNER).get("y")
    if known is None:
        return None
    columns = known.reshape(len(known), -1).T
    return ["".join(str(player) for player in np.flatnonzero(c[:-1])) + ("*" if c[-1] else "+") for c in columns]


def assert_true(model: ModelProto, claims: list[str] | None, seed: int = 0) -> None:
    """The claims hold on hybrids of random rows."""
    rng = np.random.Generator(np.random.PCG64(seed))
    x, other = (rng.integers(0, 3, size=(30, N)) + rng.choice([0, 0.5], size=(30, N)) for _ in range(2))
    values = run(model, x)
    for column, claim in enumerate(claims or []):
        assert len(claims or []) == values.shape[1]
        own = np.isin(OWNER, [int(player) for player in claim[:-1]])
        np.testing.assert_allclose(
            run(model, np.where(own, x, other))[:, column], values[:, column], rtol=1e-5, atol=1e-5
        )
        if claim.endswith("+"):
            base = run(model, other)[:, column]
            parts = [run(model, np.where(np.array(OWNER) == p, x, other))[:, column] - base for p in set(OWNER)]
            np.testing.assert_allclose(base + sum(parts), values[:, column], rtol=1e-5, atol=1e-5)


def pick(index: str, target: str, axis: int = 1) -> NodeProto:
    return node("Gather", ["x", index], [target], axis=axis)


I64 = np.int64
SCORES = {"coefficients": [-1.0, 0.0, 0.0, 2.0, 1.0, 0.0, 0.0, -2.0], "intercepts": [1.0, 2.0]}
CASES: dict[str, tuple[list[NodeProto], dict[str, Any], list[str]]] = {
    "identity": ([node("Identity", ["x"], ["y"])], {}, ["0+", "1+", "2+", "2+"]),
    "a scale and a shift": (
        [node("Mul", ["x", "a"], ["t"]), node("Sub", ["b", "t"], ["y"])],
        {"a": np.float32([1, 2, 0, 3]), "b": np.float32([[1]])}, ["0+", "1+", "2+", "2+"],
    ),
    "a function of each column": ([node("Exp", ["x"], ["y"])], {}, ["0+", "1+", "2+", "2+"]),
    "one over": (
        [node("Add", ["x", "a"], ["t"]), node("Div", ["a", "t"], ["y"])],
        {"a": np.float32([1])}, ["0+", "1+", "2+", "2+"],
    ),
    "gather and product": (
        [pick("i", "a"), pick("j", "b"), node("Mul", ["a", "b"], ["y"])],
        {"i": I64([0, 2]), "j": I64([1, 3])}, ["01*", "2+"],
    ),
    "the same, added": (
        [pick("i", "a"), pick("j", "b", axis=-1), node("Add", ["a", "b"], ["y"])],
        {"i": I64([0, 2]), "j": I64([1, 3])}, ["01+", "2+"],
    ),
    "one column against all": (
        [pick("i", "a"), node("Add", ["x", "a"], ["y"])],
        {"i": I64([0])}, ["0+", "01+", "02+", "02+"],
    ),
    "weights of zero": (
        [node("MatMul", ["x", "w"], ["y"])],
        {"w": np.float32([[1, 0, 0], [0, 1, 0], [0, 2, 0], [0, 0, 0]])}, ["0+", "12+", "+"],
    ),
    "a function of a sum": (
        [node("Gemm", ["x", "w", "b"], ["t"], transB=1), node("Relu", ["t"], ["y"])],
        {"w": np.float32([[1, 1, 0, 0], [0, 0, 1, -1]]), "b": np.float32([1, 2])}, ["01*", "2+"],
    ),
    "cut and joined": (
        [node("Split", ["x", "sizes"], ["a", "b", "c"], axis=1), node("Concat", ["c", "a"], ["y"], axis=-1)],
        {"sizes": I64([1, 1, 2])}, ["2+", "2+", "0+"],
    ),
    "a slice backwards": (
        [node("Slice", ["x", "from", "to", "axes", "steps"], ["y"])],
        {"from": I64([3]), "to": I64([-9]), "axes": I64([1]), "steps": I64([-1])}, ["2+", "2+", "1+", "0+"],
    ),
    "reshaped and summed": (
        [node("Reshape", ["x", "shape"], ["t"]), node("ReduceSum", ["t", "axis"], ["y"], keepdims=0)],
        {"shape": I64([0, 2, 2]), "axis": I64([2])}, ["01+", "2+"],
    ),
    "the largest": ([node("ReduceMax", ["x"], ["y"], axes=[1])], {}, ["012*"]),
    "flattened and lifted": (
        [node("Unsqueeze", ["x", "axis"], ["t"]), node("Flatten", ["t"], ["y"])],
        {"axis": I64([1])}, ["0+", "1+", "2+", "2+"],
    ),
    "turned behind the rows": (
        [
            node("Reshape", ["x", "shape"], ["t"]), node("Transpose", ["t"], ["u"], perm=[0, 2, 1]),
            node("Flatten", ["u"], ["y"]),
        ],
        {"shape": I64([-1, 2, 2])}, ["0+", "2+", "1+", "2+"],
    ),
    "missing values filled": (
        [node("IsNaN", ["x"], ["nan"]), node("Where", ["nan", "mean", "x"], ["y"])],
        {"mean": np.float32([1, 2, 3, 4])}, ["0+", "1+", "2+", "2+"],
    ),
    "chosen by another column": (
        [pick("i", "a"), node("Greater", ["a", "half"], ["g"]), node("Where", ["g", "x", "half"], ["y"])],
        {"i": I64([0]), "half": np.float32(0.5)}, ["0+", "01*", "02*", "02*"],
    ),
    "a word by its index": (
        [
            pick("i", "a"), node("Cast", ["a"], ["k"], to=TensorProto.INT64),
            node("Reshape", ["k", "flat"], ["f"]), node("Gather", ["words", "f"], ["w"], axis=0),
            node("Reshape", ["w", "upright"], ["u"]),
            ml("OneHotEncoder", ["u"], ["o"], cats_strings=["a", "b", "c"], zeros=1), node("Flatten", ["o"], ["y"]),
        ],
        {"i": I64([1]), "flat": I64([-1]), "upright": I64([-1, 1]), "words": np.array(["a", "b", "c"], object)},
        ["1+", "1+", "1+"],
    ),
    "rows of a table": (
        [
            pick("i", "a"), node("Cast", ["a"], ["k"], to=TensorProto.INT64),
            node("Gather", ["table", "k"], ["y"], axis=0),
        ],
        {"i": I64(1), "table": np.float32([[1, 0], [0, 1], [2, 2]])}, ["1+", "1+"],
    ),
    "a sum, cut down to whole numbers": (
        [
            node("MatMul", ["x", "w"], ["t"]), node("Cast", ["t"], ["i"], to=TensorProto.INT64),
            node("Cast", ["i"], ["y"], to=TensorProto.FLOAT),
        ],
        {"w": np.float32([[0.6, 0], [0.6, 0], [0, 0.6], [0, 0.6]])}, ["01*", "2+"],
    ),
    "a sum as an index": (
        [
            node("MatMul", ["x", "w"], ["t"]), node("Cast", ["t"], ["k"], to=TensorProto.INT32),
            node("Cast", ["k"], ["f"], to=TensorProto.DOUBLE), node("Cast", ["f"], ["l"], to=TensorProto.INT64),
            node("Gather", ["table", "l"], ["g"], axis=0), node("Flatten", ["g"], ["y"]),
        ],
        {"w": np.float32([[1], [1], [0], [0]]), "table": np.float32([0, 5, -1, 7, 3, 2, 9])}, ["01*"],
    ),
    "a sum as a category": (
        [
            node("MatMul", ["x", "w"], ["t"]), ml("OneHotEncoder", ["t"], ["o"], cats_int64s=[1, 2], zeros=1),
            node("Flatten", ["o"], ["y"]),
        ],
        {"w": np.float32([[1], [1], [0], [0]])}, ["01*", "01*"],
    ),
    "a sum, weighed double": (
        [
            node("MatMul", ["x", "w"], ["t"]), node("Cast", ["t"], ["d"], to=TensorProto.DOUBLE),
            node("Cast", ["d"], ["y"], to=TensorProto.FLOAT),
        ],
        {"w": np.float32([[1], [1], [0], [0]])}, ["01+"],
    ),
    "sklearn's scaler and imputer": (
        [
            ml("Imputer", ["x"], ["t"], imputed_value_floats=[0.0], replaced_value_float=1.0),
            ml("Scaler", ["t"], ["y"], offset=[1.0, 2.0, 3.0, 4.0], scale=[1.0, 0.5, 2.0, 3.0]),
        ],
        {}, ["0+", "1+", "2+", "2+"],
    ),
    "shares of a row": ([node("Abs", ["x"], ["t"]), ml("Normalizer", ["t"], ["y"], norm="L1")], {}, ["012*"] * 4),
    "a softmax": ([node("Softmax", ["x"], ["y"])], {}, ["012*"] * 4),
    "a linear regressor": (
        [ml("LinearRegressor", ["x"], ["y"], coefficients=[1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0], targets=2)],
        {}, ["01+", "2+"],
    ),
    "a linear classifier's scores": (
        [ml("LinearClassifier", ["x"], ["l", "y"], classlabels_ints=[0, 1], **SCORES)],
        {}, ["02+", "02+"],
    ),
    "its probabilities": (
        [ml("LinearClassifier", ["x"], ["l", "y"], classlabels_ints=[0, 1], post_transform="SOFTMAX", **SCORES)],
        {}, ["02*", "02*"],
    ),
    "features picked": ([ml("ArrayFeatureExtractor", ["x", "i"], ["y"])], {"i": I64([3, 0])}, ["2+", "0+"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_is_true_and_no_more_than_needed(name: str) -> None:
    nodes, constants, wanted = CASES[name]
    model = model_of(nodes, **constants)
    assert said(model) == wanted
    assert_true(model, wanted)


THERE_AND_BACK = [node("Reshape", ["x", "shape"], ["t"]), node("Reshape", ["t", "back"], ["y"])]


@pytest.mark.parametrize(
    ("nodes", "constants"),
    [
        ([node("CumSum", ["x", "axis"], ["y"])], {"axis": I64(1)}),
        ([node("Transpose", ["x"], ["t"]), node("Exp", ["t"], ["u"]), node("Transpose", ["u"], ["y"])], {}),
        ([node("Softmax", ["x"], ["y"], axis=0)], {}),
        ([node("ReduceMean", ["x"], ["m"], axes=[0]), node("Sub", ["x", "m"], ["y"])], {}),
        ([node("ReduceMax", ["x"], ["m"]), node("Sub", ["x", "m"], ["y"])], {}),
        ([node("Shape", ["x"], ["s"]), node("Reshape", ["x", "s"], ["y"])], {}),
        (THERE_AND_BACK, {"shape": I64([2, -1]), "back": I64([-1, 4])}),
        (THERE_AND_BACK, {"shape": I64([-1, 2]), "back": I64([-1, 4])}),
        (
            [node("Concat", ["x", "x"], ["t"], axis=0), node("Slice", ["t", "a", "b"], ["y"])],
            {"a": I64([30]), "b": I64([60])},
        ),
        ([node("Mul", ["x", "each"], ["y"])], {"each": np.ones((30, 1), np.float32)}),
    ],
    ids=["an unknown operator", "turned", "over rows", "a mean of rows", "over everything", "a shape that is computed",
         "rows split", "rows joined", "rows doubled", "a constant for each row"],
)  # fmt: skip
def test_nothing_is_said_where_rows_meet_or_an_operator_is_unknown(
    nodes: list[NodeProto], constants: dict[str, Any]
) -> None:
    model = model_of(nodes, **constants)
    run(model, np.ones((30, N)))
    assert said(model) is None


STEPS = ["Exp", "scale", "Add", "Mul", "Max", "gather", "concat", "MatMul", "Relu", "Softmax", "ReduceSum", "split"]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.sampled_from(STEPS), min_size=1, max_size=7))
def test_random_graphs(seed: int, steps: list[str]) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    nodes: list[NodeProto] = [node("Tanh", ["x"], ["t0"])]
    constants: dict[str, Any] = {}
    tensors, widths = ["t0"], {"t0": N}
    for number, step in enumerate(steps, start=1):
        a, b = rng.choice(tensors, size=2)
        name, c, width = f"t{number}", f"c{number}", widths[a]
        if step in ("Exp", "Relu", "Softmax"):
            nodes.append(node(step, [a], [name]))
        elif step in ("Add", "Mul", "Max"):
            b = b if widths[b] in (1, width) else a
            nodes.append(node(step, [a, b], [name]))
        elif step == "concat":
            nodes.append(node("Concat", [a, b], [name], axis=1))
            width += widths[b]
        elif step == "ReduceSum":
            constants[c], width = I64([1]), 1
            nodes.append(node(step, [a, c], [name], keepdims=1))
        elif step == "split":
            constants[c], width = I64([1, width - 1] if width > 1 else [1]), max(1, width - 1)
            nodes.append(node("Split", [a, c], [f"u{number}", name][-len(constants[c]) :], axis=1))
        elif step == "gather":
            constants[c], width = rng.integers(0, width, size=2), 2
            nodes.append(node("Gather", [a, c], [name], axis=1))
        else:
            constants[c] = rng.choice([0, 1, -0.5], size=(width, 3) if step == "MatMul" else width).astype(np.float32)
            width = 3 if step == "MatMul" else width
            nodes.append(node("MatMul" if step == "MatMul" else "Mul", [a, c], [name]))
        tensors.append(name)
        widths[name] = width
    nodes.append(node("Tanh" if seed % 2 else "Identity", [tensors[-1]], ["y"]))
    model = model_of(nodes, **constants)
    claims = said(model)
    assert claims is not None
    assert_true(model, claims, seed)
