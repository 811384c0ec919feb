"""What a model of images takes and gives, and the same model over pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import GraphProto, ModelProto, TensorProto, ValueInfoProto, checker, helper, numpy_helper

from xaiweb.errors import ModelError
from xaiweb.graph.edit import inlined, prefix_names, prune
from xaiweb.graph.link import last_link
from xaiweb.graph.model import ModelInfo, check_valid, plain, usable_opset
from xaiweb.graph.ports import find_output, only_input
from xaiweb.graph.shape import check_batch_can_vary, output_shape, shape_of

NETWORK_PREFIX = "network/"
"""Before the names of a model that gets the pixels' normalisation put in front."""


@dataclass(frozen=True, kw_only=True)
class ImageInfo(ModelInfo):
    """A model of images that can be explained; its input is float32 ``(n_images, channels, height, width)``.

    Attributes:
        channels: 3 for red, green and blue, 1 for luminance.
        height: In pixels.
        width: In pixels.
    """

    channels: int
    height: int
    width: int

    @property
    def row_shape(self) -> tuple[int, ...]:
        """The input's dimensions after the first."""
        return (self.channels, self.height, self.width)


def describe_image(model: ModelProto, size: tuple[int, int] | None = None, channels: int | None = None) -> ImageInfo:
    """The model's input and output, or a refusal that says what to change.

    Args:
        model: Any ONNX model with one float32 input ``(n_images, channels, height, width)`` and one float32 output
            ``(n_images, n_outputs)``.
        size: Height and width, where the model leaves them free.
        channels: 1 or 3, where the model leaves it free.

    Raises:
        ModelError: The model doesn't have that shape; ``code`` names the reason.
    """
    check_valid(model)
    model = inlined(model)
    opset = usable_opset(model)
    source, row = _find_image(model, (channels, *(size or (None, None))))
    target, labels = find_output(model)
    rank, n_outputs = output_shape(model, source.name, target, row)
    # Shape inference is cheap, and a free batch in the input may still be fixed inside.
    check_batch_can_vary(model, source.name, target.name, row, (shape_of(source) or (None,))[0] or 1)
    return ImageInfo(
        input=source.name,
        output=target.name,
        n_features=int(np.prod(row)),
        n_outputs=n_outputs,
        opset=opset,
        label_outputs=labels,
        ends_in_link=last_link(model, target.name) is not None,
        output_rank=rank,
        channels=row[0],
        height=row[1],
        width=row[2],
    )


def normalisation(
    n_channels: int, mean: Sequence[float], std: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation as float64 ``(n_channels,)`` each.

    Raises:
        ModelError: There isn't one mean and one positive std per channel.
    """
    middle, spread = np.asarray(mean, np.float64), np.asarray(std, np.float64)
    if middle.shape != (n_channels,) or spread.shape != (n_channels,) or not (spread > 0).all():
        raise ModelError(
            f"the model has {n_channels} channel(s); mean and std must be as many numbers, std above 0",
            where="mean and std",
            next="Give those that the model was trained with, or leave both out.",
            code="normalisation",
        )
    return middle, spread


def over_pixels(model: ModelProto, info: ImageInfo, mean: Sequence[float], std: Sequence[float]) -> ModelProto:
    """The model with ``pixels`` float32 (n_images, channels, height, width), 0 to 255, as its input.

    They are normalised as (pixel / 255 - mean) / std. A mean over all positions becomes a global average pool, the
    same number by an operator that every provider has.

    Args:
        model: The model over normalised pixels.
        info: What `describe_image` said of it.
        mean: Per channel, in units of 255.
        std: Per channel, in units of 255.

    Raises:
        ModelError: There isn't one mean and one positive std per channel.
    """
    middle, spread = normalisation(info.channels, mean, std)
    result = plain(model, info)
    graph = result.graph
    _pool_globally(result)
    prefix_names(graph, NETWORK_PREFIX)
    shape = (1, info.channels, 1, 1)
    for name, values in (("pixels/factor", 1 / (255 * spread)), ("pixels/offset", middle / spread)):
        graph.initializer.append(numpy_helper.from_array(values.astype(np.float32).reshape(shape), name))
    source = graph.input[0].name
    nodes = [
        helper.make_node("Mul", ["pixels", "pixels/factor"], ["pixels/scaled"], name="make/pixels/scaled"),
        helper.make_node("Sub", ["pixels/scaled", "pixels/offset"], [source], name="make/normalised"),
        *graph.node,
    ]
    del graph.node[:]
    graph.node.extend(nodes)
    graph.input[0].name = "pixels"
    checker.check_model(result)
    return result


def _find_image(model: ModelProto, given: tuple[int | None, ...]) -> tuple[ValueInfoProto, tuple[int, int, int]]:
    """The input, and its channels, height and width."""
    advice = "Export a model that takes one float32 tensor (n_images, channels, height, width)."
    source = only_input(model, "an image goes into exactly one", advice)
    where = f'input "{source.name}"'
    shape = shape_of(source)
    if shape is None or len(shape) != 4:
        words = "no known rank" if shape is None else f"rank {len(shape)}"
        raise ModelError(
            f"the input has {words}; images have rank 4", where=where, next=advice, code="model-input-rank"
        )
    for name, written, asked in zip(("channels", "height", "width"), shape[1:], given, strict=True):
        if written is not None and asked is not None and written != asked:
            last = shape[3] in (1, 3) and shape[1] not in (1, 3)
            raise ModelError(
                f"the model takes {name} {written}, {asked} was given",
                where=where,
                next="Its channels stand last: put a Transpose before it." if last else "Give the model's own size.",
                code="model-size",
            )
    found = [written or asked for written, asked in zip(shape[1:], given, strict=True)]
    if found[0] not in (None, 1, 3):
        raise ModelError(
            f"the model takes {found[0]} channels; a photo has 3, or 1",
            where=where,
            next="Put a Transpose before the model." if found[2] in (1, 3) else "Export a model of colours or greys.",
            code="model-channels",
        )
    channels, height, width = found
    if channels is None or height is None or width is None:
        raise ModelError(
            "the size of the images is free in the model",
            where=where,
            next="Say which size to use: size=(height, width), and channels.",
            code="model-size-unknown",
        )
    return source, (channels, height, width)


def _pool_globally(model: ModelProto) -> None:
    """Replace every mean over height and width by a global average pool, in place."""
    graph = model.graph
    ranks = _ranks(model)
    constants = {tensor.name: tensor for tensor in graph.initializer}
    nodes = []
    for node in graph.node:
        if node.op_type != "ReduceMean" or ranks.get(node.input[0]) != 4:
            nodes.append(node)
            continue
        given = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        axes = given.get("axes", ())
        if len(node.input) > 1 and node.input[1] in constants:
            axes = numpy_helper.to_array(constants[node.input[1]]).tolist()
        if {axis % 4 for axis in axes} != {2, 3}:
            nodes.append(node)
            continue
        flat = not given.get("keepdims", 1)
        pooled = f"{node.output[0]}/pooled" if flat else node.output[0]
        nodes.append(helper.make_node("GlobalAveragePool", node.input[:1], [pooled], name=node.name))
        if flat:
            nodes.append(helper.make_node("Flatten", [pooled], node.output, name=f"{node.name}/flat", axis=1))
    del graph.node[:]
    graph.node.extend(nodes)
    prune(graph, [value.name for value in graph.output])


def _ranks(model: ModelProto) -> dict[str, int]:
    """Rank of every tensor whose rank ONNX's shape inference knows."""
    graph: GraphProto = onnx.shape_inference.infer_shapes(model).graph
    return {
        value.name: len(value.type.tensor_type.shape.dim)
        for value in (*graph.input, *graph.value_info)
        if value.type.tensor_type.elem_type == TensorProto.FLOAT and value.type.tensor_type.HasField("shape")
    }
