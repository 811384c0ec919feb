"""The method over a background: every way, several outputs, streaming."""

import numpy as np
import pytest

from tests.core.games import shapley_by_definition
from tests.core.model import Model, without_time
from xaiweb.core.drive import run
from xaiweb.core.methods import start
from xaiweb.core.players import Players
from xaiweb.core.requests import Coalitions, Partial, Progress
from xaiweb.core.shapley.design import checkpoints
from xaiweb.core.shapley.solution import MAX_COALITIONS, MAX_ROWS
from xaiweb.errors import BudgetError, InputError


def explain(model, **parameters):
    """The explanation, and everything told on the way."""
    told = []
    return run(start("shapley", model.spec, model.row, parameters), model, told.append), told


@pytest.mark.parametrize(("equal", "n_rows"), [(0.0, 20 * 64), (0.6, None), (1.0, 1)])
def test_exact_ways_equal_the_definition(equal, n_rows):
    model = Model(6, 20, equal=equal)
    explanation, told = explain(model)
    expected = shapley_by_definition(model.game, 6)
    np.testing.assert_allclose(explanation.values, expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(explanation.prediction, model.predict(model.x[None])[0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(explanation.base_values, model.predict(model.background).mean(axis=0), atol=1e-12)
    assert explanation.provenance.estimator == "exact"
    assert not explanation.std_error.any()
    assert not any(isinstance(message, Partial) for message in told)
    assert model.rows_asked() == explanation.provenance.n_model_rows
    if n_rows is not None:
        assert model.rows_asked() == n_rows


def test_row_by_row_asks_for_no_more_than_each_row_changes():
    model = Model(10, 40, equal=0.7)
    counts = (model.background != model.x).sum(axis=1)
    explanation, _ = explain(model)
    assert model.rows_asked() == (2**counts).sum() < 40 * 2**10
    np.testing.assert_allclose(explanation.values, shapley_by_definition(model.game, 10), rtol=0, atol=1e-12)


def test_row_by_row_finds_exactly_nothing_in_a_constant_model():
    model = Model(10, 40, equal=0.7)
    model.predict = lambda rows: np.full((len(rows), 2), 0.1)
    explanation, _ = explain(model)
    assert "row by row" in explanation.provenance.plan
    assert not explanation.values.any()


def test_row_by_row_holds_for_rows_larger_than_a_request(monkeypatch):
    monkeypatch.setattr("xaiweb.core.shapley.exact.MAX_ROWS", 7)
    model = Model(6, 9, equal=0.4)
    explanation, _ = explain(model, estimator="exact")
    assert max(len(request.masks) for request in model.requests) == 7
    np.testing.assert_allclose(explanation.values, shapley_by_definition(model.game, 6), rtol=0, atol=1e-12)


def test_enumeration_holds_over_several_requests(monkeypatch):
    monkeypatch.setattr("xaiweb.core.shapley.exact.MAX_COALITIONS", 24)
    model = Model(6, 3)
    explanation, told = explain(model)
    assert [message.done for message in told] == [0, 24, 48, 64]
    np.testing.assert_allclose(explanation.values, shapley_by_definition(model.game, 6), rtol=0, atol=1e-12)


def test_grouped_and_inactive_players():
    model = Model(7, 5)
    model.background[:, 2] = model.x[2]
    model.background[:, [4, 5]] = model.x[[4, 5]]
    model.players = Players(("a", "b", "c", "d", "e"), ((0, 3), (2,), (1,), (4, 5), (6,)))
    explanation, _ = explain(model)
    np.testing.assert_allclose(explanation.values, shapley_by_definition(model.game, 5), rtol=0, atol=1e-12)
    assert not explanation.values[[1, 3]].any()
    assert explanation.provenance.n_coalitions == 8


def test_inactive_players_of_a_sampled_run_are_exactly_zero_and_never_kept():
    model = Model(12, 4)
    model.background[:, [3, 7]] = model.x[[3, 7]]
    explanation, _ = explain(model, budget=64)
    assert not explanation.values[[3, 7]].any()
    assert not explanation.std_error[[3, 7]].any()
    assert (explanation.std_error[[0, 1, 2]] > 0).all()
    assert not any(request.masks[:, [3, 7]].any() for request in model.requests)


def test_evaluations_come_as_empty_full_and_pairs():
    model = Model(12, 2)
    explain(model, budget=128)
    first, *rest = [request.masks for request in model.requests]
    np.testing.assert_array_equal(first, [[False] * 12, [True] * 12])
    for masks in rest:
        np.testing.assert_array_equal(masks[::2], ~masks[1::2])


def test_missing_values_equal_missing_values():
    model = Model(6, 4)
    model.x[1] = np.nan
    model.background[:, 1] = np.nan
    explanation, _ = explain(model)
    assert not explanation.values[1].any()
    assert explanation.players[1].value is None


@pytest.mark.parametrize(("budget", "seed"), [(48, 0), (49, 0), (101, 3), (300, 1), (2048, 0), (3000, 2)])
def test_every_partial_is_what_a_run_of_its_budget_returns(budget, seed):
    model = Model(12, 3)
    explanation, told = explain(model, budget=budget, seed=seed, estimator="least_squares")
    partials = [message.explanation for message in told if isinstance(message, Partial)]
    used = budget - budget % 2
    assert [partial.provenance.n_coalitions for partial in partials] == list(checkpoints(12, used))
    assert explanation.provenance.n_coalitions == used
    for partial in partials:
        n_coalitions = partial.provenance.n_coalitions
        alone, _ = explain(Model(12, 3), budget=n_coalitions, seed=seed, estimator="least_squares")
        for name in ("values", "std_error", "base_values", "prediction"):
            assert getattr(partial, name).tobytes() == getattr(alone, name).tobytes()
        assert partial.provenance.estimator == alone.provenance.estimator == "least_squares"
        assert partial.provenance.n_model_rows == alone.provenance.n_model_rows
        assert partial.provenance.parameters["budget"] == budget
        assert partial.provenance.elapsed_ms > 0


def test_the_gaussian_process_comes_after_least_squares_at_every_checkpoint():
    explanation, told = explain(Model(12, 3), budget=300)
    _, squares = explain(Model(12, 3), budget=300, estimator="least_squares")
    partials = [message.explanation for message in told if isinstance(message, Partial)]
    expected = [message.explanation for message in squares if isinstance(message, Partial)]
    estimators = [partial.provenance.estimator for partial in partials]
    assert estimators == ["least_squares"] * (len(expected) + 1) + ["gaussian_process"]
    for partial, alone in zip(partials, expected, strict=False):
        assert partial.values.tobytes() == alone.values.tobytes()
    # The last partial lacks nothing but the interactions.
    assert partials[-1].values.tobytes() == explanation.values.tobytes()
    assert partials[-1].interactions is None


def test_without_a_budget_it_stops_when_it_has_converged():
    model = Model(14, 2)
    explanation, _ = explain(model)
    used = explanation.provenance.n_coalitions
    assert used < 2048
    assert f"It stopped at {used} of 2048 coalitions" in explanation.provenance.plan
    before = [b for b in checkpoints(14, used) if b >= 8 * 14]
    for budget, has in (*((b, False) for b in before), (used, True)):
        squares, _ = explain(Model(14, 2), budget=budget, estimator="least_squares")
        span = np.maximum(squares.values.max(axis=0), 0) - np.minimum(squares.values.min(axis=0), 0)
        assert bool((squares.std_error.max(axis=0) <= 0.02 * span).all()) is has
    named, _ = explain(Model(14, 2), budget=used)
    assert named.values.tobytes() == explanation.values.tobytes()
    spent, _ = explain(Model(14, 2), budget=2048)
    assert spent.provenance.n_coalitions == 2048


@pytest.mark.parametrize("budget", [-1, 0, 1, 2])
def test_no_budget_is_taken_for_a_small_one(budget):
    for model in (Model(3, 2), Model(14, 2)):
        with pytest.raises(BudgetError, match=f"budget of {budget} "):
            explain(model, budget=budget)


def test_progress_follows_every_request_and_ends_at_the_budget():
    model = Model(14, 2)
    _, told = explain(model, budget=4096, estimator="least_squares")
    done = [message.done for message in told if isinstance(message, Progress)]
    assert done == [0, *np.cumsum([len(request.masks) for request in model.requests])]
    assert {message.total for message in told if isinstance(message, Progress)} == {4096}
    assert done[-1] == 4096
    assert max(len(request.masks) for request in model.requests) <= MAX_COALITIONS


def test_a_partial_can_be_changed_without_changing_what_follows():
    expected, _ = explain(Model(12, 2), budget=256)
    model = Model(12, 2)

    def meddle(message):
        if isinstance(message, Partial):
            for name in ("values", "std_error", "base_values", "prediction"):
                getattr(message.explanation, name)[:] = 7

    explanation = run(start("shapley", model.spec, model.row, {"budget": 256}), model, meddle)
    assert without_time(explanation.to_dict()) == without_time(expected.to_dict())


def test_outputs_are_solved_together_and_can_be_chosen():
    both, _ = explain(Model(12, 3), budget=200, estimator="least_squares")
    model = Model(12, 3)
    model.spec = type(model.spec).from_dict(model.spec.to_dict() | {"selected": [1]})
    second, _ = explain(model, budget=200, estimator="least_squares")
    assert second.outputs == ("bad",)
    np.testing.assert_allclose(second.values[:, 0], both.values[:, 1], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(second.std_error[:, 0], both.std_error[:, 1], rtol=1e-9)


@pytest.mark.parametrize("estimator", ["least_squares", "gaussian_process"])
def test_forced_regressions_are_exact_over_everything(estimator):
    model = Model(6, 5)
    explanation, told = explain(model, estimator=estimator)
    np.testing.assert_allclose(explanation.values, shapley_by_definition(model.game, 6), rtol=0, atol=1e-12)
    assert explanation.provenance.estimator == estimator
    assert not explanation.std_error.any()
    assert not any(isinstance(message, Partial) for message in told)


def test_values_come_closer_as_the_budget_grows():
    truth, _ = explain(Model(12, 3), estimator="exact", budget=4096)
    errors = []
    for budget in (48, 512, 4094):
        runs = [explain(Model(12, 3), budget=budget, seed=seed)[0].values for seed in range(4)]
        errors.append(np.mean([np.linalg.norm(values - truth.values) for values in runs]))
    assert errors[0] > 2 * errors[1]
    assert errors[1] > 2 * errors[2]


@pytest.mark.parametrize("estimator", ["least_squares", "gaussian_process"])
def test_intervals_cover_the_truth(estimator):
    """95 % intervals on one game of 16 players, over fixed seeds: at least 90 % hold the truth."""
    model = Model(16, 1, seed=2)
    rng = np.random.Generator(np.random.PCG64(9))
    mix = rng.normal(size=(16, 16)) / 4

    class Interacting:
        def answer(self, request):
            return np.tanh((request.masks @ mix).sum(axis=1) + (request.masks @ mix) ** 2 @ mix[0])[:, None]

    model.spec = type(model.spec).from_dict(model.spec.to_dict() | {"outputs": ["value"], "selected": [0]})
    go = lambda **parameters: run(  # noqa: E731
        start("shapley", model.spec, model.row, parameters), Interacting()
    )
    truth = go(estimator="exact", budget=1 << 16).values
    for budget in (64, 128, 512):
        inside = []
        for seed in range(25):
            explanation = go(budget=budget, seed=seed, estimator=estimator, interactions="none")
            inside.append(np.abs(explanation.values - truth) <= 1.96 * explanation.std_error)
        assert 0.90 <= np.mean(inside) < 1.0


def test_memory_is_bounded_by_the_request():
    model = Model(12, 500, equal=0.3)

    def predict(rows):
        return np.zeros((len(rows), 2))

    model.predict = predict
    explanation, _ = explain(model, estimator="exact", budget=1 << 12)
    assert explanation.provenance.n_model_rows > 20 * MAX_ROWS
    assert all(isinstance(request, Coalitions) and len(request.masks) <= MAX_ROWS for request in model.requests)


@pytest.mark.parametrize("what", ["row", "background", "narrow"])
def test_arrays_that_do_not_fit_are_refused(what):
    model = Model(6, 4)
    if what == "row":
        model.x = model.x[:5]
    elif what == "background":
        model.background = model.background[:, :5]
    else:
        model.background = model.background[0]
    with pytest.raises(InputError, match="shape") as caught:
        explain(model)
    assert caught.value.where == ("row" if what == "row" else "background")


def test_infinite_cells_and_empty_backgrounds_are_refused():
    model = Model(6, 4)
    model.x[3] = np.inf
    with pytest.raises(InputError, match="infinite") as caught:
        explain(model)
    assert caught.value.where == "row, column 3"
    model = Model(6, 0)
    with pytest.raises(InputError, match="no background"):
        explain(model)
