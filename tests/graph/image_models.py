"""Small models of images, each with its own numpy forward pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from tests.graph.models import LINKS

HEIGHT, WIDTH, N_FILTERS = 5, 6, 4


@dataclass
class ImageCase:
    model: ModelProto
    forward: Callable[[np.ndarray], np.ndarray]
    """Images (n, channels, height, width) to outputs, in float64."""
    margin: Callable[[np.ndarray], np.ndarray]


def cnn(
    opset: int = 18,
    *,
    channels: int | str = 3,
    size: tuple[int | str, int | str] = (HEIGHT, WIDTH),
    n_outputs: int = 3,
    link: str = "Softmax",
    batch: int | str = "n",
    fixed_inside: bool = False,
    keepdims: bool = True,
) -> ImageCase:
    """A 3 x 3 convolution without padding, Relu, the mean over positions, Gemm, and the link."""
    rng = np.random.default_rng(3)
    c = channels if isinstance(channels, int) else 3
    kernel = rng.normal(size=(N_FILTERS, c, 3, 3)).astype(np.float32)
    w, b = rng.normal(0, 0.3, (N_FILTERS, n_outputs)).astype(np.float32), rng.normal(size=n_outputs).astype(np.float32)
    tensors = {"kernel": kernel, "w": w, "b": b}
    shape = [1 if fixed_inside else -1, N_FILTERS]
    tensors["shape"] = np.array(shape, np.int64)
    reduced = ["relu"]
    axes = {"axes": [2, 3]}
    if opset >= 18:
        tensors["axes"], axes = np.array([-1, -2], np.int64), {}
        reduced.append("axes")
    nodes = [
        helper.make_node("Conv", ["image", "kernel"], ["conv"]),
        helper.make_node("Relu", ["conv"], ["relu"]),
        helper.make_node("ReduceMean", reduced, ["mean"], keepdims=int(keepdims), **axes),
        helper.make_node("Reshape", ["mean", "shape"], ["flat"]),
        helper.make_node("Gemm", ["flat", "w", "b"], ["scores"]),
        helper.make_node(link or "Identity", ["scores"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes,
        "cnn",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [batch, channels, *size])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [batch, n_outputs])],
        [numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)

    def margin(images: np.ndarray) -> np.ndarray:
        windows = np.lib.stride_tricks.sliding_window_view(images.astype(np.float64), (3, 3), axis=(2, 3))
        features = np.einsum("nchwij,kcij->nkhw", windows, kernel.astype(np.float64))
        return np.maximum(features, 0).mean(axis=(2, 3)) @ w.astype(np.float64) + b

    return ImageCase(model, lambda images: LINKS[link](margin(images)), margin)
