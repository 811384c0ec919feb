"""Values that shap found (tests/golden/make_core.py), found again without it."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.core.games import table_game
from xaiweb.core.drive import run
from xaiweb.core.methods import start
from xaiweb.core.players import Players
from xaiweb.core.shapley.game import shapley_values
from xaiweb.core.spec import Spec
from xaiweb.core.subjects.row import Feature, Row, Table

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "core" / "shap.json").read_text())


@pytest.mark.parametrize("estimator", ["exact", "least_squares"])
@pytest.mark.parametrize("case", GOLDEN["games"], ids=lambda case: case["name"])
def test_games(case, estimator):
    values = shapley_values(table_game(np.array(case["values"])), case["n_players"], estimator=estimator).values
    np.testing.assert_allclose(values, case["shapley"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("estimator", ["auto", "least_squares"])
@pytest.mark.parametrize("case", GOLDEN["models"], ids=lambda case: case["name"])
def test_models_over_a_background(case, estimator):
    tables, differs = np.array(case["values"]), np.array(case["differs"], dtype=bool)
    d = case["n_players"]
    names = tuple(str(index) for index in range(d))
    table = Table(tuple(Feature(name) for name in names), Players(names, tuple((index,) for index in range(d))))

    class Tables:
        def answer(self, request):
            coalitions = request.masks @ (1 << np.arange(d))
            if request.background_rows is None:
                return tables[:, coalitions].mean(axis=0)
            return tables[request.background_rows, coalitions]

    # The row is all ones; a background row is zero where it differs.
    x, background = np.ones(d, dtype=np.float32), (~differs).astype(np.float32)
    row = Row(table, x, background)
    explanation = run(start("shapley", Spec(("a", "b"), (0, 1)), row, {"estimator": estimator}), Tables())
    np.testing.assert_allclose(explanation.values, case["shapley"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(explanation.base_values, case["base_values"], rtol=0, atol=1e-9)
    if estimator == "auto":
        assert ("row by row" in explanation.provenance.plan) == (not differs.all())
