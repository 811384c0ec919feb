"""Columns of words: there are finitely many, so what a fitted transformer makes of them is a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.errors import InputError, ModelError
from xaiweb.exporters.nodes import ROWS, Column, Columns, Graph, Matrix, Numbers, unknown

N_MIXED = 200
"""Rows of words drawn by chance, on which the tables must agree with the transformer."""


def frame(columns: Columns, rows: NDArray[Any]) -> Any:
    """Raw rows as the estimator was given them: a data frame of the same types, or an array of numbers.

    A number that is float32's form of one in the data becomes that one again: 0.1 is 0.1, not 0.10000000149.

    Args:
        columns: What stands in each column of ``rows``.
        rows: Numbers (n_rows, n_columns); a category's number is its level, NaN is a missing value.
    """
    numbers = [_as_in_data(column, rows[:, j]) for j, column in enumerate(columns.columns)]
    if not columns.named:
        return np.stack(numbers, axis=1)
    import pandas as pd

    return pd.DataFrame({c.name: _series(c, values) for c, values in zip(columns.columns, numbers, strict=True)})


def look_up(graph: Graph, transform: Callable[[Any], Any], columns: Columns, where: str) -> Matrix | None:
    """What ``transform`` makes of columns of words, as one table per column; None where it makes words again.

    The transformer is asked for every level of every column, the others held at their first. Each number it gives
    must depend on one column alone, as it does for encoders and imputers; that is tried on words drawn by chance.

    Args:
        graph: The tables are added to it.
        transform: The fitted transformer's function of a data frame.
        columns: Categories only.
        where: The transformer's name, for messages.

    Raises:
        InputError: It refuses a level, or a missing value, that the features declare.
        ModelError: A number it gives depends on several columns.
    """
    choices = [_choices(column) for column in columns.columns]
    base = np.array([values[0] for values in choices])
    rng = np.random.default_rng(0)
    mixed = np.stack([rng.choice(values, N_MIXED) for values in choices], axis=1)
    single = np.repeat(base[None], sum(map(len, choices)), axis=0)
    ends = np.cumsum([len(values) for values in choices])
    parts = [slice(end - len(values), end) for end, values in zip(ends, choices, strict=True)]
    for j, values in enumerate(choices):
        single[parts[j], j] = values
    asked = _ask(transform, columns, np.concatenate([single, mixed]), where)
    if asked is None:
        return None
    tables = [asked[part] for part in parts]
    owner = np.stack([(~_same(table, table[:1])).any(axis=0) for table in tables]).argmax(axis=0)
    places = [np.where(np.isnan(m), len(c) - 1, m).astype(int) for m, c in zip(mixed.T, choices, strict=True)]
    expected = np.stack([tables[j][places[j], k] for k, j in enumerate(owner)], axis=1)
    if not _same(expected, asked[len(single) :]).all():
        raise ModelError(
            "it mixes several columns of words in one number",
            where=where,
            next="Encode each column on its own, and combine the numbers in a later step.",
            code="sklearn-words",
        )
    pieces, order = [], []
    for j, column in enumerate(columns.columns):
        own = np.flatnonzero(owner == j)
        if len(own):
            pieces.append(graph.add("Gather", tables[j][:, own], _level(graph, column), axis=0))
            order += own.tolist()
    known = tuple(Numbers(np.unique(column[~np.isnan(column)])) for column in asked.T)
    joined = pieces[0] if len(pieces) == 1 else graph.add("Concat", *pieces, axis=1)
    if order != sorted(order):
        joined = graph.add("Gather", joined, np.argsort(order).astype(np.int64), axis=1)
    return Matrix(joined, known)


def codes(graph: Graph, column: Column, words: list[str]) -> Matrix:
    """A column of words as its codes, the words' places in ``words``; NaN for any other and for a missing value."""
    places = {word: float(code) for code, word in enumerate(words)}
    table = [*(places.get(word, np.nan) for word in column.words or ()), np.nan]
    return unknown(graph.add("Gather", np.array(table, np.float32)[:, None], _level(graph, column), axis=0), 1)


def _as_in_data(column: Column, numbers: NDArray[Any]) -> NDArray[np.float64]:
    wide = np.asarray(numbers, np.float64)
    if column.values is None or not len(column.values):
        return wide
    short = column.values.astype(np.float32)
    place = np.minimum(np.searchsorted(short, numbers), len(short) - 1)
    return np.where(short[place] == numbers, column.values[place], wide)


def _series(column: Column, numbers: NDArray[np.float64]) -> Any:
    import pandas as pd

    if column.words is not None:
        words = np.array([*column.words, column.mark], dtype=object)
        levels = np.where(np.isnan(numbers), len(column.words), numbers).astype(np.int64)
        return pd.Series(words[levels], dtype=column.dtype)
    plain = pd.Series(numbers)
    try:
        typed = plain.astype(column.dtype)
    except (ValueError, TypeError):  # a missing value, where the data has none
        return plain
    return typed if column.dtype.kind == "f" or np.array_equal(typed.astype(float), numbers) else plain


def _choices(column: Column) -> NDArray[np.float64]:
    levels = np.arange(len(column.words or ()), dtype=np.float64)
    return np.append(levels, np.nan) if column.missing else levels


def _ask(
    transform: Callable[[Any], Any], columns: Columns, rows: NDArray[np.float64], where: str
) -> NDArray[np.float64] | None:
    """The transformer's numbers for ``rows``; None where they aren't numbers."""
    try:
        answers = transform(frame(columns, rows))
    except Exception as error:
        raise InputError(
            f"it refuses a level or a missing value that the features declare: {str(error).strip().splitlines()[0]}",
            where=where,
            next="Declare the levels it was fitted on, and missing only where it was fitted with missing values;"
            ' or fit an encoder with handle_unknown="ignore".',
            code="sklearn-levels",
        ) from error
    answers = answers.toarray() if hasattr(answers, "toarray") else np.asarray(answers)
    answers = answers.reshape(len(rows), -1)
    if answers.dtype.kind not in "fiub" and any(isinstance(value, str) for value in answers.ravel()):
        return None
    return np.asarray(answers, np.float64)


def _same(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = (one == other) | (np.isnan(one) & np.isnan(other))
    return same


def _level(graph: Graph, column: Column) -> str:
    """The level's number for each row, int64 (n_rows,); a missing value comes after the last level."""
    number = graph.add("Gather", ROWS, np.array(column.position, np.int64), axis=1)
    if column.missing:
        after = np.float32(len(column.words or ()))
        number = graph.add("Where", graph.add("IsNaN", number), after, number)
    return graph.add("Cast", number, to=graph.INT64)
