"""A user's regions as segments; connected parts as scipy finds them."""

import numpy as np
import pytest
from hypothesis import given as each
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage

from xaiweb.core.segments.regions import components, given, relabelled
from xaiweb.errors import InputError

MAPS = arrays(np.int32, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.integers(0, 3))


@each(MAPS, st.sampled_from([0, -2]))
def test_regions_keep_their_order_and_gaps_come_last(regions, shift):
    regions = regions + shift
    if (regions < 0).all():
        return
    names = sorted({name for name in regions.ravel().tolist() if name >= 0})
    expected = [[names.index(name) if name >= 0 else len(names) for name in row] for row in regions.tolist()]
    labels = given(regions, regions.shape)
    assert labels.dtype == np.int32
    assert labels.tolist() == expected


def test_a_map_of_segments_stays_as_it_is():
    labels = np.array([[2, 0], [1, 2]], dtype=np.int32)
    np.testing.assert_array_equal(given(labels, (2, 2)), labels)


def test_labels_may_be_as_large_as_an_int32():
    assert given(np.array([[2**31 - 1, -(2**31)]], dtype=np.int32), (1, 2)).tolist() == [[0, 1]]


@pytest.mark.parametrize(
    ("regions", "words"),
    [
        (np.zeros((3, 4), dtype=np.int32), r"\(2, 2\)"),
        (np.zeros((2, 2)), "float64"),
        (np.full((2, 2), -1), "no region"),
    ],
)
def test_what_is_no_map_is_refused(regions, words):
    with pytest.raises(InputError, match=words) as refused:
        given(regions, (2, 2))
    assert refused.value.code == "regions"


def test_too_many_regions_are_refused():
    regions = np.arange(40 * 40).reshape(40, 40)
    with pytest.raises(InputError, match="1600 regions"):
        given(regions, (40, 40))
    assert given(np.minimum(regions, 999), (40, 40)).max() == 999


@each(MAPS)
def test_connected_parts_are_those_of_scipy(labels):
    parts = components(labels)
    expected = {
        frozenset(np.flatnonzero(pieces == piece))
        for label in np.unique(labels)
        for pieces, count in [ndimage.label(labels == label)]
        for piece in range(1, count + 1)
    }
    assert {frozenset(np.flatnonzero(parts == part)) for part in range(parts.max() + 1)} == expected


@each(MAPS)
def test_labels_in_reading_order(labels):
    order = list(dict.fromkeys(labels.ravel().tolist()))
    assert relabelled(labels).ravel().tolist() == [order.index(label) for label in labels.ravel().tolist()]
