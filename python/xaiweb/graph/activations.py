"""How much memory a model's inner numbers take."""

from __future__ import annotations

from math import prod

import onnx
from onnx import ModelProto, helper


def largest_step(model: ModelProto, row_shape: tuple[int, ...]) -> int:
    """Bytes that one row needs at the operator that takes and gives the most; inner numbers alone, no weights.

    Args:
        model: A plain model with one input.
        row_shape: The input's dimensions after the first.
    """
    single = ModelProto()
    single.CopyFrom(model)
    (source,) = single.graph.input
    kind = source.type.tensor_type.elem_type
    source.CopyFrom(helper.make_tensor_value_info(source.name, kind, [1, *row_shape]))
    for value in single.graph.output:
        value.type.tensor_type.ClearField("shape")
    graph = onnx.shape_inference.infer_shapes(single, data_prop=True).graph
    sizes: dict[str, int] = {
        value.name: prod(dim.dim_value for dim in value.type.tensor_type.shape.dim)
        * helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type).itemsize
        for value in (*graph.input, *graph.value_info, *graph.output)
    }
    return max(sum(sizes.get(name, 0) for name in {*node.input, *node.output}) for node in graph.node)
