"""The bench's own arithmetic: errors, intervals, the cache and counting."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from tests.bench.accuracy.bootstrap import pair_bootstrap
from tests.bench.accuracy.budgets import budget_of, budgets
from tests.bench.accuracy.cells import Cells, code_digest, digest
from tests.bench.accuracy.counted import Counted
from tests.bench.accuracy.enumeration import every, shapley
from tests.bench.accuracy.measures import Estimate, coverage, difference, estimate, relative_error, rises, verdict
from tests.bench.accuracy.setups import GAMES, draw, split
from tests.bench.part import Goal, goals_table, table
from tests.bench.plot import Line, Panel, chart
from tests.bench.ratios import Ratio
from tests.core.games import codes, shapley_by_definition, stress_games, table_game


def test_half_of_the_games_are_sealed_and_the_file_is_the_draw():
    text = (Path(__file__).parent / "accuracy" / "sealed.toml").read_text("utf-8")
    assert "seed = 3" in text
    assert split() == draw(3)
    assert sorted(split()["open"] + split()["sealed"]) == sorted(GAMES)
    assert abs(len(split()["open"]) - len(split()["sealed"])) <= 2
    assert draw(4) != draw(3)


def test_the_truth_is_the_definition():
    for name, game in stress_games(6).items():
        np.testing.assert_allclose(shapley(game(every(6))), shapley_by_definition(game, 6), atol=1e-12, err_msg=name)
    masks = every(5)
    np.testing.assert_array_equal(codes(masks), np.arange(32))


def test_a_relative_error_is_of_the_l2_norm():
    assert relative_error(np.array([3.0, 4.0]), np.array([3.0, 4.0])) == 0
    assert relative_error(np.array([0.0, 0.0]), np.array([3.0, 4.0])) == 1
    assert relative_error(np.array([3.0, 5.0]), np.array([3.0, 4.0])) == pytest.approx(0.2)


def test_an_interval_holds_the_mean_it_should():
    rng = np.random.Generator(np.random.PCG64(1))
    held = 0
    for _ in range(200):
        found = estimate(rng.normal(1.0, 1.0, size=(20, 1)) + rng.normal(0, 0.2, size=(20, 2)))
        held += found.low <= 1.0 <= found.high
    assert 175 <= held <= 199


def test_seeds_of_one_row_are_no_independent_evidence():
    rows = np.random.Generator(np.random.PCG64(2)).normal(size=(8, 1))
    alike, single = estimate(np.repeat(rows, 50, axis=1)), estimate(rows)
    assert alike.spread == pytest.approx(single.spread, rel=0.1)
    assert alike.mean == pytest.approx(single.mean)


def test_a_difference_is_taken_pair_by_pair():
    rng = np.random.Generator(np.random.PCG64(3))
    theirs = rng.lognormal(size=(10, 2))
    assert verdict(difference(theirs * 0.99, theirs)) == "better"
    assert verdict(difference(theirs * 1.01, theirs)) == "worse"
    assert verdict(difference(rng.permuted(theirs, axis=0), theirs)) == "level"


def test_rounding_of_exact_answers_is_nobodys_loss():
    found = difference(np.full((4, 2), 1e-12), np.full((4, 2), 1e-16))
    assert verdict(found) == "level"
    assert rises({"step": found}) == []


def test_only_a_rise_beyond_chance_is_one():
    low = np.random.Generator(np.random.PCG64(4)).normal(1.0, 0.1, size=(1, 20))
    steps = {f"step {i}": Estimate(0.2, -0.1, 0.5, 0.15) for i in range(50)}
    assert rises(steps) == []
    steps["up"] = difference(low + 0.5, low)
    steps["down"] = difference(low, low + 0.5)
    assert rises(steps) == ["up"]


def test_coverage_counts_the_values_that_came_with_an_interval():
    truth = np.array([[1.0, 0.0], [1.0, 0.0]])
    values = np.array([[1.1, 0.0], [1.3, 0.5]])
    std_error = np.array([[0.1, 0.1], [0.1, np.nan]])
    found = coverage(values, std_error, truth)
    assert found is not None
    assert found.share == pytest.approx(2 / 3)
    assert found.silent == pytest.approx(1 / 4)
    assert found.width == pytest.approx(0.392)
    assert coverage(truth, np.zeros((2, 2)), truth) is None


def test_a_wrong_value_said_to_be_exact_is_not_covered():
    truth = np.array([[1.0, 2.0]])
    found = coverage(np.array([[1.0, 2.1]]), np.array([[0.1, 0.0]]), truth)
    assert found is not None
    assert found.share == 0.5


def test_a_counted_game_tells_calls_from_distinct_coalitions():
    game = Counted(lambda masks: masks.sum(axis=1).astype(float))
    masks = every(9)
    game(masks[:100])
    game(masks[50:150].astype(int))
    assert (game.n_calls, game.n_distinct) == (200, 150)
    assert game(masks[3]).tolist() == [2.0]


def test_the_pair_bootstrap_tells_the_spread_and_errs_on_the_wide_side():
    table_values = np.random.Generator(np.random.PCG64(5)).normal(size=1 << 10)
    game = table_game(table_values)
    found = np.array([pair_bootstrap(game, 10, 160, seed) for seed in range(20)])
    ratio = found[:, 1].mean(axis=0) / found[:, 0].std(axis=0, ddof=1)
    assert 1.0 < ratio.mean() < 2.0
    values, spread = pair_bootstrap(game, 10, 1 << 10, 0)
    np.testing.assert_allclose(values, shapley(table_values), atol=1e-9)
    assert not spread.any()


def test_a_kept_cell_comes_back_and_a_torn_one_does_not(tmp_path):
    path = tmp_path / "cells" / "one.jsonl"
    cells = Cells(path)
    cells.put(("game", 512, 0), {"values": [0.1, 1e-300]})
    cells.put(("game", 512, 1), {"values": [2.0, 3.0]})
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    again = Cells(path)
    assert again.get(("game", 512, 0)) == {"values": [0.1, 1e-300]}
    assert again.get(("game", 512, 1)) is None
    again.put(("game", 512, 1), {"values": [2.0, 3.0]})
    assert path.read_bytes() == whole


def test_a_cell_of_nan_is_refused(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        Cells(tmp_path / "cells.jsonl").put(("game",), {"values": [float("nan")]})


def test_code_counts_and_words_do_not(tmp_path):
    def of(code):
        path = tmp_path / "module.py"
        path.write_text(code, encoding="utf-8")
        return code_digest([path])

    plain = of('"""One."""\n\ndef f(x):\n    """Two."""\n    return x + 1\n')
    assert of('"""Another."""\ndef f(x):\n    return x + 1  # why\n') == plain
    assert of('"""One."""\n\ndef f(x):\n    """Two."""\n    return x + 2\n') != plain
    assert digest("a", "b") != digest("ab")


def test_a_budget_is_a_number_or_so_many_a_player():
    assert [budget_of(name, 9) for name in ("2d+2", "8d", "512")] == [20, 72, 512]
    assert budgets(9, 2048, all_steps=False) == [20, 72, 512, 2048]
    assert budgets(30, 2048, all_steps=True) == [62, 90, 120, 180, 240, 256, 512, 1024, 2048]


def test_a_ratio_is_of_pairs_and_not_of_medians():
    found = Ratio.of([(2.0, 1.0), (30.0, 10.0), (8.0, 2.0)])
    assert (found.ours, found.bare, found.middle) == (8.0, 2.0, 3.0)
    assert (found.low, found.high) == (2.5, 3.5)


def test_a_chart_is_svg_with_a_line_for_every_method():
    lines = [Line("ours & others", [8, 64, 512], [10, 1, 0], [9, 0.5, 0], [11, 2, 0]), Line("peer", [8, 64], [20, 4])]
    svg = chart("Errors", [Panel("a <game>", lines), Panel("empty", [])], "coalitions", "%", 1e-3)
    root = ElementTree.fromstring(svg)
    names = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert (names.count("polyline"), names.count("polygon")) == (2, 1)
    assert "nan" not in svg
    assert "inf" not in svg
    assert "prefers-color-scheme:dark" in svg
    first = next(e for e in root.iter() if e.tag.endswith("polyline") and "ours" in "".join(e.itertext()))
    heights = [float(point.split(",")[1]) for point in first.get("points", "").split()]
    assert heights == sorted(heights)
    assert len(set(heights)) == 3


def test_tables_are_markdown():
    assert table(["", "n"], [["a", "1"]]) == ["|  | n |", "| --- | ---: |", "| a | 1 |"]
    assert goals_table([Goal("fast", "2 s", False)])[-1] == "| fast | 2 s | **not held** |"
