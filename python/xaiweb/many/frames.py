"""Data frames and arrays of rows, read in blocks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle import table
from xaiweb.bundle.table import Table
from xaiweb.many.source import Block

Rows: TypeAlias = "Sequence[Any] | NDArray[Any]"

HASHED = 4096
"""Rows that are hashed at a time."""


class MemorySource:
    """Rows in memory, known by their cells.

    Args:
        data: A data frame, an array ``(n_rows, n_features)``, or a list of rows.

    Raises:
        InputError: It is none of these.
    """

    origin = "rows"

    def __init__(self, data: Any) -> None:
        self._data: Any = data if is_frame(data) else table.from_data(data, self.origin)
        self.columns: tuple[str, ...] | None = frame_columns(data) if is_frame(data) else self._data.columns
        self.n_rows = len(data) if is_frame(data) else len(self._data.rows)

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """The hash of all cells."""
        return {"sha256": _hash(self.blocks(HASHED)), "rows": self.n_rows}

    def blocks(self, size: int) -> Iterator[Block]:
        """All rows in order, in blocks of ``size`` rows, the last one shorter."""
        for first in range(0, self.n_rows, size):
            n_rows = min(size, self.n_rows - first)
            yield Block(first, n_rows, partial(self._read, first, first + n_rows))

    def check(self) -> None:
        """Rows in memory are the caller's own: only files are looked at again."""

    def _read(self, first: int, stop: int) -> Table:
        if is_frame(self._data):
            return _table(self._data.iloc[first:stop], self.origin, first)
        read: Table = replace(self._data, rows=self._data.rows[first:stop], first=first)
        return read


class DaskSource:
    """A Dask data frame, of which one partition is held at a time.

    Args:
        frame: The frame; each partition is computed twice, to know it and to explain it.
    """

    origin = "rows"

    def __init__(self, frame: Any) -> None:
        self._frame = frame
        self.columns: tuple[str, ...] | None = frame_columns(frame)
        self.n_rows = 0

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """The hash of all cells."""
        digest = _hash(self.blocks(HASHED))
        return {"sha256": digest, "rows": self.n_rows}

    def blocks(self, size: int) -> Iterator[Block]:
        """All rows in order, in blocks of ``size`` rows across partitions, the last one shorter."""
        held: Rows = []
        first = 0
        for i in range(self._frame.npartitions):
            held = _append(held, _table(self._frame.partitions[i].compute(), self.origin, 0).rows)
            while len(held) >= size:
                yield self._block(held[:size], first)
                held, first = held[size:], first + size
            self.n_rows = max(self.n_rows, first + len(held))
        if len(held):
            yield self._block(held, first)

    def check(self) -> None:
        """What a Dask frame computes is only known by computing it again."""

    def _block(self, rows: Rows, first: int) -> Block:
        return Block(first, len(rows), partial(Table, self.columns, rows, self.origin, first=first))


def is_frame(data: Any) -> bool:
    """Whether this is a pandas data frame."""
    return hasattr(data, "iloc") and hasattr(data, "columns")


def is_dask(data: Any) -> bool:
    """Whether this is a Dask data frame."""
    return hasattr(data, "npartitions") and hasattr(data, "map_partitions")


def frame_columns(data: Any) -> tuple[str, ...]:
    """The names of a frame's columns."""
    return tuple(str(name) for name in data.columns)


def _append(held: Rows, rows: Rows) -> Rows:
    if isinstance(rows, np.ndarray) and (isinstance(held, np.ndarray) or not held):
        return np.concatenate([held, rows]) if len(held) else rows
    return [*held, *rows]


def _table(part: Any, origin: str, first: int) -> Table:
    """The table in a pandas data frame; numbers stay an array where all columns are numbers."""
    if all(isinstance(kind, np.dtype) and kind.kind in "fiu" for kind in part.dtypes):
        return Table(frame_columns(part), part.to_numpy(dtype=np.float64), origin, first=first)
    return replace(table.from_data(part, origin), first=first)


def _hash(blocks: Iterator[Block]) -> str:
    digest = hashlib.sha256()
    for block in blocks:
        rows = block.table().rows
        digest.update(np.ascontiguousarray(rows).tobytes() if isinstance(rows, np.ndarray) else repr(rows).encode())
    return digest.hexdigest()
