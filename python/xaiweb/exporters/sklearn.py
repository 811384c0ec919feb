"""A fitted estimator as an ONNX model with one float input: scikit-learn, and XGBoost or LightGBM alone or in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto

from xaiweb.errors import InputError, ModelError
from xaiweb.exporters import boosted
from xaiweb.exporters.nodes import Column, Columns, Graph
from xaiweb.exporters.predict import predict
from xaiweb.exporters.words import frame

Features = Sequence[Mapping[str, Any]]


def to_onnx(estimator: Any, data: Any, features: Features | None = None) -> ModelProto:
    """The estimator as a graph over one float32 input ``rows`` (n_rows, n_features).

    A classifier gives its probabilities, one column per class in the order of ``classes_``; a regressor its
    prediction. Categories are given as the number of their level, a missing value as NaN.

    Args:
        estimator: Fitted classifier or regressor, often a Pipeline; or a Booster of XGBoost or LightGBM.
        data: Rows like those it was fitted on: a pandas DataFrame (words for categories; other columns
            may stand in it) or an array of numbers.
        features: The columns of ``rows``, in order, as in features.v1.schema.json; protected ones are
            passed over. None takes numbers only, in the estimator's own order.

    Raises:
        ModelError: A library is missing, the estimator isn't fitted, gives no probabilities, or has no ONNX form.
        InputError: Columns of the estimator aren't among the features, or the other way round; or it doesn't know a
            level that they declare.
    """
    _check(estimator)
    columns, n_features = _columns(estimator, data, features)
    graph = Graph(n_features)
    output = predict(graph, estimator, columns)
    if _is_classifier(estimator) and output.width != len(estimator.classes_):
        raise _several_targets(estimator)
    return graph.model(output)


def reference(
    estimator: Any, data: Any, features: Features | None = None
) -> Callable[[NDArray[np.float32]], NDArray[np.float64]]:
    """The estimator as a function of raw rows (level indices, not words), for `parity.check`.

    It is asked with data frames of the types that ``data`` has.

    Args:
        estimator: As for `to_onnx`.
        data: As for `to_onnx`.
        features: As for `to_onnx`.
    """
    _check(estimator)
    columns, _ = _columns(estimator, data, features)
    positions = [column.position for column in columns.columns]

    def answer(rows: NDArray[np.float32]) -> NDArray[np.float64]:
        table = frame(columns, rows[:, positions])
        if boosted.library(estimator) is not None:
            return boosted.predict(estimator, table)
        ask = estimator.predict_proba if _is_classifier(estimator) else estimator.predict
        return np.asarray(ask(table), np.float64)

    return answer


def outputs(estimator: Any, n_outputs: int) -> list[tuple[str, str]]:
    """Name and kind of each output: a classifier's classes are probabilities, all else are numbers.

    Args:
        estimator: As for `to_onnx`.
        n_outputs: Columns of the graph's output.
    """
    if _is_classifier(estimator):
        return [(str(label), "probability") for label in estimator.classes_]
    if boosted.library(estimator) is not None and boosted.link(estimator) in ("Sigmoid", "Softmax"):
        return [("probability" if n_outputs == 1 else f"class {k}", "probability") for k in range(n_outputs)]
    return [("prediction" if n_outputs == 1 else f"prediction {k}", "number") for k in range(n_outputs)]


def level_words(feature: Mapping[str, Any]) -> list[str]:
    """The words of a category's levels, written as words or as ``{"name": word}``."""
    return [level if isinstance(level, str) else str(level["name"]) for level in feature.get("levels") or ()]


def _check(estimator: Any) -> None:
    name = type(estimator).__name__
    if name == "Booster" and boosted.library(estimator) is not None:
        return
    try:
        from sklearn.exceptions import NotFittedError
        from sklearn.utils.validation import check_is_fitted
    except ImportError as error:  # pragma: no cover - depends on the installation
        raise ModelError(
            "scikit-learn is not installed",
            next="Install it with: pip install 'xaiweb[sklearn]'.",
            code="sklearn-missing",
        ) from error
    try:
        check_is_fitted(estimator)
    except NotFittedError as error:
        raise ModelError(
            "the estimator isn't fitted", where=name, next="Call fit first.", code="sklearn-not-fitted"
        ) from error
    if not _is_classifier(estimator):
        return
    if not hasattr(estimator, "predict_proba"):
        raise ModelError(
            "this classifier gives no probabilities",
            where=name,
            next="Use one with predict_proba, or wrap it in CalibratedClassifierCV.",
            code="sklearn-no-probabilities",
        )
    if isinstance(estimator.classes_, list):
        raise _several_targets(estimator)


def _several_targets(estimator: Any) -> ModelError:
    return ModelError(
        "it classifies several targets at once",
        where=type(estimator).__name__,
        next="Export one classifier per target.",
        code="sklearn-targets",
    )


def _is_classifier(estimator: Any) -> bool:
    if type(estimator).__name__ == "Booster":
        return False
    from sklearn.base import is_classifier

    return bool(is_classifier(estimator))


def _columns(estimator: Any, data: Any, features: Features | None) -> tuple[Columns, int]:
    """The columns that the estimator was fitted on, in its order, and the number of raw columns."""
    names = _names(estimator, data, features)
    if names is None:
        n_features = getattr(estimator, "n_features_in_", None) or np.shape(data)[1]
        table = data.to_numpy() if hasattr(data, "to_numpy") else np.asarray(data)
        known = table.ndim == 2 and table.dtype.kind in "fiub" and table.shape[1] == n_features
        values = [_distinct(column) for column in table.T] if known else [None] * n_features
        return Columns(tuple(Column(f"x{j}", j, values=values[j]) for j in range(n_features)), False), n_features
    missing = [name for name in names if name not in data.columns]
    if missing:
        raise InputError(
            f"the estimator was fitted on columns that the rows don't have: {', '.join(missing)}",
            where="background",
            next="Give rows with the columns it was fitted on.",
            code="sklearn-columns",
        )
    described = _described(names, features)
    positions = {feature["name"]: j for j, feature in enumerate(described)}
    columns = tuple(_column(data[name], positions[name], described[positions[name]]) for name in names)
    return Columns(columns, named=True), len(described)


def _names(estimator: Any, data: Any, features: Features | None) -> list[str] | None:
    """The columns' names; None where it was fitted on arrays."""
    if isinstance(data, str | Path) and hasattr(estimator, "feature_names_in_"):
        raise InputError(
            "the estimator was fitted on a data frame, and a file doesn't tell its types",
            where=str(data),
            next="Read it first: background=pandas.read_csv(...), with the types it was fitted on.",
            code="sklearn-columns",
        )
    if not hasattr(data, "columns"):
        return None
    if boosted.library(estimator) is not None:
        seen = data.columns if features is None else [f["name"] for f in features if not f.get("protected")]
        return boosted.feature_names(estimator, [str(name) for name in seen])
    if not hasattr(estimator, "feature_names_in_"):
        return None
    return [str(name) for name in estimator.feature_names_in_]


def _column(series: Any, position: int, feature: Mapping[str, Any]) -> Column:
    name = str(feature["name"])
    missing = bool(feature.get("missing"))
    if getattr(series.dtype, "kind", "O") in "fiub":
        return Column(name, position, None, _distinct(series), missing, series.dtype)
    words = level_words(feature)
    if not words:
        raise InputError(
            "a column of words needs its levels",
            where=f'feature "{name}"',
            next="Describe it in features: its levels, in any order.",
            code="sklearn-levels",
        )
    if not all(isinstance(value, str) for value in series.dropna().unique()):
        raise InputError(
            "its categories are neither words nor plain numbers",
            where=f'column "{name}"',
            next='Fit on words (column.astype(str).astype("category")), or on a column of numbers.',
            code="sklearn-levels",
        )
    absent = series[series.isna()]
    mark = np.nan if absent.empty else absent.iloc[0]
    return Column(name, position, tuple(words), None, missing, series.dtype, mark)


def _distinct(values: Any) -> NDArray[np.float64]:
    numbers = np.unique(np.asarray(values, dtype=np.float64))
    return np.asarray(numbers[~np.isnan(numbers)])


def _described(names: list[str], features: Features | None) -> list[Mapping[str, Any]]:
    if features is None:
        return [{"name": name} for name in names]
    columns = [feature for feature in features if not feature.get("protected")]
    given = [feature["name"] for feature in columns]
    missing = [name for name in names if name not in given]
    extra = [name for name in given if name not in names]
    if missing or extra:
        parts = [f"not described: {', '.join(missing)}"] * bool(missing)
        parts += [f"not known to the estimator: {', '.join(extra)}"] * bool(extra)
        raise InputError(
            f"the features and the estimator's columns differ ({'; '.join(parts)})",
            where="features",
            next="Describe exactly the columns it was fitted on; mark others as protected.",
            code="sklearn-columns",
        )
    return columns
