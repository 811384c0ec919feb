"""What a part of the bench hands to the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Goal:
    """Something that should be true, and the number that says whether it is.

    Attributes:
        what: The goal.
        found: What was measured.
        held: Whether it holds.
    """

    what: str
    found: str
    held: bool


@dataclass(frozen=True)
class Part:
    """A section of the document.

    Attributes:
        title: Its heading.
        lines: Markdown.
        goals: What it decides.
        plots: SVG by file name.
        losses: Where a peer is better, a line each.
    """

    title: str
    lines: Sequence[str]
    goals: Sequence[Goal] = ()
    plots: dict[str, str] = field(default_factory=dict)
    losses: Sequence[str] = ()


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table; all columns but the first are numbers."""
    align = ["---", *["---:"] * (len(head) - 1)]
    return ["| " + " | ".join(row) + " |" for row in (head, align, *rows)]


def goals_table(goals: Sequence[Goal]) -> list[str]:
    """Goals with their figures, held or not."""
    rows = [(goal.what, goal.found, "held" if goal.held else "**not held**") for goal in goals]
    return ["| goal | found | |", "|---|---|---|", *("| " + " | ".join(row) + " |" for row in rows)]
