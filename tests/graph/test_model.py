"""Which models are accepted, which are refused, and what the refusal says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

from tests.graph.models import NEWEST, OPSETS, build, masked, mlp
from xaiweb.errors import ModelError
from xaiweb.graph.model import describe, load, plain
from xaiweb.graph.value_function import value_function

ROWS = np.random.default_rng(3).normal(size=(6, 4)).astype(np.float32)


def refusal(model: onnx.ModelProto, n_features: int | None = None) -> ModelError:
    with pytest.raises(ModelError) as caught:
        describe(model, n_features)
    assert caught.value.message
    return caught.value


@pytest.mark.parametrize("opset", OPSETS)
def test_an_mlp_is_described(opset: int) -> None:
    info = describe(mlp(opset).model)
    assert (info.input, info.output, info.n_features, info.n_outputs) == ("input", "output", 4, 3)
    assert info.opset[""] <= opset
    assert info.label_outputs == ()


def test_a_free_feature_dimension_is_pinned_from_the_background() -> None:
    model = mlp(n_features="d").model
    info = describe(model, 4)
    assert info.n_features == 4
    assert plain(model, info).graph.input[0].type.tensor_type.shape.dim[1].dim_value == 4
    error = refusal(model)
    assert error.code == "model-width-unknown"
    assert "background" in error.next
    assert refusal(model, 5).code == "model-width"  # free on paper, 4 inside


def test_a_background_of_another_width_is_refused() -> None:
    error = refusal(mlp().model, 5)
    assert error.code == "model-width"
    assert "4 columns" in error.message
    assert "has 5" in error.message


@pytest.mark.parametrize("batch", [1, 32])
def test_a_fixed_batch_is_freed_where_the_inside_allows(batch: int) -> None:
    case = mlp(batch=batch)
    model = onnx.shape_inference.infer_shapes(case.model)  # notes the old batch on every value
    session = ort.InferenceSession(plain(model, describe(model)).SerializeToString())
    for n_rows in (1, 2, 6):
        np.testing.assert_allclose(
            session.run(None, {"input": ROWS[:n_rows]})[0], case.forward(ROWS[:n_rows]), atol=1e-6
        )


@pytest.mark.parametrize("shape", [[1, 4], [1, -1], [8, 4], [2, 2, 2]])
def test_a_batch_that_is_fixed_inside_is_refused(shape: list[int]) -> None:
    nodes = [
        helper.make_node("Reshape", ["input", "shape"], ["same"]),
        helper.make_node("Reshape", ["same", "back"], ["again"]),
        helper.make_node("Gemm", ["again", "w"], ["output"]),
    ]
    n_rows = abs(int(np.prod(shape))) // 4 or 1
    tensors = {
        "shape": np.array(shape, np.int64), "back": np.array([n_rows, 4], np.int64), "w": np.ones((4, 1), np.float32),
    }  # fmt: skip
    model = build(nodes, tensors, [("input", TensorProto.FLOAT, [n_rows, 4])], [("output", [n_rows, 1])])
    error = refusal(model)
    assert error.code == "model-fixed-batch"
    assert "dynamic" in error.next


@pytest.mark.parametrize(
    "kind", [TensorProto.DOUBLE, TensorProto.STRING, TensorProto.INT64, TensorProto.FLOAT16, TensorProto.BOOL]
)
def test_an_input_that_is_not_float32_is_refused(kind: int) -> None:
    nodes = [helper.make_node("Shape", ["a"], ["s"]), helper.make_node("Cast", ["s"], ["b"], to=TensorProto.FLOAT)]
    model = build(nodes, {}, [("a", kind, ["n", 4])], [("b", [2])])
    error = refusal(model, 4)
    assert error.code == "model-input-type"
    assert TensorProto.DataType.Name(kind).lower() in error.message
    assert 'input "a"' in error.where


def test_two_inputs_are_refused() -> None:
    nodes = [helper.make_node("Add", ["a", "b"], ["c"])]
    inputs = [("a", TensorProto.FLOAT, ["n", 4]), ("b", TensorProto.FLOAT, ["n", 4])]
    error = refusal(build(nodes, {}, inputs, [("c", ["n", 4])]))
    assert error.code == "model-inputs"
    assert '"a", "b"' in error.message


def test_no_input_is_refused() -> None:
    nodes = [helper.make_node("Identity", ["w"], ["c"])]
    error = refusal(build(nodes, {"w": np.ones((2, 2), np.float32)}, [], [("c", [2, 2])]))
    assert error.code == "model-inputs"


def test_weights_listed_as_inputs_are_no_inputs() -> None:
    case = mlp(9)
    for tensor in case.model.graph.initializer:
        case.model.graph.input.append(helper.make_tensor_value_info(tensor.name, TensorProto.FLOAT, tensor.dims))
    case.model.ir_version = 3
    info = describe(case.model)
    assert info.input == "input"
    graph = value_function(case.model, info, "output")
    assert [value.name for value in graph.graph.input] == ["x", "background", "masks"]
    session = ort.InferenceSession(graph.SerializeToString())
    feeds = {"x": ROWS[:1], "background": ROWS, "masks": np.eye(4, dtype=bool)}
    wanted, _ = masked(case.forward, ROWS[:1], ROWS, np.eye(4, dtype=bool))
    np.testing.assert_allclose(session.run(["values"], feeds)[0], wanted, atol=1e-6)


@pytest.mark.parametrize("shape", [["n"], ["n", 2, 2], None])
def test_an_input_that_is_no_table_is_refused(shape: list | None) -> None:
    nodes = [helper.make_node("Flatten", ["a"], ["b"])]
    model = build(nodes, {}, [("a", TensorProto.FLOAT, shape)], [("b", ["n", 4])])
    assert refusal(model, 4).code == "model-input-rank"


def test_a_zipmap_is_refused_with_the_way_out() -> None:
    graph = helper.make_graph(
        [helper.make_node("ZipMap", ["a"], ["z"], domain="ai.onnx.ml", classlabels_int64s=[0, 1])], "zip",
        [helper.make_tensor_value_info("a", TensorProto.FLOAT, ["n", 2])],
        [helper.make_value_info("z", helper.make_sequence_type_proto(
            helper.make_map_type_proto(TensorProto.INT64, helper.make_tensor_type_proto(TensorProto.FLOAT, []))))],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)])
    model.ir_version = 8
    error = refusal(model)
    assert error.code == "model-zipmap"
    assert "zipmap=False" in error.next
    assert "ZipMap" in error.message


def test_labels_alone_are_refused() -> None:
    nodes = [helper.make_node("ArgMax", ["a"], ["label"], axis=1, keepdims=0)]
    model = build(nodes, {}, [("a", TensorProto.FLOAT, ["n", 4])], [("label", ["n"], TensorProto.INT64)])
    error = refusal(model)
    assert error.code == "model-output-type"
    assert '"label" holds int64' in error.message


def test_a_label_beside_probabilities_is_left_out() -> None:
    case = mlp(tail=[
        helper.make_node("Identity", ["linked"], ["output"]),
        helper.make_node("ArgMax", ["linked"], ["label"], axis=1, keepdims=0),
    ])  # fmt: skip
    case.model.graph.output.insert(0, helper.make_tensor_value_info("label", TensorProto.INT64, ["n"]))
    info = describe(case.model)
    assert info.output == "output"
    assert info.label_outputs == ("label",)
    reduced = plain(case.model, info)
    assert [node.op_type for node in reduced.graph.node] == ["Gemm", "Relu", "Gemm", "Softmax", "Identity"]
    answer = ort.InferenceSession(reduced.SerializeToString()).run(None, {"input": ROWS})
    assert len(answer) == 1
    np.testing.assert_allclose(answer[0], case.forward(ROWS), atol=1e-6)


def test_two_float_outputs_are_refused() -> None:
    nodes = [helper.make_node("Relu", ["a"], ["b"]), helper.make_node("Neg", ["a"], ["c"])]
    model = build(nodes, {}, [("a", TensorProto.FLOAT, ["n", 4])], [("b", ["n", 4]), ("c", ["n", 4])])
    assert refusal(model).code == "model-outputs"


def test_an_output_of_rank_3_is_refused() -> None:
    nodes = [helper.make_node("Unsqueeze", ["a", "one"], ["b"])]
    tensors = {"one": np.array([1], np.int64)}
    model = build(nodes, tensors, [("a", TensorProto.FLOAT, ["n", 4])], [("b", ["n", 1, 4])])
    assert refusal(model).code == "model-output-rank"


@pytest.mark.parametrize("shape", [None, ["n", "k"]])
def test_the_number_of_outputs_is_found_out_where_it_is_not_written(shape: list | None) -> None:
    model = mlp().model
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info("output", TensorProto.FLOAT, shape))
    assert describe(model).n_outputs == 3


def test_an_opset_below_9_is_refused() -> None:
    model = mlp(8).model
    error = refusal(model)
    assert error.code == "model-opset"
    assert "opset 8" in error.message


def test_an_opset_of_the_future_is_refused() -> None:
    model = mlp().model
    model.opset_import[0].version = NEWEST + 1
    assert refusal(model).code in {"model-opset", "model-invalid"}


def scaler_only() -> onnx.ModelProto:
    node = helper.make_node("Scaler", ["a"], ["b"], domain="ai.onnx.ml", offset=[1.0, 2, 3, 4], scale=[2.0, 2, 2, 2])
    return build([node], {}, [("a", TensorProto.FLOAT, ["n", 4])], [("b", ["n", 4])], domains={"ai.onnx.ml": 3})


@pytest.mark.parametrize("scale", ["output", "logit"])
def test_a_model_of_ml_operators_alone_is_accepted(scale: str) -> None:
    model = scaler_only()
    info = describe(model)
    assert info.opset["ai.onnx.ml"] == 3
    assert info.opset[""] >= 9
    graph = value_function(model, info, scale)
    if scale == "output":
        feeds = {"x": ROWS[:1], "background": ROWS, "masks": np.eye(4, dtype=bool)}
        values = ort.InferenceSession(graph.SerializeToString()).run(["values"], feeds)[0]
        wanted, _ = masked(lambda rows: (rows - [1, 2, 3, 4]) * 2, ROWS[:1], ROWS, np.eye(4, dtype=bool))
        np.testing.assert_allclose(values, wanted, atol=1e-5)


def test_an_invalid_model_is_refused() -> None:
    model = mlp().model
    model.graph.node[1].input[0] = "nothing"
    assert refusal(model).code == "model-invalid"


def test_loading_a_file(tmp_path: Path) -> None:
    case = mlp()
    onnx.save(case.model, tmp_path / "good.onnx")
    assert load(tmp_path / "good.onnx") == case.model
    onnx.save(case.model, tmp_path / "split.onnx", save_as_external_data=True, location="w.bin", size_threshold=0)
    assert describe(load(tmp_path / "split.onnx")).n_outputs == 3
    (tmp_path / "bad.onnx").write_bytes(b"\x89PNG not a model at all")
    (tmp_path / "empty.onnx").write_bytes(b"")
    (tmp_path / "w.bin").unlink()
    for name, code in {
        "missing.onnx": "model-missing", "bad.onnx": "model-unreadable",
        "empty.onnx": "model-unreadable", "split.onnx": "model-unreadable",
    }.items():  # fmt: skip
        with pytest.raises(ModelError) as caught:
            load(tmp_path / name)
        assert caught.value.code == code, name
        assert name in caught.value.where or name == "split.onnx"


def test_constants_become_weights() -> None:
    nodes = [
        helper.make_node(
            "Constant", [], ["w"], value=helper.make_tensor("", TensorProto.FLOAT, [4, 1], [1.0, 2, 3, 4])
        ),
        helper.make_node("Constant", [], ["half"], value_float=0.5),
        helper.make_node("MatMul", ["a", "w"], ["product"]),
        helper.make_node("Mul", ["product", "half"], ["b"]),
    ]
    model = build(nodes, {}, [("a", TensorProto.FLOAT, ["n", 4])], [("b", ["n", 1])])
    reduced = plain(model, describe(model))
    assert {node.op_type for node in reduced.graph.node} == {"MatMul", "Mul"}
    answer = ort.InferenceSession(reduced.SerializeToString()).run(None, {"a": ROWS})[0]
    np.testing.assert_allclose(answer[:, 0], ROWS @ [0.5, 1, 1.5, 2], atol=1e-5)
