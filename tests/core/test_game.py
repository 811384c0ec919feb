"""shapley_values: any game, without a model."""

import numpy as np
import pytest

from tests.core.games import shapley_by_definition, stress_games
from xaiweb.core.shapley.game import shapley_values
from xaiweb.errors import BudgetError, InputError, ModelError


def test_the_result_mirrors_the_games_rank():
    flat = shapley_values(lambda masks: masks @ [1.0, 2.0, 4.0], 3)
    assert (flat.values.shape, flat.std_error.shape, flat.base_values.shape) == ((3,), (3,), ())
    one = shapley_values(lambda masks: (masks @ [1.0, 2.0, 4.0])[:, None], 3)
    assert (one.values.shape, one.base_values.shape) == ((3, 1), (1,))
    two = shapley_values(lambda masks: masks @ np.array([[1.0, 2], [2, 0], [4, 4]]), 3)
    assert two.values.shape == (3, 2)
    assert two.outputs == ("value 0", "value 1")
    assert flat.to_dict()["values"] == one.to_dict()["values"]
    np.testing.assert_allclose(flat.values, [1, 2, 4])


def test_lists_integers_and_bools_are_values_too():
    np.testing.assert_allclose(shapley_values(lambda masks: masks.sum(axis=1).tolist(), 3).values, [1, 1, 1])
    np.testing.assert_allclose(shapley_values(lambda masks: masks.all(axis=1), 2).values, [0.5, 0.5])


@pytest.mark.parametrize("budget", [None, 48, 77, 2048])
def test_a_game_sees_each_coalition_once_and_at_most_a_chunk(budget):
    seen = []

    def game(masks):
        assert masks.dtype == np.bool_
        assert masks.shape[1] == 12
        assert len(masks) <= 1024
        seen.extend(masks.tolist())
        return masks.sum(axis=1)

    explanation = shapley_values(game, 12, budget=budget)
    assert len({tuple(mask) for mask in seen}) == len(seen) == explanation.provenance.n_coalitions
    assert len(seen) <= (budget or 2048)


def test_one_player_takes_it_all():
    explanation = shapley_values(lambda masks: 5 + 2.0 * masks[:, 0], 1)
    assert explanation.values.tolist() == [2.0]
    assert shapley_values(lambda masks: 2.0 * masks[:, 0], 1, estimator="least_squares").values.tolist() == [2.0]


def test_exact_beyond_the_default_budget_names_the_one_that_would_do():
    with pytest.raises(BudgetError) as caught:
        shapley_values(lambda masks: masks.sum(axis=1), 13, estimator="exact")
    assert caught.value.next == "Give at least 8192."
    exact = shapley_values(stress_games(13)["max"], 13, estimator="exact", budget=8192)
    np.testing.assert_allclose(exact.values, shapley_by_definition(stress_games(13)["max"], 13), atol=1e-10)


@pytest.mark.parametrize("n_players", [0, -1, 2.0, "3", True, None])
def test_a_number_of_players_that_is_none_is_refused(n_players):
    with pytest.raises(InputError, match="not a number of players"):
        shapley_values(lambda masks: masks.sum(axis=1), n_players)


@pytest.mark.parametrize("arguments", [{"budget": "512"}, {"seed": -1}, {"estimator": "best"}, {"budget": 9}])
def test_arguments_that_can_not_be_used_are_refused(arguments):
    with pytest.raises(InputError) as caught:
        shapley_values(lambda masks: masks.sum(axis=1), 5, **arguments)
    assert caught.value.next


@pytest.mark.parametrize(
    "game",
    [
        lambda masks: np.full(len(masks), np.nan),
        lambda masks: np.where(masks.all(axis=1), np.inf, 0),
        lambda masks: np.zeros(len(masks) + 1),
        lambda masks: np.zeros((len(masks), 1, 1)),
        lambda masks: 3.0,
        lambda masks: ["one"] * len(masks),
        lambda masks: [[1.0], [1.0, 2.0]],
        lambda masks: masks.sum(axis=1) * 1j,
        lambda masks: np.zeros((len(masks), 0)),
    ],
)
def test_a_game_that_answers_badly_is_refused(game):
    with pytest.raises(ModelError):
        shapley_values(game, 4)


def test_seed_zero_is_a_seed():
    game = stress_games(14)["noise"]
    first, again, other = (shapley_values(game, 14, budget=200, seed=seed).values for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0


def test_many_players_get_shapley_values_unless_a_hierarchy_is_given():
    weights = np.sin(np.arange(70))
    game = lambda masks: masks @ weights + 3.0 * (masks[:, 0] & masks[:, 1])  # noqa: E731
    truth = weights + 1.5 * (np.arange(70) < 2)
    plain = shapley_values(game, 70, budget=2048, interactions="none")
    assert plain.provenance.estimator == "gaussian_process"
    assert np.linalg.norm(plain.values - truth) < 0.05 * np.linalg.norm(truth)
    arranged = shapley_values(game, 70, budget=2048, hierarchy=((0, 1), tuple(range(2, 70))))
    assert arranged.provenance.estimator == "owen"
    assert arranged.values.sum() == pytest.approx(plain.values.sum())


@pytest.mark.parametrize("estimator", ["exact", "least_squares", "gaussian_process"])
def test_a_table_too_large_for_interactions_is_refused_before_anything_is_evaluated(estimator):
    asked = []
    with pytest.raises(InputError, match="2\\^17 coalitions at once") as caught:
        shapley_values(asked.append, 17, budget=1 << 17, estimator=estimator, interactions="SII")
    assert caught.value.code == "interactions-unavailable"
    assert asked == []


@pytest.mark.parametrize(("n_players", "listed"), [(60, True), (61, False)])
def test_pairs_of_very_many_players_are_listed_only_when_asked_for(n_players, listed):
    game = lambda masks: masks @ np.arange(n_players)  # noqa: E731
    how = {"budget": 4 * n_players, "estimator": "gaussian_process"}
    assert (shapley_values(game, n_players, **how).interactions is not None) is listed
    assert shapley_values(game, n_players, interactions="SII", **how).interactions is not None
