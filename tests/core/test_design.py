"""Which coalitions are drawn, and the operator that solves from them."""

import hashlib
import json
from math import comb
from pathlib import Path

import numpy as np
import pytest

from tests.core.games import codes
from xaiweb.core.shapley.design import MAX_LEVERAGE, Design, checkpoints, design, operator
from xaiweb.core.shapley.least_squares import solve
from xaiweb.errors import BudgetError, InputError

GOLDEN = Path(__file__).parents[1] / "golden" / "core"
READY = json.loads((GOLDEN / "ready_design.json").read_text())


def apportion(d, n_pairs):
    """Webster's method, one pair at a time."""
    taken = dict.fromkeys(range(1, d // 2 + 1), 0)
    sizes = []
    for _ in range(n_pairs):
        room = [s for s in taken if taken[s] < comb(d, s) // (2 if 2 * s == d else 1)]
        size = max(room, key=lambda s: ((0.5 if 2 * s == d else 1) / (2 * taken[s] + 1), -s))
        taken[size] += 1
        sizes.append(size)
    return sizes


@pytest.mark.parametrize("d", range(2, 15))
def test_size_classes_get_their_pairs_by_leverage(d):
    for n_pairs in {1 << (d - 1), min(2 * d, 1 << (d - 1)), (1 << d) // 3} - {0}:
        budget = max(2 * n_pairs, min(4 * d, 1 << d))
        sizes = design(d, budget, 0).sizes
        assert sizes.tolist() == apportion(d, len(sizes))


@pytest.mark.parametrize(("d", "seed"), [(5, 0), (6, 3), (9, 1), (10, 0)])
def test_every_even_budget_begins_the_next(d, seed):
    largest = design(d, 1 << d, seed)
    for budget in range(4 * d, (1 << d) + 1):
        smaller = design(d, budget, seed)
        assert smaller.n_coalitions == budget - budget % 2
        np.testing.assert_array_equal(smaller.masks, largest.masks[: len(smaller.masks)])
        np.testing.assert_array_equal(smaller.weights, largest.prefix(budget).weights)


@pytest.mark.parametrize(("d", "seed"), [(18, 0), (19, 5), (30, 1), (70, 2)])
def test_large_games_are_nested_too(d, seed):
    largest = design(d, 4096, seed)
    for budget in [*checkpoints(d, 4096), 4 * d + 2, 3333]:
        np.testing.assert_array_equal(design(d, budget, seed).masks, largest.masks[: budget // 2 - 1])


@pytest.mark.parametrize(("d", "budget"), [(2, 4), (3, 8), (4, 16), (7, 60), (12, 4096), (13, 6000), (18, 2048)])
def test_coalitions_are_distinct_and_so_are_their_complements(d, budget):
    masks = design(d, budget, 4).masks
    seen = {*codes(masks).tolist(), *codes(~masks).tolist(), 0, (1 << d) - 1}
    assert len(seen) == budget


def test_one_player_needs_no_pair():
    pairs = design(1, 2, 0)
    a, c, h = operator(pairs)
    assert pairs.masks.shape == (0, 1)
    assert (a.shape, c.tolist(), h.shape) == ((1, 0), [1.0], (0,))


@pytest.mark.parametrize(("d", "budget"), [(5, 20), (8, 32), (8, 256), (18, 72), (18, 2048), (61, 244)])
def test_leverages_are_a_projection_of_rank_d_minus_1(d, budget):
    a, c, h = operator(design(d, budget, 0))
    assert h.sum() == pytest.approx(d - 1, abs=1e-10)
    assert h.min() > 0
    assert h.max() <= MAX_LEVERAGE
    np.testing.assert_allclose(a.sum(axis=0), 0, atol=1e-14)
    assert c.sum() == pytest.approx(1, abs=1e-14)


def test_a_stream_with_a_pair_of_leverage_1_is_drawn_again():
    drawn = [design(d, 4 * d, seed) for d in range(5, 15) for seed in range(60)]
    assert any(pairs.stream for pairs in drawn), "about one in a hundred"
    assert max(operator(pairs)[2].max() for pairs in drawn) <= MAX_LEVERAGE


@pytest.mark.parametrize("d", [8, 20])
def test_pairs_of_a_class_are_equally_likely(d):
    """d = 8 shuffles whole classes, d = 20 draws from the large ones: every player is in as many of them."""
    n_seeds = 400
    counts = np.zeros(d)
    for seed in range(n_seeds):
        pairs = design(d, 4 * d, seed)
        counts += pairs.masks[pairs.sizes == d // 2 - 1].sum(axis=0)
    expected = counts.mean()
    # Binomial spread; 4.5 standard deviations over d players.
    assert np.abs(counts - expected).max() < 4.5 * np.sqrt(expected * (1 - (d // 2 - 1) / d))


def test_seeds_differ_and_zero_is_one_of_them():
    masks = [design(18, 72, seed).masks for seed in (0, 1, 2, 2**40, 2**100)]
    assert len({array.tobytes() for array in masks}) == len(masks)


def test_a_design_can_not_be_changed_by_who_shares_it():
    with pytest.raises(ValueError, match="read-only"):
        design(6, 24, 0).masks[0, 0] = True


@pytest.mark.parametrize(
    ("d", "stored"),
    [
        (4, ()),
        (5, (20,)),
        (6, (24, 48)),
        (8, (32, 64)),
        (9, (36, 72, 256)),
        (18, (72, 144, 256, 512)),
        (64, (256, 512)),
        (100, (400, 512, 800)),
    ],
)
def test_stored_checkpoints(d, stored):
    assert checkpoints(d) == stored


def test_checkpoints_of_a_run_double_up_to_its_budget():
    assert checkpoints(18, 2048) == (72, 144, 256, 512, 1024)
    assert checkpoints(18, 2049) == (72, 144, 256, 512, 1024, 2048)
    assert checkpoints(18, 72) == ()
    assert checkpoints(18, 100) == (72,)
    assert checkpoints(200, 5000) == (800, 1024, 1600, 2048, 4096)


@pytest.mark.parametrize(("d", "budget", "least"), [(18, 71, 72), (3, 7, 8), (5, 19, 20), (100, 399, 400)])
def test_too_small_a_budget_names_the_least(d, budget, least):
    with pytest.raises(BudgetError) as caught:
        design(d, budget, 0)
    assert str(least) in caught.value.next


def test_a_negative_seed_is_refused():
    with pytest.raises(InputError, match="negative"):
        design(6, 24, -1)


@pytest.mark.parametrize("case", json.loads((GOLDEN / "designs.json").read_text()), ids=str)
def test_coalitions_are_those_of_every_platform(case):
    masks = design(case["n_players"], case["budget"], case["seed"]).masks
    assert hashlib.sha256(masks.tobytes()).hexdigest() == case["sha256"]


@pytest.mark.parametrize("case", READY, ids=lambda case: case["name"])
def test_operators_give_what_the_constrained_problem_gives(case):
    masks, values = np.array(case["masks"], dtype=bool), np.array(case["values"])
    for checkpoint in case["checkpoints"]:
        stored = np.array(checkpoint["operator"])
        budget = checkpoint["budget"]
        pairs = Design(masks, masks.sum(axis=1), 0, np.empty(0)).prefix(budget)
        a, c, h = operator(pairs)
        np.testing.assert_allclose(a, stored[:-1, :-1], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(c, stored[:-1, -1], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(h, stored[-1, :-1], rtol=1e-9, atol=1e-12)
        g = (values[2:budget:2] - values[3:budget:2]) / 2
        phi, std_error = solve(pairs, g, values[1] - values[0])
        np.testing.assert_allclose(phi, checkpoint["phi"], rtol=1e-9, atol=1e-12)
        expected = np.array(checkpoint["std_error"], dtype=np.float64)  # null becomes NaN
        np.testing.assert_allclose(std_error, expected, rtol=1e-6, atol=1e-10)
        assert np.isnan(expected).all() == case["name"].endswith("leverage 1") == (h.max() > MAX_LEVERAGE)


@pytest.mark.parametrize("case", READY[:-1], ids=lambda case: case["name"])
def test_stored_designs_are_those_drawn_today(case):
    drawn = design(case["n_players"], case["checkpoints"][-1]["budget"], case["seed"])
    np.testing.assert_array_equal(drawn.masks, np.array(case["masks"], dtype=bool))
