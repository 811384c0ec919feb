"""Joins finished parts into one file."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from typing import IO, Any

from xaiweb import tables
from xaiweb.errors import XaiwebError
from xaiweb.many.journal import Journal, writing
from xaiweb.many.part import Refused, Told, add
from xaiweb.many.source import OnStep

GROUP = 2 << 20
"""Bytes of explanations that are gathered into one row group."""
MOST_LISTED = 1000
"""Refused rows in the result's metadata; the file beside it has all of them."""


@dataclass
class Summary:
    """What a finished run did.

    Attributes:
        out: The result.
        n_rows: Rows that were explained.
        n_refused: Rows that were not.
        refused: The first of these.
        refused_file: Where all of them are listed; None where there are none.
        provenance: By estimator, as in the metadata.
    """

    out: Path
    n_rows: int = 0
    n_refused: int = 0
    refused: list[Refused] = field(default_factory=list)
    refused_file: Path | None = None
    provenance: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __str__(self) -> str:
        """What was done, in a line."""
        refused = f", {self.n_refused} refused: see {self.refused_file}" if self.n_refused else ""
        return f"Explanations: {self.out}, {self.n_rows} rows{refused}"


def join(journal: Journal, n_parts: int, players: list[dict[str, Any]], on_step: OnStep | None = None) -> Summary:
    """Write the result from parts ``0 ... n_parts - 1``, put it in its place, and remove the parts.

    Only one part and one row group are held.

    Args:
        journal: All its parts are finished.
        n_parts: How many there are.
        players: Their names and columns, for the metadata.
        on_step: Told how many parts are joined.

    Raises:
        XaiwebError: A part was changed since it was written, or the disk is full; run again.
    """
    import pyarrow as pa
    from pyarrow import BufferReader, parquet

    out = journal.out
    summary = Summary(out)
    listed = out.with_suffix(".refused.csv")
    with writing(out):
        with _on_disk((journal.folder / "refused.csv").open("w", encoding="utf-8", newline="")) as file:
            lines = csv.writer(file)
            lines.writerow([one.name for one in fields(Refused)])
            for number in range(n_parts):
                told = Told.of(parquet.read_metadata(BufferReader(_part(journal, number))).metadata)
                _count(summary, told)
                lines.writerows(astuple(one) for one in told.refused)
        metadata = {
            "players": players,
            "provenance": list(summary.provenance.values()),
            "refused": {"n_rows": summary.n_refused, "first": [vars(one) for one in summary.refused]},
        }
        with (
            _on_disk((journal.folder / "joined.parquet").open("wb")) as file,
            parquet.ParquetWriter(file, tables.schema(metadata)) as writer,
        ):
            for group in _groups(journal, n_parts, on_step):
                writer.write_table(group)
                pa.default_memory_pool().release_unused()
        if summary.n_refused:
            os.replace(journal.folder / "refused.csv", listed)
            summary.refused_file = listed
        else:
            with suppress(FileNotFoundError):
                listed.unlink()
        os.replace(journal.folder / "joined.parquet", out)
        journal.remove()
    return summary


def _groups(journal: Journal, n_parts: int, on_step: OnStep | None) -> Iterator[Any]:
    import pyarrow as pa
    from pyarrow import BufferReader, parquet

    held: list[Any] = []
    for number in range(n_parts):
        held.append(
            parquet.read_table(BufferReader(_part(journal, number)), use_threads=False).replace_schema_metadata(None)
        )
        if on_step:
            on_step("joining", number + 1, n_parts)
        if sum(table.nbytes for table in held) >= GROUP:
            yield pa.concat_tables(held)
            held = []
    if held:
        yield pa.concat_tables(held)


def _part(journal: Journal, number: int) -> bytes:
    data = journal.read(number)
    if data is None:
        raise XaiwebError(
            "a finished part was changed since it was written.",
            where=str(journal.path(number)),
            next="Run the same again: it is done again, the others are kept.",
            code="part-changed",
        )
    return data


def _count(summary: Summary, told: Told) -> None:
    summary.n_rows += told.n_rows
    summary.n_refused += len(told.refused)
    summary.refused += told.refused[: MOST_LISTED - len(summary.refused)]
    for estimator, own in told.provenance.items():
        if estimator in summary.provenance:
            add(summary.provenance[estimator], own)
        else:
            summary.provenance[estimator] = own


@contextmanager
def _on_disk(file: IO[Any]) -> Iterator[IO[Any]]:
    """The file, which is on the disk when it is closed."""
    with file:
        yield file
        file.flush()
        os.fsync(file.fileno())
