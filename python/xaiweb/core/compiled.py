"""The compiled hot loops: their library, and whether numpy or it does the work.

The C sources lie in ``wasm/kernels``. Pyodide loads them as a side module out of the core's wheel, CPython as a native
library that the ordinary build makes. Without one, and with ``XAIWEB_COMPILED=no``, numpy does the same.
"""

from __future__ import annotations

import ctypes
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, Literal, ParamSpec, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")
Way: TypeAlias = Literal["numpy", "compiled"]

LIBRARY = Path(__file__).with_name("kernels.wasm" if sys.platform == "emscripten" else "kernels.native")
SWITCH = "XAIWEB_COMPILED"
LEFT_TO_NUMPY, NOT_BUILT = f"{SWITCH}=no", "it isn't built"
ABI = 1
"""What ``kernels.h`` calls itself: a library of other functions is left alone."""

_size, _pointer = ctypes.c_ssize_t, ctypes.c_void_p
_SIGNATURES: dict[str, tuple[Any, ...]] = {
    "xw_multiply": (*[_size] * 3, _pointer, _size, _size, _pointer, _size, _size, _pointer),
    "xw_cholesky": (_size, _pointer),
    "xw_forward": (_size, _size, _pointer, _pointer),
    "xw_inverse": (_size, *[_pointer] * 3),
    "xw_hyperbolic": (_size, _size, *[_pointer] * 4),
    "xw_hybrid_rows": (*[_size] * 3, *[_pointer] * 5),
    "xw_shares": (*[_size] * 3, *[_pointer] * 8),
    "xw_pair_shares": (*[_size] * 3, *[_pointer] * 9),
}
_forced: Way | None = None


@dataclass(frozen=True)
class Kernel(Generic[P, R]):
    """A hot loop, called as a function: numpy's way of it, and the compiled one.

    Attributes:
        numpy: Does it with numpy.
        compiled: The same within 1e-12.
        natively: Whether the compiled one is quicker outside the browser, too, where numpy has a BLAS.
    """

    numpy: Callable[P, R]
    compiled: Callable[P, R]
    natively: bool

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of whichever is quicker here."""
        return (self.compiled if self.is_compiled else self.numpy)(*args, **kwargs)

    @property
    def is_compiled(self) -> bool:
        """Whether a call goes to the compiled one."""
        if _forced is not None:
            return _forced == "compiled"
        return (self.natively or sys.platform == "emscripten") and loaded()[0] is not None


@contextmanager
def forced(way: Way) -> Iterator[None]:
    """Has every kernel go one way meanwhile, whichever is quicker: for tests and measurements."""
    global _forced
    before, _forced = _forced, way
    try:
        yield
    finally:
        _forced = before


def in_use() -> Way:
    """Who does the hot loops that are quicker compiled, for provenance."""
    return _forced or ("numpy" if loaded()[0] is None else "compiled")


@cache
def loaded() -> tuple[ctypes.CDLL | None, str]:
    """The library and where it lies, or None and why numpy does its work.

    Warns:
        RuntimeWarning: There is a library, and it can't be used.
    """
    if os.environ.get(SWITCH) == "no":
        return None, LEFT_TO_NUMPY
    if not LIBRARY.is_file():
        return None, NOT_BUILT
    found, why = _opened()
    if found is None:
        warnings.warn(f"numpy does the work of xaiweb's compiled core, slower: {why}.", RuntimeWarning, stacklevel=2)
    return found, why


def _opened() -> tuple[ctypes.CDLL | None, str]:
    try:
        found = ctypes.CDLL(str(LIBRARY))
        if found.xw_abi() != ABI:
            return None, f"{LIBRARY} is of another version"
        for name, arguments in _SIGNATURES.items():
            function = getattr(found, name)
            function.argtypes = arguments
            function.restype = ctypes.c_int if name == "xw_cholesky" else None
    except (OSError, AttributeError) as reason:
        return None, f"it can't be loaded: {reason}"
    return found, str(LIBRARY)


def library() -> ctypes.CDLL:
    """The library.

    Raises:
        RuntimeError: There is none; a kernel asks only where there is.
    """
    found, why = loaded()
    if found is None:
        raise RuntimeError(f"There is no compiled core: {why}.")
    return found


def address(array: NDArray[Any], dtype: type[Any] | np.dtype[Any], shape: tuple[int, ...]) -> int:
    """Where the numbers of an array begin, for C, which checks nothing.

    Raises:
        TypeError: They are of another type.
        ValueError: The array has another shape, or its numbers don't lie row by row.
    """
    if array.dtype != dtype:
        raise TypeError(f"An array of {np.dtype(dtype)} was needed, not of {array.dtype}.")
    if array.shape != shape or not array.flags.c_contiguous or not array.flags.aligned:
        raise ValueError(f"A contiguous array of shape {shape} was needed; this has the shape {array.shape}.")
    return array.ctypes.data
