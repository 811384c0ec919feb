"""Segments as a grid of near squares."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray


def cells(shape: tuple[int, int], n_segments: int) -> tuple[int, int]:
    """Rows and columns of a grid of near squares, about so many in all; no more than the image has of pixels.

    The shorter side is cut first, into parts as long as the side of a square of the wanted size; the longer one
    then makes up the number.

    Example:
        >>> cells((224, 224), 50), cells((100, 400), 50), cells((8, 8), 1000), cells((1, 300), 50)
        ((7, 7), (4, 12), (8, 8), (1, 50))
    """
    shorter, longer = sorted(shape)
    across = min(max(1, round(shorter * sqrt(n_segments / (shorter * longer)))), shorter)
    along = min(max(1, round(n_segments / across)), longer)
    return (across, along) if shape[0] == shorter else (along, across)


def grid(shape: tuple[int, int], n_segments: int) -> NDArray[np.int32]:
    """About so many near squares, int32 ``(H, W)``, labels 0 to n - 1 row by row.

    Args:
        shape: Height and width of the image in pixels.
        n_segments: Segments wanted.

    Example:
        >>> grid((3, 7), 6)
        array([[0, 0, 0, 1, 1, 2, 2],
               [0, 0, 0, 1, 1, 2, 2],
               [3, 3, 3, 4, 4, 5, 5]], dtype=int32)
    """
    rows, columns = cells(shape, n_segments)
    row, column = (np.arange(length) * parts // length for length, parts in zip(shape, (rows, columns), strict=True))
    return (row[:, None] * columns + column).astype(np.int32)
