"""The core in the Pyodide that sites ship: the same goldens, the same coalitions, the same numbers as CPython."""

from __future__ import annotations

import hashlib
import json
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.core.test_trees import case as tree_case
from tests.core.test_trees import finished
from xaiweb.core.shapley.design import design, operator

RUNTIME = ROOT / "wasm" / "dist" / "runtime" / "pyodide"
GOLDEN = ROOT / "tests" / "golden" / "core"

# One start of Pyodide answers everything; the tests below only look.
PROGRAM = """
import hashlib, itertools, sys
import numpy as np
import xaiweb, xaiweb.core
from xaiweb.core.shapley.design import design, operator
from xaiweb.core.shapley.game import shapley_values

def masks_hash(d, budget, seed):
    return hashlib.sha256(np.ascontiguousarray(design(d, budget, seed).masks).tobytes()).hexdigest()

def by_table(values, n):
    # the value of coalition S stands at sum of 2^i over its players
    table, powers = np.array(values, dtype=float), 2 ** np.arange(n)
    return lambda masks: table[masks.astype(int) @ powers]

games = []
for game in INPUT["games"]:
    result = shapley_values(by_table(game["values"], game["n_players"]), game["n_players"], estimator="exact",
                            budget=2 ** game["n_players"])
    games.append(np.asarray(result.values).tolist())

sampled = []
for estimator, d, budget, seed in INPUT["sampled"]:
    weights = np.sin(np.arange(d) + 1)
    result = shapley_values(lambda m: np.tanh(m @ weights) + 0.1 * m[:, 0] * m[:, -1], d, budget=budget, seed=seed,
                            estimator=estimator)
    sampled.append(result.to_dict())

from base64 import b64decode
from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.core.shapley.trees import shap_values

def finished(generator):
    while True:
        try:
            next(generator)
        except StopIteration as stop:
            return stop.value

table, x, background = (np.frombuffer(b64decode(data)).reshape(shape) for data, shape in INPUT["trees"])
values, pairs = finished(shap_values(Ensemble.read(table), np.arange(x.size), x, background, x.size, pairs=True))
trees = [values.tolist(), pairs.tolist()]

operators = [[part.tolist() for part in operator(design(*key))] for key in INPUT["operators"]]
def kernels(way):
    # 70 rows are more than a block.
    import numpy as np
    from xaiweb.core.compiled import forced
    from xaiweb.core.kernels import cholesky, forward, hybrid_rows, hyperbolic, inverse, multiply
    x = np.random.default_rng(0).random((70, 70)) - 0.5
    owner, rows = np.arange(70, dtype=np.int64), x.astype(np.float32)
    with forced(way):
        square = multiply(x, x.T) + np.eye(70)
        found = [square, cholesky(square), forward(np.tril(square), x), inverse(square)[0]]
        found += [*hyperbolic(9 * x, x[0]), hybrid_rows(x > 0, owner, rows[0], rows).astype(float)]
    return [one.tolist() for one in found]

from xaiweb.core.compiled import loaded
OUTPUT = {
    "kernels": {"library": loaded()[1], "numpy": kernels("numpy"), "compiled": kernels("compiled")},
    "python": sys.version.split()[0], "numpy": np.__version__, "core": xaiweb.__version__,
    "designs": [masks_hash(*key) for key in INPUT["designs"]],
    "games": games, "sampled": sampled, "operators": operators, "trees": trees,
    "origin": xaiweb.core.__file__,
}
"""

DESIGNS = json.loads((GOLDEN / "designs.json").read_text())
GAMES = json.loads((GOLDEN / "shap.json").read_text())["games"]
SAMPLED = [
    ("least_squares", 12, 512, 0),
    ("least_squares", 18, 2048, 3),
    ("least_squares", 30, 1024, 1),
    ("permutation", 16, 200, 2),
    ("gaussian_process", 16, 512, 0),
    ("gaussian_process", 25, 300, 1),
    ("owen", 70, 500, 0),
    ("exact", 10, 1024, 0),
]
TREES = [
    array for place, array in enumerate(tree_case(5, n_features=9, n_trees=6, n_background=40)) if place in (0, 2, 3)
]
OPERATORS = [(6, 24, 0), (18, 72, 0), (18, 512, 7)]


@pytest.fixture(scope="module")
def pyodide() -> dict[str, Any]:
    job = {
        "program": PROGRAM,
        "input": {
            "designs": [[d["n_players"], d["budget"], d["seed"]] for d in DESIGNS],
            "games": GAMES,
            "sampled": SAMPLED,
            "operators": OPERATORS,
            "trees": [[b64encode(array.tobytes()).decode(), array.shape] for array in TREES],
        },
    }
    script = Path(__file__).with_name("pyodide.mjs")
    done = subprocess.run(
        ["node", str(script), str(RUNTIME)], input=json.dumps(job), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]  # before it stands a minified source line
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_it_is_the_locked_pyodide_and_this_core(pyodide: dict[str, Any]) -> None:
    import xaiweb

    assert pyodide["core"] == xaiweb.__version__
    assert pyodide["numpy"] == "2.4.3"
    assert "site-packages" in pyodide["origin"]


def test_sampled_coalitions_are_identical(pyodide: dict[str, Any]) -> None:
    here = [
        hashlib.sha256(np.ascontiguousarray(design(d["n_players"], d["budget"], d["seed"]).masks).tobytes()).hexdigest()
        for d in DESIGNS
    ]
    assert pyodide["designs"] == here == [d["sha256"] for d in DESIGNS]


def test_games_have_the_values_shap_gives_them(pyodide: dict[str, Any]) -> None:
    for game, values in zip(GAMES, pyodide["games"], strict=True):
        np.testing.assert_allclose(values, game["shapley"], atol=1e-9, err_msg=game["name"])


def test_solutions_agree_with_cpython(pyodide: dict[str, Any]) -> None:
    from xaiweb.core.shapley.game import shapley_values

    for (estimator, d, budget, seed), there in zip(SAMPLED, pyodide["sampled"], strict=True):
        weights = np.sin(np.arange(d) + 1)
        here = shapley_values(
            lambda m, w=weights: np.tanh(m @ w) + 0.1 * m[:, 0] * m[:, -1],
            d,
            budget=budget,
            seed=seed,
            estimator=estimator,
        ).to_dict()
        close = {"rtol": 1e-9, "atol": 1e-12} if estimator != "gaussian_process" else {"rtol": 1e-6, "atol": 1e-8}
        for name in ("values", "std_error"):
            # null is NaN, and equals NaN
            pair = (np.array(document[name], dtype=float) for document in (there, here))
            np.testing.assert_allclose(*pair, **close, err_msg=estimator)
        assert (there["interactions"] is None) == (here["interactions"] is None)
        if here["interactions"] is not None:
            assert there["interactions"]["sets"] == [list(members) for members in here["interactions"]["sets"]]
            np.testing.assert_allclose(there["interactions"]["values"], here["interactions"]["values"], **close)


def test_the_compiled_core_runs_there_and_agrees_with_numpy(pyodide: dict[str, Any]) -> None:
    assert pyodide["kernels"]["library"].endswith("/xaiweb/core/kernels.wasm")
    for ours, theirs in zip(pyodide["kernels"]["compiled"], pyodide["kernels"]["numpy"], strict=True):
        largest = np.abs(theirs).max()
        np.testing.assert_allclose(np.divide(ours, largest), np.divide(theirs, largest), rtol=0, atol=1e-12)


def test_the_compiled_core_gives_the_same_bits_there_and_here(pyodide: dict[str, Any]) -> None:
    space: dict[str, Any] = {}
    exec(PROGRAM[PROGRAM.index("def kernels") : PROGRAM.index("OUTPUT = ")], space)
    assert pyodide["kernels"]["compiled"] == space["kernels"]("compiled")


def test_operators_agree_with_cpython(pyodide: dict[str, Any]) -> None:
    for key, parts in zip(OPERATORS, pyodide["operators"], strict=True):
        for there, here in zip(parts, operator(design(*key)), strict=True):
            np.testing.assert_allclose(there, here, rtol=1e-9, atol=1e-12)


def test_trees_agree_with_cpython(pyodide: dict[str, Any]) -> None:
    from xaiweb.core.shapley.ensemble import Ensemble
    from xaiweb.core.shapley.trees import shap_values

    table, x, background = TREES
    here = finished(shap_values(Ensemble.read(table), np.arange(x.size), x, background, x.size, pairs=True))
    for there, array in zip(pyodide["trees"], here, strict=True):
        assert np.abs(array).max() > 0.1
        np.testing.assert_allclose(there, array, rtol=1e-12, atol=1e-12)
