"""Permutations and their reverses: what they evaluate, and what they estimate."""

from itertools import pairwise, permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.core.games import every, stress_games
from xaiweb.core.shapley import permutation
from xaiweb.core.shapley.game import shapley_values
from xaiweb.core.shapley.permutation import chains, estimate


def random_game(d, seed, n_outputs=1):
    table = np.random.Generator(np.random.PCG64(seed)).normal(size=(2**d, n_outputs))
    return lambda masks: table[masks @ (1 << np.arange(d))]


def one_by_one(game, orders):
    """The mean over permutations and their reverses of what each player adds, walked in plain code."""
    d = len(orders[0])
    phi = 0
    for order in [*orders, *(order[::-1] for order in orders)]:
        members = np.zeros(d, dtype=bool)
        for player in order:
            before = game(members[None])[0]
            members[player] = True
            gain = np.zeros((d, len(before)))
            gain[player] = game(members[None])[0] - before
            phi = phi + gain / (2 * len(orders))
    return phi


@given(st.integers(3, 9), st.integers(0, 1000), st.data())
def test_a_budget_is_spent_on_distinct_coalitions(d, seed, data):
    budget = data.draw(st.integers(2 * d, 2**d - 1))
    found = chains(d, budget, seed)
    both = np.concatenate([found.masks, ~found.masks])
    assert len(np.unique(both, axis=0)) == len(both) == budget // 2 * 2 - 2
    assert 0 < both.sum(axis=1).min() <= both.sum(axis=1).max() < d


@given(st.integers(3, 9), st.integers(0, 1000), st.data())
def test_a_smaller_budget_is_the_beginning_of_a_larger_one(d, seed, data):
    larger = data.draw(st.integers(2 * d, 2**d - 1))
    smaller = data.draw(st.integers(2 * d, larger))
    assert np.array_equal(chains(d, smaller, seed).masks, chains(d, larger, seed).masks[: smaller // 2 - 1])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("d", "n"), [(4, 1), (6, 3), (7, 12)])
def test_whole_permutations_are_averaged_as_walked_one_by_one(d, n, seed):
    game = random_game(d, seed, 2)
    whole = next(b for b in range(2 * d, 2**d) if len(chains(d, b, seed).orders) == n and _complete(d, b, seed))
    orders = chains(d, whole, seed).orders
    found = shapley_values(game, d, budget=whole, seed=seed, estimator="permutation")
    np.testing.assert_allclose(found.values, one_by_one(game, list(orders)), atol=1e-12)
    assert found.provenance.n_coalitions == whole // 2 * 2


def _complete(d, budget, seed):
    return chains(d, budget, seed).known == d - 1


@given(st.integers(3, 8), st.integers(0, 50), st.data())
def test_values_sum_to_the_gap_for_every_budget(d, seed, data):
    budget = data.draw(st.integers(2 * d, 2**d))
    found = shapley_values(random_game(d, seed), d, budget=budget, seed=seed, estimator="permutation")
    np.testing.assert_allclose(found.values.sum(), found.prediction - found.base_values, atol=1e-12)


@given(st.integers(3, 12), st.integers(0, 50), st.data())
def test_an_additive_game_is_exact_for_every_budget(d, seed, data):
    weights = np.random.Generator(np.random.PCG64(seed)).normal(size=d)
    budget = data.draw(st.integers(2 * d, 4 * d - 1))
    found = shapley_values(lambda masks: masks @ weights + 3, d, budget=min(budget, 2**d), seed=seed)
    np.testing.assert_allclose(found.values, weights, atol=1e-12)


def test_the_estimate_is_unbiased():
    # All 4! orders, each taken as the only permutation: their mean is the Shapley value.
    d, game = 4, random_game(4, 3)
    exact = shapley_values(game, d).values
    total = game(np.ones((1, d), dtype=bool))[0] - game(np.zeros((1, d), dtype=bool))[0]
    mean = 0
    for order in permutations(range(d)):
        along = np.array([[p in order[:k] for p in range(d)] for k in range(1, d)])
        g = (game(along) - game(~along)) / 2
        one = permutation.Chains(along, np.array([order]), np.arange(d - 1)[None], np.ones((1, d - 1)), d - 1)
        mean = mean + estimate(one, g, total)[0] / factorial(d)
    np.testing.assert_allclose(mean, exact, atol=1e-12)


def test_one_permutation_has_no_standard_error_and_more_have_student_s():
    game = random_game(10, 0)
    assert np.isnan(shapley_values(game, 10, budget=20, estimator="permutation").std_error).all()
    errors = [
        shapley_values(game, 10, budget=20 * n, seed=1, estimator="permutation").std_error.mean() for n in (3, 12, 40)
    ]
    assert all(after < before for before, after in pairwise(errors))


@pytest.mark.parametrize("freedom", [3, 4, 7, 50])
def test_student_s_quantile(freedom):
    assert permutation._student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=0.01)


def test_intervals_cover_at_their_level():
    # Player by player over many seeds: two to seven permutations of a game of order 3.
    d = 9
    game = random_game(d, 5)
    exact = shapley_values(game, d).values
    for budget in (40, 70, 130):
        inside = [
            np.abs(e.values - exact) <= 1.96 * e.std_error
            for e in (shapley_values(game, d, budget=budget, seed=s, estimator="permutation") for s in range(150))
        ]
        assert np.mean(inside) > 0.92, budget


def test_partials_come_whenever_the_permutations_have_doubled():
    from xaiweb.core.drive import run
    from xaiweb.core.requests import Partial
    from xaiweb.core.shapley.plan import plan
    from xaiweb.core.shapley.solution import Wanted
    from xaiweb.core.shapley.solve import solve

    d, game = 9, random_game(9, 2)
    differs = np.ones((1, d), dtype=bool)
    told = []

    class Engine:
        def answer(self, request):
            return game(request.masks)

    def tell(solution):
        return shapley_values(game, d, budget=solution.n_coalitions, estimator="permutation", seed=4)

    def running():
        chosen = plan(differs, 150, "output", "permutation")
        solution = yield from solve(differs, chosen, 4, None, Wanted(None, 2, False), tell, lambda: ())
        return tell(solution)

    run(running(), Engine(), lambda message: told.append(message) if isinstance(message, Partial) else None)
    assert [partial.explanation.provenance.n_coalitions for partial in told] == [18, 34, 66, 130]


@pytest.mark.parametrize("d", [3, 5, 8, 12])
def test_games_with_sharp_edges_stay_finite(d):
    for name, game in stress_games(d).items():
        for budget in (2 * d, 2 * d + 2, min(8 * d, 2**d)):
            found = shapley_values(game, d, budget=budget, estimator="permutation")
            assert np.isfinite(found.values).all(), name


def test_every_coalition_gives_the_exact_values():
    game = random_game(7, 1)
    found = shapley_values(game, 7, budget=128, estimator="permutation")
    np.testing.assert_allclose(found.values, shapley_values(game, 7).values, atol=1e-12)
    assert (found.std_error == 0).all()
    assert len(every(7)) == found.provenance.n_coalitions
