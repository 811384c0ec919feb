"""LIME: the lime package's weights under the same samples, its way of sampling, and what a budget buys."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.core.games import every, stress_games, table_game
from tests.core.subjects import Explained, Parts
from xaiweb.core.methods.lime import METHOD, explain, nearness, samples
from xaiweb.core.ridge import fit
from xaiweb.errors import InputError

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "core" / "lime.json").read_text())
NAMES = [f"{case['kind']} by {case['drawn_by']}" for case in GOLDEN]


def lime(game, subject, budget=1000, seed=0, **options):
    asked = {"budget": budget, "kernel_width": 0.25, "seed": seed} | options.pop("asked", {})
    return Explained(explain, subject, asked, lambda request: game(request.masks), **options)


def two(game):
    return lambda masks: np.stack([game(masks), -3 * game(masks)], axis=1)


@pytest.mark.parametrize("case", GOLDEN, ids=NAMES)
def test_the_lime_packages_weights_under_the_same_samples(case):
    kept = np.array([[mark == "1" for mark in row] for row in case["kept"]])
    weights = nearness(kept, 0.25)
    np.testing.assert_allclose(weights, case["weights"], rtol=1e-12)
    local = fit(kept, table_game(case["values"])(kept), weights)
    np.testing.assert_allclose(local.coefficients, case["coefficients"], atol=1e-12)
    np.testing.assert_allclose(local.intercept, case["intercept"], atol=1e-12)
    np.testing.assert_allclose(local.r2, case["r2"], atol=1e-12)


@pytest.mark.parametrize("case", GOLDEN[2:], ids=NAMES[2:])
def test_an_explanation_is_the_packages_fit_of_our_samples(case):
    result = lime(table_game(case["values"]), Parts(case["kind"], 8), budget=101, seed=5).explanation
    np.testing.assert_allclose(result.values, case["coefficients"], atol=1e-12)
    np.testing.assert_allclose(result.base_values, case["intercept"], atol=1e-12)
    np.testing.assert_array_equal(result.prediction, case["values"][-1])
    low, high = sorted(case["r2"])
    assert f"R² of its fit to them is {low:.2f} to {high:.2f}." in result.provenance.plan
    assert result.provenance.estimator == "ridge"
    assert result.provenance.parameters == {"budget": 101, "kernel_width": 0.25}


@pytest.mark.parametrize("d", [4, 15, 60])
def test_the_fit_is_that_of_least_squares_with_the_penalty_as_further_rows(d):
    kept = samples("image", d, 31, 2)
    generator = np.random.Generator(np.random.PCG64(d))
    answers, weights = generator.normal(size=(31, 2)), generator.uniform(0.1, 1, size=31)
    local = fit(kept, answers, weights)
    design = np.concatenate([np.column_stack([np.ones(31), kept]), np.eye(d, d + 1, 1)])
    rows = np.concatenate([np.sqrt(weights), np.ones(d)])[:, None]
    expected = np.linalg.lstsq(design * rows, np.concatenate([answers, np.zeros((d, 2))]) * rows, rcond=None)[0]
    np.testing.assert_allclose(local.intercept, expected[0], atol=1e-12)
    np.testing.assert_allclose(local.coefficients, expected[1:], atol=1e-12)
    assert np.isnan(local.std_error).all() == (d > 10)


@pytest.mark.parametrize("kind", ["image", "text"])
def test_samples_begin_with_one_that_keeps_all_and_are_nested(kind):
    kept = samples(kind, 9, 401, 1)
    assert kept.shape == (401, 9)
    assert kept[0].all()
    for fewer in (1, 2, 17, 30, 400):
        np.testing.assert_array_equal(samples(kind, 9, fewer, 1), kept[:fewer])
    assert (samples(kind, 9, 401, 2) != kept).any()


def test_a_photos_segments_are_kept_half_of_the_time_whatever_the_others():
    kept = np.array([samples("image", 7, 6, seed)[1:] for seed in range(4000)])
    counts = [np.bincount(sample @ (1 << np.arange(7)), minlength=128) for sample in kept.swapaxes(0, 1)]
    assert np.abs(np.array(counts) - 4000 / 128).max() < 5 * np.sqrt(4000 / 128)


@pytest.mark.parametrize(("d", "ends"), [(7, [1, 9, 17, 33, 65]), (8, [1, 17, 33, 65]), (50, [1, 65, 129, 257])])
def test_in_a_block_any_two_segments_are_kept_together_as_often_as_apart(d, ends):
    signs = 2.0 * samples("image", d, ends[-1], 3) - 1
    for start, stop in pairwise(ends):
        block = signs[start:stop]
        np.testing.assert_array_equal(block.T @ block, (stop - start) * np.eye(d))
        np.testing.assert_array_equal(block.sum(axis=0), 0)


def test_a_text_hides_one_to_all_of_its_words_alike_often():
    kept = samples("text", 10, 10001, 0)[1:]
    counts = np.bincount((~kept).sum(axis=1), minlength=11)
    assert counts[0] == 0
    assert np.abs(counts[1:] - 1000).max() < 4 * np.sqrt(900)
    assert np.ptp((~kept).mean(axis=0)) < 0.03
    alone = kept[(~kept).sum(axis=1) == 1]
    assert np.abs((~alone).sum(axis=0) - len(alone) / 10).max() < 4 * np.sqrt(100)


@pytest.mark.parametrize("kind", ["image", "text"])
@pytest.mark.parametrize("n_players", [1, 2])
def test_very_few_players(kind, n_players):
    found = lime(two(lambda masks: masks @ np.arange(1.0, n_players + 1)), Parts(kind, n_players), budget=501)
    assert (found.explanation.values[:, 0] > 0).all()
    assert len(found.masks) == len({tuple(mask) for mask in found.masks.tolist()}) <= 2**n_players
    assert found.explanation.provenance.n_coalitions == len(found.masks)


def test_requests_are_small_and_partials_are_results_of_smaller_budgets():
    game = two(stress_games(24)["saturated sigmoid"])
    found = lime(game, Parts("image", 24), budget=201)
    assert [len(request.masks) for request in found.requests] == [64, 64, 64, 9]
    assert found.progress == [(0, 201), (64, 201), (128, 201), (192, 201), (201, 201)]
    assert len(found.partials) == 3
    for partial, budget in zip(found.partial_explanations, (64, 128, 192), strict=True):
        smaller = lime(game, Parts("image", 24), budget=budget).explanation
        np.testing.assert_allclose(partial.values, smaller.values, atol=1e-12)
        np.testing.assert_allclose(partial.std_error, smaller.std_error, atol=1e-12)
        np.testing.assert_allclose(partial.base_values, smaller.base_values, atol=1e-12)


def test_what_hiding_would_not_change_takes_no_part():
    seen = Parts("image", 6, unchanging=(1, 4))
    game = two(lambda masks: masks[:, [0, 2, 3, 5]] @ [1.0, 2, 3, 4])
    found = lime(game, seen, budget=301)
    assert found.masks[:, [1, 4]].all()
    np.testing.assert_array_equal(found.explanation.values[[1, 4]], 0)
    np.testing.assert_array_equal(found.explanation.std_error[[1, 4]], 0)
    four = lime(two(lambda masks: masks @ [1.0, 2, 3, 4]), Parts("image", 4), budget=301).explanation
    np.testing.assert_allclose(found.explanation.values[[0, 2, 3, 5]], four.values, atol=1e-12)


def test_nothing_to_hide():
    found = lime(two(lambda masks: masks.sum(axis=1)), Parts("text", 3, unchanging=(0, 1, 2)))
    assert found.masks.tolist() == [[True] * 3]
    np.testing.assert_array_equal(found.explanation.base_values, found.explanation.prediction)
    np.testing.assert_array_equal(found.explanation.values, 0)


def test_a_constant_answer_is_fitted_perfectly():
    result = lime(two(lambda masks: np.full(len(masks), 0.1)), Parts("text", 5)).explanation
    np.testing.assert_allclose(result.values, 0, atol=1e-15)
    np.testing.assert_allclose(result.base_values, [0.1, -0.3])
    assert "R² of its fit to them is 1.00." in result.provenance.plan


def test_all_selected_outputs_come_from_the_same_evaluations():
    game = two(stress_games(10)["max"])
    both, second = (lime(game, Parts("text", 10), selected=which) for which in ((0, 1), (1,)))
    np.testing.assert_array_equal(both.masks, second.masks)
    np.testing.assert_allclose(both.explanation.values[:, 1:], second.explanation.values, atol=1e-12)
    assert second.explanation.outputs == ("two",)


def test_a_wider_neighbourhood_is_another_question():
    game = two(stress_games(10)["saturated sigmoid"])
    near, far = (lime(game, Parts("text", 10), asked={"kernel_width": width}).explanation.values for width in (0.1, 10))
    assert np.abs(near - far).max() > 0.1 * np.abs(far).max()


@pytest.mark.parametrize(("kind", "n", "most"), [("text", 41, 1.2), ("image", 129, 1.3)])
@pytest.mark.parametrize("name", ["saturated sigmoid", "max", "noise"])
def test_standard_errors_are_those_of_repetition(kind, n, most, name):
    game, d = stress_games(8)[name], 8
    answers = game(every(d))[:, None]
    runs = []
    for seed in range(150):
        kept = samples(kind, d, n, seed)
        codes = kept @ (1 << np.arange(d))
        runs.append(fit(kept, answers[codes], nearness(kept, 0.25)))
    repeated = np.std([run.coefficients for run in runs], axis=0)
    told = np.sqrt(np.mean([run.std_error**2 for run in runs], axis=0))
    ratio = told.mean() / repeated.mean()
    assert 0.9 < ratio < most  # blocks have a little less spread than their residuals tell


def test_standard_errors_are_unknown_where_the_samples_do_not_tell():
    result = lime(two(lambda masks: (masks * np.arange(40)).max(axis=1)), Parts("image", 40), budget=119).explanation
    assert np.isnan(result.std_error).all()
    assert np.isfinite(result.values).all()
    narrow = lime(two(stress_games(8)["max"]), Parts("text", 8), asked={"kernel_width": 0.01}).explanation
    assert np.isnan(narrow.std_error).all()
    assert np.isfinite(narrow.values).all()


def test_its_parameters_are_read():
    assert METHOD.read({}) == {"budget": 1000, "kernel_width": 0.25, "seed": 0}
    with pytest.raises(InputError, match="kernel_width"):
        METHOD.read({"kernel_width": 0})
