"""Distinct values."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


def distinct(values: NDArray[Scalar], axis: int | None = None) -> NDArray[Scalar]:
    """The distinct values of an array, sorted; with an axis, its distinct slices along it.

    Asked for values alone, ``np.unique`` loads ``numpy.ma``, which sites don't ship; asked for places too, it doesn't.

    Example:
        >>> distinct(np.array([3, 1, 3])).tolist()
        [1, 3]
    """
    result: NDArray[Scalar] = np.unique(values, axis=axis, return_index=True)[0]
    return result
