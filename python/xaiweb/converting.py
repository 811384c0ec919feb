"""A model of any origin as ONNX: converted, compared with the original, its answers named and checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.documents import entry
from xaiweb.bundle.manifest import Output
from xaiweb.bundle.tabular import Feature
from xaiweb.errors import InputError, ModelError
from xaiweb.graph import model as graph_model

if TYPE_CHECKING:
    import onnx

PARITY_ROWS = 1000
ALONE = 8
"""Rows that are also asked about one by one."""
SAME = 1e-3
"""How far the answers to a row may lie apart, as a share of the largest answer where that is above 1: float32 adds up
another number of rows in another order."""


@dataclass(frozen=True)
class Converted:
    """A model as ONNX, and how it was proved equal to the original."""

    model: onnx.ModelProto
    source: str
    outputs: tuple[Output, ...] | None = None
    parity: float | None = None


def origin(model: Any) -> str | None:
    """What made a model: ``onnx`` (a path), ``torch``, ``xgboost``, ``lightgbm``, ``sklearn``; None for all else."""
    if isinstance(model, str | Path):
        return "onnx"
    made_by = {cls.__module__.partition(".")[0] for cls in type(model).__mro__}
    return next((name for name in ("torch", "xgboost", "lightgbm", "sklearn") if name in made_by), None)


def convert(model: Any, background: Any, rows: NDArray[np.float32], features: tuple[Feature, ...]) -> Converted:
    """The model as ONNX, with the original compared on real rows and at the edges where there is an original."""
    source = origin(model)
    if source == "onnx":
        return Converted(graph_model.load(Path(model)), source)
    from xaiweb.exporters import parity

    described = [
        {
            "name": f.name,
            "levels": list(f.words) if f.words else None,
            "min": f.min,
            "max": f.max,
            "missing": f.missing,
        }
        for f in features
    ]
    if source == "torch":
        from xaiweb.exporters import torch as exporter

        proto = exporter.to_onnx(model, rows[:2])
        reference: Callable[[NDArray[np.float32]], NDArray[Any]] = exporter.reference(model)
        outputs = None
    elif source is not None:
        from xaiweb.exporters import sklearn as sk

        proto = sk.to_onnx(model, background, described)
        reference = sk.reference(model, background, described)
        width = proto.graph.output[0].type.tensor_type.shape.dim[1].dim_value
        outputs = tuple(Output(n, k) for n, k in sk.outputs(model, width))
    else:
        raise ModelError(
            f"a {type(model).__name__} can't be exported.",
            where="model",
            next="Give a torch.nn.Module, a fitted scikit-learn, XGBoost or LightGBM estimator, or the path of an ONNX"
            " file.",
        )
    edges = parity.edge_rows(described, rows)
    n_rows = np.concatenate([rows[:PARITY_ROWS], edges])
    gap = parity.check(reference, proto, n_rows, [f.name for f in features])
    return Converted(proto, source, outputs, gap)


def predict(model: onnx.ModelProto, info: graph_model.ModelInfo, rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """The model's answers to ``rows``, float64 ``(n_rows, n_outputs)``.

    Raises:
        ModelError: If it can't be run on them, one of its answers isn't finite, or its answer to a row is another one
            beside other rows.
    """
    import onnxruntime

    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])

        def answers(some: NDArray[np.float32]) -> NDArray[np.float64]:
            return np.asarray(session.run([info.output], {info.input: some})[0], np.float64).reshape(len(some), -1)

        out = answers(rows)
        alone = np.concatenate([answers(row[None]) for row in rows[:ALONE]])
    except Exception as reason:  # onnxruntime's exceptions share no narrower base
        raise ModelError(
            f"onnxruntime can't run this model: {reason}",
            where="model",
            next="Export it with operators that onnxruntime has, for rows like those given.",
            code="model-failed",
        ) from None
    bad = np.argwhere(~np.isfinite(out))
    if len(bad):
        raise ModelError(
            f"the model answers {out[tuple(bad[0])]} for one of the rows given.",
            where=f"row {bad[0][0] + 1}, output {bad[0][1]}",
            next="Repair the model or the row: an explanation needs finite numbers.",
            code="model-not-finite",
        )
    gaps = np.abs(alone - out[:ALONE])
    if not (gaps <= SAME * np.abs(out).max(axis=0, initial=1.0)).all():
        row, output = np.unravel_index(np.argmax(gaps), gaps.shape)
        raise ModelError(
            f"the model's answer to a row isn't always the same: alone it is {alone[row, output]:.6g}, beside other"
            f" rows {out[row, output]:.6g}.",
            where=f"row {row + 1}, output {output}",
            next="Export it in evaluation mode: without dropout, and with the batch norms' own statistics.",
            code="model-not-a-function",
        )
    return out


def describe_outputs(
    outputs: Sequence[dict[str, Any]] | None,
    converted: Converted,
    info: graph_model.ModelInfo,
    predictions: NDArray[np.float64],
) -> tuple[Output, ...]:
    """The model's outputs as its owner described them, or as its answers show.

    Raises:
        InputError: If another number of outputs was described than there are, or one of them not as it should be.
    """
    if outputs is not None:
        declared: tuple[Output, ...] = tuple(entry(Output, given, f"outputs[{i}]") for i, given in enumerate(outputs))
    elif converted.outputs is not None:
        declared = converted.outputs
    else:
        n = info.n_outputs
        bounded = bool(((predictions >= 0) & (predictions <= 1)).all())
        # A number between 0 and 1 may be anything; after a Sigmoid, or among others that sum to 1, it is a probability.
        linked = info.ends_in_link
        shares = n > 1 and bool(np.allclose(predictions.sum(axis=1), 1, atol=1e-4))
        kind = "probability" if bounded and (linked or shares) else "number"
        names = ["output"] if n == 1 else [f"output {i}" for i in range(n)]
        declared = tuple(Output(name, kind) for name in names)
    if len(declared) != info.n_outputs:
        raise InputError(
            f"the model has {info.n_outputs} outputs, {len(declared)} were described.",
            where="outputs",
            next="Describe each of them, in order.",
        )
    return declared
