"""Interventional TreeSHAP against every coalition of hybrid rows, on random trees."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.games import every, shapley_by_definition, table_game
from xaiweb.core.shapley import leaf_shares, trees
from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.core.shapley.trees import shap_values
from xaiweb.errors import InputError, ModelError

LEAF = [-1, 0, 0, 0, -1, -1]


def random_table(rng, n_features, n_trees, depth, n_outputs):
    """Trees over the whole numbers 0 to 5: intervals open to either side, single values, and sets of values."""
    rows = []

    def grow(depth):
        at = len(rows)
        if depth == 0 or rng.random() < 0.15:
            rows.append([*LEAF, *rng.normal(size=n_outputs)])
            return at
        n_tests = rng.choice([1, 1, 1, 3])
        feature, values = rng.integers(n_features), rng.permutation(6)[:n_tests]
        for test, value in enumerate(values):
            low, high = (
                (value, value) if n_tests > 1 else [(-np.inf, value), (value, np.inf), (value, value)][rng.integers(3)]
            )
            rows.append([feature, low, high, rng.integers(2), -1, at + test + 1] + [0] * n_outputs)
        last = len(rows) - 1
        yes, no = grow(depth - 1), grow(depth - 1)
        for test in range(at, last + 1):
            rows[test][4] = yes
        rows[last][5] = no
        return at

    for _ in range(n_trees):
        grow(depth)
    return np.array(rows, dtype=np.float64)


def finished(generator):
    while True:
        try:
            next(generator)
        except StopIteration as stop:
            return stop.value


def walked(table, row):
    """The sum of leaves one row reaches, one node after the other."""
    total = np.zeros(table.shape[1] - 6)
    for root in set(range(len(table))) - set(table[table[:, 0] >= 0, 4:6].astype(int).ravel()):
        at = root
        while table[at, 0] >= 0:
            feature, low, high, missing, yes, no = table[at, :6]
            value = row[int(feature)]
            at = int(yes if low <= value <= high or (np.isnan(value) and missing) else no)
        total += table[at, 6:]
    return total


def game_of(table, owner, x, background, n_players):
    """The value of every coalition, from hybrid rows walked through the table."""
    return np.array(
        [
            np.mean([walked(table, np.where(mask[owner], x, row)) for row in background], axis=0)
            for mask in every(n_players)
        ]
    )


def pairs_by_definition(values, d):
    """Grabisch & Roubens 1999: the weighted mean of v(S + i + j) - v(S + i) - v(S + j) + v(S)."""
    from math import factorial

    result = np.zeros((d, d, values.shape[1]))
    for i, j in combinations(range(d), 2):
        for code in range(1 << d):
            if not code & (1 << i | 1 << j):
                size = code.bit_count()
                weight = factorial(size) * factorial(d - size - 2) / factorial(d - 1)
                both = values[code | 1 << i | 1 << j] - values[code | 1 << i] - values[code | 1 << j] + values[code]
                result[i, j] += weight * both
        result[j, i] = result[i, j]
    return result


def case(seed, n_players=4, n_features=6, n_trees=3, depth=4, n_outputs=2, n_background=3):
    rng = np.random.Generator(np.random.PCG64(seed))
    table = random_table(rng, n_features, n_trees, depth, n_outputs)
    owner = rng.integers(0, n_players, size=n_features)
    rows = rng.integers(0, 6, size=(n_background + 1, n_features)).astype(np.float64)
    rows[rng.random(rows.shape) < 0.1] = np.nan
    return table, owner, rows[0], rows[1:], n_players


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_values_and_pairs_equal_every_coalition(seed):
    table, owner, x, background, n_players = case(seed)
    values, pairs = finished(shap_values(Ensemble.read(table), owner, x, background, n_players, pairs=True))
    game = game_of(table, owner, x, background, n_players)
    np.testing.assert_allclose(values, shapley_by_definition(table_game(game), n_players), rtol=0, atol=1e-12)
    np.testing.assert_allclose(pairs, pairs_by_definition(game, n_players), rtol=0, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_predict_walks_every_tree(seed):
    table, _, x, background, _ = case(seed, n_background=20)
    rows = np.vstack([x, background])
    wanted = [walked(table, row) for row in rows]
    np.testing.assert_allclose(Ensemble.read(table).predict(rows), wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("block", "kept", "joined"), [(1, 1 << 22, 1), (1, 0, 1 << 18), (200, 1 << 22, 5), (200, 0, 30), (1 << 20, 0, 5)]
)
def test_blocks_change_nothing(monkeypatch, block, kept, joined):
    table, owner, x, background, n_players = case(7, n_trees=6, n_background=30)
    wanted = finished(shap_values(Ensemble.read(table), owner, x, background, n_players, pairs=True))
    monkeypatch.setattr(trees, "BLOCK", block)
    monkeypatch.setattr(trees, "MOST_KEPT", kept)
    monkeypatch.setattr(leaf_shares, "JOINED", joined)
    ensemble = Ensemble.read(table)
    for _ in range(2):  # the second time from memory, where something was kept
        found = finished(shap_values(ensemble, owner, x, background, n_players, pairs=True))
        for array, other in zip(found, wanted, strict=True):
            np.testing.assert_allclose(array, other, rtol=0, atol=1e-12)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([64, 1 << 20]), st.sampled_from([0, 1 << 22]))
def test_many_rows_are_each_as_if_alone_to_the_last_bit(seed, block, kept):
    table, owner, _, rows, n_players = case(seed, n_trees=5, n_background=24)
    x, background = rows[:12], rows[12:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trees, "BLOCK", block)
        patch.setattr(trees, "MOST_KEPT", kept)
        alone = [
            finished(shap_values(Ensemble.read(table), owner, row, background, n_players, pairs=True)) for row in x
        ]
        ensemble = Ensemble.read(table)
        for part in (slice(0, 7), slice(7, 8), slice(8, 12), slice(0, 12)):
            values, pairs = finished(shap_values(ensemble, owner, x[part], background, n_players, pairs=True))
            np.testing.assert_array_equal(values, [one for one, _ in alone[part]])
            np.testing.assert_array_equal(pairs, [one for _, one in alone[part]])


def test_no_rows_have_no_values():
    table, owner, _, background, n_players = case(1)
    values, _ = finished(shap_values(Ensemble.read(table), owner, background[:0], background, n_players))
    assert values.shape == (0, n_players, 2)


def test_what_a_leaf_gives_is_computed_once(monkeypatch):
    table, owner, x, background, n_players = case(5, n_trees=4, n_background=20)
    ensemble, computed = Ensemble.read(table), []
    plain = trees.shares
    monkeypatch.setattr(trees, "shares", lambda *given: computed.append(len(given[2])) or plain(*given))
    rows = np.stack([x, background[0], background[1]])
    finished(shap_values(ensemble, owner, rows, background, n_players))
    assert 0 < sum(computed) < 3 * np.count_nonzero(ensemble.is_leaf)
    n_computed = len(computed)
    finished(shap_values(ensemble, owner, rows[::-1], background, n_players))
    assert len(computed) == n_computed


def test_what_is_remembered_belongs_to_one_background_and_one_grouping():
    table, owner, x, background, n_players = case(12, n_background=8)
    assert len(table) > 20
    ensemble = Ensemble.read(table)
    swapped = (owner + 1) % n_players
    jobs = [
        (x, background, owner),
        (background[0], background, owner),
        (x, background[:5], owner),
        (x, background, swapped),
    ]
    for row, others, players in jobs * 2:
        fresh = finished(shap_values(Ensemble.read(table), players, row, others, n_players))[0]
        again = finished(shap_values(ensemble, players, row, others, n_players))[0]
        np.testing.assert_array_equal(again, fresh)


def test_it_can_be_stopped_after_any_block(monkeypatch):
    monkeypatch.setattr(trees, "BLOCK", 64)
    table, owner, x, background, n_players = case(3, n_trees=8, n_background=30)
    told = list(shap_values(Ensemble.read(table), owner, x, background, n_players))
    assert len(told) > 8
    done = [message.done for message in told]
    assert done == sorted(done)
    assert set(done) == set(range(told[0].total + 1))
    assert {message.total for message in told} == {done[-1]}
    generator = shap_values(Ensemble.read(table), owner, x, background, n_players)
    next(generator)
    generator.close()


def conjunction(n):
    """A leaf of 1 where all of n features are 1."""
    rows = [[player, 1, 1, 0, player + 1, n + 1 + player, 0] for player in range(n)]
    return np.array([*rows, [*LEAF, 1], *([[*LEAF, 0]] * n)], dtype=np.float64)


@pytest.mark.parametrize("n", [1, 8, 9, 16, 17, 33, 64])
def test_up_to_64_players_on_a_path(n):
    ensemble = Ensemble.read(conjunction(n))
    values, pairs = finished(shap_values(ensemble, np.arange(n), np.ones(n), np.zeros((2, n)), n, pairs=True))
    np.testing.assert_allclose(values[:, 0], 1 / n, rtol=1e-12)
    np.testing.assert_allclose(pairs[~np.eye(n, dtype=bool), 0], 1 / max(1, n - 1), rtol=1e-12)


def test_more_players_on_a_path_are_refused():
    ensemble = Ensemble.read(conjunction(65))
    with pytest.raises(InputError, match="65 players") as refusal:
        next(shap_values(ensemble, np.arange(65), np.ones(65), np.zeros((1, 65)), 65))
    assert refusal.value.code == "trees-too-deep"
    halves = np.arange(65) // 2  # grouped, they are fewer
    values, _ = finished(shap_values(ensemble, halves, np.ones(65), np.zeros((1, 65)), 33))
    np.testing.assert_allclose(values[:, 0], 1 / 33, rtol=1e-12)


def test_constants_give_nobody_anything():
    ensemble = Ensemble.read(np.array([[*LEAF, 2.5], [*LEAF, -1]]))
    values, pairs = finished(shap_values(ensemble, np.arange(3), np.ones(3), np.zeros((2, 3)), 3, pairs=True))
    assert not values.any()
    assert not pairs.any()
    np.testing.assert_array_equal(ensemble.predict(np.zeros((2, 3))), [[1.5], [1.5]])


def changed(cells):
    table = np.array([[0, 0, 1, 0, 1, 2, 0], [*LEAF, 1], [*LEAF, 2]], dtype=np.float64)
    for place, value in cells.items():
        table[place] = value
    return table


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (np.zeros((0, 7)), "shape"),
        (np.zeros((3, 6)), "shape"),
        (np.zeros(7), "shape"),
        (changed({(0, 5): 3}), "doesn't exist"),
        (changed({(0, 4): -1}), "doesn't exist"),
        (changed({(0, 5): 1}), "several parents"),
        (changed({(0, 5): 0}), "can't be reached"),
        (np.array([[0, 1, 1, 0, 2, 1, 0], [0, 2, 2, 0, 2, 0, 0], [*LEAF, 1]]), "can't be reached"),
    ],
)
def test_a_damaged_table_is_refused(table, reason):
    with pytest.raises(ModelError, match=reason) as refusal:
        Ensemble.read(table)
    assert refusal.value.code == "trees-table"
