"""Rows: from a table's cells to the numbers a model gets, and back to words."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle import cells
from xaiweb.bundle.table import Columns, Table
from xaiweb.bundle.tabular import Feature, Level
from xaiweb.errors import InputError


def encode(
    table: Table, features: Sequence[Feature], *, ignore: Sequence[str] = (), allow_empty: bool = False
) -> NDArray[np.float32]:
    """The rows of ``table`` as float32 ``(n_rows, n_features)``; a category becomes its level's index.

    Args:
        table: Columns in any order, or an array in the order of ``features``.
        features: The columns to read.
        ignore: Columns that may stand in the table and are passed over (protected ones).
        allow_empty: Whether no row at all is fine.

    Raises:
        InputError: Naming the row and the column, for missing or extra columns, text in a number, an unknown level,
            NaN or infinity, and missing values where the feature doesn't declare them.
    """
    x, faults = read(table, features, ignore=ignore)
    if len(x) == 0 and not allow_empty:
        raise InputError("there are no rows.", where=table.origin, next="Give at least one row.", code="empty")
    for _, error in faults:
        raise error
    return x


def read(
    table: Table, features: Sequence[Feature], *, ignore: Sequence[str] = ()
) -> tuple[NDArray[np.float32], Iterator[tuple[int, InputError]]]:
    """The rows of ``table`` as numbers, column by column, and which of them can't be used.

    Args:
        table: As for :func:`encode`.
        features: As for :func:`encode`.
        ignore: As for :func:`encode`.

    Returns:
        float32 ``(n_rows, n_features)``, and in order each row that can't be used: its position, and the first thing
        that is wrong with it. The numbers of such a row mean nothing.

    Raises:
        InputError: For missing or extra columns.
    """
    positions = positions_of(table, features, ignore)
    rows, width = table.rows, len(features) if table.columns is None else len(table.columns)
    columns: Sequence[Any] | NDArray[Any]
    if isinstance(rows, np.ndarray) and rows.dtype.kind in "fiub":
        fits = np.full(len(rows), rows.ndim == 2 and rows.shape[1] == width)
        with np.errstate(over="ignore"):
            columns = rows.astype(np.float32).T
    elif isinstance(rows, Columns):
        fits, columns = np.full(len(rows), True), rows.columns
    else:
        fits = np.array([_width(row) == width for row in rows], dtype=bool)
        columns = list(zip(*(row for row, whole in zip(rows, fits, strict=True) if whole), strict=True))
    x = np.full((len(rows), len(features)), cells.REFUSED, dtype=np.float32)
    if fits.any():
        fitting = slice(None) if fits.all() else fits
        for j, (position, feature) in enumerate(zip(positions, features, strict=True)):
            x[fitting, j] = cells.column(columns[position], feature, table)
    return x, _faults(table, x, fits, positions, features)


def _faults(
    table: Table,
    x: NDArray[np.float32],
    fits: NDArray[np.bool_],
    positions: Sequence[int],
    features: Sequence[Feature],
) -> Iterator[tuple[int, InputError]]:
    """Each row that doesn't fit or has a refused cell, with what is said of it."""
    plain = isinstance(table.rows, np.ndarray) and table.rows.dtype.kind in "fiub"
    for i in np.flatnonzero(np.isinf(x).any(axis=1)).tolist():
        row = table.rows[i]
        if not fits[i]:
            yield i, _width_error(table, i, _width(row), features)
            continue
        j = int(np.isinf(x[i]).argmax())
        value = row[positions[j]]
        try:
            cells.number(float(value) if plain else value, features[j], table)
        except InputError as error:
            error.where = f'{table.origin}, row {table.first + i + 1}, column "{features[j].name}"'
            yield i, error


def decode(row: NDArray[np.float32], features: Sequence[Feature]) -> dict[str, float | str | None]:
    """The row of numbers as words and numbers: what a person would have written."""
    return {f.name: cell(float(number), f) for number, f in zip(row, features, strict=True)}


def cell(number: float, feature: Feature) -> float | str | None:
    """One number as a word, a number, or None where it is missing."""
    if math.isnan(number):
        return None
    if feature.words is not None:
        return feature.words[round(number)]
    # float32's shortest decimal form: 0.1 stays 0.1, and a whole number stays whole.
    short = float(str(np.float32(number)))
    return int(short) if short.is_integer() else short


def positions_of(table: Table, features: Sequence[Feature], ignore: Sequence[str] = ()) -> list[int]:
    """Where each feature's column stands in the table, ``(n_features,)``.

    Raises:
        InputError: A feature has no column, two columns have the same name, or a column is neither a feature nor in
            ``ignore``.
    """
    if table.columns is None:
        return list(range(len(features)))
    if len(set(table.columns)) < len(table.columns):
        twice = [name for i, name in enumerate(table.columns) if name in table.columns[:i]]
        raise InputError(
            f"two columns have the same name, {cells.quoted(twice)}.", where=table.origin, next="Rename one."
        )
    names = [feature.name for feature in features]
    missing = [name for name in names if name not in table.columns]
    extra = [name for name in table.columns if name not in names and name not in ignore]
    if missing:
        close = difflib.get_close_matches(missing[0], extra, n=1)
        hint = f' Is "{close[0]}" meant?' if close else ""
        raise InputError(
            f"missing column{'s' if len(missing) > 1 else ''} {cells.quoted(missing)}.{hint}",
            where=table.origin,
            next=f"The model's columns are {cells.quoted(names)}.",
            code="missing-columns",
        )
    if extra:
        raise InputError(
            f"the model has no column {cells.quoted(extra)}.",
            where=table.origin,
            next="Remove it, so that nothing is passed over unseen.",
            code="extra-columns",
        )
    return [table.columns.index(name) for name in names]


def seen(table: Table) -> tuple[Feature, ...]:
    """Features as a table with column names shows them: categories where there are words, missing where cells are.

    Args:
        table: With column names. Its words, sorted, become the levels.
    """
    features = []
    for j, name in enumerate(table.columns or ()):
        found = [row[j].strip() if isinstance(row[j], str) else row[j] for row in table.rows]
        words = sorted({one for one in found if isinstance(one, str) and not cells.is_missing(one)})
        if table.words and all(_is_number(word, table) for word in words):
            words = []  # in a file of text, numbers are words too
        levels = tuple(Level(word) for word in words)
        missing = any(map(cells.is_missing, found)) or None
        features.append(Feature(name, "category" if levels else "number", levels=levels or None, missing=missing))
    return tuple(features)


def _is_number(text: str, table: Table) -> bool:
    try:
        cells.parse(text, table)
    except InputError:
        return False
    return True


def _width(row: Any) -> int:
    """How many cells a row has; what is no row has none."""
    return len(row) if isinstance(row, Sequence | np.ndarray) and not isinstance(row, str) else 0


def _width_error(table: Table, i: int, width: int, features: Sequence[Feature]) -> InputError:
    names = table.columns or [f.name for f in features]
    return InputError(
        f"expected {len(names)} values, found {width}.",
        where=f"{table.origin}, row {table.first + i + 1}",
        next=f"Their order is {cells.quoted(names)}.",
        code="missing-columns" if width < len(names) else "extra-columns",
    )
