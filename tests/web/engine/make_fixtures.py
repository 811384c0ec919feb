"""Writes tests/web/engine/fixtures: value-function graphs of a model small enough to recompute by hand.

Run by hand: python -m tests.web.engine.make_fixtures. The model is y_k = exp(sum_j x_j w_jk / 4), three columns, two
outputs; its weights stand in ``WEIGHTS`` and, for the test's own arithmetic, in fixtures/model.json.
"""

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

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


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    info = describe(model(), 3)
    (HERE / "values.onnx").write_bytes(value_function(model(), info, "output").SerializeToString())
    webgl = webgl_value_function(model(), info, "output", 4, 3)
    (HERE / "values.webgl.onnx").write_bytes(webgl.SerializeToString())
    (HERE / "model.json").write_text(json.dumps({"weights": WEIGHTS.tolist()}) + "\n")
