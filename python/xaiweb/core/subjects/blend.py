"""How much of a photo each pixel shows when some of it is hidden."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.requests import Coalitions, Fields
from xaiweb.core.subjects.image import Image


def blend(image: Image, request: Coalitions | Fields) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Segments, int32 ``(height, width)``, and the share of the photo in each, float32 ``(n, n_segments)``.

    Pixels that are hidden one by one are segments of their own.
    """
    if isinstance(request, Fields):
        size = image.segments.size
        segments = np.arange(size, dtype=np.int32).reshape(image.segments.shape)
        return segments, np.asarray(request.fields, dtype=np.float32).reshape(-1, size)
    segments = image.segments if request.segments is None else request.segments
    return segments, request.masks.astype(np.float32)
