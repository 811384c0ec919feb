"""The value function of a model of images as one ONNX graph: blending, the model, the unit asked for."""

from __future__ import annotations

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper

from xaiweb.errors import ModelError
from xaiweb.graph.image_model import ImageInfo
from xaiweb.graph.operators import unsupported
from xaiweb.graph.value_function import assemble, row_nodes, scaled


def image_value_function(model: ModelProto, info: ImageInfo, scale: str) -> ModelProto:
    """The graph that answers coalitions of segments.

    Inputs: ``x`` and ``hidden`` float32 (1, channels, height, width); ``segments`` int32 (height * width,), the
    segment of each pixel row by row, 0 to n_segments - 1; ``masks`` float32 (n, n_segments), the share of the photo
    in each segment, so 1 keeps it and 0 hides it. Output: ``values`` float32 (n, n_outputs), the model's answer to
    m * x + (1 - m) * hidden in ``scale``. One mask of ones gives the prediction.

    With the pixels as segments, 0, 1, 2 and so on, a mask is any picture of shares (RISE).

    Args:
        model: The explained model.
        info: What `describe_image` said of it.
        scale: As in `value_function`.

    Raises:
        ModelError: The scale isn't one this model has.
    """
    constants = {
        "shape/fields": np.array([-1, 1, info.height, info.width], np.int64),
        "shape/rows": np.array([-1, info.n_outputs], np.int64),
    }
    fields = [
        helper.make_node("Gather", ["masks", "segments"], ["masks/by_pixel"], axis=1),
        helper.make_node("Reshape", ["masks/by_pixel", "shape/fields"], ["fields"]),
    ]
    inputs = [
        helper.make_tensor_value_info("segments", TensorProto.INT32, [info.height * info.width]),
        helper.make_tensor_value_info("masks", TensorProto.FLOAT, ["n", "n_segments"]),
    ]
    return _blended(model, info, scale, fields, inputs, constants, "n", f"image value function, scale {scale}")


def webgl_image_value_function(model: ModelProto, info: ImageInfo, scale: str, n_coalitions: int) -> ModelProto:
    """The same function at one size, for onnxruntime-web's WebGL.

    Inputs: ``x`` and ``hidden`` as in `image_value_function`; ``fields`` float32 (n_coalitions, 1, height, width), the
    share of the photo in each pixel. Output: ``values`` float32 (n_coalitions, n_outputs). Pad the last chunk. Its
    weights stay inside: the WebGL backend knows no external data.

    Raises:
        ModelError: The scale isn't one this model has, or an operator isn't in WebGL (``webgl-unsupported``).
    """
    reason = unsupported(model)["webgl"]
    if reason is not None:
        raise ModelError(f"WebGL can't run this model: {reason}", next="Use WASM or WebGPU.", code="webgl-unsupported")
    constants = {"shape/rows": np.array([n_coalitions, info.n_outputs], np.int64)}
    shape = [n_coalitions, 1, info.height, info.width]
    inputs = [helper.make_tensor_value_info("fields", TensorProto.FLOAT, shape)]
    title = f"image value function for WebGL, scale {scale}"
    return _blended(model, info, scale, [], inputs, constants, n_coalitions, title)


def _blended(
    model: ModelProto,
    info: ImageInfo,
    scale: str,
    fields: list[NodeProto],
    inputs: list[ValueInfoProto],
    constants: dict[str, np.ndarray],
    n: int | str,
    title: str,
) -> ModelProto:
    """From ``fields`` (n, 1, height, width) to ``values``."""
    body = scaled(model, info, scale)
    source, target = body.graph.input[0].name, body.graph.output[0].name
    constants["whole"] = np.ones(1, np.float32)
    before = [
        *fields,
        helper.make_node("Sub", ["whole", "fields"], ["fields/absent"]),
        helper.make_node("Mul", ["fields", "x"], ["blend/x"]),
        helper.make_node("Mul", ["fields/absent", "hidden"], ["blend/hidden"]),
        helper.make_node("Add", ["blend/x", "blend/hidden"], [source]),
    ]
    after = row_nodes(model, info, target, scale, constants, into="values")
    image = [1, *info.row_shape]
    pictures = [helper.make_tensor_value_info(name, TensorProto.FLOAT, image) for name in ("x", "hidden")]
    outputs = [helper.make_tensor_value_info("values", TensorProto.FLOAT, [n, info.n_outputs])]
    return assemble(body, before, after, constants, [*pictures, *inputs], outputs, title)
