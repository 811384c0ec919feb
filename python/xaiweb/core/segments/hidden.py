"""What a model sees in the place of a hidden segment."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.segments.inpaint import inpainted

Hidden: TypeAlias = Literal["blur", "mean", "grey", "colour", "inpaint"]

GREY = 127.5
"""The middle of 0..255."""
BLACK = "#000000"
LUMINANCE = (0.299, 0.587, 0.114)
"""Shares of red, green and blue in a grey (ITU-R BT.601), as photos are read for a model of greys."""


def hidden(
    kind: Hidden, pixels: NDArray[np.float32], segments: NDArray[np.int32], colour: str = BLACK
) -> NDArray[np.float32]:
    """The image that hidden segments are cut from, float32 ``(C, H, W)``: one for all coalitions.

    ``blur`` keeps the light and the large shapes, ``mean`` is the mean colour of the whole image, ``grey``
    the middle of 0..255, ``colour`` a colour of one's choice, and ``inpaint`` continues each segment's surroundings
    into it.

    Args:
        kind: What to put in their place.
        pixels: float32 ``(C, H, W)`` in 0..255.
        segments: int32 ``(H, W)``, labels 0 to n - 1.
        colour: ``#rrggbb``, used with ``colour``; an image of one channel takes its luminance.
    """
    if kind == "blur":
        return blurred(pixels)
    if kind == "inpaint":
        return inpainted(pixels, segments)
    levels = np.full(len(pixels), GREY)
    if kind == "mean":
        levels = pixels.mean(axis=(1, 2), dtype=np.float64)
    elif kind == "colour":
        levels = np.array(list(bytes.fromhex(colour[1:])), dtype=np.float64)
        if len(pixels) == 1:
            levels = np.array([levels @ LUMINANCE])
    return np.broadcast_to(levels.astype(np.float32)[:, None, None], pixels.shape).copy()


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
