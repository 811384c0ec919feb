"""Files of rows, read in blocks: parquet, CSV and .npy as streams; a JSON file is read whole."""

from __future__ import annotations

import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np

from xaiweb.bundle import table
from xaiweb.bundle.records import open_csv
from xaiweb.bundle.table import Columns, Table
from xaiweb.errors import InputError
from xaiweb.many.source import Block, OnStep

READ = 1 << 20
"""Bytes of a file that are read at a time to hash it."""


class FileSource(ABC):
    """A file of rows, known by its bytes.

    Args:
        file: The file.
        on_step: Told how much has been read, as long as it is hashed.

    Raises:
        InputError: It is missing, or not what its name says.
    """

    def __init__(self, file: Path, on_step: OnStep | None = None) -> None:
        self.file, self.origin = file, str(file)
        self._seen = self._state()
        digest, self._n_lines = hashlib.sha256(), 0
        with file.open("rb") as stream:
            while chunk := stream.read(READ):
                digest.update(chunk)
                self._n_lines += chunk.count(b"\n")
                if on_step:
                    on_step("reading", stream.tell(), self._seen[1])
        self._sha256 = digest.hexdigest()
        self.columns, self.n_rows = self._look()
        self.check()

    @property
    def identity(self) -> dict[str, Any]:
        """The file's hash and size."""
        return {"sha256": self._sha256, "bytes": self._seen[1]}

    @abstractmethod
    def _look(self) -> tuple[tuple[str, ...] | None, int]:
        """Column names and number of rows."""

    @abstractmethod
    def _blocks(self, size: int) -> Iterator[Block]:
        """All rows in blocks."""

    def blocks(self, size: int) -> Iterator[Block]:
        """All rows in order, in blocks of ``size`` rows, the last one shorter.

        Raises:
            InputError: The file can't be read to its end, or was changed meanwhile.
        """
        try:
            for block in self._blocks(size):
                self.check()
                yield block
        except (OSError, ValueError) as reason:  # pyarrow's own are both
            self.check()
            raise InputError(f"it can't be read ({reason}).", where=self.origin, next="Check the file.") from None
        self.check()

    def check(self) -> None:
        """Refuses a file that has another size or time of change than at the start.

        Raises:
            InputError: It was changed meanwhile, or is gone.
        """
        if self._state() != self._seen:
            raise InputError(
                "the file was changed while it was being read.",
                where=self.origin,
                next="Wait until it is written, then run again with --fresh; nothing was joined from it.",
                code="input-changed",
            )

    def _state(self) -> tuple[int, ...]:
        try:
            found = os.stat(self.file)
        except OSError:
            raise InputError(
                "there is no such file.", where=self.origin, next="Check the path.", code="file-missing"
            ) from None
        return found.st_ino, found.st_size, found.st_mtime_ns


class CsvSource(FileSource):
    """A CSV file."""

    def _look(self) -> tuple[tuple[str, ...] | None, int]:
        with open_csv(self.file) as records:
            return records.columns, max(0, self._n_lines - 1)

    def _blocks(self, size: int) -> Iterator[Block]:
        with open_csv(self.file) as records:
            for first in count(0, size):
                rows = list(islice(records.rows, size))
                if not rows:
                    return
                read = Table(
                    records.columns, rows, self.origin, decimal_comma=records.decimal_comma, words=True, first=first
                )
                yield Block(first, len(rows), partial(_itself, read))


class NpySource(FileSource):
    """A .npy file of numbers, mapped into memory."""

    def _look(self) -> tuple[tuple[str, ...] | None, int]:
        return None, len(self._open())

    def _blocks(self, size: int) -> Iterator[Block]:
        for first in range(0, self.n_rows, size):
            n_rows = min(size, self.n_rows - first)
            yield Block(first, n_rows, partial(self._read, first, first + n_rows))

    def _read(self, first: int, stop: int) -> Table:
        # Mapped anew for each block: pages of the file that were read once don't stay.
        return Table(None, np.array(self._open()[first:stop]), self.origin, first=first)

    def _open(self) -> Any:
        try:
            array = np.load(self.file, mmap_mode="r", allow_pickle=False)
        except (ValueError, EOFError) as reason:
            raise InputError(
                f"this is not a .npy file ({reason}).", where=self.origin, next="Check the file."
            ) from None
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiub" or array.ndim not in (1, 2):
            raise InputError(
                "expected numbers of shape (n_rows, n_features).", where=self.origin, next="Save a numeric array."
            )
        return array if array.ndim == 2 else array[None]


class ParquetSource(FileSource):
    """A parquet file."""

    def _look(self) -> tuple[tuple[str, ...] | None, int]:
        with self._open() as file:
            return tuple(file.schema_arrow.names), file.metadata.num_rows

    def _blocks(self, size: int) -> Iterator[Block]:
        import pyarrow as pa

        with self._open() as file:
            first, held = 0, []
            for batch in file.iter_batches(batch_size=size, use_threads=False):
                held.append(batch)
                # A batch ends where its row group does; a block doesn't.
                while sum(map(len, held)) >= size:
                    whole = pa.Table.from_batches(held)
                    yield self._block(whole.slice(0, size), first)
                    held, first = whole.slice(size).to_batches(), first + size
            if held:
                yield self._block(pa.Table.from_batches(held), first)

    def _block(self, rows: Any, first: int) -> Block:
        return Block(first, len(rows), partial(from_arrow, rows, self.origin, first))

    def _open(self) -> Any:
        try:
            from pyarrow import ArrowInvalid, parquet
        except ImportError:
            raise table.needs_pyarrow(self.origin) from None
        try:
            # Whole row groups are never read ahead: memory is a block's, whatever wrote the file.
            return parquet.ParquetFile(self.file, pre_buffer=False, buffer_size=READ)
        except ArrowInvalid as reason:
            raise InputError(
                f"this is not a parquet file ({reason}).",
                where=self.origin,
                next="Check the file: a truncated one must be written again.",
            ) from None


class JsonSource(FileSource):
    """A JSON file of rows."""

    def _look(self) -> tuple[tuple[str, ...] | None, int]:
        self._table = table.from_path(self.file)
        return self._table.columns, len(self._table.rows)

    def _blocks(self, size: int) -> Iterator[Block]:
        for first in range(0, len(self._table.rows), size):
            rows = self._table.rows[first : first + size]
            read = Table(self._table.columns, rows, self.origin, first=first)
            yield Block(first, len(rows), partial(_itself, read))


_KINDS: dict[str, Callable[[Path, OnStep | None], FileSource]] = {
    ".csv": CsvSource,
    ".tsv": CsvSource,
    ".txt": CsvSource,
    ".json": JsonSource,
    ".npy": NpySource,
    ".parquet": ParquetSource,
}


def open_file(path: Path | str, on_step: OnStep | None = None) -> FileSource:
    """The rows of a file.

    Args:
        path: The file.
        on_step: Told how much has been read, as long as it is hashed.

    Raises:
        InputError: If the file is missing, of another kind, or not what its name says.
    """
    file = Path(path)
    kind = _KINDS.get(file.suffix.lower())
    if kind is None or not file.is_file():
        table.from_path(file)  # which says what is wrong
        raise AssertionError("a table of another kind")
    return kind(file, on_step)


def from_arrow(rows: Any, origin: str, first: int) -> Table:
    """The table in an arrow table; numbers stay an array where all columns are numbers."""
    import pyarrow as pa

    names = tuple(rows.column_names)
    if all(pa.types.is_floating(kind) or pa.types.is_integer(kind) for kind in rows.schema.types):
        columns = [column.to_numpy().astype(np.float64, copy=False) for column in rows.columns]
        return Table(names, np.stack(columns, axis=1), origin, first=first)
    return Table(names, Columns([_column(column) for column in rows.columns]), origin, first=first)


def _column(column: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_floating(column.type):
        return column.to_numpy().astype(np.float64, copy=False)
    if pa.types.is_integer(column.type) and not column.null_count:
        return column.to_numpy()
    return column.to_pylist()


def _itself(read: Table) -> Table:
    return read
