"""What a model sees in the place of a hidden segment."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.segments.inpaint import inpainted

Hidden: TypeAlias = Literal["blur", "mean", "grey", "inpaint"]

GREY = 127.5
"""The middle of 0..255."""


def hidden(kind: Hidden, pixels: NDArray[np.float32], segments: NDArray[np.int32]) -> NDArray[np.float32]:
    """The image that hidden segments are cut from, float32 ``(C, H, W)``: one for all coalitions.

    ``blur`` keeps the light and the large shapes, ``mean`` is the mean colour of the whole image, ``grey``
    the middle of 0..255, and ``inpaint`` continues each segment's surroundings into it.

    Args:
        kind: What to put in their place.
        pixels: float32 ``(C, H, W)`` in 0..255.
        segments: int32 ``(H, W)``, labels 0 to n - 1.
    """
    if kind == "blur":
        return blurred(pixels)
    if kind == "inpaint":
        return inpainted(pixels, segments)
    colour = pixels.mean(axis=(1, 2), dtype=np.float64, keepdims=True) if kind == "mean" else np.array(GREY)
    return np.broadcast_to(colour.astype(np.float32), pixels.shape).copy()


def blurred(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The image without its details, float32 ``(C, H, W)``: a Gaussian blur.

    Its standard deviation is 10 pixels for every 224 of the shorter side (Fong & Vedaldi 2017, section 4.3), cut off
    at three of them; beyond its edges the image is mirrored.

    Args:
        pixels: float32 ``(C, H, W)``.
    """
    deviation = 10 / 224 * min(pixels.shape[1:])
    reach = int(np.ceil(3 * deviation))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    weights /= weights.sum()
    image = pixels.astype(np.float64)
    for _ in ("rows", "columns"):
        n = image.shape[1]
        padded = np.pad(image, ((0, 0), (reach, reach), (0, 0)), mode="symmetric")
        image = np.zeros_like(image)
        for place, weight in enumerate(weights.tolist()):
            image += weight * padded[:, place : place + n]
        image = np.ascontiguousarray(image.transpose(0, 2, 1))
    return image.astype(np.float32)
