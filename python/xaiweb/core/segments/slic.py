"""Superpixels: segments that follow the edges in an image."""

from __future__ import annotations

import heapq
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.segments.graph import RegionGraph, pull
from xaiweb.core.segments.grid import grid
from xaiweb.core.segments.lab import PER_UNIT, lab
from xaiweb.core.segments.regions import components, relabelled

COMPACTNESS = 30.0
"""Units of CIELAB that a distance of one segment's side weighs: on busy photos too about as many segments as wanted."""

_ROUNDS = 10  # the paper's number
_SMALLEST = 0.5  # of the mean size: what is smaller joins a neighbour


def slic(pixels: NDArray[np.float32], n_segments: int, compactness: float = COMPACTNESS) -> NDArray[np.int32]:
    """About so many superpixels, int32 ``(H, W)`` with labels 0 to n - 1 in the order they are met, row by row.

    SLIC (Achanta et al. 2012, algorithm 1): k-means of colour in CIELAB and of position, from the squares of a
    grid on, in which each centre looks two sides of a square around itself. Then every connected part that
    is smaller than half a square, smallest first, joins a neighbour: the nearest in the same measure, of those
    that are large enough if there are any. So every segment is connected. Unlike in the paper the first centres
    stay where they are, without a look at the gradient, and a pixel that no centre sees keeps its segment.

    Colours are whole numbers and no sum depends on its order: the same pixels give the same segments on
    every platform.

    Args:
        pixels: float32 ``(C, H, W)``, sRGB or grey (C = 1) in 0..255.
        n_segments: Segments wanted; there are at most as many as pixels.
        compactness: The larger, the more the segments are like squares.
    """
    height, width = pixels.shape[1:]
    labels = grid((height, width), n_segments)
    n_cells = int(labels[-1, -1]) + 1
    side = sqrt(height * width / n_cells)
    colours = lab(pixels)
    weight = pull((height, width), n_cells, compactness * PER_UNIT)
    for _ in range(_ROUNDS):
        labels = _assigned(colours, labels, 2 * side, weight)
    return _connected(colours, labels, _SMALLEST * side * side, weight)


def _assigned(
    colours: NDArray[np.float64], before: NDArray[np.int32], reach: float, weight: float
) -> NDArray[np.int32]:
    """Each pixel with the nearest of the centres that see it, int32 ``(H, W)``; the first of equally near ones."""
    labels = before.copy()
    nearest = np.full(before.shape, np.inf)
    rows, columns = (np.arange(length, dtype=np.float64) for length in before.shape)
    for label, (lightness, red, blue, y, x) in enumerate(_centres(colours, before).tolist()):
        top, left = (max(0, int(middle - reach)) for middle in (y, x))
        window = (slice(top, int(y + reach) + 1), slice(left, int(x + reach) + 1))
        distance = weight * np.square(rows[window[0]] - y)[:, None] + weight * np.square(columns[window[1]] - x)
        for plane, middle in zip(colours, (lightness, red, blue), strict=True):
            distance += np.square(plane[window] - middle)
        nearer = distance < nearest[window]
        np.copyto(nearest[window], distance, where=nearer)
        np.copyto(labels[window], label, where=nearer)
    return labels


def _centres(colours: NDArray[np.float64], labels: NDArray[np.int32]) -> NDArray[np.float64]:
    """The mean colour and position of each label that has pixels, ``(n_centres, 5)``."""
    flat = labels.ravel()
    sizes = np.bincount(flat)
    sums = [np.bincount(flat, weights=plane.ravel()) for plane in (*colours, *np.indices(labels.shape))]
    kept = sizes > 0
    result: NDArray[np.float64] = np.stack(sums, axis=1)[kept] / sizes[kept, None]
    return result


def _connected(
    colours: NDArray[np.float64], labels: NDArray[np.int32], smallest: float, weight: float
) -> NDArray[np.int32]:
    """The connected parts of a map, those smaller than so many pixels joined to a neighbour."""
    parts = components(labels)
    graph = RegionGraph(parts, colours, weight)
    segment = np.arange(len(graph.sizes))
    waiting = [(size, part) for part, size in enumerate(graph.sizes) if size < smallest]
    heapq.heapify(waiting)
    while waiting:
        size, part = heapq.heappop(waiting)
        if size != graph.sizes[part] or not graph.neighbours[part]:
            continue  # it has joined another or grown, or it is the whole image
        host = min(
            graph.neighbours[part],
            key=lambda other: (graph.sizes[other] < smallest, graph.distance(part, other), other),
        )
        graph.join(part, host)
        segment[part] = host
        if graph.sizes[host] < smallest:
            heapq.heappush(waiting, (graph.sizes[host], host))
    while (segment != segment[segment]).any():
        segment = segment[segment]
    return relabelled(segment[parts])
