"""Cells of a table, one by one and by the column, as the numbers that a model gets."""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.table import Table
from xaiweb.bundle.tabular import Feature
from xaiweb.errors import InputError

REFUSED = math.inf
"""Stands in a column for a cell that :func:`number` refuses; no cell is infinite."""
LARGEST = 2.0**128 - 2.0**103
"""The least number that float32 rounds to infinity."""


def column(cells: Sequence[Any] | NDArray[Any], feature: Feature, table: Table) -> NDArray[Any]:
    """A column as :func:`number` reads each of its cells, ``(n_rows,)``; NaN is a missing value.

    Cells of one kind are read at once: numbers as an array, and each word once.

    Args:
        cells: The cells, or an array of numbers.
        feature: Whose they are.
        table: Where they stand.

    Returns:
        Numbers that fit float32, or :data:`REFUSED`.
    """
    if isinstance(cells, np.ndarray):
        return _fitting(cells, feature, table)
    kinds = set(map(type, cells))
    if kinds <= {int, float, type(None)}:
        with suppress(OverflowError):  # an int beyond float64
            return _fitting(np.array(cells, dtype=np.float64), feature, table)
    if kinds == {str} and feature.words is None:
        with suppress(ValueError):
            found = np.array(list(map(float, cells)))
            if np.isfinite(found).all() and "_" not in "".join(cells):
                return _fitting(found, feature, table)

    def known(cell: Any) -> float:
        try:
            return number(cell, feature, table)
        except InputError:
            return REFUSED

    if kinds <= {str, type(None)}:
        distinct = {cell: known(cell) for cell in set(cells)}
        return np.array([distinct[cell] for cell in cells])
    return np.array([known(cell) for cell in cells])


def _fitting(found: NDArray[Any], feature: Feature, table: Table) -> NDArray[Any]:
    """Numbers, or REFUSED where they aren't what the feature may be."""
    fits = np.abs(found) < np.float64(LARGEST)
    if feature.words is not None:
        fits &= (found == np.floor(found)) & (found >= 0) & (found < len(feature.words))
        fits &= ~np.isin(found, _twofold(feature.words, table))
    if feature.missing:
        fits |= np.isnan(found)
    return np.where(fits, found, REFUSED)


def number(value: Any, feature: Feature, table: Table) -> float:
    """One cell as the number a model gets, NaN where it is missing; float32 can hold it.

    Raises:
        InputError: What is wrong; the place is for the caller to say.
    """
    if isinstance(value, str):
        value = value.strip()
    if is_missing(value):
        if feature.missing:
            return math.nan
        raise InputError("the value is missing.", next="Give one; this column has no missing values.", code="missing")
    if feature.words is not None:
        return float(_index(value, feature.words, table))
    if isinstance(value, str):
        value = parse(value, table)
    if isinstance(value, bool | np.bool_):
        value = int(value)
    if not isinstance(value, numbers.Real):
        raise InputError(f"{_shown(value)} is not a number.", next="Give a number.", code="not-a-number")
    try:
        found = float(value)
    except OverflowError:  # an int beyond float64
        found = math.inf
    if not abs(found) < LARGEST:
        raise InputError(f"{_shown(value)} is not a finite number.", next="Give a finite number.", code="not-finite")
    return found


def is_missing(value: Any) -> bool:
    """Whether a cell, stripped if it is a word, says that there is no value."""
    if value is None:
        return True
    if isinstance(value, str):
        return value in ("", "NaN", "nan")
    # pandas' NA and NaT are neither equal to anything nor numbers.
    return type(value).__name__ in {"NAType", "NaTType"} or (isinstance(value, numbers.Real) and value != value)


def parse(text: str, table: Table) -> float:
    """A word as a number.

    Raises:
        InputError: It is none, or none that is finite.
    """
    plain = text.replace("−", "-")  # the typographic minus
    if table.decimal_comma and "," in plain:
        plain = plain.replace(".", "").replace(",", ".") if plain.rfind(",") > plain.rfind(".") else plain
    try:
        if "_" in plain:  # Python reads 1_000; a person who typed it meant something else
            raise ValueError
        found = float(plain)
    except ValueError:
        raise InputError(f"{_shown(text)} is not a number.", next="Give a number.", code="not-a-number") from None
    if not math.isfinite(found):
        raise InputError(f"{_shown(text)} is not a finite number.", next="Give a finite number.", code="not-finite")
    return found


def _twofold(words: tuple[str, ...], table: Table) -> list[int]:
    """Numbers that are a level's word and not its index, where nothing says which of the two is meant.

    In an array a number is an index; beside column names it may as well be meant as a word.
    """
    indices = {word: i for i, word in enumerate(words) if word.isdecimal()} if table.columns is not None else {}
    return [int(word) for word, i in indices.items() if word != str(i)]


def _index(value: Any, words: tuple[str, ...], table: Table) -> int:
    if isinstance(value, str):
        if value in words:
            return words.index(value)
    elif isinstance(value, numbers.Real) and value in _twofold(words, table):
        raise InputError(
            f"{_shown(value)} is the word of one level, not its index.",
            next="Write the word as text, in quotes.",
            code="unknown-level",
        )
    elif (
        not table.words
        and isinstance(value, numbers.Real)
        and not isinstance(value, bool)
        and value in range(len(words))
    ):
        return int(float(value))
    close = difflib.get_close_matches(str(value), words, n=1)
    raise InputError(
        f"{_shown(value)} is not one of its levels.{f' Is {_shown(close[0])} meant?' if close else ''}",
        next=f"Choose one of {quoted(words)}.",
        code="unknown-level",
    )


def _shown(value: Any) -> str:
    text = str(value)
    return f'"{text if len(text) <= 60 else text[:57] + "..."}"'


def quoted(names: Sequence[str]) -> str:
    """Names as a message lists them, thirty at most."""
    shown = ", ".join(f'"{name}"' for name in names[:30])
    return shown if len(names) <= 30 else f"{shown} and {len(names) - 30} more"
