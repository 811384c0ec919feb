"""The value-function graph against masking written out in numpy, at every opset and scale."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from tests.graph.models import NEWEST, OPSETS, Case, build, masked, mlp, sigmoid
from xaiweb.errors import ModelError
from xaiweb.graph.model import describe
from xaiweb.graph.value_function import LOGIT_CLIP, scales, value_function

RNG = np.random.default_rng(1)
X = RNG.normal(size=(1, 4)).astype(np.float32)
BACKGROUND = RNG.normal(size=(7, 4)).astype(np.float32)
MASKS = np.array([[0, 0, 0, 0], [1, 1, 1, 1], [1, 0, 1, 0], [0, 1, 1, 1], [0, 0, 0, 1]], dtype=bool)


def run(model: onnx.ModelProto, x=X, background=BACKGROUND, masks=MASKS) -> tuple[np.ndarray, np.ndarray]:
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    values, rows = session.run(["values", "rows"], {"x": x, "background": background, "masks": masks})
    return values, rows


def in_scale(case: Case, scale: str):
    if scale == "margin":
        return case.margin
    if scale == "logit":
        return lambda rows: np.log(case.forward(rows)) - np.log1p(-case.forward(rows))
    return case.forward


@pytest.mark.parametrize("opset", OPSETS)
@pytest.mark.parametrize("scale", ["output", "margin", "logit"])
@pytest.mark.parametrize(("link", "n_outputs"), [("Softmax", 3), ("Sigmoid", 1)])
def test_equals_masking_in_numpy(opset: int, scale: str, link: str, n_outputs: int) -> None:
    case = mlp(opset, link=link, n_outputs=n_outputs)
    values, rows = run(value_function(case.model, describe(case.model, 4), scale))
    wanted_values, wanted_rows = masked(in_scale(case, scale), X, BACKGROUND, MASKS)
    assert values.shape == (5, n_outputs)
    assert rows.shape == (35, n_outputs)
    # the logit of a softmax is only as good as 1 - p is in float32
    tolerance = {"output": 1e-6, "margin": 2e-6, "logit": 2e-5 if link == "Softmax" else 2e-6}[scale]
    np.testing.assert_allclose(values, wanted_values, atol=tolerance, rtol=tolerance)
    np.testing.assert_allclose(rows, wanted_rows, atol=tolerance, rtol=tolerance)


@pytest.mark.parametrize("opset", OPSETS)
def test_equals_the_original_under_onnxruntime_to_1e_6(opset: int) -> None:
    case = mlp(opset)
    original = ort.InferenceSession(value_function(case.model, describe(case.model), "output").SerializeToString())
    plain = ort.InferenceSession(case.model.SerializeToString())
    values = original.run(["values"], {"x": X, "background": BACKGROUND, "masks": MASKS})[0]
    wanted, _ = masked(lambda rows: plain.run(None, {"input": rows})[0], X, BACKGROUND, MASKS)
    np.testing.assert_allclose(values, wanted, atol=1e-6, rtol=0)


@pytest.mark.parametrize("opset", [9, 20])
def test_equals_the_reference_evaluator(opset: int) -> None:
    case = mlp(opset)
    graph = value_function(case.model, describe(case.model), "logit")
    feeds = {"x": X, "background": BACKGROUND, "masks": MASKS}
    values, rows = ReferenceEvaluator(graph).run(["values", "rows"], feeds)
    found_values, found_rows = run(graph)
    np.testing.assert_allclose(found_values, values, atol=1e-5)
    np.testing.assert_allclose(found_rows, rows, atol=1e-5)


@pytest.mark.parametrize(("n_coalitions", "n_background"), [(1, 1), (1, 9), (33, 1), (64, 100)])
def test_any_number_of_coalitions_and_background_rows(n_coalitions: int, n_background: int) -> None:
    case = mlp()
    rng = np.random.default_rng(2)
    background = rng.normal(size=(n_background, 4)).astype(np.float32)
    masks = rng.integers(0, 2, size=(n_coalitions, 4)).astype(bool)
    values, rows = run(value_function(case.model, describe(case.model), "output"), X, background, masks)
    wanted_values, wanted_rows = masked(case.forward, X, background, masks)
    np.testing.assert_allclose(values, wanted_values, atol=1e-6)
    np.testing.assert_allclose(rows, wanted_rows, atol=1e-6)


def test_one_empty_mask_predicts_the_background_rows() -> None:
    case = mlp()
    _, rows = run(value_function(case.model, describe(case.model), "output"), masks=np.zeros((1, 4), bool))
    np.testing.assert_allclose(rows, case.forward(BACKGROUND), atol=1e-6)


def test_a_full_mask_never_sees_the_background() -> None:
    case = mlp()
    unusable = np.full((3, 4), np.nan, np.float32)
    values, _ = run(value_function(case.model, describe(case.model), "output"), X, unusable, np.ones((1, 4), bool))
    np.testing.assert_allclose(values, case.forward(X), atol=1e-6)


def test_logit_is_finite_for_every_probability_in_float32() -> None:
    model = build([helper.make_node("Identity", ["x0"], ["p"])], {}, [("x0", TensorProto.FLOAT, ["n", 1])],
                  [("p", ["n", 1])])  # fmt: skip
    tiny = np.nextafter(np.float32(0), np.float32(1))
    nearly = np.nextafter(np.float32(1), np.float32(0))
    p = np.array([[0], [tiny], [1e-10], [1e-6], [0.5], [nearly], [1]], np.float32)
    _, rows = run(value_function(model, describe(model), "logit"), p[:1], p, np.zeros((1, 1), bool))
    assert np.isfinite(rows).all()
    assert rows[4] == 0
    limit = np.log((1 - float(LOGIT_CLIP)) / float(LOGIT_CLIP))
    np.testing.assert_allclose([rows.min(), rows.max()], [-limit, limit], rtol=1e-6)
    np.testing.assert_allclose(rows[3], np.log(1e-6 / (1 - 1e-6)), rtol=1e-6)


def test_logit_of_a_sigmoid_is_its_score_also_where_float32_rounds_p_to_one() -> None:
    model = build([helper.make_node("Sigmoid", ["x0"], ["p"])], {}, [("x0", TensorProto.FLOAT, ["n", 1])],
                  [("p", ["n", 1])])  # fmt: skip
    scores = np.array([[-200], [-16], [-3], [0], [9.123456], [14.5], [200]], np.float32)
    _, rows = run(value_function(model, describe(model), "logit"), scores[:1], scores, np.zeros((1, 1), bool))
    np.testing.assert_array_equal(rows, scores)


def test_logits_of_a_softmax_over_two_classes_are_the_scores_differences() -> None:
    model = build([helper.make_node("Softmax", ["x0"], ["p"])], {}, [("x0", TensorProto.FLOAT, ["n", 2])],
                  [("p", ["n", 2])])  # fmt: skip
    scores = np.array([[0, 0], [30, -30], [1.5, 2]], np.float32)
    _, rows = run(value_function(model, describe(model), "logit"), scores[:1], scores, np.zeros((1, 2), bool))
    np.testing.assert_array_equal(rows, [[0, 0], [60, -60], [-0.5, 0.5]])


def test_logit_is_taken_of_each_row_before_the_mean() -> None:
    case = mlp(link="Sigmoid", n_outputs=1)
    values, rows = run(value_function(case.model, describe(case.model), "logit"))
    np.testing.assert_allclose(values[:, 0], rows.reshape(5, 7).mean(axis=1), atol=1e-5)
    assert not np.allclose(sigmoid(values[0]), case.forward(BACKGROUND).mean(), atol=1e-4)


@pytest.mark.parametrize(
    ("tail", "opset"),
    [
        ([helper.make_node("Identity", ["linked"], ["output"])], 17),
        ([helper.make_node("Cast", ["linked"], ["output"], to=TensorProto.FLOAT)], 17),
        ([helper.make_node("Flatten", ["linked"], ["flat"]), helper.make_node("Identity", ["flat"], ["output"])], 9),
        ([helper.make_node("Dropout", ["linked"], ["output"])], 17),
    ],
    ids=["identity", "cast", "flatten", "dropout"],
)
def test_margin_is_found_behind_trailing_nodes(tail: list, opset: int) -> None:
    case = mlp(opset, link="Sigmoid", tail=tail)
    info = describe(case.model)
    assert info.ends_in_link
    _, rows = run(value_function(case.model, info, "margin"), masks=np.zeros((1, 4), bool))
    np.testing.assert_allclose(rows, case.margin(BACKGROUND), atol=1e-5)


def test_margin_is_refused_where_there_is_none() -> None:
    for case in (mlp(link=""), mlp(link="Sigmoid", tail=[helper.make_node("Neg", ["linked"], ["output"])])):
        info = describe(case.model)
        assert not info.ends_in_link
        with pytest.raises(ModelError) as refusal:
            value_function(case.model, info, "margin")
        assert refusal.value.code == "scale-margin"


def test_a_softmax_over_rows_is_no_link() -> None:
    nodes = [helper.make_node("Softmax", ["a"], ["b"], axis=0)]
    model = build(nodes, {}, [("a", TensorProto.FLOAT, ["n", 2])], [("b", ["n", 2])])
    assert not describe(model).ends_in_link


def test_an_unknown_scale_is_refused() -> None:
    case = mlp()
    with pytest.raises(ModelError, match="no scale"):
        value_function(case.model, describe(case.model), "odds")


def test_scales_says_what_is_available() -> None:
    linked, bare = mlp(), mlp(link="")
    assert scales(linked.model, describe(linked.model), probability=True) == ("output", "margin", "logit")
    assert scales(linked.model, describe(linked.model), probability=False) == ("output", "margin")
    assert scales(bare.model, describe(bare.model), probability=False) == ("output",)


OURS = ("x", "background", "masks", "values", "rows", "one", "shape/rows", "hybrid/lines", "rows/by_coalition")


@pytest.mark.parametrize("name", OURS)
def test_the_models_own_names_never_meet_ours(name: str) -> None:
    case = mlp(names=(name, f"{name}?"))
    values, _ = run(value_function(case.model, describe(case.model), "output"))
    np.testing.assert_allclose(values, masked(case.forward, X, BACKGROUND, MASKS)[0], atol=1e-6)
    case = mlp(names=(f"{name}?", name))
    values, _ = run(value_function(case.model, describe(case.model), "logit"))
    np.testing.assert_allclose(values, masked(in_scale(case, "logit"), X, BACKGROUND, MASKS)[0], atol=1e-4)


def test_names_inside_an_if_body_follow() -> None:
    then = helper.make_graph(
        [helper.make_node("Mul", ["input", "two"], ["twice"])], "then", [],
        [helper.make_tensor_value_info("twice", TensorProto.FLOAT, None)],
    )  # fmt: skip
    other = helper.make_graph(
        [helper.make_node("Identity", ["input"], ["same"])], "else", [],
        [helper.make_tensor_value_info("same", TensorProto.FLOAT, None)],
    )  # fmt: skip
    nodes = [helper.make_node("If", ["yes"], ["output"], then_branch=then, else_branch=other)]
    tensors = {"two": np.array(2, np.float32), "yes": np.array(True)}
    model = build(nodes, tensors, [("input", TensorProto.FLOAT, ["n", 4])], [("output", ["n", 4])])
    values, _ = run(value_function(model, describe(model), "output"))
    np.testing.assert_allclose(values, masked(lambda rows: 2 * rows, X, BACKGROUND, MASKS)[0], atol=1e-6)


def test_local_functions_are_inlined() -> None:
    double = helper.make_function(
        "mine", "Double", ["a"], ["b"], [helper.make_node("Add", ["a", "a"], ["b"])], [helper.make_opsetid("", 17)]
    )
    graph = helper.make_graph(
        [helper.make_node("Double", ["input"], ["output"], domain="mine")], "calls",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["n", 4])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n", 4])],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("mine", 1)]
    model = helper.make_model(graph, functions=[double], opset_imports=opsets)
    model.ir_version = 8
    graph_ = value_function(model, describe(model), "output")
    assert {node.domain for node in graph_.graph.node} == {""}
    values, _ = run(graph_)
    np.testing.assert_allclose(values, masked(lambda rows: 2 * rows, X, BACKGROUND, MASKS)[0], atol=1e-6)


def test_a_squeezed_output_is_one_column() -> None:
    squeeze = [helper.make_node("Squeeze", ["linked"], ["output"], axes=[1])]
    case = mlp(9, link="Sigmoid", n_outputs=1, tail=squeeze)
    del case.model.graph.output[:]
    case.model.graph.output.append(helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n"]))
    info = describe(case.model)
    assert info.n_outputs == 1
    assert info.ends_in_link
    values, rows = run(value_function(case.model, info, "output"))
    wanted_values, wanted_rows = masked(case.forward, X, BACKGROUND, MASKS)
    np.testing.assert_allclose(values, wanted_values, atol=1e-6)
    np.testing.assert_allclose(rows, wanted_rows, atol=1e-6)


def test_the_given_model_is_left_alone() -> None:
    case = mlp(NEWEST)
    before = case.model.SerializeToString(deterministic=True)
    for scale in ("output", "margin", "logit"):
        value_function(case.model, describe(case.model), scale)
    assert case.model.SerializeToString(deterministic=True) == before


def test_the_same_model_gives_the_same_bytes() -> None:
    first, second = (value_function(c.model, describe(c.model), "logit") for c in (mlp(), mlp()))
    assert first.SerializeToString(deterministic=True) == second.SerializeToString(deterministic=True)
