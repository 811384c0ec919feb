"""Writes tests/web/engine/fixtures: value-function graphs of models small enough to recompute by hand, and photos.

Run by hand: python -m tests.web.engine.make_fixtures. The model of rows is y_k = exp(sum_j x_j w_jk / 4), three
columns, two outputs; its weights stand in ``WEIGHTS`` and, for the test's own arithmetic, in fixtures/model.json. The
model of photos, 2 x 3 grey pixels, is y_k = sum_p x_p (p + 1)^(k + 1) / 1000; the one of texts is y = (sum of ids, the
largest one), and 0 is padding. The preprocessing graph takes the top left 2 x 3 pixels of the red channel. The photos
are white, 5 x 3 pixels, one of every format whose header is read.
"""

import base64
import io
import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from xaiweb.graph.image import image_value_function, webgl_image_value_function
from xaiweb.graph.image_model import describe_image
from xaiweb.graph.model import describe
from xaiweb.graph.value_function import value_function
from xaiweb.graph.webgl import webgl_value_function

HERE = Path(__file__).parent / "fixtures"
WEIGHTS = np.array([[1.0, -2.0], [0.5, 0.25], [-1.5, 3.0]], dtype=np.float32)


def model():
    return helper.make_model(
        helper.make_graph(
            [helper.make_node("MatMul", ["rows", "w"], ["scaled"]), helper.make_node("Exp", ["scaled"], ["y"])],
            "exponential",
            [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", 3])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 2])],
            [numpy_helper.from_array(WEIGHTS / 4, "w")],
        ),
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=8,
    )


def _model(nodes, inputs, outputs, constants):
    values = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "fixture", inputs, outputs, values)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


def photo_model():
    place = np.arange(1, 7, dtype=np.float32)
    return _model(
        [
            helper.make_node("Flatten", ["pixels"], ["flat"]),
            helper.make_node("MatMul", ["flat", "w"], ["y"]),
        ],
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 1, 2, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 2])],
        {"w": np.stack([place, place**2], axis=1) / 1000},
    )


def preprocess_model():
    return _model(
        [
            helper.make_node("Slice", ["rgb", "first", "last"], ["part"]),
            helper.make_node("Cast", ["part"], ["float"], to=TensorProto.FLOAT),
            helper.make_node("Reshape", ["float", "shape"], ["pixels"]),
        ],
        [helper.make_tensor_value_info("rgb", TensorProto.UINT8, ["height", "width", 3])],
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, 1, 2, 3])],
        {"first": np.array([0, 0, 0]), "last": np.array([2, 3, 1]), "shape": np.array([1, 1, 2, 3])},
    )


def text_model():
    return _model(
        [
            helper.make_node("Cast", ["ids"], ["float"], to=TensorProto.FLOAT),
            helper.make_node("ReduceSum", ["float", "axis"], ["sum"]),
            helper.make_node("ReduceMax", ["float", "axis"], ["max"]),
            helper.make_node("Concat", ["sum", "max"], ["values"], axis=1),
        ],
        [helper.make_tensor_value_info("ids", TensorProto.INT32, ["n", "length"])],
        [helper.make_tensor_value_info("values", TensorProto.FLOAT, ["n", 2])],
        {"axis": np.array([1])},
    )


def photos():
    """By name, base64."""
    found = {}
    for name, options in {
        "JPEG": {"format": "JPEG"},
        "JPEG, progressive": {"format": "JPEG", "progressive": True},
        "JPEG with EXIF": {"format": "JPEG", "exif": b"Exif\0\0" + bytes(300), "comment": b"a comment"},
        "PNG": {"format": "PNG"},
        "GIF": {"format": "GIF"},
        "BMP": {"format": "BMP"},
        "WebP, lossy": {"format": "WEBP"},
        "WebP, lossless": {"format": "WEBP", "lossless": True},
        "WebP, extended": {"format": "WEBP", "exif": b"Exif\0\0" + bytes(8)},
    }.items():
        file = io.BytesIO()
        Image.new("RGB", (5, 3), "white").save(file, **options)
        found[name] = base64.b64encode(file.getvalue()).decode()
    return found


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    info = describe(model(), 3)
    (HERE / "values.onnx").write_bytes(value_function(model(), info, "output").SerializeToString())
    webgl = webgl_value_function(model(), info, "output", 4, 3)
    (HERE / "values.webgl.onnx").write_bytes(webgl.SerializeToString())
    (HERE / "model.json").write_text(json.dumps({"weights": WEIGHTS.tolist()}) + "\n")
    seen = describe_image(photo_model())
    (HERE / "photo.onnx").write_bytes(image_value_function(photo_model(), seen, "output").SerializeToString())
    webgl = webgl_image_value_function(photo_model(), seen, "output", 4)
    (HERE / "photo.webgl.onnx").write_bytes(webgl.SerializeToString())
    (HERE / "preprocess.onnx").write_bytes(preprocess_model().SerializeToString())
    (HERE / "text.onnx").write_bytes(text_model().SerializeToString())
    (HERE / "photos.json").write_text(json.dumps(photos(), indent=1) + "\n")
