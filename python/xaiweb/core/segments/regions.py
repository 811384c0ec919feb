"""Maps of regions: a user's own as segments, labels in reading order, connected parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.distinct import distinct
from xaiweb.errors import InputError

MOST = 1000
"""Segments that one image can have."""


def given(regions: NDArray[np.integer], shape: tuple[int, int]) -> NDArray[np.int32]:
    """A user's own map as segments, int32 ``(H, W)`` with labels 0 to n - 1, none empty.

    Regions keep their order, and the parts of a region that lie apart stay one segment. What is in no
    region, any negative number, becomes one more segment, the last.

    Args:
        regions: ints ``(H, W)``: the region of each pixel, negative where there is none.
        shape: Height and width of the image in pixels.

    Raises:
        InputError: The map is of another size or type, holds no region, or too many.

    Example:
        >>> given(np.array([[7, 7, -1], [2, -1, -1]]), (2, 3))
        array([[1, 1, 2],
               [0, 2, 2]], dtype=int32)
    """
    regions = np.asarray(regions)
    if regions.shape != shape or not np.issubdtype(regions.dtype, np.integer):
        raise _bad(
            f"The map of regions is {regions.dtype} of shape {regions.shape}.",
            f"Give whole numbers of shape {shape}, one for each pixel as the model sees it.",
        )
    drawn = regions >= 0
    if not drawn.any():
        raise _bad("There is no region in the map.", "Draw at least one region: the numbers 0, 1, ... where it lies.")
    names, labels = np.unique(np.where(drawn, regions, regions.max() + np.int64(1)), return_inverse=True)
    if len(names) > MOST:
        raise _bad(f"There are {len(names)} regions in the map.", f"Draw at most {MOST}.")
    return labels.reshape(shape).astype(np.int32)


def relabelled(labels: NDArray[np.integer]) -> NDArray[np.int32]:
    """The same map with labels 0 to n - 1 in the order in which they are met, row by row.

    Example:
        >>> relabelled(np.array([[5, 5, 2], [2, 2, 5]]))
        array([[0, 0, 1],
               [1, 1, 0]], dtype=int32)
    """
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    return rank[inverse].reshape(labels.shape)


def components(labels: NDArray[np.integer]) -> NDArray[np.int32]:
    """The connected parts of a map, int32 ``(H, W)``: pixels side by side or one above the other with one label.

    Example:
        >>> components(np.array([[3, 3, 3], [1, 3, 1]]))
        array([[0, 0, 0],
               [1, 0, 2]], dtype=int32)
    """
    starts = np.ones(labels.shape, dtype=np.bool_)
    starts[:, 1:] = labels[:, 1:] != labels[:, :-1]
    runs = np.cumsum(starts).reshape(labels.shape) - 1  # along the rows
    above = labels[1:] == labels[:-1]
    touching = distinct(np.stack([runs[:-1][above], runs[1:][above]], axis=1), axis=0)
    parent = list(range(int(runs[-1, -1]) + 1))
    for pair in touching.tolist():
        first, second = sorted(_root(parent, run) for run in pair)
        parent[second] = first
    roots = np.array([_root(parent, run) for run in range(len(parent))])
    result: NDArray[np.int32] = np.unique(roots, return_inverse=True)[1].astype(np.int32)[runs]
    return result


def _root(parent: list[int], item: int) -> int:
    """The first item of the set that an item is in; the way there is halved (Tarjan & van Leeuwen 1984)."""
    while parent[item] != item:
        parent[item] = parent[parent[item]]
        item = parent[item]
    return item


def _bad(message: str, next: str) -> InputError:
    return InputError(message, where="regions", next=next, code="regions")
