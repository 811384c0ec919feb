"""Operators that treat each row for itself: where the columns of a tensor go.

What is known of a tensor ``(n_rows, ...)`` is kept in an array of the same rank in which something else stands in
the place of the rows, one entry per player or per tree sum. So an operator that only moves columns moves that array
in the same way, and ONNX's axes are the array's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

Constants = Mapping[str, NDArray[Any]]

FLOATS = (TensorProto.FLOAT, TensorProto.DOUBLE)
"""Types a ``Cast`` to which leaves numbers as they are."""

SAME = {"Identity", "Cast", "Dropout"}
"""Operators whose first output has its input's columns, number for number."""


def constants_of(graph: GraphProto) -> dict[str, NDArray[Any]]:
    """The values of a graph's initializers."""
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}


def attributes(node: NodeProto) -> dict[str, Any]:
    """The attributes of a node by name; strings as text."""
    found = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    return {name: value.decode() if isinstance(value, bytes) else value for name, value in found.items()}


def kind_of(node: NodeProto) -> str:
    """``Add``, ``ml.Scaler``: an operator's name, the standard domain left out; other domains in full."""
    if node.domain in ("", "ai.onnx"):
        return str(node.op_type)
    return f"{'ml' if node.domain == 'ai.onnx.ml' else node.domain}.{node.op_type}"


def fits(constant: NDArray[Any], array: NDArray[Any]) -> bool:
    """Whether ONNX broadcasts a constant over the rows of a tensor without naming single rows."""
    return constant.ndim < array.ndim or (constant.ndim == array.ndim and constant.shape[0] == 1)


def moved(node: NodeProto, arrays: Sequence[NDArray[Any]], constants: Constants) -> list[NDArray[Any]] | None:
    """The arrays of a node's outputs where it only moves, repeats or drops columns; None for any other operator.

    Args:
        node: The operator.
        arrays: What is known of its inputs that have rows, in order.
        constants: Its other inputs are looked up here.
    """
    operator, given = kind_of(node), attributes(node)
    first = arrays[0]
    rank = first.ndim

    def constant(position: int, attribute: str = "") -> list[int] | None:
        """An input, or in old operator sets an attribute, that says where to."""
        if attribute in given:
            return list(given[attribute])
        name = node.input[position] if position < len(node.input) else ""
        return [int(number) for number in constants[name].ravel()] if name in constants else None

    if operator in SAME:
        return [first]
    if operator == "Concat":
        axis = _axis(given["axis"], rank)
        alike = len(arrays) == len(node.input) and len({array.ndim for array in arrays}) == 1
        return [np.concatenate(arrays, axis=axis)] if axis > 0 and alike else None
    if len(arrays) != 1 or node.input[0] in constants:
        return None
    if operator == "Reshape":
        return _reshaped(first, constant(1, "shape"), bool(given.get("allowzero")))
    if operator == "Flatten":
        return [first.reshape(len(first), -1)] if _axis(given.get("axis", 1), rank) == 1 else None
    if operator in ("Squeeze", "Unsqueeze"):
        axes = constant(1, "axes")
        if axes is None:
            return None
        squeeze = operator == "Squeeze"
        places = tuple(_axis(axis, rank if squeeze else rank + len(axes)) for axis in axes)
        if 0 in places:
            return None
        return [np.squeeze(first, places) if squeeze else np.expand_dims(first, places)]
    if operator == "Transpose":
        order = given.get("perm", list(range(rank))[::-1])
        return [first.transpose(order)] if order[0] == 0 else None
    if operator == "Gather":
        axis = _axis(given.get("axis", 0), rank)
        return (
            [np.take(first, constants[node.input[1]], axis=axis)] if axis > 0 and node.input[1] in constants else None
        )
    if operator == "ml.ArrayFeatureExtractor":
        return [np.take(first, constants[node.input[1]].ravel(), axis=-1)] if rank > 1 else None
    if operator == "Split":
        axis = _axis(given.get("axis", 0), rank)
        sizes = constant(1, "split") or ([first.shape[axis] // len(node.output)] * len(node.output))
        fitting = axis > 0 and sum(sizes) == first.shape[axis] and len(sizes) == len(node.output)
        return np.split(first, np.cumsum(sizes)[:-1], axis=axis) if fitting else None
    if operator == "Slice":
        starts, ends = constant(1, "starts"), constant(2, "ends")
        if starts is None or ends is None:
            return None
        axes, steps = constant(3, "axes") or list(range(len(starts))), constant(4) or [1] * len(starts)
        pieces = [slice(None)] * rank
        for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
            pieces[_axis(axis, rank)] = slice(start, end if step > 0 or end >= -first.shape[axis] else None, step)
        return [first[tuple(pieces)]] if pieces[0] == slice(None) else None
    return None


def _reshaped(array: NDArray[Any], shape: list[int] | None, zero_is_zero: bool) -> list[NDArray[Any]] | None:
    """The array in a shape that keeps rows apart: the first dimension free or copied, and the rest as many columns."""
    if not shape or shape[0] not in (-1, 0) or zero_is_zero:
        return None
    rest = [array.shape[axis] if size == 0 and axis < array.ndim else size for axis, size in enumerate(shape)][1:]
    columns = array.size // len(array)
    if shape[0] == 0 and rest.count(-1) == 1:
        return [array.reshape(len(array), *rest)]
    return [array.reshape(len(array), *rest)] if int(np.prod(rest)) == columns and min(rest, default=1) >= 0 else None


def _axis(axis: int, rank: int) -> int:
    return axis + rank if axis < 0 else axis
