"""Which way is taken, what it costs, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from xaiweb.core.players import Players
from xaiweb.core.shapley.plan import plan
from xaiweb.errors import BudgetError, InputError

GOLDEN = Path(__file__).parents[1] / "golden" / "core"


def all_differ(d, n_background=10):
    return np.ones((n_background, d), dtype=bool)


def floats(cells):
    """Nested lists with None for NaN, as float32."""
    return np.array(cells, dtype=np.float64).astype(np.float32)


@pytest.mark.parametrize("case", json.loads((GOLDEN / "differs.json").read_text()), ids=lambda case: case["name"])
def test_the_table_shared_with_typescript(case):
    players = Players(
        tuple(str(index) for index in range(len(case["players"]))), tuple(tuple(c) for c in case["players"])
    )
    differs = players.differs(floats(case["x"]), floats(case["background"]))
    assert differs.astype(int).tolist() == case["differs"]
    for expected in case["plans"]:
        asked = differs, expected["budget"], "output", expected["estimator"], expected["forms"]
        if expected["way"] == "refused":
            with pytest.raises(InputError):
                plan(*asked)
            continue
        chosen = plan(*asked)
        assert chosen.way == expected["way"], expected
        assert list(chosen.active) == case["active"]
        if expected["budget"] is not None and chosen.way != "trees":
            assert chosen.n_model_rows <= max(1, expected["budget"] * len(differs))


def test_default_budget_is_everything_up_to_2048():
    assert plan(all_differ(11), None, "output").way == "enumerate"
    assert plan(all_differ(11), None, "output").n_model_rows == 20480
    chosen = plan(all_differ(12), None, "output")
    assert (chosen.way, chosen.estimator, chosen.n_coalitions, chosen.n_model_rows) == (
        "sampled", "gaussian_process", 2048, 20480
    )  # fmt: skip


def test_default_budget_will_do_for_any_number_of_players():
    assert plan(all_differ(600), None, "output", "least_squares").n_coalitions == 2400


def test_only_a_budget_that_nobody_named_may_be_left_unspent():
    assert plan(all_differ(12), None, "output").stops_early
    assert not plan(all_differ(12), 2048, "output").stops_early
    assert not plan(all_differ(12), None, "output", "permutation").stops_early


@pytest.mark.parametrize(
    ("d", "budget", "way", "estimator"),
    [
        (18, 36, "permuted", "permutation"),
        (18, 71, "permuted", "permutation"),
        (18, 72, "sampled", "gaussian_process"),
        (60, 2048, "sampled", "gaussian_process"),
        (61, 2048, "hierarchical", "owen"),
        (200, 60, "hierarchical", "owen"),
    ],
)
def test_what_auto_takes_where_it_samples(d, budget, way, estimator):
    chosen = plan(all_differ(d), budget, "output")
    assert (chosen.way, chosen.estimator, chosen.n_coalitions) == (way, estimator, budget - budget % 2)


@pytest.mark.parametrize(("budget", "estimator"), [(200, "permutation"), (2048, "gaussian_process")])
def test_players_that_nobody_relates_aren_t_arranged(budget, estimator):
    assert plan(all_differ(61), budget, "output", related=False).estimator == estimator


@pytest.mark.parametrize("budget", [None, 64, 1 << 20])
def test_a_closed_form_goes_before_coalitions(budget):
    for d in (3, 11, 40):
        assert plan(all_differ(d), budget, "margin", forms=["tree"]).way == "trees"
        assert plan(all_differ(d), budget, "margin", forms=["linear"]).n_coalitions == min(d + 2, 2**d)
        assert "scale margin" in plan(all_differ(d), budget, "margin", forms=["tree"]).reason


@pytest.mark.parametrize("name", ["linear", "tree"])
def test_a_structure_the_model_hasn_t_is_refused_by_name(name):
    with pytest.raises(InputError, match="in the scale logit") as caught:
        plan(all_differ(4), None, "logit", name)
    assert caught.value.code == "estimator-unavailable"


def test_odd_budgets_leave_one_coalition_out():
    chosen = plan(all_differ(12), 101, "output")
    assert (chosen.budget, chosen.n_coalitions) == (101, 100)


@pytest.mark.parametrize(
    ("d", "budget", "estimator", "least"),
    [
        (18, 35, "auto", "36"),
        (18, 71, "gaussian_process", "72"),
        (18, 35, "permutation", "36"),
        (61, 3, "auto", "4"),
        (18, 0, "auto", "36"),
        (18, -5, "least_squares", "72"),
        (3, 5, "auto", "6"),
        (2, 3, "auto", "4"),
        (1, 1, "auto", "2"),
        (18, 4096, "exact", "262144"),
        (20000, 4096, "exact", "2^20001"),
    ],
)
def test_a_budget_too_small_names_the_least_that_would_do(d, budget, estimator, least):
    with pytest.raises(BudgetError, match=f"budget of {budget} coalitions") as caught:
        plan(all_differ(d), budget, "output", estimator)
    assert caught.value.next == f"Give at least {least}."
    assert caught.value.where == 'parameter "budget"'


def test_the_least_budget_counts_enumeration_row_by_row():
    # Ten rows, each changing one of twelve players: 20 model rows are worth 2 coalitions over 10 rows.
    differs = np.eye(10, 12, dtype=bool)
    with pytest.raises(BudgetError) as caught:
        plan(differs, 1, "output")
    assert caught.value.next == "Give at least 2."
    assert plan(differs, 2, "output").way == "per_row"


@pytest.mark.parametrize(("d", "n_background"), [(6, 1), (6, 7), (13, 3), (14, 50)])
def test_the_least_budget_that_is_named_does(d, n_background):
    rng = np.random.Generator(np.random.PCG64(d))
    differs = rng.random((n_background, d)) < 0.6
    differs[0] = True
    for estimator in ("auto", "exact", "least_squares", "permutation", "gaussian_process", "owen"):
        with pytest.raises(BudgetError) as caught:
            plan(differs, 1, "output", estimator)
        least = int(caught.value.next.split()[-1].rstrip("."))
        assert plan(differs, least, "output", estimator).n_model_rows <= least * n_background
        with pytest.raises(BudgetError):
            plan(differs, least - 1, "output", estimator)


def test_forced_least_squares_says_so_where_everything_is_seen():
    chosen = plan(all_differ(4), None, "output", "least_squares")
    assert (chosen.way, chosen.estimator) == ("enumerate", "least_squares")


def test_an_unknown_estimator_is_refused():
    with pytest.raises(InputError, match="kernel") as caught:
        plan(all_differ(4), None, "output", "kernel")
    assert "least_squares" in caught.value.next


def test_an_empty_background_is_refused():
    with pytest.raises(InputError, match="no background row"):
        plan(all_differ(4, 0), None, "output")


def test_reasons_are_sentences_with_the_counts():
    assert "12 of 14 players" in plan(np.eye(1, 14, dtype=bool) | (np.arange(14) < 12), 100, "output").reason
    for differs in (all_differ(20), all_differ(3), np.eye(12, dtype=bool), np.zeros((2, 3), dtype=bool)):
        reason = plan(differs, None, "output").reason
        assert reason[0].isupper()
        assert reason.endswith(".")
