"""The way of raw columns through a fitted pipeline's steps, until they are numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from xaiweb.errors import ModelError
from xaiweb.exporters.nodes import Columns, Graph, Matrix, unknown
from xaiweb.exporters.transformers import write
from xaiweb.exporters.words import look_up

Value = Columns | Matrix


def transform(graph: Graph, step: Any, value: Value) -> Matrix:
    """What the fitted transformer ``step`` makes of ``value``, perhaps yet to be scaled.

    Raises:
        ModelError: It has no ONNX form, or takes words and numbers together.
        InputError: It refuses a level that the features declare.
    """
    return chain(graph, [step], value)


def chain(graph: Graph, steps: Sequence[Any], value: Value) -> Matrix:
    """What several transformers make of ``value``, one after the other."""
    rest = [step for step in _flat(steps) if not _passes(step)]
    while rest:
        if isinstance(value, Columns) and value.have_words and not _splits_columns(rest[0]):
            value, used = _words(graph, rest, value)
        else:
            value, used = _one(graph, rest[0], value), 1
        rest = rest[used:]
    return numbers(graph, value)


def numbers(graph: Graph, value: Value) -> Matrix:
    """``value`` as a matrix, scaled as it is.

    Raises:
        ModelError: There are words in it.
    """
    if isinstance(value, Matrix):
        return value
    if value.have_words:
        words = ", ".join(column.name for column in value.columns if column.words is not None)
        raise ModelError(
            f"words reach a step that takes numbers ({words})",
            where="the estimator's columns",
            next="Encode them first, for instance with OneHotEncoder in a ColumnTransformer.",
            code="sklearn-words",
        )
    return value.numbers(graph)


def pick(graph: Graph, value: Value, indices: Sequence[int]) -> Value:
    """Some columns of ``value``."""
    return value.pick(indices) if isinstance(value, Columns) else graph.some(value, indices)


def _flat(steps: Sequence[Any]) -> list[Any]:
    """Pipelines replaced by their steps."""
    return [part for step in steps for part in (_flat([s for _, s in step.steps]) if _is_pipeline(step) else [step])]


def _is_pipeline(step: Any) -> bool:
    return type(step).__name__ == "Pipeline"


def _passes(step: Any) -> bool:
    return step is None or (isinstance(step, str) and step == "passthrough")


def _splits_columns(step: Any) -> bool:
    return type(step).__name__ in ("ColumnTransformer", "FeatureUnion")


def _words(graph: Graph, steps: Sequence[Any], value: Columns) -> tuple[Matrix, int]:
    """The numbers that come out of the fewest ``steps`` that turn words into numbers, and how many those are."""
    where = type(steps[0]).__name__
    if not all(column.words is not None for column in value.columns):
        raise ModelError(
            "it takes words and numbers together",
            where=where,
            next="Give the words a transformer of their own in a ColumnTransformer.",
            code="sklearn-words",
        )
    for used in range(1, len(steps) + 1):

        def answer(table: Any, used: int = used) -> Any:
            return reduce(lambda rows, step: step.transform(rows), steps[:used], table)

        matrix = look_up(graph, answer, value, where)
        if matrix is not None:
            return matrix, used
    raise ModelError(
        "its words never become numbers",
        where=where,
        next="Encode them, for instance with OneHotEncoder.",
        code="sklearn-words",
    )


def _one(graph: Graph, step: Any, value: Value) -> Matrix:
    kind = type(step).__name__
    if kind == "ColumnTransformer":
        return _column_transformer(graph, step, value)
    if kind == "FeatureUnion":
        return _feature_union(graph, step, value)
    return write(graph, step, numbers(graph, value))


def _column_transformer(graph: Graph, step: Any, value: Value) -> Matrix:
    parts = []
    for name, inner, _ in step.transformers_:
        indices = step._transformer_to_input_indices.get(name, [])
        if len(indices) and not (isinstance(inner, str) and inner == "drop"):
            part = transform(graph, inner, pick(graph, value, list(indices)))
            parts.append(_weighted(graph, part, step, name))
    return graph.join(parts)


def _feature_union(graph: Graph, step: Any, value: Value) -> Matrix:
    parts = []
    for name, inner in step.transformer_list:
        if isinstance(inner, str) and inner == "drop":
            continue
        parts.append(_weighted(graph, transform(graph, inner, value), step, name))
    return graph.join(parts)


def _weighted(graph: Graph, part: Matrix, step: Any, name: str) -> Matrix:
    weight = (step.transformer_weights or {}).get(name)
    return part if weight is None else unknown(graph.add("Mul", graph.plain(part).name, np.float32(weight)), part.width)
