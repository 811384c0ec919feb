"""A grid of near squares, about as many as wanted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaiweb.core.segments.grid import cells, grid

SIDES = st.integers(1, 60)


@given(SIDES, SIDES, st.integers(1, 200))
def test_segments_are_the_cells_of_a_grid_and_sizes_differ_by_one_row_or_column(height, width, n_segments):
    labels = grid((height, width), n_segments)
    rows, columns = cells((height, width), n_segments)
    assert labels.shape == (height, width)
    assert labels.dtype == np.int32
    for label in range(rows * columns):
        y, x = np.nonzero(labels == label)
        sides = np.ptp(y) + 1, np.ptp(x) + 1
        assert sides[0] * sides[1] == len(y)
        assert height // rows <= sides[0] <= -(-height // rows)
        assert width // columns <= sides[1] <= -(-width // columns)
    assert (np.diff(labels, axis=0) >= 0).all()
    assert (np.diff(labels, axis=1) >= 0).all()


@given(SIDES, SIDES, st.integers(1, 200))
def test_there_are_about_as_many_as_wanted(height, width, n_segments):
    rows, columns = cells((height, width), n_segments)
    assert abs(rows * columns - min(n_segments, height * width)) <= max(rows, columns) / 2


@pytest.mark.parametrize(
    ("shape", "n_segments", "expected"),
    [
        ((224, 224), 50, (7, 7)),
        ((224, 112), 50, (10, 5)),
        ((1, 1), 50, (1, 1)),
        ((1, 9), 3, (1, 3)),
        ((9, 1), 3, (3, 1)),
    ],
)
def test_rows_and_columns(shape, n_segments, expected):
    assert cells(shape, n_segments) == expected
