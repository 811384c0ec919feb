"""Rows: from a table's cells to the numbers a model gets, and back to words."""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.table import Table
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
    positions = positions_of(table, features, ignore)
    if len(table.rows) == 0 and not allow_empty:
        raise InputError("there are no rows.", where=table.origin, next="Give at least one row.", code="empty")
    rows = table.rows
    if isinstance(rows, np.ndarray) and rows.dtype.kind in "fiub":
        if table.columns is not None:
            rows = rows[:, positions]
        return _encode_numbers(rows, features, table)
    out = np.empty((len(rows), len(features)), dtype=np.float32)
    for i, row in enumerate(rows):
        width = len(row) if isinstance(row, Sequence | np.ndarray) and not isinstance(row, str) else 1
        if width != (len(features) if table.columns is None else len(table.columns)) or row is None:
            raise _width_error(table, i, width, features)
        for j, (position, feature) in enumerate(zip(positions, features, strict=True)):
            try:
                out[i, j] = _number(row[position], feature, table)
            except InputError as error:
                error.where = f'{table.origin}, row {table.first + i + 1}, column "{feature.name}"'
                raise
    return out


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
        raise InputError(f"two columns have the same name, {_quoted(twice)}.", where=table.origin, next="Rename one.")
    names = [feature.name for feature in features]
    missing = [name for name in names if name not in table.columns]
    extra = [name for name in table.columns if name not in names and name not in ignore]
    if missing:
        close = difflib.get_close_matches(missing[0], extra, n=1)
        hint = f' Is "{close[0]}" meant?' if close else ""
        raise InputError(
            f"missing column{'s' if len(missing) > 1 else ''} {_quoted(missing)}.{hint}",
            where=table.origin,
            next=f"The model's columns are {_quoted(names)}.",
            code="missing-columns",
        )
    if extra:
        raise InputError(
            f"the model has no column {_quoted(extra)}.",
            where=table.origin,
            next="Remove it, so that nothing is passed over unseen.",
            code="extra-columns",
        )
    return [table.columns.index(name) for name in names]


def _encode_numbers(rows: NDArray[Any], features: Sequence[Feature], table: Table) -> NDArray[np.float32]:
    """The same checks as cell by cell, for an array that holds only numbers."""
    if rows.ndim != 2 or rows.shape[1] != len(features):
        raise _width_error(table, 0, rows.shape[-1], features)
    with np.errstate(over="ignore"):  # told below
        out: NDArray[np.float32] = np.ascontiguousarray(rows, dtype=np.float32)
    suspicious = ~np.isfinite(out)
    for j, feature in enumerate(features):
        if feature.words is not None:
            suspicious[:, j] |= (out[:, j] != np.round(out[:, j])) | (out[:, j] < 0) | (out[:, j] >= len(feature.words))
    for i, j in np.argwhere(suspicious):
        try:
            _number(float(rows[i, j]), features[j], table)
        except InputError as error:
            error.where = f'{table.origin}, row {table.first + i + 1}, column "{features[j].name}"'
            raise
    return out


def seen(table: Table) -> tuple[Feature, ...]:
    """Features as a table with column names shows them: categories where there are words, missing where cells are.

    Args:
        table: With column names. Its words, sorted, become the levels.
    """
    features = []
    for j, name in enumerate(table.columns or ()):
        cells = [row[j].strip() if isinstance(row[j], str) else row[j] for row in table.rows]
        words = sorted({cell for cell in cells if isinstance(cell, str) and not _is_missing(cell)})
        if table.words and all(_is_number(word, table) for word in words):
            words = []  # in a file of text, numbers are words too
        levels = tuple(Level(word) for word in words)
        missing = any(map(_is_missing, cells)) or None
        features.append(Feature(name, "category" if levels else "number", levels=levels or None, missing=missing))
    return tuple(features)


def _is_number(text: str, table: Table) -> bool:
    try:
        _parse(text, table)
    except InputError:
        return False
    return True


def _width_error(table: Table, i: int, width: int, features: Sequence[Feature]) -> InputError:
    names = table.columns or [f.name for f in features]
    return InputError(
        f"expected {len(names)} values, found {width}.",
        where=f"{table.origin}, row {table.first + i + 1}",
        next=f"Their order is {_quoted(names)}.",
        code="missing-columns" if width < len(names) else "extra-columns",
    )


def _number(value: Any, feature: Feature, table: Table) -> float:
    """One cell as the number a model gets."""
    if isinstance(value, str):
        value = value.strip()
    if _is_missing(value):
        if feature.missing:
            return math.nan
        raise InputError("the value is missing.", next="Give one; this column has no missing values.", code="missing")
    if feature.words is not None:
        return float(_index(value, feature.words, table))
    if isinstance(value, str):
        value = _parse(value, table)
    if isinstance(value, bool | np.bool_):
        value = int(value)
    if not isinstance(value, numbers.Real):
        raise InputError(f"{_shown(value)} is not a number.", next="Give a number.", code="not-a-number")
    try:
        with np.errstate(over="ignore"):
            number = float(np.float32(float(value)))
    except OverflowError:  # an int beyond float64
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{_shown(value)} is not a finite number.", next="Give a finite number.", code="not-finite")
    return number


def _is_missing(value: Any) -> bool:
    if value is None or (isinstance(value, str) and value in ("", "NaN", "nan")):
        return True
    # pandas' NA and NaT are neither equal to anything nor numbers.
    return type(value).__name__ in {"NAType", "NaTType"} or (isinstance(value, numbers.Real) and math.isnan(value))


def _parse(text: str, table: Table) -> float:
    plain = text.replace("−", "-")  # the typographic minus
    if table.decimal_comma and "," in plain:
        plain = plain.replace(".", "").replace(",", ".") if plain.rfind(",") > plain.rfind(".") else plain
    try:
        if "_" in plain:  # Python reads 1_000; a person who typed it meant something else
            raise ValueError
        number = float(plain)
    except ValueError:
        raise InputError(f"{_shown(text)} is not a number.", next="Give a number.", code="not-a-number") from None
    if not math.isfinite(number):
        raise InputError(f"{_shown(text)} is not a finite number.", next="Give a finite number.", code="not-finite")
    return number


def _index(value: Any, words: tuple[str, ...], table: Table) -> int:
    if isinstance(value, str):
        if value in words:
            return words.index(value)
    elif not table.words and isinstance(value, numbers.Real) and not isinstance(value, bool):
        number = float(value)
        if number.is_integer() and 0 <= number < len(words):
            return int(number)
    close = difflib.get_close_matches(str(value), words, n=1)
    raise InputError(
        f"{_shown(value)} is not one of its levels.{f' Is {_shown(close[0])} meant?' if close else ''}",
        next=f"Choose one of {_quoted(words)}.",
        code="unknown-level",
    )


def _shown(value: Any) -> str:
    text = str(value)
    return f'"{text if len(text) <= 60 else text[:57] + "..."}"'


def _quoted(names: Sequence[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:30])
    return shown if len(names) <= 30 else f"{shown} and {len(names) - 30} more"
