"""Parity passes equal models, and stops on one that differs anywhere, saying where."""

from __future__ import annotations

import numpy as np
import pytest

from tests.graph.models import mlp
from xaiweb.errors import ParityError
from xaiweb.exporters.parity import check, edge_rows

ROWS = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
NAMES = ["age", "job", "amount", "home"]


def test_equal_models_pass_and_the_gap_comes_back() -> None:
    case = mlp()
    gap = check(case.forward, case.model, ROWS, NAMES)
    assert 0 <= gap < 1e-6
    one = mlp(link="Sigmoid", n_outputs=1)
    check(lambda rows: one.forward(rows)[:, 0], one.model, ROWS)  # (n_rows,) is one output


def test_a_difference_names_the_row_its_values_and_the_output() -> None:
    case = mlp()

    def other(rows: np.ndarray) -> np.ndarray:
        answer = case.forward(rows)
        answer[rows[:, 0] == ROWS[7, 0], 2] += 3e-5
        return answer

    with pytest.raises(ParityError) as refusal:
        check(other, case.model, ROWS, NAMES)
    error = refusal.value
    assert error.code == "parity"
    assert "row 7, output 2" in error.where
    assert f"age={ROWS[7, 0]:g}" in error.where
    assert f"home={ROWS[7, 3]:g}" in error.where
    assert "1 of 20 rows" in error.message
    check(other, case.model, ROWS, NAMES, tolerance=1e-4)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_reference_that_is_not_finite_differs(value: float) -> None:
    case = mlp()

    def other(rows: np.ndarray) -> np.ndarray:
        answer = case.forward(rows)
        answer[3, 1] = value
        return answer

    with pytest.raises(ParityError, match=str(value)) as refusal:
        check(other, case.model, ROWS)
    assert "row 3, output 1: x0=" in refusal.value.where


def test_another_number_of_outputs_differs() -> None:
    case = mlp()
    with pytest.raises(ParityError, match="3 outputs, the original 2"):
        check(lambda rows: case.forward(rows)[:, :2], case.model, ROWS)


def test_large_outputs_are_compared_in_proportion() -> None:
    case = mlp(link="")
    check(lambda rows: case.forward(rows) * 1.0, case.model, ROWS * 1e6)
    with pytest.raises(ParityError):
        check(lambda rows: case.forward(rows) * 1.0001, case.model, ROWS * 1e6)


def test_edges_are_least_greatest_and_every_level() -> None:
    features = [{"name": "age", "min": 18, "max": 90}, {"name": "job", "levels": ["a", "b", "c"]}, {"name": "amount"}]
    rows = np.array([[30, 1, 5], [40, 0, -2], [50, 2, 9]], np.float32)
    edges = edge_rows(features, rows)
    assert edges.dtype == np.float32
    assert edges.tolist() == [
        [18, 1, 5], [90, 1, 5], [30, 0, 5], [30, 1, 5], [30, 2, 5], [30, 1, -2], [30, 1, 9], [18, 0, -2], [90, 2, 9],
    ]  # fmt: skip


def test_a_missing_value_is_an_edge_where_it_is_allowed() -> None:
    edges = edge_rows([{"name": "a", "min": 0, "max": 1, "missing": True}], np.array([[0.5]], np.float32))
    assert np.isnan(edges[1, 0])
    assert np.isfinite(edges[[0, 2], 0]).all()
