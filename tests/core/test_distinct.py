"""Distinct values, without the part of numpy that sites lack."""

import ast

import numpy as np
import pytest

from tests.conftest import ROOT
from xaiweb.core.distinct import distinct

CORE = sorted((ROOT / "python" / "xaiweb" / "core").rglob("*.py"))


@pytest.mark.parametrize("values", [[], [3, 1, 3, 2], [0.5, -1.0, 0.5]])
def test_values_are_sorted_and_each_there_once(values):
    assert distinct(np.array(values)).tolist() == sorted(set(values))


def test_rows_can_be_distinct():
    rows = np.array([[1, 0], [0, 2], [1, 0]])
    assert distinct(rows, axis=0).tolist() == [[0, 2], [1, 0]]


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.stem)
def test_nothing_of_the_core_asks_numpy_for_distinct_values_alone(path):
    """That loads numpy.ma, and so fails in a browser, as the set functions do that are made of it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = ast.unparse(node.func)
            assert name not in ("np.isin", "np.setdiff1d", "np.union1d", "np.setxor1d", "np.unique_values"), name
            if name == "np.unique":
                places = {keyword.arg for keyword in node.keywords}
                assert places & {"return_index", "return_inverse"}, f"{path.name}:{node.lineno}"
