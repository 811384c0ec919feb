"""Bytes and their hashes."""

from __future__ import annotations

import hashlib
import io

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.manifest import File
from xaiweb.errors import BundleError


def identity(data: bytes) -> File:
    """The hash and size of ``data``."""
    return File(hashlib.sha256(data).hexdigest(), len(data))


def npy_bytes(array: NDArray[np.generic]) -> bytes:
    """``array`` as the bytes of a .npy file, C order."""
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def npy_array(data: bytes, where: str) -> NDArray[np.generic]:
    """The array in the bytes of a .npy file.

    Raises:
        BundleError: If it isn't one, or would need pickle.
    """
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError, MemoryError) as reason:  # a header may promise any size
        raise BundleError(f"this is not a .npy file ({reason}).", where=where, next="Export it again.") from None
    if not isinstance(array, np.ndarray):
        raise BundleError("this is an .npz archive, not a .npy file.", where=where, next="Save one array alone.")
    return array
