"""Square cells of a fixed size as the players of a photo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.subjects.image import Image
from xaiweb.errors import InputError

MAX_CELLS = 4096
"""Players of an explanation that can still be drawn and listed."""


def cells(height: int, width: int, side: int) -> NDArray[np.int32]:
    """Squares of ``side`` pixels, int32 ``(height, width)``, labels 0 to n - 1 row by row.

    Those at the right and the lower edge are narrower where the size isn't a multiple.

    Example:
        >>> cells(2, 5, 2)
        array([[0, 0, 1, 1, 2],
               [0, 0, 1, 1, 2]], dtype=int32)
    """
    columns = -(-width // side)
    return (np.arange(height)[:, None] // side * columns + np.arange(width) // side).astype(np.int32)


def in_cells(image: Image, side: int, parameter: str) -> Image:
    """The same photo with square cells for segments.

    Args:
        image: The photo.
        side: Of a cell, in pixels.
        parameter: Name of the parameter that set it.

    Raises:
        InputError: There would be more than :data:`MAX_CELLS`.
    """
    height, width = image.segments.shape
    least = side
    while -(-height // least) * -(-width // least) > MAX_CELLS:
        least += 1
    if least > side:
        raise InputError(
            f"Cells of {side} px would be more than {MAX_CELLS} in a photo of {width} x {height} px.",
            where=f'parameter "{parameter}"',
            next=f"Give {least} or more.",
            code="parameter",
        )
    return replace(image, segments=cells(height, width, side))
