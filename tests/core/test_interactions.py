"""Interactions from every coalition's value, against their definitions, closed forms, axioms and shapiq."""

import json
from itertools import combinations, permutations
from math import comb, factorial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.core.games import every, shapley_by_definition, stress_games, table_game
from xaiweb.core.shapley.interactions import INDICES, MeanInteractions, interactions, share

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "core" / "interactions.json").read_text())
NUMBERS = st.floats(-100, 100, width=32)


@st.composite
def games(draw, least=1, most=6):
    d = draw(st.integers(least, most))
    return d, draw(arrays(np.float64, (1 << d, 2), elements=NUMBERS))


def found(table, index, order):
    """{set: its value (n_outputs,)}."""
    table = np.asarray(table, dtype=np.float64)
    table = table.reshape(len(table), -1)
    sets, values = interactions(table, range(len(table).bit_length() - 1), index, order)
    return dict(zip(sets, values, strict=True))


def code(players):
    return sum(1 << player for player in players)


def derivative(table, chosen, others):
    """The discrete derivative by the chosen ones at a coalition of others."""
    return sum(
        (-1) ** (len(chosen) - size) * table[code(others) + code(part)]
        for size in range(len(chosen) + 1)
        for part in combinations(chosen, size)
    )


def subsets(players, most):
    return [chosen for size in range(most + 1) for chosen in combinations(players, size)]


# The definitions


def sii(table, d, order):
    """Grabisch & Roubens 1999."""
    result = {}
    for chosen in subsets(range(d), order)[1:]:
        s = len(chosen)
        rest = [player for player in range(d) if player not in chosen]
        result[chosen] = sum(
            factorial(len(others)) * factorial(d - len(others) - s) / factorial(d - s + 1)
            * derivative(table, chosen, others)
            for others in subsets(rest, d)
        )  # fmt: skip
    return result


def k_sii(table, d, order):
    """Bordt & von Luxburg 2023: order by order, each corrects the smaller sets."""
    bernoulli = [1, -1 / 2, 1 / 6]
    plain = sii(table, d, order)
    result = {}
    for k in range(1, order + 1):
        for chosen in [chosen for chosen in plain if len(chosen) < k]:
            rest = [player for player in range(d) if player not in chosen]
            larger = combinations(rest, k - len(chosen))
            result[chosen] = result[chosen] + bernoulli[k - len(chosen)] * sum(
                plain[tuple(sorted(chosen + more))] for more in larger
            )
        result |= {chosen: value for chosen, value in plain.items() if len(chosen) == k}
    return result


def stii(table, d, order):
    """Sundararajan et al. 2020: over all orders of arrival, the derivative when the first of a set comes."""
    result = {chosen: derivative(table, chosen, ()) for chosen in subsets(range(d), order - 1)[1:]}
    for chosen in combinations(range(d), order):
        total = 0
        for arrival in permutations(range(d)):
            first = min(arrival.index(player) for player in chosen)
            total = total + derivative(table, chosen, arrival[:first])
        result[chosen] = total / factorial(d)
    return result


def fsii(table, d, order):
    """Tsai et al. 2023: the best polynomial of that order under Shapley weights, exact at both ends."""
    sets = subsets(range(d), order)[1:]
    x = np.array([[set(chosen) <= set(np.flatnonzero(mask)) for chosen in sets] for mask in every(d)], dtype=float)
    y = table - table[0]
    sizes = every(d).sum(axis=1)
    inner = (sizes > 0) & (sizes < d)
    weight = np.array([1 / (comb(d, s) * s * (d - s)) for s in sizes[inner]])[:, None]
    n = len(sets)
    kkt = np.block([[x[inner].T @ (weight * x[inner]), np.ones((n, 1))], [np.ones((1, n)), np.zeros((1, 1))]])
    right = np.vstack([x[inner].T @ (weight * y[inner]), y[-1:]])
    return dict(zip(sets, np.linalg.lstsq(kkt, right, rcond=None)[0][:n], strict=True))


DEFINITIONS = {"SII": (sii, 6), "k-SII": (k_sii, 6), "STII": (stii, 5), "FSII": (fsii, 6)}


@pytest.mark.parametrize("order", [2, 3])
@pytest.mark.parametrize("index", INDICES)
@given(data=st.data())
@settings(max_examples=15)
def test_the_definition(index, order, data):
    define, most = DEFINITIONS[index]
    d, table = data.draw(games(most=most))
    values, expected = found(table, index, order), define(table, d, order)
    assert values.keys() == expected.keys()
    for chosen, value in values.items():
        np.testing.assert_allclose(value, expected[chosen], rtol=0, atol=1e-9, err_msg=str(chosen))


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"])
def test_shapiq_finds_the_same(case):
    for told in case["interactions"]:
        values = found(case["values"], told["index"], told["order"])
        assert [list(chosen) for chosen in values] == told["sets"]
        numbers = np.array(list(values.values()))[:, 0]
        # shapiq's FSII weighs the two ends of its regression with a large number instead of infinity.
        tolerance = 1e-7 if told["index"] == "FSII" else 1e-9
        np.testing.assert_allclose(numbers, told["values"], rtol=0, atol=tolerance, err_msg=told["index"])


# Closed forms


@pytest.mark.parametrize("order", [2, 3])
@pytest.mark.parametrize("index", INDICES)
def test_an_additive_game_has_no_interactions(index, order):
    weights = np.arange(1.0, 6.0)
    for chosen, value in found(3 + every(5) @ weights, index, order).items():
        expected = weights[chosen[0]] if len(chosen) == 1 else 0
        np.testing.assert_allclose(value, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("index", INDICES)
@pytest.mark.parametrize("whole", [(1,), (0, 3), (0, 2, 4), (1, 2, 3, 5)])
def test_what_only_some_bring_together_is_shared_among_their_sets(index, whole):
    """The unanimity game of a set T."""
    order, t = 3, len(whole)
    expected = {
        "SII": {size: 1 / (t - size + 1) for size in range(1, t + 1)},
        "STII": {1: t == 1, 2: t == 2, 3: 1 / comb(t, 3) if t >= 3 else 0},
        # Of four: 1/4 - 1/2 * 3/3 + 1/6 * 3/2 = 0, 1/3 - 1/2 * 2/2 = -1/6, 1/2; six pairs and four triples make 1.
        "k-SII": {1: t == 1, 2: t == 2, 3: t == 3} if t < 4 else {1: 0, 2: -1 / 6, 3: 1 / 2},
        # Of four: 1/20, -1/5, 1/2; four players, six pairs and four triples make 1.
        "FSII": {1: t == 1, 2: t == 2, 3: t == 3} if t < 4 else {1: 1 / 20, 2: -1 / 5, 3: 1 / 2},
    }[index]
    for chosen, value in found(every(6)[:, whole].all(axis=1), index, order).items():
        wanted = expected[len(chosen)] if set(chosen) <= set(whole) else 0
        np.testing.assert_allclose(value, wanted, rtol=0, atol=1e-12, err_msg=str(chosen))


def test_either_or_of_two_players():
    """XOR = x + y - 2xy: alone they bring 1 each, together they take 2 back."""
    table = [0.0, 1.0, 1.0, 0.0]
    assert [value.item() for value in found(table, "SII", 2).values()] == [0, 0, -2]
    for index in ("k-SII", "STII", "FSII"):
        assert [value.item() for value in found(table, index, 2).values()] == [1, 1, -2]


@pytest.mark.parametrize("index", INDICES)
def test_a_constant_game_is_exactly_zero(index):
    assert not any(value.any() for value in found(np.full(64, 0.1), index, 3).values())


# Axioms


@pytest.mark.parametrize("index", INDICES)
@given(game=games())
def test_order_one_is_the_shapley_value(index, game):
    d, table = game
    values = np.array(list(found(table, index, 1).values()))
    np.testing.assert_allclose(values, shapley_by_definition(table_game(table), d), rtol=0, atol=1e-11)


@given(games(), st.sampled_from([2, 3]))
def test_singletons_of_sii_are_the_shapley_values(game, order):
    d, table = game
    values = found(table, "SII", order)
    np.testing.assert_allclose(
        [values[i,] for i in range(d)], shapley_by_definition(table_game(table), d), rtol=0, atol=1e-11
    )


@given(games())
def test_singletons_of_2_sii_are_the_shapley_values_less_half_of_each_pair(game):
    d, table = game
    values, shapley = found(table, "k-SII", 2), shapley_by_definition(table_game(table), d)
    for i in range(d):
        pairs = sum((value for chosen, value in values.items() if len(chosen) == 2 and i in chosen), np.zeros(2))
        np.testing.assert_allclose(values[i,], shapley[i] - pairs / 2, rtol=0, atol=1e-11)


@pytest.mark.parametrize("index", ["k-SII", "STII", "FSII"])
@given(game=games(), order=st.sampled_from([2, 3]))
def test_all_sets_add_up_to_what_all_players_bring(index, game, order):
    _, table = game
    total = sum(found(table, index, order).values())
    np.testing.assert_allclose(total, table[-1] - table[0], rtol=0, atol=1e-9)


@pytest.mark.parametrize("index", INDICES)
@given(game=games(least=2), data=st.data())
@settings(max_examples=30)
def test_a_player_that_changes_nothing_is_in_no_interaction_and_changes_none(index, game, data):
    d, table = game
    idle = data.draw(st.integers(0, d - 1))
    codes = np.arange(1 << d)
    with_idle = table[codes & ~(1 << idle)]
    without = table[codes[codes >> idle & 1 == 0]]
    others = [player for player in range(d) if player != idle]
    small = dict(zip(*interactions(without, others, index, 3), strict=True))
    for chosen, value in found(with_idle, index, 3).items():
        np.testing.assert_allclose(value, small.get(chosen, 0), rtol=0, atol=1e-9, err_msg=str(chosen))


@pytest.mark.parametrize("index", INDICES)
@given(game=games(), factor=NUMBERS)
@settings(max_examples=30)
def test_interactions_are_linear_in_the_game(index, game, factor):
    _, table = game
    both = found(table[:, :1] + factor * table[:, 1:], index, 3)
    for chosen, value in found(table, index, 3).items():
        np.testing.assert_allclose(both[chosen], value[:1] + factor * value[1:], rtol=0, atol=1e-8)


@pytest.mark.parametrize("index", INDICES)
def test_players_may_be_renamed(index):
    rng = np.random.Generator(np.random.PCG64(0))
    d, table = 5, rng.normal(size=32)
    new = rng.permutation(d)
    renamed = np.empty_like(table)
    renamed[every(d) @ (1 << new)] = table
    after = found(renamed, index, 3)
    for chosen, value in found(table, index, 3).items():
        np.testing.assert_allclose(after[tuple(sorted(new[list(chosen)]))], value, rtol=0, atol=1e-12)


# Several games


@pytest.mark.parametrize("index", INDICES)
def test_the_interactions_of_a_mean_are_the_mean_of_the_interactions(index):
    rng = np.random.Generator(np.random.PCG64(1))
    players = (0, 2, 3, 5, 6)  # of seven
    parts = [(), (2,), (0, 5), (2, 3, 6), players]
    mean = MeanInteractions(players, len(parts), 2, index, 3)
    table = np.zeros((32, 2))
    for part in parts:
        values = rng.normal(size=(1 << len(part), 2))
        mean.add(values, part)
        seats = [players.index(player) for player in part]
        table += values[every(5)[:, seats] @ (1 << np.arange(len(part)))] / len(parts)
    sets, expected = interactions(table, players, index, 3)
    assert mean.sets == sets
    np.testing.assert_allclose(mean.values, expected, rtol=0, atol=1e-12)


def test_sets_carry_the_players_own_indices():
    assert interactions(np.zeros((8, 1)), (1, 4, 9), "SII", 2)[0] == ((1,), (4,), (9,), (1, 4), (1, 9), (4, 9))
    sets, values = interactions(np.zeros((1, 3)), (), "SII", 2)
    assert sets == ()
    assert values.shape == (0, 3)


# Many players


@pytest.mark.parametrize("index", ["k-SII", "STII", "FSII"])
def test_sixteen_players_add_up(index):
    noise = np.random.Generator(np.random.PCG64(16)).normal(size=(1 << 16, 1))
    sets, values = interactions(noise, range(16), index, 3)
    assert len(sets) == 16 + comb(16, 2) + comb(16, 3)
    np.testing.assert_allclose(values.sum(axis=0), noise[-1] - noise[0], rtol=0, atol=1e-11)


@pytest.mark.parametrize("index", INDICES)
def test_a_dividend_of_sixteen_players_is_shared_to_rounding(index):
    """The sharpest game: the weights of FSII cancel most."""
    _, values = interactions(stress_games(16)["and"](every(16))[:, None], range(16), index, 3)
    sizes = [1] * 16 + [2] * comb(16, 2) + [3] * comb(16, 3)
    np.testing.assert_allclose(values[:, 0], [float(share(index, 3, size, 16)) for size in sizes], rtol=1e-12)
