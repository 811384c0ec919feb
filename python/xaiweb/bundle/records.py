"""The records of a CSV file, one after the other: memory is one record's, whatever the file's size."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from xaiweb.errors import InputError


@dataclass(frozen=True)
class Records:
    """An open CSV file.

    Attributes:
        columns: Names from its header.
        decimal_comma: Whether a comma may stand for the decimal point, as where cells are parted by something else.
        rows: The cells of each record after the header, as words; empty lines are passed over.
    """

    columns: tuple[str, ...]
    decimal_comma: bool
    rows: Iterator[list[str]]


@contextmanager
def open_csv(file: Path) -> Iterator[Records]:
    """The records of ``file``, separated by commas, semicolons or tabs, UTF-8.

    Raises:
        InputError: It is empty, not UTF-8, not CSV, or two columns have the same name.
    """
    try:
        # A byte order mark, if any, is not part of the first name.
        with file.open(encoding="utf-8-sig", newline="") as stream:
            header = stream.readline()
            stream.seek(0)
            # Names seldom hold a separator, so the header tells it: the most frequent one outside quotes.
            bare = "".join(part for i, part in enumerate(header.split('"')) if i % 2 == 0)
            delimiter = max((",", ";", "\t"), key=bare.count)
            records = (record for record in csv.reader(stream, delimiter=delimiter) if record)
            first = next(records, None)
            if first is None:
                raise InputError("the file is empty.", where=str(file), next="Give a header line and at least one row.")
            columns = tuple(name.strip() for name in first)
            if len(set(columns)) < len(columns):
                raise InputError("two columns have the same name.", where=f"{file}, line 1", next="Rename one of them.")
            yield Records(columns, delimiter != ",", records)
    except UnicodeDecodeError:
        raise InputError("the file is not UTF-8 text.", where=str(file), next="Save it as UTF-8.") from None
    except csv.Error as reason:
        raise InputError(
            f"this is not a CSV file ({reason}).", where=str(file), next="Check for a quote that is not closed."
        ) from None
