"""The hierarchy of segments is that of a naive search over all pixels."""

import numpy as np
import pytest

from tests.core.segments.photos import noise, photo
from xaiweb.core.segments.grid import grid
from xaiweb.core.segments.lab import PER_UNIT, lab
from xaiweb.core.segments.merging import merged
from xaiweb.core.segments.slic import COMPACTNESS, slic
from xaiweb.core.shapley.hierarchy import members


def scatter(points):
    """The sum of squared distances to the mean."""
    return ((points - points.mean(axis=0)) ** 2).sum()


def naive(pixels, segments):
    """Ward's method by the scatter of all pixels, in which any neighbours are tried for every join."""
    n_segments = segments.max() + 1
    side = np.sqrt(segments.size / n_segments)
    place = np.stack(np.indices(segments.shape)) * COMPACTNESS / side
    points = np.concatenate([lab(pixels) / PER_UNIT, place]).reshape(5, -1).T
    where = {label: segments.ravel() == label for label in range(n_segments)}
    tree = {label: label for label in where}

    def adjacent(one, two):
        one, two = (where[label].reshape(segments.shape) for label in (one, two))
        touching = [(one[1:] & two[:-1]), (one[:-1] & two[1:]), (one[:, 1:] & two[:, :-1]), (one[:, :-1] & two[:, 1:])]
        return any(side.any() for side in touching)

    while len(tree) > 1:
        costs = {
            (one, two): scatter(points[where[one] | where[two]])
            - scatter(points[where[one]])
            - scatter(points[where[two]])
            for one in tree
            for two in tree
            if one < two and adjacent(one, two)
        }
        one, two = min(costs, key=costs.get)
        tree[one] = (tree[one], tree.pop(two))
        where[one] = where[one] | where.pop(two)
    return tree[0]


@pytest.mark.parametrize(
    ("pixels", "cut"),
    [
        (photo("coffee")[:, ::8, ::8], lambda pixels: slic(pixels, 14)),
        (photo("china")[:, ::7, ::9], lambda pixels: grid(pixels.shape[1:], 16)),
        (noise(1, 9, 13), lambda pixels: noise(9, 13, seed=1).astype(np.int32) % 7),  # in many parts each
    ],
    ids=["superpixels", "grid", "islands"],
)
def test_ward_among_neighbours(pixels, cut):
    segments = cut(pixels)
    assert merged(pixels, segments) == naive(pixels, segments)


def test_every_group_is_connected_and_every_segment_in_one_place():
    pixels = photo("chelsea")
    segments = slic(pixels, 200)
    tree = merged(pixels, segments)
    assert sorted(members(tree)) == list(range(segments.max() + 1))

    def joined(part):
        if isinstance(part, int):
            return {part}
        one, two = (joined(half) for half in part)  # pairs alone
        inside = [np.isin(segments, list(side)) for side in (one, two)]
        assert (
            (inside[0][1:] & inside[1][:-1]).any()
            or (inside[0][:-1] & inside[1][1:]).any()
            or ((inside[0][:, 1:] & inside[1][:, :-1]).any() or (inside[0][:, :-1] & inside[1][:, 1:]).any())
        )
        return one | two

    assert len(joined(tree)) == segments.max() + 1


def test_like_colours_come_together_first():
    pixels = np.repeat([[[0, 0, 255, 255, 0, 0]]], 6, axis=1).repeat(4, axis=2).astype(np.float32)
    segments = np.repeat([[0, 1, 2, 3, 4, 5]], 6, axis=0).repeat(4, axis=1).astype(np.int32)
    tree = merged(pixels, segments)
    assert {(0, 1), (2, 3), (4, 5)} <= {tree[0], tree[1], *tree[0], *tree[1]}


def test_equal_costs_are_taken_in_order():
    flat = np.zeros((1, 8, 8), dtype=np.float32)
    assert merged(flat, grid((8, 8), 4)) == ((0, 1), (2, 3))
    assert merged(flat, np.zeros((8, 8), dtype=np.int32)) == 0
