"""The measures of photos, digits and mails: hierarchies, evaluations needed, local fidelity."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.bench.accuracy.enumeration import every, shapley
from tests.bench.pictures.needed import Curve, Share, held, needed, share
from tests.bench.pictures.neighbourhood import Local, Neighbourhood
from tests.bench.pictures.trees import binary, coarse, leaves, linkage, owen
from xaiweb.core.methods.lime import nearness, samples

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "core" / "owen.json").read_text())


def nested(part):
    return part if isinstance(part, int) else tuple(nested(half) for half in part)


# Hierarchies


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"])
def test_owen_values_from_their_definition_are_shaps(case):
    found = owen(np.array(case["values"]), nested(case["hierarchy"]))
    np.testing.assert_allclose(found, case["owen"], rtol=0, atol=1e-12)


def test_owen_values_of_two_players_or_of_a_sum_are_shapley_values():
    table = np.random.Generator(np.random.PCG64(0)).normal(size=4)
    np.testing.assert_allclose(owen(table, (1, 0)), shapley(table), atol=1e-12)
    weights = np.array([3.0, -1.0, 0.5, 0.0])
    np.testing.assert_allclose(owen(2 + every(4) @ weights, ((0, 2), (3, 1))), weights, atol=1e-12)


def test_a_hierarchy_keeps_who_plays_and_is_halved():
    tree = ((4, (0, 7)), (1,), 2, (3, 5, 6))
    assert binary(tree, {0, 1, 2, 3, 5, 6}) == ((0, 1), (2, (3, (5, 6))))
    assert binary(tree, {5}) == 5
    assert binary(tree, set()) is None


def test_the_largest_group_is_cut_first_until_there_are_enough():
    tree = ((0, ((1, 2), 5)), (3, 4))
    assert coarse(tree, 2) == ((0, 1), [[0, 1, 2, 5], [3, 4]])
    assert coarse(tree, 3) == (((0, 1), 2), [[0], [1, 2, 5], [3, 4]])
    whole, groups = coarse(tree, 6)
    assert groups == [[player] for player in leaves(tree)]
    assert whole == ((0, ((1, 2), 3)), (4, 5))
    with pytest.raises(ValueError, match="6 players"):
        coarse(tree, 7)


def test_the_linkage_is_scipys():
    np.testing.assert_array_equal(linkage(((0, 3), (2, 1)))[:, [0, 1, 3]], [[0, 3, 2], [2, 1, 2], [4, 5, 4]])


# Evaluations needed


def test_what_an_error_needs_is_on_the_line_through_logarithms():
    evaluations, errors = np.array([10.0, 100.0, 1000.0]), np.array([1.0, 0.1, 0.01])
    assert needed(evaluations, errors, 0.02) == pytest.approx(500)
    assert needed(evaluations, errors, 0.1) == pytest.approx(100)
    assert needed(evaluations, errors, 2.0) == 10
    assert needed(evaluations, errors, 0.001) == np.inf


def test_an_exact_answer_is_reached_where_it_is_exact():
    assert needed([20, 50, 80], np.array([0.3, 0.1, 1e-16]), 0.0) == pytest.approx(80)
    assert needed([20, 50, 80], np.array([0.3, 0.1, 0.1]), 0.0) == np.inf


def test_the_first_budget_that_reaches_it_counts_even_if_a_later_one_does_not():
    assert needed([10, 20, 40, 80], np.array([1.0, 0.5, 0.8, 0.1]), 0.5) == pytest.approx(20)


def games_of(errors, spread):
    """The same errors for five games and three seeds, each game harder or easier than the others."""
    return np.asarray(errors)[..., None, None] * np.linspace(1 - spread, 1 + spread, 5)[:, None] * np.ones(3)


def test_a_share_is_of_the_best_peer_and_certain_where_games_agree():
    ours = Curve(np.array([10.0, 100.0, 1000.0]), games_of([1.0, 0.1, 0.01], 0.5))
    peers = {"worse": (90.0, games_of(0.3, 0.5)), "better": (100.0, games_of(0.2, 0.5))}
    found = share(ours, peers)
    assert (found.peer, found.theirs) == ("better", 100)
    assert found.error == pytest.approx(0.2)
    assert found.ours == pytest.approx(50)
    assert [found.low, found.mean, found.high] == pytest.approx([0.5, 0.5, 0.5])


def test_a_share_is_uncertain_where_games_disagree():
    ours = Curve(np.array([10.0, 100.0, 1000.0]), games_of([1.0, 0.1, 0.01], 0.0))
    found = share(ours, {"peer": (100.0, games_of(0.2, 0.9))})
    assert found.mean == pytest.approx(0.5)
    assert found.low < 0.4
    assert 0.6 < found.high < 10


def test_an_error_that_is_never_reached_has_no_share():
    ours = Curve(np.array([10.0, 100.0]), games_of([1.0, 0.5], 0.1))
    found = share(ours, {"peer": (100.0, games_of(0.2, 0.1))})
    assert (found.ours, found.mean, found.high) == (np.inf, np.inf, np.inf)


def test_a_share_is_held_against_a_bound_as_it_is_told():
    def of(mean):
        return Share("peer", 100.0, 0.1, 100 * mean, mean, mean, mean)

    assert held(of(0.504), 0.5)
    assert not held(of(0.506), 0.5)
    assert not held(of(np.inf), 0.5)


# Local fidelity


def test_shares_of_two_players_from_the_kernel():
    half, none = (np.exp(-(distance**2) / 0.25**2 / 2) for distance in (1 - np.sqrt(0.5), 1.0))
    photo = np.array([none, half, half, 1.0])
    np.testing.assert_allclose(Neighbourhood.of("image", 2).shares, photo / photo.sum(), atol=1e-15)
    # Half of the texts hide both words; none keeps both.
    text = np.array([none / 2, half / 4, half / 4, 0.0])
    np.testing.assert_allclose(Neighbourhood.of("text", 2).shares, text / text.sum(), atol=1e-15)


@pytest.mark.parametrize("kind", ["image", "text"])
def test_shares_are_what_samples_show(kind):
    drawn = samples(kind, 3, 60_001, 0)[1::2]  # the others of the pairs aren't drawn as the package does
    weights = nearness(drawn, 0.25)
    found = np.bincount(drawn @ [1, 2, 4], weights, minlength=8) / weights.sum()
    np.testing.assert_allclose(found, Neighbourhood.of(kind, 3).shares, atol=0.01)


@pytest.mark.parametrize("kind", ["image", "text"])
def test_a_linear_game_is_fitted_wholly_and_a_constant_model_not_at_all(kind):
    near = Neighbourhood.of(kind, 5)
    weights = np.arange(5) - 1.0
    table = 3 + every(5) @ weights
    best = near.best(table)
    np.testing.assert_allclose(best.coefficients, weights, atol=1e-8)
    assert near.unfit(table, best) == pytest.approx(0, abs=1e-12)
    assert near.unfit(table, Local(float(near.shares @ table), np.zeros(5))) == pytest.approx(1)


@pytest.mark.parametrize("kind", ["image", "text"])
def test_no_linear_model_is_truer_than_the_best(kind):
    rng = np.random.Generator(np.random.PCG64(1))
    near, table = Neighbourhood.of(kind, 5), rng.normal(size=32)
    best = near.best(table)
    least = near.unfit(table, best)
    assert 0 < least < 1
    for _ in range(50):
        other = Local(best.intercept + 0.1 * rng.normal(), best.coefficients + 0.1 * rng.normal(size=5))
        assert near.unfit(table, other) > least
