"""Joins finished parts into one file."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from typing import IO, Any

import numpy as np

from xaiweb import tables
from xaiweb.errors import XaiwebError
from xaiweb.many.equal import Copies
from xaiweb.many.journal import Journal, writing
from xaiweb.many.source import OnStep
from xaiweb.many.told import ESTIMATOR, Refused, add, unpack

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


def join(
    journal: Journal, n_parts: int, players: list[dict[str, Any]], copies: Copies, on_step: OnStep | None = None
) -> Summary:
    """Write the result from parts ``0 ... n_parts - 1``, put it in its place, and remove the parts.

    Only one part, one row group and the lines that ``copies`` remembers are held.

    Args:
        journal: All its parts are finished.
        n_parts: How many there are.
        players: Their names and columns, for the metadata.
        copies: Makes whole parts of computed rows.
        on_step: Told how many parts are joined.

    Raises:
        XaiwebError: A part was changed since it was written, or the disk is full; run again.
    """
    from pyarrow import parquet

    out = journal.out
    summary = Summary(out)
    listed = out.with_suffix(".refused.csv")
    with writing(out):
        with (
            _on_disk((journal.folder / "refused.csv").open("w", encoding="utf-8", newline="")) as refused_file,
            _on_disk((journal.folder / "joined.parquet").open("wb")) as file,
            # The metadata are only known at the end, and arrow's own copy of the schema would be read instead of them.
            # Dictionaries are tried for words alone: numbers hardly repeat, and trying takes most of the time.
            parquet.ParquetWriter(file, tables.schema(), store_schema=False, use_dictionary=["output"]) as writer,
        ):
            rows = csv.writer(refused_file)
            rows.writerow([one.name for one in fields(Refused)])
            for group in _groups(_parts(journal, n_parts, copies, summary, rows.writerow, on_step)):
                writer.write_table(group)
            writer.add_key_value_metadata(
                {name: json.dumps(value, ensure_ascii=False) for name, value in _metadata(summary, players).items()}
            )
        if summary.n_refused:
            os.replace(journal.folder / "refused.csv", listed)
            summary.refused_file = listed
        else:
            with suppress(FileNotFoundError):
                listed.unlink()
        os.replace(journal.folder / "joined.parquet", out)
        journal.remove()
    return summary


def _metadata(summary: Summary, players: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "players": players,
        "provenance": list(summary.provenance.values()),
        "refused": {"n_rows": summary.n_refused, "first": [vars(one) for one in summary.refused]},
    }


def _parts(
    journal: Journal,
    n_parts: int,
    copies: Copies,
    summary: Summary,
    list_row: Callable[[Any], object],
    on_step: OnStep | None,
) -> Iterator[Any]:
    """The lines of each part, which is counted and its refused rows listed."""
    for number in range(n_parts):
        computed, told = unpack(_part(journal, number))
        lines, refused = copies.whole(computed, told)
        for one in refused:
            list_row(astuple(one))
        summary.n_refused += len(refused)
        summary.refused += refused[: MOST_LISTED - len(summary.refused)]
        for estimator, own in told.provenance.items():
            add(summary.provenance, estimator, own | {"n_rows": 0})
        _count(summary, lines)
        if on_step:
            on_step("joining", number + 1, n_parts)
        yield lines.drop([ESTIMATOR])


def _count(summary: Summary, lines: Any) -> None:
    """Counts rows, each of which has a line per output, by their estimator."""
    rows = lines["row"].to_numpy()
    estimators = lines[ESTIMATOR].take(np.flatnonzero(np.diff(rows, prepend=-1)))
    for one in estimators.value_counts().to_pylist():
        summary.provenance[one["values"]]["n_rows"] += one["counts"]
        summary.n_rows += one["counts"]


def _groups(parts: Iterator[Any]) -> Iterator[Any]:
    import pyarrow as pa

    held: list[Any] = []
    for lines in parts:
        held.append(lines)
        if sum(table.nbytes for table in held) >= GROUP:
            yield pa.concat_tables(held)
            held = []
            pa.default_memory_pool().release_unused()
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


@contextmanager
def _on_disk(file: IO[Any]) -> Iterator[IO[Any]]:
    """The file, which is on the disk when it is closed."""
    with file:
        yield file
        file.flush()
        os.fsync(file.fileno())
