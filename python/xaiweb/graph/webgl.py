"""The value function for onnxruntime-web's WebGL: fixed sizes, float masks, and only operators it has."""

from __future__ import annotations

import numpy as np
from onnx import ModelProto, TensorProto, helper

from xaiweb.errors import ModelError
from xaiweb.graph.model import ModelInfo
from xaiweb.graph.operators import unsupported
from xaiweb.graph.value_function import assemble, row_nodes, scaled

LARGEST_MEAN = 1 << 20
"""Entries of the matrix that takes the mean; more would cost more than the model."""


def webgl_value_function(
    model: ModelProto, info: ModelInfo, scale: str, n_coalitions: int, n_background: int
) -> ModelProto:
    """The same function as `value_function`, at one size.

    Inputs: ``x`` float32 (1, n_features), ``background`` float32 (n_background, n_features), ``masks``
    float32 (n_coalitions, n_features) of zeros and ones. Outputs ``values`` (n_coalitions, n_outputs)
    and ``rows`` (n_coalitions * n_background, n_outputs). Pad the last chunk of masks.

    A hybrid row is m * x + (1 - m) * b: exact for finite numbers, but NaN * 0 is NaN, so a model with
    missing values (NaN) needs the plain graph. The mean is a matrix product, because ReduceMean's axes
    are an input since opset 18 and WebGL reads them as an attribute only.

    Its weights stay inside: the WebGL backend reads a model from one buffer and knows no external data
    (``Tensor.fromProto`` in onnxruntime-web's ``lib/onnxjs`` takes the tensor's own bytes alone).

    Raises:
        ModelError: The scale isn't one this model has, or an operator isn't in WebGL (``webgl-unsupported``).
    """
    reason = unsupported(model)["webgl"]
    n_entries = n_background * info.n_outputs**2
    if reason is None and n_entries > LARGEST_MEAN:
        reason = f"the mean over {n_background} rows of {info.n_outputs} outputs is too large for one matrix product"
    if reason is not None:
        raise ModelError(f"WebGL can't run this model: {reason}", next="Use WASM or WebGPU.", code="webgl-unsupported")
    body = scaled(model, info, scale)
    d, k = info.n_features, info.n_outputs
    source, target = body.graph.input[0].name, body.graph.output[0].name
    n_rows = n_coalitions * n_background
    constants: dict[str, np.ndarray] = {
        "shape/x": np.array([1, 1, d], np.int64),
        "shape/masks": np.array([n_coalitions, 1, d], np.int64),
        "shape/background": np.array([1, n_background, d], np.int64),
        "shape/hybrid": np.array([n_rows, d], np.int64),
        "shape/rows": np.array([n_rows, k], np.int64),
        "shape/flat": np.array([n_coalitions, n_background * k], np.int64),
        "one": np.ones(1, np.float32),
        "mean": np.tile(np.eye(k, dtype=np.float32) / np.float32(n_background), (n_background, 1)),
    }
    before = [
        helper.make_node("Reshape", ["x", "shape/x"], ["x/by_coalition"]),
        helper.make_node("Reshape", ["masks", "shape/masks"], ["masks/by_coalition"]),
        helper.make_node("Reshape", ["background", "shape/background"], ["background/by_row"]),
        helper.make_node("Sub", ["one", "masks/by_coalition"], ["masks/absent"]),
        helper.make_node("Mul", ["masks/by_coalition", "x/by_coalition"], ["hybrid/x"]),
        helper.make_node("Mul", ["masks/absent", "background/by_row"], ["hybrid/background"]),
        helper.make_node("Add", ["hybrid/x", "hybrid/background"], ["hybrid/by_coalition"]),
        helper.make_node("Reshape", ["hybrid/by_coalition", "shape/hybrid"], [source]),
    ]
    after = [
        *row_nodes(model, info, target, scale, constants),
        helper.make_node("Reshape", ["rows", "shape/flat"], ["rows/by_coalition"]),
        helper.make_node("MatMul", ["rows/by_coalition", "mean"], ["values"]),
    ]
    inputs = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, d]),
        helper.make_tensor_value_info("background", TensorProto.FLOAT, [n_background, d]),
        helper.make_tensor_value_info("masks", TensorProto.FLOAT, [n_coalitions, d]),
    ]
    outputs = [
        helper.make_tensor_value_info("values", TensorProto.FLOAT, [n_coalitions, k]),
        helper.make_tensor_value_info("rows", TensorProto.FLOAT, [n_rows, k]),
    ]
    return assemble(body, before, after, constants, inputs, outputs, f"value function for WebGL, scale {scale}")
