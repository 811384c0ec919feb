"""Shared weights: stored once, deterministic, and read back by onnxruntime from a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.graph.models import build, mlp
from xaiweb.errors import ModelError
from xaiweb.graph.model import describe, plain
from xaiweb.graph.value_function import value_function
from xaiweb.graph.weights import ALIGNMENT, share_weights

ROWS = np.random.default_rng(3).normal(size=(6, 4)).astype(np.float32)


def graphs() -> dict[str, onnx.ModelProto]:
    model = mlp().model
    info = describe(model)
    made = {f"value.{scale}.onnx": value_function(model, info, scale) for scale in ("output", "margin", "logit")}
    return {"model.onnx": plain(model, info), **made}


def test_sessions_from_a_folder_give_the_same_numbers(tmp_path: Path) -> None:
    originals = graphs()
    files, weights = share_weights(originals)
    assert weights is not None
    (tmp_path / "weights.bin").write_bytes(weights)
    for path, data in files.items():
        (tmp_path / path).write_bytes(data)
        onnx.checker.check_model(str(tmp_path / path))
        session = ort.InferenceSession(tmp_path / path)
        original = ort.InferenceSession(originals[path].SerializeToString())
        feeds = {"x": ROWS[:1], "background": ROWS, "masks": np.eye(4, dtype=bool)}
        if path == "model.onnx":
            feeds = {"input": ROWS}
        for one, other in zip(session.run(None, feeds), original.run(None, feeds), strict=True):
            np.testing.assert_array_equal(one, other)


def test_equal_tensors_are_stored_once() -> None:
    made = graphs()
    _, alone = share_weights({"model.onnx": made["model.onnx"]})
    _, shared = share_weights(made)
    assert shared == alone


def test_the_same_models_give_the_same_bytes() -> None:
    assert share_weights(graphs()) == share_weights(graphs())


def test_small_tensors_and_shapes_stay_inside() -> None:
    tensors = {
        "big": np.ones((40, 4), np.float32), "small": np.ones(31, np.float32), "edge": np.ones(32, np.float32),
        "shape": np.concatenate([np.ones(20, np.int64), [-1, 40]]),
    }  # fmt: skip
    nodes = [
        helper.make_node("Gemm", ["a", "big"], ["b"], transB=1),
        helper.make_node("ReduceSum", ["small"], ["s"], keepdims=0),
        helper.make_node("ReduceSum", ["edge"], ["e"], keepdims=0),
        helper.make_node("Add", ["b", "s"], ["c"]),
        helper.make_node("Add", ["c", "e"], ["d"]),
        helper.make_node("Reshape", ["d", "shape"], ["f"]),
        helper.make_node("Flatten", ["f"], ["out"], axis=21),
    ]
    model = build(nodes, tensors, [("a", TensorProto.FLOAT, ["n", 4])], [("out", ["n", 40])])
    files, weights = share_weights({"m.onnx": model})
    external = {
        t.name: {entry.key: entry.value for entry in t.external_data}
        for t in onnx.ModelProto.FromString(files["m.onnx"]).graph.initializer
        if t.data_location == TensorProto.EXTERNAL
    }
    assert set(external) == {"big", "edge"}
    assert weights is not None
    for name, place in external.items():
        assert place["location"] == "weights.bin"
        assert int(place["offset"]) % ALIGNMENT == 0
        data = weights[int(place["offset"]) : int(place["offset"]) + int(place["length"])]
        assert data == tensors[name].tobytes()


def test_tensors_kept_in_typed_fields_are_shared_too() -> None:
    values = np.arange(64, dtype=np.float32)
    typed = helper.make_tensor("w", TensorProto.FLOAT, [64], values.tolist())
    assert not typed.HasField("raw_data")
    model = build([helper.make_node("Mul", ["a", "w"], ["b"])], {}, [("a", TensorProto.FLOAT, ["n", 64]),
                  ("w", TensorProto.FLOAT, [64])], [("b", ["n", 64])])  # fmt: skip
    model.graph.initializer.append(typed)
    _, weights = share_weights({"m.onnx": model})
    assert weights == values.tobytes()


def test_words_stay_inside() -> None:
    model = mlp().model
    words = numpy_helper.from_array(np.array([f"a rather long word {k}" for k in range(50)], object), "words")
    model.graph.initializer.append(words)
    files, _ = share_weights({"m.onnx": model})
    kept = {t.name: t for t in onnx.ModelProto.FromString(files["m.onnx"]).graph.initializer}
    assert kept["words"].data_location == TensorProto.DEFAULT
    assert len(kept["words"].string_data) == 50


def test_nothing_to_share() -> None:
    model = build([helper.make_node("Relu", ["a"], ["b"])], {}, [("a", TensorProto.FLOAT, ["n", 4])], [("b", ["n", 4])])
    files, weights = share_weights({"m.onnx": model})
    assert weights is None
    assert onnx.ModelProto.FromString(files["m.onnx"]) == model


def test_the_models_given_are_left_alone() -> None:
    made = graphs()
    before = {path: model.SerializeToString(deterministic=True) for path, model in made.items()}
    share_weights(made)
    assert {path: model.SerializeToString(deterministic=True) for path, model in made.items()} == before


def test_graphs_in_two_folders_are_refused() -> None:
    model = mlp().model
    with pytest.raises(ModelError, match="one folder"):
        share_weights({"a/m.onnx": model, "b/m.onnx": model})
