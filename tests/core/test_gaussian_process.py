"""Gaussian process estimates against the definition, and that they are never much worse than least squares."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest

from tests.core.games import every, shapley_by_definition, stress_games
from xaiweb.core.compiled import forced
from xaiweb.core.shapley import gaussian_process
from xaiweb.core.shapley.design import design, operator
from xaiweb.core.shapley.game import shapley_values
from xaiweb.core.shapley.gaussian_process import _rows, fit, interactions
from xaiweb.core.shapley.least_squares import solve
from xaiweb.core.shapley.process import AT_ONCE, Process


def counted(steps):
    """How often it pauses, and what it returns."""
    n_pauses = 0
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return n_pauses, stop.value
        n_pauses += 1


def finish(steps):
    return counted(steps)[1]


def evaluated(game, d, budget, seed=0):
    """The design, and the odd and the even half of its pairs' values, with both ends: outputs in columns."""
    pairs = design(d, budget, seed)
    ends = np.asarray(game(np.array([[False] * d, [True] * d]))).reshape(2, -1)
    first, second = (np.reshape(game(masks), (-1, ends.shape[1])) for masks in (pairs.masks, ~pairs.masks))
    return pairs, (first - second) / 2, (first + second) / 2, ends


def shapley(game, d, budget, seed=0):
    pairs, g, _, (base, prediction) = evaluated(game, d, budget, seed)
    return finish(fit(pairs, g, prediction - base))


def sii_by_definition(game, d):
    """Grabisch & Roubens 1999, one difference at a time."""
    table = np.asarray(game(every(d)), dtype=np.float64)
    result = []
    for i, j in combinations(range(d), 2):
        value = 0.0
        for code in range(1 << d):
            if not code >> i & 1 and not code >> j & 1:
                size = code.bit_count()
                weight = factorial(size) * factorial(d - size - 2) / factorial(d - 1)
                both, one, other = code | 1 << i | 1 << j, code | 1 << i, code | 1 << j
                value += weight * (table[both] - table[one] - table[other] + table[code])
        result.append(value)
    return np.array(result)


def smooth(d, seed=0):
    """A saturating game with interactions of every order."""
    weights = np.random.Generator(np.random.PCG64(seed)).normal(size=(d, 2))
    return lambda m: np.tanh(m @ weights[:, 0]) + 0.3 * np.cos(m @ weights[:, 1])


def relative(values, truth):
    return np.linalg.norm(values - truth) / np.linalg.norm(truth)


@pytest.mark.parametrize("d", [1, 2, 3, 4, 5, 8])
def test_every_coalition_gives_the_exact_values(d):
    for name, game in stress_games(d).items():
        result = shapley(game, d, 1 << d)
        np.testing.assert_allclose(result.values[:, 0], shapley_by_definition(game, d), atol=1e-9, err_msg=name)
        assert not result.std_error.any()


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize(("d", "budget"), [(5, 20), (9, 100), (30, 600)])
def test_additive_games_are_exact(d, budget, scale):
    weights = scale * np.linspace(-1, 2, d)
    result = shapley(lambda m: 3 * scale + m @ weights, d, budget)
    np.testing.assert_allclose(result.values[:, 0], weights, rtol=0, atol=1e-9 * scale)
    assert result.std_error.max() < 1e-9 * scale


@pytest.mark.parametrize("d", range(5, 13))
def test_stress_games(d):
    for budget in {8 * d, 256, 1024}:
        for name, game in stress_games(d).items():
            if budget >= 1 << d:
                continue
            pairs, g, _, (base, prediction) = evaluated(game, d, budget)
            truth = shapley_by_definition(game, d)
            result = finish(fit(pairs, g, prediction - base))
            simple = solve(pairs, g, prediction - base)[0]
            assert np.isfinite(result.values).all()
            assert np.isfinite(result.std_error).all()
            assert result.values.sum() == pytest.approx((prediction - base)[0], rel=1e-12, abs=1e-12)
            error, allowed = np.linalg.norm(result.values[:, 0] - truth), np.linalg.norm(simple[:, 0] - truth)
            assert error <= 2 * allowed + 1e-9, (name, budget)


def test_it_beats_least_squares_on_games_with_interactions():
    d, errors = 12, []
    for seed in range(6):
        game = smooth(d, seed)
        truth = shapley_by_definition(game, d)
        pairs, g, _, (base, prediction) = evaluated(game, d, 512, seed)
        result = finish(fit(pairs, g, prediction - base))
        errors.append(
            (relative(result.values[:, 0], truth), relative(solve(pairs, g, prediction - base)[0][:, 0], truth))
        )
    ours, theirs = np.array(errors).T
    assert (ours < theirs).all()
    assert ours.mean() < theirs.mean() / 2


def test_intervals_cover():
    d, hits = 10, []
    for seed in range(12):
        game = smooth(d, seed)
        result = shapley(game, d, 128, seed)
        hits.append(np.abs(result.values[:, 0] - shapley_by_definition(game, d)) <= 1.96 * result.std_error[:, 0])
    assert 0.9 <= np.mean(hits) < 1


def test_scale_shift_and_sign():
    game, d = smooth(11), 11
    plain = shapley(game, d, 300)
    moved = shapley(lambda m: np.stack([7 - 1e6 * game(m), 1e6 * game(m)], axis=1), d, 300)
    np.testing.assert_allclose(moved.values, 1e6 * plain.values * [-1, 1], rtol=1e-4)
    np.testing.assert_allclose(moved.std_error[:, 0], moved.std_error[:, 1], rtol=1e-6)


def test_several_outputs_among_them_constant_and_additive_ones():
    d = 10
    game = smooth(d)
    several = shapley(lambda m: np.stack([game(m), np.full(len(m), 0.1), m @ np.arange(d) / 3], axis=1), d, 200)
    np.testing.assert_allclose(several.values[:, 0], shapley(game, d, 200).values[:, 0], rtol=1e-9)
    np.testing.assert_allclose(several.values[:, 1], 0, atol=1e-12)
    np.testing.assert_allclose(several.values[:, 2], np.arange(d) / 3, atol=1e-12)


@pytest.mark.parametrize("odd", [True, False])
def test_the_gradient_is_the_slope_of_the_likelihood(odd):
    pairs, g, even, ends = evaluated(smooth(7), 7, 60)
    z, noise = _rows(pairs)
    rows = np.concatenate([g, np.diff(ends, axis=0) / 2] if odd else [even, ends.mean(axis=0, keepdims=True)])
    process = Process(z, rows, noise, odd)
    x = np.append(np.linspace(0.1, 0.7, 7), np.log(0.01))

    def value(x):
        return process.likelihood(np.tanh(x[:7]), np.exp(x[7]))[0]

    with_gradient, slope = process.likelihood(np.tanh(x[:7]), np.exp(x[7]))
    numeric = [(value(x + step) - value(x - step)) / 2e-5 for step in 1e-5 * np.eye(8)]
    assert with_gradient == pytest.approx(value(x), rel=1e-9)
    np.testing.assert_allclose(slope, numeric, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("d", [2, 3, 4, 6, 8])
def test_every_coalition_gives_the_exact_interactions(d):
    for name, game in stress_games(d).items():
        found = shapley_values(game, d, budget=1 << d, estimator="gaussian_process").interactions
        assert found.sets[d:] == tuple(combinations(range(d), 2))
        np.testing.assert_allclose(found.values[d:], sii_by_definition(game, d), atol=1e-9, err_msg=name)
        assert not found.std_error.any()


def test_interactions_get_accurate_and_say_so():
    d, game = 11, smooth(11)
    truth, errors = sii_by_definition(game, d), []
    for budget in (88, 512, 1600):
        pairs, g, even, (base, prediction) = evaluated(game, d, budget)
        relevance = solve(pairs, g, prediction - base)[0]
        result = finish(interactions(pairs, even, base, prediction, relevance))
        errors.append(relative(result.values[:, 0], truth))
        assert errors[-1] / 3 < result.relative_error[0] < 3 * errors[-1]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.03


def test_a_step_is_short():
    pairs, g, _, (base, prediction) = evaluated(smooth(14), 14, 1024)
    assert sum(1 for _ in fit(pairs, g, prediction - base)) >= 20


def test_leverages_are_those_of_the_design():
    pairs, g, _, (base, prediction) = evaluated(smooth(9), 9, 72)
    plain, known = (finish(fit(pairs, g, prediction - base, ready)) for ready in (None, operator(pairs)))
    np.testing.assert_array_equal(plain.values, known.values)


@pytest.mark.parametrize("odd", [True, False])
def test_what_it_expects_of_its_own_rows_is_what_it_leaves_nothing_of(odd):
    rng = np.random.Generator(np.random.PCG64(3))
    pairs = design(10, 200, 0)
    z, noise = _rows(pairs)
    process = Process(z, rng.normal(size=(len(z), 2)), noise, odd)
    rho, eta = np.linspace(0.05, 0.4, 10), 0.03
    solved = finish(process.solve(rho, eta))
    expected = finish(process.expect(solved, rho, eta, z))
    np.testing.assert_allclose(expected, process.y - solved.left, atol=1e-9)


@pytest.mark.parametrize("name", ["smooth", "noise", "majority"])
def test_pairs_beyond_those_it_is_given_make_it_better(monkeypatch, name):
    monkeypatch.setattr(gaussian_process, "MOST_PAIRS", 127)
    d = 12
    game = smooth(d, 1) if name == "smooth" else stress_games(d)[name]
    truth = shapley_by_definition(game, d)
    errors = {"process": [], "squares": []}
    for budget in (256, 1024, 3072):
        found, squares = [], []
        for seed in range(6):
            pairs, g, _, (base, prediction) = evaluated(game, d, budget, seed)
            found.append(relative(finish(fit(pairs, g, prediction - base)).values[:, 0], truth))
            squares.append(relative(solve(pairs, g, prediction - base)[0][:, 0], truth))
        errors["process"].append(np.mean(found))
        errors["squares"].append(np.mean(squares))
    assert errors["process"] == sorted(errors["process"], reverse=True)
    assert all(ours < 1.1 * theirs for ours, theirs in zip(*errors.values(), strict=True))


@pytest.mark.parametrize("odd", [True, False])
@pytest.mark.parametrize("n_rows", [2, 127, 128, 129, 300])
def test_the_factor_made_in_steps_is_that_of_all_covariances(n_rows, odd):
    rng = np.random.default_rng(n_rows)
    z = np.where(rng.random((n_rows, 9)) < 0.5, 1.0, -1.0)
    process = Process(z, rng.normal(size=(n_rows, 2)), rng.uniform(0.5, 2, n_rows), odd)
    rho, eta = rng.uniform(0.01, 0.3, 9), 0.1
    covariance = process.covariance(rho, eta)[0]
    roots = []
    for way in ("numpy", "compiled"):
        with forced(way):
            n_pauses, root = counted(process._root(rho, eta))
        assert n_pauses == -(-n_rows // AT_ONCE) + 1
        roots.append(root)
        assert not np.triu(roots[-1], 1).any()
        np.testing.assert_allclose(roots[-1] @ roots[-1].T, covariance, rtol=0, atol=1e-12 * covariance.max())
    np.testing.assert_allclose(*roots, rtol=0, atol=1e-12 * roots[0].max())
