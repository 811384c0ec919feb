"""Shapes of a model's input and output: as written, as inferred, or as tried."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, ValueInfoProto, helper

from xaiweb.errors import ModelError

_NONE = (0,)
"""The shape of nothing at all."""


def shape_of(value: ValueInfoProto) -> tuple[int | None, ...] | None:
    """The dimensions, None where free; None as a whole where not even the rank is known."""
    if not value.type.tensor_type.HasField("shape"):
        return None
    dims = value.type.tensor_type.shape.dim
    # some exporters write a free dimension as 0 or -1
    return tuple(dim.dim_value if dim.HasField("dim_value") and dim.dim_value > 0 else None for dim in dims)


def output_shape(model: ModelProto, source: str, target: ValueInfoProto, row: tuple[int, ...]) -> tuple[int, int]:
    """Rank (1 or 2) and columns of the output ``target`` for inputs of shape ``(n_rows, *row)`` in ``source``.

    Raises:
        ModelError: The output has another rank, or its width can't be found out.
    """
    shape = shape_of(target) or _inferred(model, source, target.name, row)
    if shape is None or (len(shape) == 2 and shape[1] is None):
        shape = _tried(model, source, target.name, row)
    if len(shape) == 1:
        return 1, 1
    if len(shape) != 2 or not shape[1]:
        raise ModelError(
            f"the output has rank {len(shape)}; one row of numbers per row is needed, (n_rows, n_outputs)",
            where=f'output "{target.name}"',
            next="Flatten the output in the model, or keep the part of it that is to be explained.",
            code="model-output-rank",
        )
    return 2, shape[1]


def check_width(model: ModelProto, source: str, target: str, width: int) -> None:
    """Refuse a width that the model leaves open in its input but not inside.

    Raises:
        ModelError: By ONNX's shape inference, rows of ``width`` columns don't fit.
    """
    if _for_rows(model, source, target, (width,), 2) == _NONE:
        raise ModelError(
            f"rows of {width} columns don't fit into the model",
            where=f'input "{source}"',
            next="Give exactly the model's columns, in its order.",
            code="model-width",
        )


def check_batch_can_vary(model: ModelProto, source: str, target: str, row: tuple[int, ...], written: int) -> None:
    """Refuse a model whose inside, not only whose declared input, is made for ``written`` rows.

    Raises:
        ModelError: By ONNX's shape inference, other numbers of rows don't fit or don't come out.
    """
    for batch in (written + 2, written + 5):
        shape = _for_rows(model, source, target, row, batch)
        if shape is not None and shape[0] is not None and shape[0] != batch:
            raise ModelError(
                f"the model is made for exactly {written} row(s) at a time",
                where=f'input "{source}"',
                next="Export it with a dynamic first dimension.",
                code="model-fixed-batch",
            )


def _inferred(
    model: ModelProto, source: str, target: str, row: tuple[int, ...], batch: int | None = None
) -> tuple[int | None, ...] | None:
    """The output's shape by ONNX's own shape inference; with ``batch``, for that many rows."""
    candidate = ModelProto()
    candidate.CopyFrom(model)
    del candidate.graph.value_info[:]
    for value in candidate.graph.input:
        if value.name == source:
            n_rows = "n_rows" if batch is None else batch
            value.CopyFrom(helper.make_tensor_value_info(source, TensorProto.FLOAT, [n_rows, *row]))
    for value in candidate.graph.output:
        value.type.tensor_type.ClearField("shape")
    inferred = onnx.shape_inference.infer_shapes(candidate, strict_mode=batch is not None, data_prop=True)
    return shape_of(next(value for value in inferred.graph.output if value.name == target))


def _for_rows(
    model: ModelProto, source: str, target: str, row: tuple[int, ...], batch: int
) -> tuple[int | None, ...] | None:
    """The output's shape for inputs of shape ``(batch, *row)``; `_NONE` where they don't fit."""
    try:
        return _inferred(model, source, target, row, batch)
    except onnx.shape_inference.InferenceError:
        pass  # or ONNX doesn't know what some operator gives: then only trying tells
    try:
        return _run(model, source, target, row, batch)
    except Exception:
        return _NONE


def _tried(model: ModelProto, source: str, target: str, row: tuple[int, ...]) -> tuple[int | None, ...]:
    """The output's shape found by trying."""
    try:
        return _run(model, source, target, row, 2)
    except Exception as error:
        raise ModelError(
            "the number of outputs is neither written in the model nor can it be found out",
            where=f'output "{target}"',
            next="Write the output's shape into the model: (n_rows, n_outputs).",
            code="model-output-shape",
        ) from error


def _run(model: ModelProto, source: str, target: str, row: tuple[int, ...], batch: int) -> tuple[int | None, ...]:
    """The output's shape for rows of zeros in ONNX's reference evaluator."""
    from onnx.reference import ReferenceEvaluator

    (result,) = ReferenceEvaluator(model).run([target], {source: np.zeros((batch, *row), np.float32)})
    return tuple(np.shape(result))
