"""Rows that are equal are computed once: the first of them is, and the others' lines are copied from its."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.many.told import Refused, Told

MEMORY = 16 << 20
"""Bytes that may be spent on remembering rows and their lines."""
ROW_BYTES = 200
"""Bytes that remembering a row takes beside its cells, and about as many that a line does beside its lists."""

PIECES = 16
"""Tables that remembered lines are held in at most."""


def memory(n_columns: int, n_players: int, n_outputs: int) -> int:
    """How many different rows are remembered: the first ones of the whole, as many as :data:`MEMORY` holds."""
    return max(1, MEMORY // (ROW_BYTES + 4 * n_columns + n_outputs * (ROW_BYTES + 16 * n_players)))


class Firsts:
    """Finds the first of equal rows, among the remembered ones and those of the same part.

    Which are found depends on the rows and their order alone, as long as every part is looked at, from the first on;
    from when on it is :attr:`full`, another part changes nothing for the next.

    Args:
        most: Rows that are remembered.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._numbers: dict[bytes, int] = {}

    @property
    def full(self) -> bool:
        """Whether no more rows are remembered."""
        return len(self._numbers) >= self._most

    def of(self, numbers: NDArray[np.int64], x: NDArray[np.float32]) -> NDArray[np.int64]:
        """For each row the number of the first one with the same bytes, int ``(n_rows,)``; its own where it is that.

        Args:
            numbers: int ``(n_rows,)``, the rows' own.
            x: float32 ``(n_rows, n_features)``.
        """
        part: dict[bytes, int] = {}
        first = []
        width = x.dtype.itemsize * x.shape[1]
        data = x.tobytes()
        for i, number in enumerate(numbers.tolist()):
            line = data[i * width : (i + 1) * width]
            known = self._numbers.get(line)
            if known is None and (known := part.setdefault(line, number)) == number and not self.full:
                self._numbers[line] = number
            first.append(known)
        return np.array(first, dtype=np.int64)


class Copies:
    """Puts the lines of copied rows where they belong. Parts must come in order, from the first on.

    Args:
        most: As of :class:`Firsts`.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._n_rows = 0
        self._lines: list[Any] = []
        self._unanswered: dict[int, Refused] = {}

    def whole(self, lines: Any, told: Told) -> tuple[Any, list[Refused]]:
        """The lines of all rows of a part and its refused rows, both in order.

        Args:
            lines: Those of the rows that were computed, an arrow table.
            told: What is told of the part.
        """
        import pyarrow as pa

        unanswered = self._unanswered | {one.row: one for one in told.unanswered}
        sources = [*self._lines, lines]
        if self._n_rows < self._most:
            self._n_rows += told.n_computed
            self._unanswered = unanswered
            # Few pieces are quick to look through, and joined seldom enough.
            self._lines = sources if len(sources) < PIECES else [pa.concat_tables(sources).combine_chunks()]
        copied = [replace(unanswered[first], row=row) for row, first in told.copies if first in unanswered]
        refused = sorted([*told.unread, *told.unanswered, *copied], key=lambda one: one.row)
        if told.copies:
            rows, first = np.array(told.copies, dtype=np.int64).T
            lines = pa.concat_tables([lines, *(_copied(source, rows, first) for source in sources)])
            lines = lines.take(np.argsort(lines["row"].to_numpy(), kind="stable"))
        return lines, refused


def _copied(source: Any, rows: NDArray[np.int64], first: NDArray[np.int64]) -> Any:
    """The lines of ``rows``, those that ``source`` has of ``first``: one per output, or none."""
    import pyarrow as pa

    numbers = source["row"].to_numpy()
    starts, ends = (np.searchsorted(numbers, first, side) for side in ("left", "right"))
    n_lines = ends - starts
    at = np.arange(n_lines.sum()) + np.repeat(ends - np.cumsum(n_lines), n_lines)
    return source.take(at).set_column(0, "row", pa.array(np.repeat(rows, n_lines)))
