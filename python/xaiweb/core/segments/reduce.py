"""Large photos made smaller by a whole factor, before anything else looks at them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LONGEST = 4096
"""Pixels a side that are left as they are."""


def reduced(photo: NDArray[np.uint8], longest: int = LONGEST) -> NDArray[np.uint8]:
    """The photo with at most so many pixels a side, uint8 ``(ceil(H / f), ceil(W / f), 3)``.

    A box filter by the whole factor f = ceil(max(H, W) / longest). Pixel (i, j) is the mean of rows f i to
    min(f i + f, H) - 1 and columns f j to min(f j + f, W) - 1, for each channel, rounded half up: with sum s
    of its n values it is floor((2 s + n) / (2 n)). All of it is whole numbers below 2^32 (f up to 2896), so
    that every implementation gives the same bytes. A small photo (f = 1) comes back as it is.

    Args:
        photo: uint8 ``(H, W, 3)``.
        longest: Pixels a side that are enough.

    Example:
        >>> reduced(np.array([[[0, 9, 1], [1, 9, 2], [7, 9, 3]]], dtype=np.uint8), longest=2)
        array([[[1, 9, 2],
                [7, 9, 3]]], dtype=uint8)
    """
    height, width = photo.shape[:2]
    factor = -(-max(height, width) // longest)
    if factor == 1:
        return photo
    lefts = np.arange(0, width, factor)
    across = np.minimum(width - lefts, factor)
    result = np.empty((-(-height // factor), len(lefts), 3), dtype=np.uint8)
    for row, top in enumerate(range(0, height, factor)):  # row by row: a large photo is in memory once
        strip = photo[top : top + factor]
        sums = np.add.reduceat(strip.sum(axis=0, dtype=np.uint32), lefts, axis=0)
        counts = (len(strip) * across).astype(np.uint32)[:, None]
        result[row] = (2 * sums + counts) // (2 * counts)
    return result
