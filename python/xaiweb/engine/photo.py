"""Photos from files: decoded as a browser shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.segments.reduce import reduced
from xaiweb.errors import InputError

LARGEST = 200_000_000
"""Pixels; a larger photo is refused before it is decoded."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF")
"""Pillow reads many more, EPS by starting another program; nobody expects that of a photo."""


def decode(photo: Any, origin: str = "photo") -> NDArray[np.uint8]:
    """A photo as uint8 ``(height, width, 3)`` of at most 4096 px a side.

    Turned as its EXIF entry says, transparency over white, greys and CMYK as RGB, of an animation the first picture.

    Args:
        photo: A path, or an array ``(height, width)``, ``(height, width, 3)`` or ``(height, width, 4)`` of uint8.
        origin: Where an array comes from, for messages.

    Raises:
        InputError: It is no photo, is damaged, or too large.
    """
    if isinstance(photo, str | Path):
        return reduced(_opened(Path(photo)))
    array = np.asarray(photo)
    channels = array.ndim == 3 and array.shape[2] in (3, 4)
    if array.dtype != np.uint8 or not (channels or array.ndim == 2) or array.size == 0:
        raise InputError(
            f"an array of {array.dtype} {array.shape} is no photo.",
            where=origin,
            next="Give uint8 (height, width, 3), 0 to 255.",
            code="photo",
        )
    return reduced(_rgb(_pillow().fromarray(array)))


def _opened(path: Path) -> NDArray[np.uint8]:
    module = _pillow()
    try:
        module.init()
        with module.open(path, formats=[kind for kind in FORMATS if kind in module.OPEN]) as photo:
            if photo.width * photo.height > LARGEST:
                raise InputError(
                    f"it has {photo.width} x {photo.height} pixels.",
                    where=str(path),
                    next=f"Give at most {LARGEST // 1_000_000} million pixels.",
                    code="photo-too-large",
                )
            from PIL import ImageOps

            return _rgb(ImageOps.exif_transpose(photo))
    except (OSError, ValueError, SyntaxError, RuntimeError) as reason:
        raise InputError(
            f"this photo can't be read ({reason}).",
            where=str(path),
            next="Give a JPEG, PNG, WebP or GIF file.",
            code="photo",
        ) from None


def _rgb(photo: Any) -> NDArray[np.uint8]:
    if photo.mode.startswith("I;16"):  # Pillow itself would cut off what is brighter than 255
        photo = _pillow().fromarray((np.asarray(photo) >> 8).astype(np.uint8))
    if photo.mode in ("I", "F"):
        raise ValueError("its pixels are 32 bits wide, and nothing says which of them is white")
    if photo.mode in ("RGBA", "LA", "PA") or "transparency" in photo.info:
        photo = photo.convert("RGBA")
        white = _pillow().new("RGBA", photo.size, "white")
        photo = _pillow().alpha_composite(white, photo)
    return np.asarray(photo.convert("RGB"), dtype=np.uint8)


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise InputError(
            "photos need Pillow.", where="photo", next="Install it: pip install 'xaiweb[image]'.", code="pillow-missing"
        ) from None
    Image.MAX_IMAGE_PIXELS = None  # our own bound is looked at first
    return Image
