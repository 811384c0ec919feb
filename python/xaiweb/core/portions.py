"""Long work in portions, so that it can be watched and stopped between them."""

from __future__ import annotations

from collections.abc import Iterator

MAX_INPUTS = 64
"""Photos or texts in one request: a cancel is obeyed after them, and a picture can be drawn."""


def portions(total: int, size: int = MAX_INPUTS) -> Iterator[slice]:
    """Slices that cover ``total`` in order, of ``size`` each but the last.

    Example:
        >>> list(portions(5, 3))
        [slice(0, 3, None), slice(3, 5, None)]
    """
    for start in range(0, total, size):
        yield slice(start, min(start + size, total))
