"""The axioms of Shapley values, on random games."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.core.games import every, shapley_by_definition, stress_games, table_game
from xaiweb.core.shapley.design import checkpoints, design, operator
from xaiweb.core.shapley.game import shapley_values

NUMBERS = st.floats(-100, 100, width=32)


@st.composite
def games(draw, least=1, most=7):
    d = draw(st.integers(least, most))
    return d, draw(arrays(np.float64, (1 << d, 2), elements=NUMBERS))


LINEAR = ("exact", "least_squares", "permutation")
"""Estimators that are linear in the game for the same coalitions; the Gaussian process learns from it."""
ANY = (*LINEAR, "gaussian_process", "auto", "owen")


@st.composite
def asked(draw, d, estimators=ANY):
    """A budget that will do for d players, with a seed and an estimator."""
    estimator = draw(st.sampled_from(estimators))
    least = 1 << d if estimator == "exact" else min(4 * d, 1 << d)
    budget = draw(st.integers(least, (1 << d) + 2))
    return {"budget": budget, "seed": draw(st.integers(0, 50)), "estimator": estimator}


@st.composite
def large_games(draw):
    """Of 8 to 12 players, of any order of interaction."""
    d = draw(st.integers(8, 12))
    rng = np.random.Generator(np.random.PCG64(draw(st.integers(0, 1000))))
    return d, rng.normal(size=(1 << d, 2)) * draw(st.sampled_from([1e-6, 1.0, 1e6])) + draw(NUMBERS)


@given(st.data(), games())
def test_values_and_base_add_up_to_the_prediction_whatever_the_budget(data, game):
    d, table = game
    explanation = shapley_values(table_game(table), d, **data.draw(asked(d)))
    np.testing.assert_allclose(
        explanation.base_values + explanation.values.sum(axis=0), explanation.prediction, rtol=0, atol=1e-11
    )
    np.testing.assert_array_equal(explanation.base_values, table[0])
    np.testing.assert_array_equal(explanation.prediction, table[-1])


@pytest.mark.parametrize("estimator", ["exact", "least_squares", "permutation", "gaussian_process"])
@given(game=games(most=6) | large_games())
@settings(max_examples=25)
def test_full_enumeration_gives_the_definition(estimator, game):
    d, table = game
    explanation = shapley_values(table_game(table), d, budget=1 << d, estimator=estimator)
    truth = shapley_by_definition(table_game(table), d)
    np.testing.assert_allclose(explanation.values, truth, rtol=0, atol=1e-11 * max(1, np.abs(table).max()))
    assert not explanation.std_error.any()


@given(games(least=2), st.data())
def test_players_that_play_alike_get_the_same(game, data):
    d, table = game
    i, j = data.draw(st.permutations(range(d)))[:2]
    swapped = np.arange(1 << d)
    differ = (swapped >> i & 1) != (swapped >> j & 1)
    swapped = np.where(differ, swapped ^ (1 << i) ^ (1 << j), swapped)
    values = shapley_values(table_game(table + table[swapped]), d).values
    np.testing.assert_allclose(values[i], values[j], rtol=0, atol=1e-11)


@given(games(least=2), st.data())
def test_a_player_that_changes_nothing_gets_nothing(game, data):
    d, table = game
    idle = data.draw(st.integers(0, d - 1))
    without = np.arange(1 << d) & ~(1 << idle)
    values = shapley_values(table_game(table[without]), d).values
    np.testing.assert_allclose(values[idle], 0, rtol=0, atol=1e-11)


@given(st.data(), games(), NUMBERS)
def test_values_are_linear_in_the_game_also_when_sampled(data, game, factor):
    d, table = game
    how = data.draw(asked(d, LINEAR))
    both = shapley_values(table_game(table[:, :1] + factor * table[:, 1:]), d, **how).values
    single = shapley_values(table_game(table), d, **how).values
    np.testing.assert_allclose(both[:, 0], single[:, 0] + factor * single[:, 1], rtol=0, atol=1e-8)


@pytest.mark.parametrize("d", range(1, 31))
@pytest.mark.parametrize("seed", [0, 1])
def test_an_additive_game_is_exact_for_every_stored_design(d, seed):
    budgets = {min(4 * d, 1 << d), *checkpoints(d), *((1 << d,) if d <= 10 else ())}
    for budget in budgets:
        pairs = design(d, budget, seed)
        a, c, _ = operator(pairs)
        # phi = A (Z phi / 2) + c (1' phi) for every phi.
        identity = a @ np.where(pairs.masks, 0.5, -0.5).reshape(-1, d) + c[:, None]
        assert np.abs(identity - np.eye(d)).max() < 1e-12


@pytest.mark.parametrize("d", [5, 17, 30])
def test_an_additive_game_has_no_standard_error(d):
    weights = np.linspace(-1, 2, d)
    explanation = shapley_values(lambda masks: 3 + masks @ weights, d, budget=4 * d, estimator="least_squares")
    np.testing.assert_allclose(explanation.values, weights, rtol=0, atol=1e-12)
    assert explanation.std_error.max() < 1e-12


@pytest.mark.parametrize("estimator", ["exact", "least_squares", "gaussian_process"])
@pytest.mark.parametrize("d", [8, 9, 10])
def test_ten_players_equal_the_definition(d, estimator):
    rng = np.random.Generator(np.random.PCG64(d))
    table = rng.normal(size=1 << d)
    values = shapley_values(table_game(table), d, estimator=estimator).values
    np.testing.assert_allclose(values, shapley_by_definition(table_game(table), d), rtol=0, atol=1e-12)


@pytest.mark.parametrize("estimator", ["auto", "exact", "least_squares", "permutation", "gaussian_process"])
@pytest.mark.parametrize("d", [2, 3, 4, 5])
def test_games_with_sharp_edges_are_exact_when_enumerated(d, estimator):
    for name, game in stress_games(d).items():
        explanation = shapley_values(game, d, estimator=estimator)
        np.testing.assert_allclose(explanation.values, shapley_by_definition(game, d), rtol=0, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("d", [5, 6, 12])
def test_games_with_sharp_edges_stay_finite_when_sampled(d):
    for name, game in stress_games(d).items():
        for seed in range(5):
            explanation = shapley_values(game, d, budget=4 * d, seed=seed)
            assert explanation.provenance.estimator == "gaussian_process"
            assert np.isfinite(explanation.values).all(), name
            assert np.isfinite(explanation.std_error).all(), name


def test_a_constant_game_is_exactly_zero():
    assert not shapley_values(lambda masks: np.full(len(masks), 0.1), 7).values.any()
    assert not shapley_values(lambda masks: np.full(len(masks), 0.1), 12, budget=64).values.any()


def test_the_oracle_knows_a_game_solved_by_hand():
    # A glove market: players 0 and 1 have a left glove, 2 a right one; a pair is worth 1.
    gloves = (every(3)[:, :2].any(axis=1) & every(3)[:, 2]).astype(float)
    np.testing.assert_allclose(shapley_by_definition(table_game(gloves), 3), [1 / 6, 1 / 6, 4 / 6])
