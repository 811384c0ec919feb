"""The exported graph and the original model give the same numbers, or the export stops."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import ModelProto

from xaiweb.errors import ParityError

Reference = Callable[[NDArray[np.float32]], NDArray[Any]]
"""Raw rows (n_rows, n_features) to outputs (n_rows, n_outputs) or (n_rows,)."""


def check(
    reference: Reference,
    model: ModelProto,
    rows: NDArray[np.float32],
    feature_names: Sequence[str] | None = None,
    tolerance: float = 1e-5,
) -> float:
    """The largest difference between ``reference`` and the graph under onnxruntime.

    Args:
        reference: The original model as a function of raw rows.
        model: The exported graph.
        rows: Rows to compare on, float32 (n_rows, n_features).
        feature_names: Columns' names, for the message.
        tolerance: Largest difference allowed, as a share of the output's largest answer where that is above 1: a
            small answer may be the difference of large numbers, which float32 adds up in its own order.

    Raises:
        ParityError: Naming the row, its values and the output; or that the shapes differ.
    """
    rows = np.ascontiguousarray(rows, np.float32)
    session = onnxruntime.InferenceSession(model.SerializeToString(), quiet(), providers=["CPUExecutionProvider"])
    output = next(value.name for value in session.get_outputs() if value.type == "tensor(float)")
    answer = session.run([output], {session.get_inputs()[0].name: rows})[0]
    found = np.asarray(answer, np.float64).reshape(len(rows), -1)
    wanted = np.asarray(reference(rows), np.float64).reshape(len(rows), -1)
    if found.shape != wanted.shape:
        raise ParityError(
            f"the exported graph gives {found.shape[1]} outputs, the original {wanted.shape[1]}",
            next="Export the model anew; if it still differs, report it with the model.",
        )
    with np.errstate(invalid="ignore"):
        gaps = np.abs(found - wanted)
        gaps[(found == wanted) | (np.isnan(found) & np.isnan(wanted))] = 0.0  # equal infinities, equal NaN
        shares = gaps / np.abs(np.where(np.isfinite(wanted), wanted, 0.0)).max(axis=0, initial=1.0)
    shares[np.isnan(shares)] = np.inf  # a number against NaN, or against infinity
    wrong = shares > tolerance
    if wrong.any():
        row, k = (int(index) for index in np.unravel_index(np.argmax(shares), shares.shape))
        raise ParityError(
            f"the exported graph gives {found[row, k]:.7g} where the original gives {wanted[row, k]:.7g}"
            f" ({int(wrong.any(axis=1).sum())} of {len(rows)} rows differ by more than {tolerance:g})",
            where=f"row {row}, output {k}: {_words(rows[row], feature_names)}",
            next="Replace the operation that behaves differently; float64 and text handling are the usual reasons.",
        )
    return float(gaps.max(initial=0.0))


def quiet() -> onnxruntime.SessionOptions:
    """Options of a session that keeps warnings to itself: skl2onnx leaves constants in its graphs that nobody reads."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return options


def edge_rows(features: Sequence[Mapping[str, Any]], rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows at the edges: the first row with each column at its least, its greatest, and each level.

    Where a number declares no ``min`` or ``max``, the smallest and largest of ``rows`` are taken. Two
    more rows have every column at its least, and at its greatest.

    Args:
        features: The columns of ``rows``, in order; ``levels`` makes a column a category.
        rows: Real rows, float32 (n_rows, n_features).
    """
    rows = np.asarray(rows, np.float32)
    edges = []
    lows, highs = rows[0].copy(), rows[0].copy()
    for j, feature in enumerate(features):
        values = _edges(feature, rows[:, j])
        lows[j], highs[j] = values[0], values[-1]
        for value in values:
            row = rows[0].copy()
            row[j] = value
            edges.append(row)
    return np.array([*edges, lows, highs], np.float32)


def _edges(feature: Mapping[str, Any], column: NDArray[np.float32]) -> list[float]:
    levels = feature.get("levels")
    if levels:
        return [float(index) for index in range(len(levels))]
    known = column[np.isfinite(column)] if np.isfinite(column).any() else np.zeros(1, np.float32)
    low, high = feature.get("min"), feature.get("max")
    least = float(low) if low is not None else float(known.min())
    greatest = float(high) if high is not None else float(known.max())
    values = [least, greatest]
    return [*values[:1], float("nan"), *values[1:]] if feature.get("missing") else values


def _words(row: NDArray[np.float32], names: Sequence[str] | None) -> str:
    if row.ndim > 1:
        return f"an array of {' x '.join(map(str, row.shape))}"
    names = names or [f"x{j}" for j in range(len(row))]
    return ", ".join(f"{name}={value:g}" for name, value in zip(names, row, strict=True))
