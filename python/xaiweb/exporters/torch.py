"""A PyTorch module as an ONNX model."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import ModelProto, TensorProto

from xaiweb.errors import ModelError

if TYPE_CHECKING:
    import torch

OPSET = 18
"""Old enough for every runtime in use, new enough that the exporter writes it without conversion."""

_KEPT_METADATA = "pkg.torch.onnx.name_scopes"
"""Layer names; everything else the exporter notes (stack traces with paths) is dropped."""


def to_onnx(module: torch.nn.Module, example_rows: np.ndarray) -> ModelProto:
    """The module as an ONNX model with one input ``rows`` and a free batch; of texts the length is free, too.

    Args:
        module: Takes float32 ``(n_rows, ...)``, or int64 ``(n_texts, length)``; gives ``(n_rows, n_outputs)`` or
            ``(n_rows,)``.
        example_rows: A few real rows or images, float32 ``(n, ...)``, or texts, int64 ``(n, length)``, to trace it
            with.

    Raises:
        ModelError: torch is missing, the module can't be traced, gives something else than one float32 tensor, or works
            for one batch size only.
    """
    torch = _torch()
    rows = _rows(example_rows)
    free = {0: torch.export.Dim("n_rows")}
    if rows.dtype == np.int64:
        free[1] = torch.export.Dim("length", min=1)
    while len(rows) < 3:  # a batch of one would be taken for a constant
        rows = np.concatenate([rows, rows])
    try:
        with _evaluating(module), _quiet():
            program = torch.onnx.export(
                module,
                (torch.from_numpy(rows),),
                dynamo=True,
                opset_version=OPSET,
                input_names=["rows"],
                output_names=["outputs"],
                dynamic_shapes=(free,),
                optimize=True,
                verbose=False,
            )
            model: ModelProto = program.model_proto
    except Exception as error:
        raise ModelError(
            f"PyTorch can't export this module ({_reason(error)})",
            where=type(module).__name__,
            next=f"Its forward must take one {rows.dtype} tensor {_shape_words(rows)} with any number of rows.",
            code="torch-export",
        ) from error
    _clean(model)
    kinds = [TensorProto.DataType.Name(value.type.tensor_type.elem_type).lower() for value in model.graph.output]
    if kinds != ["float"]:
        raise ModelError(
            f"the module gives {' and '.join(kinds)} tensors, not one of float32",
            where=type(module).__name__,
            next="Return one tensor of scores or probabilities, and call .float() on it.",
            code="torch-export",
        )
    _check_batches(model, rows, type(module).__name__)
    return model


def reference(module: torch.nn.Module) -> Callable[[np.ndarray], np.ndarray]:
    """The module as a function of raw rows, or of texts as token ids, for `parity.check`."""
    torch = _torch()

    def answer(rows: np.ndarray) -> np.ndarray:
        with _evaluating(module), torch.no_grad():
            answer: np.ndarray = module(torch.from_numpy(_rows(rows))).numpy()
            return answer

    return answer


@contextlib.contextmanager
def _evaluating(module: torch.nn.Module) -> Iterator[None]:
    """The module in evaluation mode, and every part of it left in its own afterwards."""
    training = [part for part in module.modules() if part.training]
    module.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


def _reason(error: BaseException) -> str:
    """The first line of what was wrong at first: PyTorch wraps it in advice on its exporter."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


def _rows(given: np.ndarray) -> np.ndarray:
    """Token ids as int64, everything else as float32."""
    whole = np.issubdtype(np.asarray(given).dtype, np.integer)
    return np.ascontiguousarray(given, np.int64 if whole else np.float32)


def _torch() -> Any:
    try:
        import torch
        import torch.onnx
    except ImportError as error:  # pragma: no cover - depends on the installation
        raise ModelError(
            "PyTorch is not installed", next="Install it with: pip install 'xaiweb[torch]'.", code="torch-missing"
        ) from error
    try:
        import onnxscript  # noqa: F401
    except ImportError as error:  # pragma: no cover - depends on the installation
        raise ModelError(
            "onnxscript is not installed; PyTorch's exporter needs it",
            next="Install it with: pip install 'xaiweb[torch]'.",
            code="torch-missing",
        ) from error
    return torch


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter prints, logs and warns about its own inside; none of that is for the user."""
    previous = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(previous)


def _clean(model: ModelProto) -> None:
    """Drop what tells about the machine it was exported on."""
    model.doc_string = ""
    model.graph.doc_string = ""
    del model.metadata_props[:], model.graph.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""
        kept = [entry for entry in node.metadata_props if entry.key == _KEPT_METADATA]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    for value in (*model.graph.input, *model.graph.output, *model.graph.value_info, *model.graph.initializer):
        value.doc_string = ""
        del value.metadata_props[:]


def _shape_words(rows: np.ndarray) -> str:
    if rows.dtype == np.int64:
        return "(n_texts, length) of any length"
    return "(n_rows, n_features)" if rows.ndim == 2 else f"(n_rows, {', '.join(map(str, rows.shape[1:]))})"


def _check_batches(model: ModelProto, rows: np.ndarray, name: str) -> None:
    """Run one row and several: a traced batch size shows as an error or as a wrong shape."""
    import onnxruntime as ort

    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    for n_rows in (1, 2, len(rows) + 4):
        shape = (n_rows, n_rows) if rows.dtype == np.int64 else (n_rows, *rows.shape[1:])
        batch = np.resize(rows, shape)
        reason: Exception | None = None
        try:
            length = len(session.run(None, {"rows": batch})[0])
        except Exception as error:
            length, reason = 0, error
        if length != n_rows:
            raise ModelError(
                f"the exported module works for {len(rows)} rows but not for {n_rows}",
                where=name,
                next="Write its forward so that it makes no use of the number of rows.",
                code="model-fixed-batch",
            ) from reason
