"""Which players belong together."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform
from scipy.stats import spearmanr

from xaiweb.core.shapley.hierarchy import halves, hierarchy, members


def groups(tree):
    """The groups of a hierarchy, as sets of players."""
    if isinstance(tree, int):
        return []
    return [frozenset(members(tree)), *(group for part in tree for group in groups(part))]


def depth(tree):
    return 0 if isinstance(tree, int) else 1 + max(depth(part) for part in tree)


def singles(d):
    return tuple((column,) for column in range(d))


def test_halves_are_in_order():
    assert halves(1) == 0
    assert halves(2) == (0, 1)
    assert halves(7) == ((0, (1, 2)), ((3, 4), (5, 6)))
    assert list(members(halves(100))) == list(range(100))


@pytest.mark.parametrize("d", [3, 8, 25])
def test_scipy_finds_the_same_groups(d):
    rng = np.random.Generator(np.random.PCG64(d))
    background = (rng.normal(size=(60, 4)) @ rng.normal(size=(4, d)) + rng.normal(size=(60, d))).astype(np.float32)
    background[:, 1] = np.round(background[:, 1])  # ties
    distance = 1 - np.abs(spearmanr(background).statistic)
    rows = linkage(squareform(distance, checks=False), "average")
    expected = [frozenset([player]) for player in range(d)]
    for left, right, _, _ in rows:
        expected.append(expected[int(left)] | expected[int(right)])
    assert set(groups(hierarchy(background, singles(d)))) == set(expected[d:])


def test_every_player_is_in_one_place():
    background = np.random.Generator(np.random.PCG64(0)).normal(size=(20, 30)).astype(np.float32)
    tree = hierarchy(background, singles(30))
    assert sorted(members(tree)) == list(range(30))
    assert len(groups(tree)) == 29


def test_players_of_several_columns_count_by_the_two_that_correlate_most():
    rng = np.random.Generator(np.random.PCG64(1))
    a, b, c, d, e = rng.normal(size=(5, 50))
    background = np.stack([a, -(b**3), c, d, b, e], axis=1).astype(np.float32)
    # Player 1 has the columns b and c, player 2 has b (falling) and d.
    assert hierarchy(background, ((0,), (4, 2), (3, 1), (5,)))[:2] != ((0, 1), (2, 3))
    assert frozenset({1, 2}) in groups(hierarchy(background, ((0,), (4, 2), (3, 1), (5,))))


def test_missing_values_are_values():
    x = np.arange(10, dtype=np.float32)
    gone = x.copy()
    gone[7:] = np.nan
    other = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3], dtype=np.float32)
    assert hierarchy(np.stack([other, gone, x], axis=1), singles(3)) == (0, (1, 2))
    assert hierarchy(np.full((4, 3), np.nan, dtype=np.float32), singles(3)) == ((0, 1), 2)


def test_constant_columns_come_last_and_in_balance():
    background = np.zeros((6, 8), dtype=np.float32)
    assert hierarchy(background, singles(8)) == halves(8)
    background[:, 2] = background[:, 6] = np.arange(6)
    tree = hierarchy(background, singles(8))
    assert frozenset({2, 6}) in groups(tree)
    assert depth(tree) <= 4


def test_one_row_says_nothing():
    assert hierarchy(np.arange(7, dtype=np.float32)[None], singles(7)) == halves(7)
    assert hierarchy(np.arange(7, dtype=np.float32)[None], ((0, 3), (1, 2), (4, 5, 6))) == halves(3)


def test_the_unit_and_direction_of_a_column_do_not_matter():
    rng = np.random.Generator(np.random.PCG64(2))
    background = (rng.normal(size=(40, 3)) @ rng.normal(size=(3, 9))).astype(np.float32)
    other = background.copy()
    other[:, ::2] = -np.exp(other[:, ::2])
    assert hierarchy(background, singles(9)) == hierarchy(other, singles(9))
