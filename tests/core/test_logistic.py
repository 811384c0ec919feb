"""A logistic model as a control variate: its Shapley values against the definition, and what it is good for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.games import every, shapley_by_definition
from tests.core.test_gaussian_process import evaluated, finish
from xaiweb.core.shapley import gaussian_process
from xaiweb.core.shapley.game import shapley_values
from xaiweb.core.shapley.logistic import Logistic, fit, of_pairs


def logistic(d, size, seed=0):
    """A game of one probability, additive in its logit."""
    b = np.random.Generator(np.random.PCG64(seed)).normal(size=d + 1) * size
    return lambda masks: 1 / (1 + np.exp(-(b[0] + np.where(masks, 1.0, -1.0) @ b[1:]))), b


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 9), st.floats(0.01, 20), st.integers(0, 1000))
def test_shapley_values_are_those_of_the_definition(d, size, seed):
    game, b = logistic(d, size, seed)
    found = Logistic(b[:, None], np.ones(1)).shapley()[:, 0]
    assert found == pytest.approx(shapley_by_definition(game, d), abs=1e-13)


def test_values_of_many_players_add_up():
    for d in (60, 150):
        game, b = logistic(d, 0.5, seed=d)
        ends = game(np.array([[False] * d, [True] * d]))
        found = Logistic(b[:, None], np.ones(1)).shapley()
        assert found.sum() == pytest.approx(ends[1] - ends[0], abs=1e-12)


def test_players_alike_have_equal_values():
    b = np.array([-3.0, 1.0, 1.0, 1.0, 1.0])
    found = Logistic(b[:, None], np.ones(1)).shapley()[:, 0]
    assert found == pytest.approx(np.full(4, (1 / (1 + np.exp(-1)) - 1 / (1 + np.exp(7))) / 4), abs=1e-14)


def test_trust_scales_values_and_shapley_values():
    _, b = logistic(5, 2.0)
    whole, half = (Logistic(b[:, None], np.array([trust])) for trust in (1.0, 0.5))
    assert half.values(every(5)) == pytest.approx(whole.values(every(5)) / 2)
    assert half.shapley() == pytest.approx(whole.shapley() / 2)


def test_a_game_that_is_logistic_is_believed():
    game, _ = logistic(8, 1.0, seed=2)
    model = finish(fit(every(8), game(every(8))[:, None]))
    assert model.trust[0] > 0.97
    assert model.values(every(8))[:, 0] == pytest.approx(game(every(8)), abs=0.03)


@pytest.mark.parametrize(
    "values",
    [
        lambda m: 3 * (m.sum(axis=1) > 2),  # not probabilities
        lambda m: m.sum(axis=1) / 5 - 0.1,
        lambda m: np.full(len(m), 0.5),
        lambda m: m @ np.array([0.4, 0.3, 0.1, 0.1, 0.05]),  # additive: nothing to add
    ],
)
def test_other_games_are_left_alone(values):
    model = finish(fit(every(5), values(every(5)).astype(float)[:, None]))
    assert model.trust[0] == pytest.approx(0, abs=1e-9)
    assert model.shapley() == pytest.approx(0, abs=1e-9)


def test_what_the_logit_says_nothing_of_is_hardly_believed():
    parity = (every(7).sum(axis=1) % 2).astype(float)
    assert finish(fit(every(7), parity[:, None])).trust[0] < 0.01


def test_each_output_has_a_model_of_its_own():
    game, _ = logistic(6, 1.5)
    values = np.stack([game(every(6)), 100 * game(every(6)), 1 - game(every(6))], axis=1)
    model = finish(fit(every(6), values))
    assert model.trust[1] == 0
    assert model.values(every(6))[:, 2] == pytest.approx(model.trust[0] - model.values(every(6))[:, 0], abs=1e-6)


def test_what_it_leaves_over_adds_up_to_the_game():
    game, _ = logistic(9, 2.0)
    pairs, odd, even, (base, prediction) = evaluated(game, 9, 36)
    model = finish(of_pairs(pairs.masks, odd, even, base, prediction))
    rest, total = model.left(pairs.masks, odd, prediction - base)
    own = (model.values(pairs.masks) - model.values(~pairs.masks)) / 2
    assert rest + own == pytest.approx(odd)
    assert total[0] + model.shapley().sum() == pytest.approx(prediction[0] - base[0])


def test_probabilities_that_saturate_need_fewer_coalitions():
    """Half the error of the same process without it, over games with interactions in the logit as well."""
    d, budget = 10, 60
    mixed, alone = [], []
    for seed in range(8):
        rng = np.random.Generator(np.random.PCG64(seed))
        b, pair = rng.normal(size=d), rng.normal(size=(d, d)) * 0.05

        def game(masks, b=b, pair=pair):
            z = np.where(masks, 1.0, -1.0)
            return 1 / (1 + np.exp(-(1 + 1.5 * z @ b + ((z @ pair) * z).sum(axis=1))))

        truth = shapley_by_definition(game, d)
        pairs, odd, _, (base, prediction) = evaluated(game, d, budget)
        without = finish(gaussian_process.fit(pairs, odd, prediction - base)).values[:, 0]
        found = shapley_values(game, d, budget=budget, interactions="none").values
        mixed.append(np.linalg.norm(found - truth))
        alone.append(np.linalg.norm(without - truth))
    assert np.mean(mixed) < 0.5 * np.mean(alone)
