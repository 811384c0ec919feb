"""Rows as they arrive, in blocks: whatever they come from, only a block of them is held."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from xaiweb.bundle.table import Table

OnStep: TypeAlias = Callable[[str, int, int], None]
"""Told (what is being done, how much of it is done, how much there is): ``reading`` in bytes, ``joining`` in parts."""


@dataclass(frozen=True)
class Block:
    """Some rows that follow each other.

    Attributes:
        first: How many rows come before these.
        n_rows: How many they are.
        table: Reads their cells; a block that isn't wanted is never read.
    """

    first: int
    n_rows: int
    table: Callable[[], Table]


class Source(Protocol):
    """Rows to explain.

    Attributes:
        origin: Where they come from, as the user would say it.
        columns: Column names; None for numbers in the model's order.
        n_rows: How many they are, for progress; where that is only known at the end, about how many.
    """

    origin: str
    columns: tuple[str, ...] | None
    n_rows: int

    @property
    def identity(self) -> Mapping[str, Any]:
        """JSON-ready; equal where the rows are equal, and never where they aren't."""
        ...

    def blocks(self, size: int) -> Iterator[Block]:
        """All rows in order, in blocks of ``size`` rows, the last one shorter."""
        ...

    def check(self) -> None:
        """Refuses rows that are no longer those that ``identity`` tells of.

        Raises:
            InputError: They were changed meanwhile.
        """
        ...
