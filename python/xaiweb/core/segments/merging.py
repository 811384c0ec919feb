"""A hierarchy of segments: which ones belong together in the image."""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.segments.graph import RegionGraph, pull
from xaiweb.core.segments.lab import PER_UNIT, lab
from xaiweb.core.segments.slic import COMPACTNESS
from xaiweb.core.shapley.hierarchy import Hierarchy


def merged(pixels: NDArray[np.float32], segments: NDArray[np.int32]) -> Hierarchy:
    """The segments in pairs of pairs: neighbours of like colour, near each other, first.

    Ward's method (1963) among neighbours: of all regions side by side, those two join whose union
    adds the least to the squared distances of pixels to their region's mean, in superpixels' measure of
    colour and position. That is n m / (n + m) times the squared distance of their means, for regions of n
    and m pixels. Of equal costs the pair with the lowest segments comes first.

    Args:
        pixels: float32 ``(C, H, W)``, sRGB or grey (C = 1) in 0..255.
        segments: int32 ``(H, W)``, labels 0 to n - 1, none empty.
    """
    n_segments = int(segments.max()) + 1
    graph = RegionGraph(segments, lab(pixels), pull(segments.shape, n_segments, COMPACTNESS * PER_UNIT))
    groups: list[Hierarchy] = list(range(n_segments))
    joins = [0] * n_segments  # of each region, by which a cost is known to be stale

    def candidate(one: int, two: int) -> tuple[float, int, int, int, int]:
        size, other = graph.sizes[one], graph.sizes[two]
        return size * other / (size + other) * graph.distance(one, two), one, two, joins[one], joins[two]

    waiting = [candidate(one, two) for one in range(n_segments) for two in graph.neighbours[one] if one < two]
    heapq.heapify(waiting)
    while waiting:
        _, one, two, *then = heapq.heappop(waiting)
        if then != [joins[one], joins[two]]:
            continue
        groups[one] = (groups[one], groups[two])
        graph.join(two, one)
        joins[one] += 1
        joins[two] = -1  # it is gone
        for other in graph.neighbours[one]:
            heapq.heappush(waiting, candidate(min(one, other), max(one, other)))
    return groups[0]
