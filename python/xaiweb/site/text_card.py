"""The beginning of a text on its card, with the words that speak for and against the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

MOST = 160
"""Characters of the text that are shown."""
MATTERS = 0.25
"""Share of the largest value from which a word is marked."""


@dataclass(frozen=True)
class Part:
    """Words in a row with the same mark: ``positive``, ``negative`` or empty."""

    text: str
    sign: str


@dataclass(frozen=True)
class TextCard:
    """A text's explanation as a template writes it.

    Attributes:
        parts: The text from where most is to be seen, in parts.
        label: What it shows, for screen readers.
    """

    template: ClassVar[str] = "text_card.html"

    parts: tuple[Part, ...]
    label: str


def text_card(text: str, spans: Sequence[tuple[int, int]], values: Sequence[float], title: str) -> TextCard:
    """The card of a text.

    Args:
        text: All of it.
        spans: First and last-plus-one code point of each player, in order.
        values: Of each player, for the output shown.
        title: What the text is called.
    """
    largest = max((abs(value) for value in values), default=0.0)
    least = MATTERS * largest
    signs = ["" if abs(value) < least or not largest else "positive" if value > 0 else "negative" for value in values]
    first = _where(spans, [abs(value) for value in values])
    parts: list[Part] = []
    room = MOST
    for (start, stop), sign in list(zip(spans, signs, strict=True))[first:]:
        word = text[start : min(stop, start + room)]
        if room <= 0:
            break
        room -= len(word) + 1
        if parts and parts[-1].sign == sign:
            parts[-1] = Part(f"{parts[-1].text} {word}", sign)
        else:
            parts.append(Part(word, sign))
    marked = ", ".join(part.text for part in parts if part.sign)
    return TextCard(tuple(parts), f"{title}, with the words that matter marked: {marked}" if marked else title)


def _where(spans: Sequence[tuple[int, int]], weights: Sequence[float]) -> int:
    """The first word of the stretch of at most ``MOST`` characters that weighs most; the first such stretch."""
    best, found, weight, last = -1.0, 0, 0.0, 0
    for first in range(len(spans)):
        while last < len(spans) and spans[last][1] - spans[first][0] <= MOST:
            weight += weights[last]
            last += 1
        if weight > best * (1 + 1e-9):
            best, found = weight, first
        if last > first:
            weight -= weights[first]
        else:
            last = first + 1
    return found
