"""Tables as people bring them: CSV, JSON, .npy, parquet, data frames, arrays, rows as objects."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.records import open_csv
from xaiweb.errors import InputError


@dataclass(frozen=True)
class Table:
    """Cells before anyone has said what they mean.

    Attributes:
        columns: Column names, or None for an array in the model's column order.
        rows: One sequence of cells per row.
        origin: Where it came from, as the user would say it.
        decimal_comma: True when a comma may stand for the decimal point.
        words: True when a category's cell is always a word, as in a CSV file.
        first: How many rows of the origin come before these.
    """

    columns: tuple[str, ...] | None
    rows: Sequence[Any] | NDArray[Any]
    origin: str
    decimal_comma: bool = False
    words: bool = False
    first: int = 0


class Columns(Sequence[tuple[Any, ...]]):
    """Rows that are held by the column.

    Args:
        columns: One sequence of cells each, or an array of numbers, all equally long.
    """

    def __init__(self, columns: Sequence[Sequence[Any] | NDArray[Any]]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def __getitem__(self, row: Any) -> Any:
        return tuple(column[row] for column in self.columns)


def from_path(path: Path | str) -> Table:
    """The table in a .csv, .tsv, .json, .npy or .parquet file.

    Raises:
        InputError: If the file is missing, of another kind, or not what its name says.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError("there is no such file.", where=str(file), next="Check the path.", code="file-missing")
    readers = {".csv": _csv, ".tsv": _csv, ".txt": _csv, ".json": _json, ".npy": _npy, ".parquet": _parquet}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise InputError(
            f"a table can't be read from a {file.suffix or 'nameless'} file.",
            where=str(file),
            next="Use .csv, .json, .npy or .parquet.",
        )
    return reader(file)


def from_data(data: Any, origin: str = "data") -> Table:
    """The table in a data frame, an array, one row, or a list of rows; what is masked in an array is missing.

    Raises:
        InputError: If it is none of these.
    """
    if isinstance(data, Table):
        return data
    if isinstance(data, str | Path):
        return from_path(data)
    if hasattr(data, "columns") and hasattr(data, "itertuples"):
        rows = [list(row) for row in data.itertuples(index=False, name=None)]
        return Table(tuple(str(name) for name in data.columns), rows, origin)
    if hasattr(data, "index") and hasattr(data, "to_dict") and not isinstance(data, Mapping):
        return Table(tuple(str(name) for name in data.index), [list(data)], origin)  # one row of a data frame
    if isinstance(data, Mapping):
        return _objects([data], origin)
    if isinstance(data, np.ma.MaskedArray):
        cells = data.data.astype(object)
        cells[np.ma.getmaskarray(data)] = None
        data = cells
    if (isinstance(data, np.ndarray) and data.ndim) or (isinstance(data, Sequence) and not isinstance(data, bytes)):
        items = data if len(data) == 0 or _is_row(data[0]) else [data]
        if len(items) and isinstance(items[0], Mapping):
            return _objects(items, origin)
        return Table(None, items, origin)
    raise InputError(
        f"rows can't be read from {type(data).__name__}.",
        where=origin,
        next="Give a data frame, an array (n_rows, n_features), or a list of rows.",
    )


def _is_row(item: Any) -> bool:
    return isinstance(item, Mapping | np.ndarray) or (isinstance(item, Sequence) and not isinstance(item, str | bytes))


def _objects(items: Sequence[Any] | NDArray[Any], origin: str) -> Table:
    """Rows given as objects; each must name the same columns, in any order."""
    columns = tuple(str(name) for name in items[0])
    rows = []
    for i, item in enumerate(items):
        if not isinstance(item, Mapping) or set(map(str, item)) != set(columns):
            raise InputError(
                "this row doesn't name the same columns as the first.",
                where=f"{origin}, row {i + 1}",
                next="Give every row every column.",
            )
        cells = {str(name): cell for name, cell in item.items()}  # columns without names have numbers
        rows.append([cells[name] for name in columns])
    return Table(columns, rows, origin)


def _csv(file: Path) -> Table:
    with open_csv(file) as records:
        rows = list(records.rows)
        columns, decimal_comma = records.columns, records.decimal_comma
    for i, record in enumerate(rows, start=1):
        if len(record) != len(columns):
            raise InputError(
                f"this row has {len(record)} cells, the header {len(columns)}.",
                where=f"{file}, row {i}",
                next="Check for a missing or an extra separator, and quote cells that contain one.",
            )
    return Table(columns, rows, str(file), decimal_comma=decimal_comma, words=True)


def _json(file: Path) -> Table:
    try:
        document = json.loads(file.read_bytes(), object_pairs_hook=_once)
    except (ValueError, RecursionError) as reason:
        raise InputError(f"this is not JSON ({reason}).", where=str(file), next="Check the file.") from None
    if not isinstance(document, dict | list):
        raise InputError(
            "this JSON is neither a row nor a list of rows.",
            where=str(file),
            next='Give {"column": value, ...}, or a list of such rows.',
        )
    return from_data(document, str(file))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different: JSON itself would keep the last of equal ones."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object names a column twice")
    return found


def _npy(file: Path) -> Table:
    try:
        array = np.load(file, allow_pickle=False)
    except (ValueError, EOFError, OSError, MemoryError) as reason:  # a header may promise any size
        raise InputError(f"this is not a .npy file ({reason}).", where=str(file), next="Check the file.") from None
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiub" or array.ndim not in (1, 2):
        raise InputError(
            "expected numbers of shape (n_rows, n_features).", where=str(file), next="Save a numeric array."
        )
    return Table(None, array if array.ndim == 2 else array[None], str(file))


def _parquet(file: Path) -> Table:
    try:
        from pyarrow import ArrowInvalid, parquet
    except ImportError:
        raise needs_pyarrow(str(file)) from None
    try:
        table = parquet.read_table(file, partitioning=None)  # a folder's name is no column
    except (ArrowInvalid, OSError) as reason:
        raise InputError(f"this is not a parquet file ({reason}).", where=str(file), next="Check the file.") from None
    rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return Table(tuple(table.column_names), rows, str(file))


def needs_pyarrow(where: str) -> InputError:
    """The refusal of a parquet file where pyarrow is not installed."""
    return InputError(
        "parquet needs pyarrow, which is not installed.", where=where, next="Run `pip install xaiweb[parquet]`."
    )
