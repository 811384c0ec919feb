"""Regions of an image as a graph: who borders on whom, how far apart they are, and one region joining another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.distinct import distinct


class RegionGraph:
    """The regions of a map, each with its size, its mean colour and position, and its neighbours.

    All sums are of whole numbers and the rest is arithmetic of two numbers at a time, so that equal maps
    give equal graphs on every platform.

    Attributes:
        sizes: Pixels of each region; 0 once it has joined another.
        neighbours: For each region the regions that it shares a side of a pixel with.

    Args:
        labels: int32 ``(H, W)``, labels 0 to n - 1.
        colours: float64 ``(3, H, W)``, whole numbers, as :func:`~xaiweb.core.segments.lab.lab` gives them.
        pull: Squared units of colour that one squared pixel of distance weighs.
    """

    def __init__(self, labels: NDArray[np.int32], colours: NDArray[np.float64], pull: float) -> None:
        flat = labels.ravel()
        self.sizes: list[int] = np.bincount(flat).tolist()
        sums = [np.bincount(flat, weights=plane.ravel()) for plane in (*colours, *np.indices(labels.shape))]
        self._sums: list[list[float]] = np.stack(sums, axis=1).tolist()
        self._weights = (1.0, 1.0, 1.0, pull, pull)
        self.neighbours: list[set[int]] = [set() for _ in self.sizes]
        for one, two in _touching(labels).tolist():
            self.neighbours[one].add(two)
            self.neighbours[two].add(one)

    def distance(self, one: int, two: int) -> float:
        """The squared distance of two regions' means, of colour and position."""
        size, other = self.sizes[one], self.sizes[two]
        total = 0.0
        for weight, here, there in zip(self._weights, self._sums[one], self._sums[two], strict=True):
            step = here / size - there / other
            total += weight * (step * step)
        return total

    def join(self, part: int, host: int) -> None:
        """Makes one region part of another, which takes over its pixels and its neighbours."""
        self.sizes[host] += self.sizes[part]
        self.sizes[part] = 0
        self._sums[host] = [here + there for here, there in zip(self._sums[host], self._sums[part], strict=True)]
        for other in self.neighbours[part]:
            self.neighbours[other].remove(part)
            if other != host:
                self.neighbours[other].add(host)
                self.neighbours[host].add(other)
        self.neighbours[part] = set()


def pull(shape: Sequence[int], n_segments: int, compactness: float) -> float:
    """What a squared pixel of distance weighs in SLIC's measure, equation 3: (compactness / spacing) squared.

    Args:
        shape: Height and width in pixels.
        n_segments: Segments, whose mean spacing is the side of a square of their mean size.
        compactness: Units of colour that a distance of one spacing weighs.
    """
    return compactness * compactness * n_segments / (shape[0] * shape[1])


def _touching(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Pairs of regions, ``(n_pairs, 2)``, that have pixels side by side or one above the other."""
    sides = [(labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])]
    pairs = np.concatenate([np.stack([one[one != two], two[one != two]], axis=1) for one, two in sides])
    result: NDArray[np.int32] = distinct(np.sort(pairs, axis=1), axis=0)
    return result
