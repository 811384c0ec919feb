"""A photo on its card, with the places that speak for and against its likeliest class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

SIDE = 100.0
CELLS = 56
"""Cells across, so that a card stays small."""
MATTERS = 0.25
"""Share of the largest value from which a segment is drawn."""


@dataclass(frozen=True)
class PhotoCard:
    """A photo's explanation as attributes for a template.

    Attributes:
        href: The photo, from the site's root.
        x: Where its left edge stands in a square of side 100 that shows what the model sees.
        y: Where its upper edge stands.
        width: Its width there.
        height: Its height there.
        positive: Path of the segments that speak for the class.
        negative: Path of those that speak against it.
        label: What the picture shows, for screen readers.
    """

    template: ClassVar[str] = "photo_card.html"

    href: str
    x: float
    y: float
    width: float
    height: float
    positive: str
    negative: str
    label: str


def photo_card(
    href: str,
    size: tuple[int, int],
    crop: float,
    segments: NDArray[np.int32],
    values: Sequence[float],
    title: str,
    answer: str,
) -> PhotoCard:
    """The card of a photo.

    Args:
        href: The photo, from the site's root.
        size: Its height and width in pixels.
        crop: The share of its shorter side that the centred square has which the model sees.
        segments: int32 ``(height, width)`` of that square.
        values: Of each segment, for the class shown.
        title: What the photo is called.
        answer: The class shown.
    """
    height, width = (round(SIDE * side / (crop * min(size)), 2) for side in size)
    rows, columns = (np.arange(CELLS) * side // CELLS for side in segments.shape)
    cells = np.asarray(values, dtype=np.float64)[segments[np.ix_(rows, columns)]]
    least = MATTERS * np.abs(cells).max()
    return PhotoCard(
        href=href,
        x=round((SIDE - width) / 2, 2),
        y=round((SIDE - height) / 2, 2),
        width=width,
        height=height,
        positive=_path(cells >= least) if least else "",
        negative=_path(cells <= -least) if least else "",
        label=f"{title}: the model says {answer}; what speaks for it is marked red, what speaks against it blue",
    )


def _path(cells: NDArray[np.bool_]) -> str:
    """The cells as rectangles, a run of each row in one."""
    unit = SIDE / CELLS
    return "".join(
        f"M{start * unit:.4g} {row * unit:.4g}h{(stop - start) * unit:.4g}v{unit:.4g}h{(start - stop) * unit:.4g}z"
        for row, line in enumerate(cells)
        for start, stop in _runs(line)
    )


def _runs(line: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], line.astype(np.int8), [0]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
