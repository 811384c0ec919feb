"""Columns gathered into players."""

import numpy as np
import pytest

from xaiweb.core.players import Players
from xaiweb.errors import InputError

GROUPED = Players(("a", "b", "c"), ((2,), (0, 3), (1,)))


def test_masks_spread_over_columns():
    masks = np.array([[True, False, False], [False, True, False], [False, False, True]])
    np.testing.assert_array_equal(
        GROUPED.column_masks(masks), np.array([[0, 0, 1, 0], [1, 0, 0, 1], [0, 1, 0, 0]], dtype=bool)
    )


def test_hybrid_rows_take_a_players_columns_together():
    x = np.array([1, 2, 3, 4], dtype=np.float32)
    rows = GROUPED.hybrid_rows(np.array([[False, True, False]]), x, -x[None])
    np.testing.assert_array_equal(rows, [[1, -2, -3, 4]])
    assert rows.dtype == np.float32


def test_a_player_differs_where_one_of_its_columns_does():
    x = np.array([1, 2, 3, 4], dtype=np.float32)
    background = np.array([[1, 2, 3, 5], [9, 2, 3, 4], [1, 0, 0, 4]], dtype=np.float32)
    np.testing.assert_array_equal(
        GROUPED.differs(x, background), np.array([[0, 1, 0], [0, 1, 0], [1, 0, 1]], dtype=bool)
    )


def test_counts():
    assert (GROUPED.n_players, GROUPED.n_features) == (3, 4)


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (("a",), ((0,), (1,))),
        ((), ()),
        (("a", "b"), ((0,), (0,))),
        (("a", "b"), ((0,), (2,))),
        (("a", "b"), ((0,), ())),
    ],
)
def test_every_column_belongs_to_exactly_one_player(names, columns):
    with pytest.raises(InputError):
        Players(names, columns)
