"""Pixels in CIELAB, where equal distances look about equally far."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PER_UNIT = 64.0
"""Steps in one unit of CIELAB. Sums of whole steps are exact in any order, so that segments are the same everywhere."""

_WHITE = (0.95047, 1.0, 1.08883)  # D65, 2 degrees
_TO_XYZ = (  # of linear sRGB: IEC 61966-2-1, annex F
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)


def lab(pixels: NDArray[np.float32]) -> NDArray[np.float64]:
    """CIELAB of sRGB or grey pixels, float64 ``(3, H, W)``: whole numbers of 1/64 unit.

    Args:
        pixels: float32 ``(C, H, W)``, 3 or 1 channels in 0..255; rounded to whole levels first.
    """
    levels = np.arange(256) / 255
    linear = np.where(levels > 0.04045, ((levels + 0.055) / 1.055) ** 2.4, levels / 12.92)
    red, green, blue = linear[
        np.clip(np.rint(np.broadcast_to(pixels, (3, *pixels.shape[1:]))), 0, 255).astype(np.uint8)
    ]
    x, y, z = (
        _root((of_red * red + of_green * green + of_blue * blue) / white)
        for (of_red, of_green, of_blue), white in zip(_TO_XYZ, _WHITE, strict=True)
    )
    return np.rint(PER_UNIT * np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)]))


def _root(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIE 15:2004, equation 8.6: the cube root, a line near zero."""
    return np.where(share > (6 / 29) ** 3, np.cbrt(share), (841 / 108) * share + 4 / 29)
