"""From a photo's bytes to the pixels a model sees, as one ONNX graph."""

from __future__ import annotations

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

from xaiweb.errors import InputError

OPSET = 17

LUMINANCE = (0.299, 0.587, 0.114)
"""Shares of red, green and blue in the brightness of a pixel (ITU-R BT.601)."""

KEYS = -0.5
"""The coefficient of the cubic kernel; torch and Pillow use this one where they smooth."""

INTERPOLATIONS = ("bilinear", "bicubic")


def image_preprocess(height: int, width: int, channels: int, crop: float, interpolation: str = "bicubic") -> ModelProto:
    """The graph from ``rgb`` uint8 (any height, any width, 3) to ``pixels`` float32 (1, channels, height, width).

    Pixels are 0 to 255. A centred square is cut out, whose side is ``crop`` of the photo's shorter side, rounded half
    up and at least 1; where it can't be centred exactly, it lies half a pixel up or left. It is resized as torch's
    ``interpolate(antialias=True)`` does: each new pixel is a weighted mean, the kernel as wide as the old or new pixel,
    whichever is larger. That is a matrix product per direction; onnxruntime's own Resize with antialias is off by up
    to 18 of 255 from it.

    Args:
        height: Of the result.
        width: Of the result; other than the height, the square is stretched.
        channels: 3, or 1 for luminance.
        crop: Above 0, at most 1.
        interpolation: ``bilinear`` (triangle kernel) or ``bicubic`` (Keys, 1981).

    Raises:
        InputError: One of them is something else.
    """
    if not 0 < crop <= 1 or channels not in (1, 3) or min(height, width) < 1 or interpolation not in INTERPOLATIONS:
        raise InputError(
            f"there is no {interpolation} preprocessing to {height} x {width} pixels with {channels} channel(s) and"
            f" crop {crop}",
            where="preprocessing",
            next="Give a positive size, 1 or 3 channels, crop in (0, 1], and bilinear or bicubic.",
            code="preprocessing",
        )
    constants: dict[str, np.ndarray] = {
        "index/sides": np.array([0, 1], np.int64),
        "index/batch": np.array([0], np.int64),
        "crop": np.array(crop, np.float64),
        "zero": np.array(0.0),
        "half": np.array(0.5),
        "unit": np.array(1.0),
        "axis/old": np.array([1], np.int64),
        "one": np.array(1, np.int64),
        "two": np.array(2, np.int64),
        "darkest": np.array(0, np.float32),
        "brightest": np.array(255, np.float32),
    }
    colours = "resized"
    nodes = [
        *_square(),
        *_weights("rows", height, interpolation, constants),
        *_weights("columns", width, interpolation, constants),
        helper.make_node("Transpose", ["columns/weights"], ["columns/across"], perm=[1, 0]),
        helper.make_node("MatMul", ["rows/weights", "square"], ["resized/rows"]),
        helper.make_node("MatMul", ["resized/rows", "columns/across"], ["resized"]),
    ]
    if channels == 1:
        constants["luminance"] = np.array(LUMINANCE, np.float32).reshape(1, 3, 1, 1)
        nodes.append(helper.make_node("Conv", ["resized", "luminance"], ["grey"]))
        colours = "grey"
    # The cubic kernel overshoots at edges.
    nodes.append(helper.make_node("Clip", [colours, "darkest", "brightest"], ["pixels"]))
    for node in nodes:
        node.name = f"make/{node.output[0]}"
    graph = helper.make_graph(
        nodes,
        "image preprocessing",
        [helper.make_tensor_value_info("rgb", TensorProto.UINT8, ["any_height", "any_width", 3])],
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, channels, height, width])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    checker.check_model(model)
    return model


def _square() -> list[NodeProto]:
    """From ``rgb`` to ``square`` float32 (1, 3, side, side) and ``side``, an int64 scalar."""
    return [
        helper.make_node("Shape", ["rgb"], ["shape"]),
        helper.make_node("Gather", ["shape", "index/sides"], ["sides"], axis=0),
        helper.make_node("ReduceMin", ["sides"], ["shorter"], axes=[0], keepdims=0),
        helper.make_node("Cast", ["shorter"], ["shorter/exact"], to=TensorProto.DOUBLE),
        helper.make_node("Mul", ["shorter/exact", "crop"], ["side/exact"]),
        helper.make_node("Add", ["side/exact", "half"], ["side/above"]),
        helper.make_node("Floor", ["side/above"], ["side/rounded"]),
        helper.make_node("Cast", ["side/rounded"], ["side/whole"], to=TensorProto.INT64),
        helper.make_node("Max", ["side/whole", "one"], ["side"]),
        helper.make_node("Sub", ["sides", "side"], ["rest"]),
        helper.make_node("Div", ["rest", "two"], ["start"]),
        helper.make_node("Add", ["start", "side"], ["end"]),
        # Cut out as bytes: as floats, a photo takes four times the memory.
        helper.make_node("Slice", ["rgb", "start", "end", "index/sides"], ["square/bytes"]),
        helper.make_node("Transpose", ["square/bytes"], ["square/planes"], perm=[2, 0, 1]),
        helper.make_node("Unsqueeze", ["square/planes", "index/batch"], ["square/batch"]),
        helper.make_node("Cast", ["square/batch"], ["square"], to=TensorProto.FLOAT),
    ]


def _weights(name: str, size: int, interpolation: str, constants: dict[str, np.ndarray]) -> list[NodeProto]:
    """Nodes that make ``NAME/weights`` float32 (size, side): the share of each old pixel in each new one.

    With scale s = side / size, new pixel i has its centre at (i + 1/2) s among the old ones, and old pixel j the
    distance t = |j + 1/2 - (i + 1/2) s| / max(s, 1) from it. Positions are float64: float32 would be 1e-4 off in a
    photo of 4,000 pixels.
    """
    constants[f"{name}/size"] = np.array(float(size))
    constants[f"{name}/middles"] = np.arange(size)[:, None] + 0.5
    return [
        helper.make_node("Cast", ["side"], [f"{name}/side"], to=TensorProto.DOUBLE),
        helper.make_node("Div", [f"{name}/side", f"{name}/size"], [f"{name}/scale"]),
        helper.make_node("Max", [f"{name}/scale", "unit"], [f"{name}/reach"]),
        helper.make_node("Mul", [f"{name}/middles", f"{name}/scale"], [f"{name}/centres"]),
        helper.make_node("Range", ["zero", f"{name}/side", "unit"], [f"{name}/corners"]),
        helper.make_node("Add", [f"{name}/corners", "half"], [f"{name}/old"]),
        helper.make_node("Sub", [f"{name}/old", f"{name}/centres"], [f"{name}/offset"]),
        helper.make_node("Abs", [f"{name}/offset"], [f"{name}/distance"]),
        helper.make_node("Div", [f"{name}/distance", f"{name}/reach"], [f"{name}/t"]),
        *(_triangle(name) if interpolation == "bilinear" else _cubic(name, constants)),
        helper.make_node("ReduceSum", [f"{name}/kernel", "axis/old"], [f"{name}/sum"]),
        helper.make_node("Div", [f"{name}/kernel", f"{name}/sum"], [f"{name}/exact"]),
        helper.make_node("Cast", [f"{name}/exact"], [f"{name}/weights"], to=TensorProto.FLOAT),
    ]


def _triangle(name: str) -> list[NodeProto]:
    """max(0, 1 - t)."""
    return [
        helper.make_node("Sub", ["unit", f"{name}/t"], [f"{name}/slope"]),
        helper.make_node("Max", [f"{name}/slope", "zero"], [f"{name}/kernel"]),
    ]


def _cubic(name: str, constants: dict[str, np.ndarray]) -> list[NodeProto]:
    """Keys' kernel: ((a + 2) t - (a + 3)) t t + 1 up to t = 1, then a (t - 1) (t - 2)^2 up to t = 2."""
    constants |= {
        "keys/near": np.array(KEYS + 2),
        "keys/flat": np.array(KEYS + 3),
        "keys/far": np.array(KEYS),
        "keys/end": np.array(2.0),
    }
    return [
        helper.make_node("Min", [f"{name}/t", "keys/end"], [f"{name}/u"]),
        helper.make_node("Mul", [f"{name}/u", f"{name}/u"], [f"{name}/uu"]),
        helper.make_node("Mul", [f"{name}/u", "keys/near"], [f"{name}/near/steep"]),
        helper.make_node("Sub", [f"{name}/near/steep", "keys/flat"], [f"{name}/near/curve"]),
        helper.make_node("Mul", [f"{name}/near/curve", f"{name}/uu"], [f"{name}/near/fall"]),
        helper.make_node("Add", [f"{name}/near/fall", "unit"], [f"{name}/near"]),
        helper.make_node("Sub", [f"{name}/u", "unit"], [f"{name}/far/first"]),
        helper.make_node("Sub", [f"{name}/u", "keys/end"], [f"{name}/far/second"]),
        helper.make_node("Mul", [f"{name}/far/second", f"{name}/far/second"], [f"{name}/far/square"]),
        helper.make_node("Mul", [f"{name}/far/first", f"{name}/far/square"], [f"{name}/far/shape"]),
        helper.make_node("Mul", [f"{name}/far/shape", "keys/far"], [f"{name}/far"]),
        helper.make_node("Less", [f"{name}/u", "unit"], [f"{name}/is_near"]),
        helper.make_node("Where", [f"{name}/is_near", f"{name}/near", f"{name}/far"], [f"{name}/kernel"]),
    ]
