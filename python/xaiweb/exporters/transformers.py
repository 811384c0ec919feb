"""scikit-learn's transformers of numbers, in operators that every provider has where that is possible."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.errors import ModelError
from xaiweb.exporters.leaf import leaf
from xaiweb.exporters.nodes import Graph, Matrix, Numbers, unknown

_FUNCTIONS = {
    np.log: ["Log"], np.exp: ["Exp"], np.sqrt: ["Sqrt"], np.abs: ["Abs"], np.log1p: ["+1", "Log"],
    np.expm1: ["Exp", "-1"], np.square: ["square"],
}  # fmt: skip


def write(graph: Graph, step: Any, matrix: Matrix) -> Matrix:
    """What one fitted transformer makes of ``matrix``, perhaps yet to be scaled.

    Raises:
        ModelError: It has no ONNX form.
    """
    kind = type(step).__name__
    if hasattr(step, "get_support"):
        return graph.some(matrix, np.flatnonzero(step.get_support()))
    if kind in _SCALERS:
        return _scaled(graph, step, matrix)
    matrix = graph.plain(matrix)
    writer = _WRITERS.get(kind)
    return writer(graph, step, matrix) if writer else leaf(graph, step, matrix)


def function(graph: Graph, func: Any, matrix: Matrix, where: str) -> Matrix:
    """A numpy function of every number; None is the identity.

    Raises:
        ModelError: The function isn't one of those known.
    """
    if func is None:
        return matrix
    if func not in _FUNCTIONS:
        known = ", ".join(f"numpy.{function.__name__}" for function in _FUNCTIONS)
        raise ModelError(
            f"its function {getattr(func, '__name__', func)!r} can't be written as ONNX",
            where=where,
            next=f"Use one of {known}, or compute the column before.",
            code="sklearn-export",
        )
    name = matrix.name
    for operator in _FUNCTIONS[func]:
        if operator in ("+1", "-1"):
            name = graph.add("Add", name, np.float32(operator))
        elif operator == "square":
            name = graph.add("Mul", name, name)
        else:
            name = graph.add(operator, name)
    return unknown(name, matrix.width)


def _scaled(graph: Graph, step: Any, matrix: Matrix) -> Matrix:
    """(x - centre) * factor, on top of the scaling that waits already."""
    given = (np.broadcast_to(np.asarray(n, np.float64), (matrix.width,)) for n in _SCALERS[type(step).__name__](step))
    columns = tuple(
        Numbers(before.values, before.centre + float(centre) / before.factor, before.factor * float(factor))
        for before, centre, factor in zip(matrix.columns, *given, strict=True)
    )
    scaled = Matrix(matrix.name, columns)
    if not getattr(step, "clip", False):
        return scaled
    low, high = getattr(step, "feature_range", (-1.0, 1.0))
    return unknown(graph.add("Clip", graph.plain(scaled).name, np.float32(low), np.float32(high)), matrix.width)


_SCALERS: dict[str, Callable[[Any], tuple[Any, Any]]] = {
    "StandardScaler": lambda step: (_or(step.mean_ if step.with_mean else None, 0.0), 1 / _or(step.scale_, 1.0)),
    "RobustScaler": lambda step: (_or(step.center_, 0.0), 1 / _or(step.scale_, 1.0)),
    "MaxAbsScaler": lambda step: (0.0, 1 / step.scale_),
    "MinMaxScaler": lambda step: (-step.min_ / step.scale_, step.scale_),
}


def _or(value: Any, default: float) -> Any:
    return default if value is None else value


def _simple_imputer(graph: Graph, step: Any, matrix: Matrix) -> Matrix:
    absent = _absent(graph, step.missing_values, matrix)
    fill = np.asarray(step.statistics_, np.float64)
    columns = tuple(
        Numbers(None if column.values is None else np.union1d(column.values, value))
        for column, value in zip(matrix.columns, fill, strict=True)
    )
    filled = Matrix(graph.add("Where", absent, np.nan_to_num(fill), matrix.name), columns)
    values = graph.some(filled, np.flatnonzero(~np.isnan(fill)))
    if step.indicator_ is None:
        return values
    flags = _flags(graph, absent, matrix.width)
    return graph.join([values, graph.some(flags, step.indicator_.features_)])


def _absent(graph: Graph, missing: Any, matrix: Matrix) -> str:
    if isinstance(missing, float) and np.isnan(missing):
        return graph.add("IsNaN", matrix.name)
    return graph.add("Equal", matrix.name, np.float32(missing))


def _one_hot(graph: Graph, step: Any, matrix: Matrix) -> Matrix:
    """Of numbers; a column per category that no infrequent one and no dropped one complicates."""
    plain = step.drop_idx_ is None and getattr(step, "_infrequent_enabled", False) is False
    categories = [np.asarray(values, np.float64) for values in step.categories_]
    if not plain or any(np.isnan(values).any() for values in categories):
        return leaf(graph, step, matrix)
    places = np.repeat(np.arange(len(categories)), [len(values) for values in categories])
    spread = graph.add("Gather", matrix.name, places.astype(np.int64), axis=1)
    same = graph.add("Equal", spread, np.concatenate(categories).astype(np.float32))
    return _flags(graph, same, len(places))


def _flags(graph: Graph, true: str, width: int) -> Matrix:
    """Booleans as 0 and 1."""
    return Matrix(graph.add("Cast", true, to=graph.FLOAT), (Numbers(np.array([0.0, 1.0])),) * width)


def _ordinal(graph: Graph, step: Any, matrix: Matrix) -> Matrix:
    """Of numbers; an unknown one and a missing one become what the encoder says, which may be NaN."""
    other = step.unknown_value if step.handle_unknown == "use_encoded_value" else np.nan
    parts = []
    for j, values in enumerate(step.categories_):
        known = np.asarray(values, np.float64)
        known = known[~np.isnan(known)]
        column = graph.some(matrix, [j]).name
        same = graph.add("Cast", graph.add("Equal", column, known.astype(np.float32)), to=graph.FLOAT)
        code = graph.add("MatMul", same, np.arange(len(known), dtype=np.float64)[:, None])
        found = graph.add("Cast", graph.add("MatMul", same, np.ones((len(known), 1))), to=graph.BOOL)
        missing = graph.add("IsNaN", column)
        absent = graph.add("Where", missing, np.float32(step.encoded_missing_value), np.float32(other))
        parts.append(unknown(graph.add("Where", found, code, absent), 1))
    return graph.join(parts)


def _polynomial(graph: Graph, step: Any, matrix: Matrix) -> Matrix:
    """Each monomial is a product of as many factors as the largest degree; the missing ones are 1."""
    powers: NDArray[np.int64] = step.powers_
    degree = max(int(powers.sum(axis=1).max(initial=0)), 1)
    one = matrix.width
    factors = np.full((len(powers), degree), one, np.int64)
    for row, power in zip(factors, powers, strict=True):
        columns = np.repeat(np.arange(one), power)
        row[: len(columns)] = columns
    ones = graph.add("Pad", matrix.name, np.array([0, 0, 0, 1], np.int64), np.float32(1))
    parts = [graph.add("Gather", ones, factors[:, k], axis=1) for k in range(degree)]
    return unknown(reduce(lambda a, b: graph.add("Mul", a, b), parts), len(powers))


def _function_transformer(graph: Graph, step: Any, matrix: Matrix) -> Matrix:
    checks_only = getattr(step.func, "func", None)  # HistGradientBoosting wraps check_array, which changes nothing
    func = None if getattr(checks_only, "__name__", "") == "check_array" else step.func
    return function(graph, func, matrix, type(step).__name__)


_WRITERS = {
    "SimpleImputer": _simple_imputer,
    "OneHotEncoder": _one_hot,
    "OrdinalEncoder": _ordinal,
    "PolynomialFeatures": _polynomial,
    "FunctionTransformer": _function_transformer,
}
