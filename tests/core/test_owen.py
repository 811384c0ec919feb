"""Owen values over a hierarchy: the definition, shap's, and what a budget buys."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.core.games import every, shapley_by_definition, stress_games, table_game
from xaiweb.core.requests import Coalitions, Partial, Progress
from xaiweb.core.shapley.hierarchy import halves
from xaiweb.core.shapley.owen import owen
from xaiweb.core.shapley.plan import Plan
from xaiweb.core.shapley.solution import MAX_COALITIONS
from xaiweb.errors import InputError

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "core" / "owen.json").read_text())
NUMBERS = st.floats(-100, 100, width=32)
EVERYTHING = 1 << 20


class Solved:
    """A run to its end: the solution, the masks of every request, and what was told."""

    def __init__(self, game, d, budget=EVERYTHING, tree=None, active=None, selected=None, on_partial=None):
        active = tuple(range(d)) if active is None else active
        plan = Plan("hierarchical", "owen", active, budget, budget, 3 * budget, "")
        run = owen(d, 3, plan, halves(d) if tree is None else tree, selected, lambda solution: solution)
        self.requests, self.progress, self.partials = [], [], []
        reply = None
        while True:
            try:
                asked = run.send(reply)
            except StopIteration as stop:
                self.solution = stop.value
                break
            if reply is not None:
                reply[:] = np.nan  # an engine may use its array again
            reply = None
            if isinstance(asked, Coalitions):
                assert asked.background_rows is None
                self.requests.append(asked.masks)
                values = np.array(game(asked.masks), dtype=np.float64)
                reply = values.reshape(len(values), -1)
            elif isinstance(asked, Partial):
                self.partials.append(asked)
                if on_partial:
                    on_partial(asked.explanation)
            else:
                assert isinstance(asked, Progress)
                self.progress.append((asked.done, asked.total))
        self.masks = np.concatenate(self.requests)
        self.values, self.std_error = self.solution.values, self.solution.std_error


@st.composite
def trees(draw, d):
    """A binary hierarchy of d players."""

    def grow(players):
        if len(players) == 1:
            return players[0]
        middle = draw(st.integers(1, len(players) - 1))
        return grow(players[:middle]), grow(players[middle:])

    return grow(draw(st.permutations(range(d))))


@st.composite
def games(draw, most=6):
    """(d, table of two outputs, hierarchy)."""
    d = draw(st.integers(1, most))
    return d, draw(arrays(np.float64, (1 << d, 2), elements=NUMBERS)), draw(trees(d))


def orders(tree):
    """Every order in which players arrive that keeps the groups of a binary hierarchy together."""
    if isinstance(tree, int):
        return [[tree]]
    both = [(left, right) for left, right in product(*(orders(part) for part in tree))]
    return [left + right for left, right in both] + [right + left for left, right in both]


def owen_by_definition(table, tree):
    """The mean of what each player adds to those before it, over these orders."""
    values = np.zeros((len(table).bit_length() - 1, *table.shape[1:]))
    arrivals = orders(tree)
    for arrival in arrivals:
        code = 0
        for player in arrival:
            values[player] += table[code | 1 << player] - table[code]
            code |= 1 << player
    return values / len(arrivals)


def smooth(d, seed=0):
    """A small network of d players and two outputs."""
    rng = np.random.Generator(np.random.PCG64(seed))
    first, second = rng.normal(size=(d, 12)) / np.sqrt(d) * 2, rng.normal(size=(12, 2))
    return lambda masks: np.tanh(masks @ first - 0.5) @ second


def words(d, seed=0):
    """A few words of d decide, through a steep sigmoid."""
    rng = np.random.Generator(np.random.PCG64(seed))
    weights = 4 * rng.normal(size=d) * (rng.random(d) < 0.15)
    return lambda masks: 1 / (1 + np.exp(-(masks @ weights)))


# Everything split


@given(games())
@settings(max_examples=60)
def test_everything_split_is_the_definition(game):
    d, table, tree = game
    solved = Solved(table_game(table), d, tree=tree)
    np.testing.assert_allclose(solved.values, owen_by_definition(table, tree), rtol=0, atol=1e-11)
    assert not solved.std_error.any()


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"])
def test_shap_finds_the_same(case):
    table = np.array(case["values"])
    solved = Solved(table_game(table), len(table).bit_length() - 1, tree=nested(case["hierarchy"]))
    np.testing.assert_allclose(solved.values[:, 0], case["owen"], rtol=0, atol=1e-12)


def nested(part):
    return part if isinstance(part, int) else tuple(nested(half) for half in part)


@pytest.mark.parametrize("d", [1, 2])
def test_one_and_two_players_get_their_shapley_values(d):
    table = np.random.Generator(np.random.PCG64(d)).normal(size=1 << d)
    np.testing.assert_allclose(
        Solved(table_game(table), d).values[:, 0], shapley_by_definition(table_game(table), d), rtol=0, atol=1e-12
    )


def test_a_game_of_groups_alone_gives_each_group_its_shapley_value():
    """Two groups of two: together each group gets what it would as a single player."""
    table = np.random.Generator(np.random.PCG64(3)).normal(size=16)
    values = Solved(table_game(table), 4, tree=((0, 1), (2, 3))).values[:, 0]
    groups = table[[0b0000, 0b0011, 0b1100, 0b1111]]
    expected = shapley_by_definition(table_game(groups), 2)
    np.testing.assert_allclose([values[:2].sum(), values[2:].sum()], expected, rtol=0, atol=1e-12)


def test_groups_of_more_than_two_are_halved():
    table = np.random.Generator(np.random.PCG64(4)).normal(size=1 << 6)
    flat = Solved(table_game(table), 6, tree=((0, 1, 2), (3,), 4, 5))
    halved = Solved(table_game(table), 6, tree=(((0, (1, 2)), 3), (4, 5)))
    np.testing.assert_array_equal(flat.values, halved.values)


# Any budget


@given(games(), st.integers(2, 70))
def test_values_add_up_whatever_the_budget(game, budget):
    d, table, tree = game
    solved = Solved(table_game(table), d, budget, tree)
    np.testing.assert_allclose(solved.values.sum(axis=0), table[-1] - table[0], rtol=0, atol=1e-11)
    np.testing.assert_array_equal(solved.solution.base_values, table[0])
    np.testing.assert_array_equal(solved.solution.prediction, table[-1])


@given(games(), st.integers(2, 70))
def test_a_standard_error_of_zero_is_true(game, budget):
    d, table, tree = game
    solved = Solved(table_game(table), d, budget, tree)
    known = solved.std_error == 0
    assert np.isnan(solved.std_error[~known]).all()
    np.testing.assert_allclose(solved.values[known], owen_by_definition(table, tree)[known], rtol=0, atol=1e-11)


def test_players_are_known_as_soon_as_all_above_them_is_split():
    # The root splits off player 0, which has no further contexts.
    solved = Solved(smooth(8), 8, 4, tree=(0, (1, (2, (3, (4, (5, (6, 7))))))))
    np.testing.assert_array_equal(solved.std_error, [[0, 0], *[[np.nan, np.nan]] * 7])


@pytest.mark.parametrize("budget", [2, 3, 4, 5, 50, 51, 333, 1001, 2732, 2733, 5000])
def test_the_budget_is_spent_on_distinct_coalitions(budget):
    solved = Solved(smooth(64), 64, budget)
    spent = min(budget - budget % 2, 2732)  # 2 + the sum over six levels of 2^level nodes and contexts, twice
    assert len(solved.masks) == len(np.unique(solved.masks, axis=0)) == spent
    assert solved.solution.n_coalitions == spent
    assert solved.solution.n_model_rows == 3 * spent
    assert solved.progress == [(done, spent) for done in np.cumsum([len(masks) for masks in solved.requests])]
    assert max(len(masks) for masks in solved.requests) <= MAX_COALITIONS
    assert (solved.std_error == 0).all() == (spent == 2732)


def test_the_first_two_coalitions_are_the_ends_and_shared_equally():
    solved = Solved(smooth(5), 5, 2)
    np.testing.assert_array_equal(solved.masks, [[False] * 5, [True] * 5])
    total = solved.solution.prediction - solved.solution.base_values
    np.testing.assert_allclose(solved.values, np.tile(total / 5, (5, 1)), rtol=1e-12)


@pytest.mark.parametrize("game", [smooth(40), words(40)])
def test_a_larger_budget_goes_on_where_a_smaller_one_ended(game):
    large = Solved(game, 40, 700)
    for budget in (4, 10, 58, 99, 400):
        small = Solved(game, 40, budget)
        np.testing.assert_array_equal(small.masks, large.masks[: len(small.masks)])


def test_every_partial_is_what_a_run_of_its_budget_returns():
    large = Solved(smooth(40), 40, 700)
    assert len(large.partials) == len(large.requests) - 2  # after each but the first and the last
    for partial in large.partials:  # made when all is over: what follows doesn't change them
        solution = partial.explanation
        alone = Solved(smooth(40), 40, solution.n_coalitions).solution
        assert solution.n_model_rows == alone.n_model_rows
        assert solution.estimator == alone.estimator == "owen"
        for name in ("values", "std_error", "base_values", "prediction"):
            assert getattr(solution, name).tobytes() == getattr(alone, name).tobytes()


@pytest.mark.parametrize("d", [3, 8, 12])
def test_games_with_sharp_edges_stay_finite(d):
    for name, game in stress_games(d).items():
        for budget in (4, 10, 24, 60):
            assert np.isfinite(Solved(game, d, budget).values).all(), name


def test_a_constant_game_is_exactly_zero():
    assert not Solved(lambda masks: np.full(len(masks), 0.1), 9, 30).values.any()


def test_a_partial_can_be_changed_without_changing_what_follows():
    names = ("values", "std_error", "base_values", "prediction")

    def meddle(solution):
        for name in names:
            getattr(solution, name)[:] = 7

    meddled, expected = Solved(smooth(12), 12, on_partial=meddle).solution, Solved(smooth(12), 12).solution
    for name in names:
        np.testing.assert_array_equal(getattr(meddled, name), getattr(expected, name))


def test_requests_are_bounded(monkeypatch):
    monkeypatch.setattr("xaiweb.core.shapley.owen.MAX_COALITIONS", 16)
    assert max(len(masks) for masks in Solved(smooth(40), 40, 400).requests) == 16


def test_noise_in_the_last_digits_does_not_change_the_order():
    """Games of equal players, where every choice is a tie."""
    noise = np.random.Generator(np.random.PCG64(7)).normal(size=(16, 2)) * 1e-9

    def alike(masks):
        return np.stack([masks.sum(axis=1) / 3, np.sqrt(masks.sum(axis=1))], axis=1)

    exactly, nearly = Solved(alike, 16, 150), Solved(lambda masks: alike(masks) + masks @ noise, 16, 150)
    np.testing.assert_array_equal(exactly.masks, nearly.masks)


# What a budget buys


@pytest.mark.parametrize(("d", "budget"), [(4, 8), (16, 32), (64, 400)])
def test_an_additive_game_is_exact_long_before_everything_is_split(d, budget):
    weights = np.linspace(1, 1.5, d)
    solved = Solved(lambda masks: 3 + masks @ weights, d, budget)
    np.testing.assert_allclose(solved.values[:, 0], weights, rtol=1e-12)
    assert np.isnan(solved.std_error).any()  # it can't know that


def test_parts_that_cancel_are_shared_alike_in_every_context():
    """Contributions of zero but for rounding: their ratio says nothing."""
    weights = np.tile([0.1, 0.2, -0.3], 3)
    tree = ((((0, 1), 2), ((3, 4), 5)), ((6, 7), 8))
    solved = Solved(lambda masks: masks @ weights, 9, 36, tree)
    assert np.isnan(solved.std_error).any()
    np.testing.assert_allclose(solved.values[:, 0], weights, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("game", "budget", "error"), [(words(64), 50, 0.6), (words(64), 200, 0.15), (smooth(64), 500, 0.6)]
)
def test_a_picture_is_there_early_and_refines(game, budget, error):
    """The error of these games, relative to the exact values; equal shares have an error of 0.9 and more."""
    truth = Solved(game, 64).values
    relative = [
        np.linalg.norm(Solved(game, 64, spent).values - truth) / np.linalg.norm(truth) for spent in (2, budget, 2000)
    ]
    assert relative[0] > 0.9
    assert relative[1] < error
    assert relative[2] < relative[1] / 2


def test_expectations_that_fail_are_given_up():
    """Where a context tells nothing about the others, values are no worse than equal shares."""
    powers = 1 + 7.7 * np.arange(100)

    def chaos(masks):
        return np.cos(masks @ powers)

    truth = Solved(chaos, 100).values
    shares, early, later = (np.linalg.norm(Solved(chaos, 100, budget).values - truth) for budget in (2, 50, 500))
    assert early < 3 * shares
    assert later < shares


def test_a_node_is_split_first_where_it_contributes():
    # Players 2 and 3 say nothing without player 0.
    solved = Solved(lambda masks: masks[:, 0] * (masks[:, 2] + 2.0 * masks[:, 3]), 4, 12)
    behind = [mask for mask in solved.masks[4:] if mask[2] != mask[3]]
    np.testing.assert_array_equal(behind[:2], every(4)[[0b0111, 0b1011]])


def test_the_node_that_contributes_most_is_split_first():
    weights = np.repeat([1.0, 100.0], 4)
    solved = Solved(lambda masks: masks @ weights, 8, 6)
    # Empty, full, the halves; then the heavy half in the first of its contexts.
    np.testing.assert_array_equal(solved.masks[4:], every(8)[[0b00110000, 0b11000000]])


# Outputs and players


def test_outputs_count_in_their_own_units():
    def scaled(factors):
        return lambda masks: smooth(32)(masks) * factors

    plain, larger = Solved(scaled([1.0, 1.0]), 32, 150), Solved(scaled([1.0, 4096.0]), 32, 150)
    np.testing.assert_array_equal(plain.masks, larger.masks)
    np.testing.assert_allclose(larger.values, plain.values * [1, 4096], rtol=1e-12)


def test_a_constant_output_changes_nothing():
    game = words(32)
    alone = Solved(game, 32, 150)
    both = Solved(lambda masks: np.stack([np.full(len(masks), 7.0), game(masks)], axis=1), 32, 150)
    np.testing.assert_array_equal(both.masks, alone.masks)
    np.testing.assert_allclose(both.values[:, 1:], alone.values, rtol=1e-12, atol=1e-15)
    assert not both.values[:, 0].any()


def test_outputs_can_be_chosen():
    chosen = Solved(smooth(16), 16, 100, selected=(1,))
    alone = Solved(lambda masks: smooth(16)(masks)[:, 1], 16, 100)
    np.testing.assert_array_equal(chosen.values, alone.values)


def test_players_that_do_not_play_are_left_out_of_the_hierarchy():
    table = np.random.Generator(np.random.PCG64(6)).normal(size=16)
    seats = [1, 3, 4, 6]
    solved = Solved(
        lambda masks: table_game(table)(masks[:, seats]),
        8,
        tree=((0, (1, 2)), (((3, 4), 5), (7, 6))),
        active=(1, 3, 4, 6),
    )
    assert not solved.masks[:, [0, 2, 5, 7]].any()
    expected = np.zeros(8)
    expected[seats] = owen_by_definition(table, (0, ((1, 2), 3)))
    np.testing.assert_allclose(solved.values[:, 0], expected, rtol=0, atol=1e-12)
    assert not solved.std_error.any()


@pytest.mark.parametrize("tree", [((0, 1), (2, 2)), ((0, 1), 2), (((0, 1), 3), ((2, 3), 1))])
def test_a_hierarchy_with_a_player_missing_or_twice_is_refused(tree):
    with pytest.raises(InputError, match="missing, or there twice"):
        Solved(smooth(4), 4, tree=tree)


def test_two_hundred_players_and_a_long_chain_are_no_trouble():
    assert np.isfinite(Solved(smooth(200), 200, 2048).values).all()
    chain = 0
    for player in range(1, 1100):
        chain = (chain, player)
    assert len(Solved(lambda masks: masks.sum(axis=1), 1100, 20, tree=chain).masks) == 20
