"""Writes tests/golden/core: games with Shapley values from shap, and designs solved the long way.

Run by hand: python -m tests.golden.make_core. The files are read by the Python, Pyodide and TypeScript suites.
Numbers that are expected come from shap or from plain code in this file; coalitions, operators and
hashes are the core's own, as they stand in a bundle.
"""

import hashlib
import json
import struct
from math import comb, nan, sqrt
from pathlib import Path

import numpy as np

from tests.core.games import every, stress_games
from xaiweb.core.shapley import design as designs
from xaiweb.core.shapley.design import Design, checkpoints, design, operator

HERE = Path(__file__).parent / "core"
ESTIMATORS = ("auto", "exact", "linear", "tree", "least_squares", "permutation", "gaussian_process", "owen")


def write(name, document):
    text = json.dumps(document, allow_nan=False, separators=(",", ":"))
    (HERE / f"{name}.json").write_text(text.replace('},{"', '},\n{"') + "\n", encoding="utf-8")


# shap: {"games": [{name, n_players, values by coalition, shapley}], "models": [...]}


def shap_games():
    import shap

    games = []
    for d in (2, 3, 4, 5, 8):
        for name, game in stress_games(d).items():
            explainer = shap.KernelExplainer(lambda rows, game=game: game(rows > 0.5), np.zeros((1, d)))
            kernel = explainer.shap_values(np.ones(d), nsamples=2**d, l1_reg=False, silent=True)
            exact = shap.explainers.Exact(lambda rows, game=game: game(rows > 0.5), np.zeros((1, d)))(np.ones((1, d)))
            assert np.abs(exact.values[0] - kernel).max() < 1e-9, name
            games.append(
                {
                    "name": f"{name}, {d} players",
                    "n_players": d,
                    "values": game(every(d)).tolist(),
                    "shapley": exact.values[0].tolist(),
                }
            )
    return games


def shap_models():
    """Models over a background of several rows: values of every coalition on every row, and shap's values."""
    import shap

    models = []
    for d, n_background, share in ((4, 3, 0.0), (6, 7, 0.0), (6, 8, 0.7)):
        rng = np.random.Generator(np.random.PCG64(d + n_background))
        weights = rng.normal(size=(d, 2))
        x = rng.normal(size=d)
        background = rng.normal(size=(n_background, d))
        background = np.where(rng.random(background.shape) < share, x, background)

        def model(rows, weights=weights):
            return np.tanh(rows @ weights) + (rows[:, :1] * rows[:, 1:2]) ** 2

        # fit's masker keeps every background row; more than 100 would be sampled.
        explanation = shap.explainers.Exact(model, shap.maskers.Independent(background, max_samples=100))(x[None])
        tables = [model(np.where(every(d), x, row)).tolist() for row in background]
        models.append(
            {
                "name": f"{d} columns, {n_background} background rows",
                "n_players": d,
                "differs": (background != x).astype(int).tolist(),
                "values": tables,
                "shapley": explanation.values[0].tolist(),
                "base_values": explanation.base_values[0].tolist(),
            }
        )
    return models


# ready_design: the product's masks and operators; phi and std_error from the constrained problem itself


def solve_the_long_way(masks, g, total):
    """Constrained weighted least squares by its KKT system, and HC3 from the whitened hat matrix.

    Unknowns phi; minimise sum_j w_j (g_j - z_j phi / 2)^2 subject to sum phi = total.
    """
    n_pairs, d = masks.shape
    sizes = [int(min(row.sum(), d - row.sum())) for row in masks]
    weights = []
    for size in sizes:
        pairs = comb(d, size) / (2 if 2 * size == d else 1)
        probability = sizes.count(size) / pairs
        weights.append(1 / (comb(d, size) * size * (d - size)) / probability)
    w = np.array(weights)
    z = np.where(masks, 0.5, -0.5)
    kkt = np.block([[2 * z.T @ (w[:, None] * z), np.ones((d, 1))], [np.ones((1, d)), np.zeros((1, 1))]])
    right = np.vstack([2 * z.T @ (w[:, None] * g), total[None]])
    phi = np.linalg.lstsq(kkt, right, rcond=None)[0][:d]

    # Free of the constraint: phi = total / d + basis u, with a basis of the vectors that sum to 0.
    basis = np.linalg.svd(np.eye(d) - 1 / d)[0][:, : d - 1]
    whitened = np.sqrt(w)[:, None] * (z @ basis)
    inverse = np.linalg.inv(whitened.T @ whitened)
    leverage = [float(row @ inverse @ row) for row in whitened]
    influence = basis @ inverse @ whitened.T * np.sqrt(w)
    std_error = np.zeros_like(phi)
    for player in range(d):
        for output in range(g.shape[1]):
            variance = 0.0
            for pair in range(n_pairs):
                residual = g[pair, output] - sum(z[pair, i] * phi[i, output] for i in range(d))
                variance += (influence[player, pair] * residual / (1 - leverage[pair])) ** 2
            std_error[player, output] = sqrt(variance)
    return phi, std_error, max(leverage)


def two_outputs(d):
    rng = np.random.Generator(np.random.PCG64(100 + d))
    weights = rng.normal(size=(d, 2))
    return lambda masks: np.stack(
        [np.tanh(masks @ weights[:, 0] + 2.0 * masks[:, 0] * masks[:, 1]), 100 * masks @ weights[:, 1] ** 2], axis=1
    )


def rejected_design():
    """A design that was drawn but not taken, for a pair of leverage 1."""
    d, budget = 6, 24
    sizes = designs._sizes(d, budget // 2 - 1)
    for seed in range(1000):
        if designs._stream(d, seed) > 0:
            pairs = Design(designs._draw(d, sizes, seed, 0), sizes, 0, designs._weights(d, sizes))
            if np.linalg.matrix_rank(np.vstack([np.where(pairs.masks, 1, -1), np.ones(d)])) == d:
                return seed, pairs
    raise AssertionError("no such seed")


def ready_designs():
    cases = []
    for d, seed in ((5, 0), (6, 0), (6, 7)):
        stored = checkpoints(d)
        cases.append(ready_case(f"{d} players, seed {seed}", seed, design(d, stored[-1], seed), stored))
    seed, pairs = rejected_design()
    cases.append(ready_case("6 players, a pair of leverage 1", seed, pairs, (24,)))
    return cases


def ready_case(name, seed, pairs, stored):
    d = pairs.masks.shape[1]
    order = [np.zeros(d, bool), np.ones(d, bool)]
    for mask in pairs.masks:
        order += [mask, ~mask]
    values = two_outputs(d)(np.array(order))
    entries = []
    for budget in stored:
        seen = pairs.prefix(budget)
        a, c, h = operator(seen)
        g = (values[2:budget:2] - values[3:budget:2]) / 2
        phi, std_error, leverage = solve_the_long_way(seen.masks, g, values[1] - values[0])
        assert (leverage > 0.99) == (h.max() > 0.99)
        entries.append(
            {
                "budget": budget,
                "operator": np.block([[a, c[:, None]], [h[None], np.zeros((1, 1))]]).tolist(),
                "phi": phi.tolist(),
                "std_error": (std_error if leverage <= 0.99 else np.full_like(std_error, None, dtype=object)).tolist(),
            }
        )
    return {
        "name": name,
        "n_players": d,
        "seed": seed,
        "masks": pairs.masks.astype(int).tolist(),
        "values": values.tolist(),
        "checkpoints": entries,
    }


# differs: which players and background rows differ in float32, and the way a plan takes; NaN is null


def float32(number):
    return struct.unpack("<f", struct.pack("<f", nan if number is None else number))[0]


def same(a, b):
    a, b = float32(a), float32(b)
    return a == b or (a != a and b != b)


def expected_way(differs, budget, estimator, forms):
    """The rules of the plan, in Python's integers: its way, or "refused"."""
    d = sum(any(row[player] for row in differs) for player in range(len(differs[0])))
    rows = sum(2 ** sum(row) for row in differs)
    budget = min(2**d, 2048) if budget is None else budget
    by_row = rows <= budget * len(differs) and rows < 2**d * len(differs)
    least = {"permutation": 2 * d, "owen": 4}.get(estimator, 4 * d)
    if estimator in ("linear", "tree") and estimator not in forms:
        return "refused"
    if d == 0:
        return "nothing"
    if estimator in ("auto", "exact", "tree") and "tree" in forms:
        return "trees"
    if estimator in ("auto", "exact", "linear") and "linear" in forms:
        return "additive" if budget >= min(d + 2, 2**d) else "refused"
    if by_row and estimator in ("auto", "exact"):
        return "per_row"
    if 2**d <= budget and estimator != "owen":
        return "enumerate"
    if estimator == "auto" and d > 60:
        estimator, least = "owen", 4
    if estimator == "auto" and 2 * d <= budget < 4 * d:
        return "permuted"
    if estimator == "exact" or budget < min(least, 2**d):
        return "refused"
    return {"permutation": "permuted", "owen": "hierarchical"}.get(estimator, "sampled")


def differs_cases():
    rng = np.random.Generator(np.random.PCG64(1))
    wide = rng.integers(0, 3, size=(21, 14)).astype(float).tolist()
    twelve = [float(i) for i in range(12)]
    singles = [[*range(12)], [*range(14)]]
    cases = [
        ("nothing differs", [1, 2], [[1, 2], [1, 2]], [[0], [1]]),
        ("equal in float32 only", [0.1, 2], [[0.10000000149011612, 2.0000000001], [0.1, 3]], [[0], [1]]),
        ("missing equals missing", [None, 1, None], [[None, 1, 2], [3, 1, None]], [[0], [1], [2]]),
        ("minus zero equals zero", [-0.0, 1], [[0.0, 2]], [[0], [1]]),
        ("groups of columns", [1, 2, 3, 4], [[1, 9, 3, 4], [1, 2, 3, 8]], [[0, 1], [3], [2]]),
        ("one background row", twelve, [[i + 1.0 for i in twelve]], [[i] for i in singles[0]]),
        ("each row changes one", twelve, [[v + (i == j) for i, v in enumerate(twelve)] for j in range(12)],
         [[i] for i in singles[0]]),
        ("a player equal to the whole background", [5.0, *wide[0][1:]], [[5.0, *row[1:]] for row in wide[1:]],
         [[i] for i in singles[1]]),
        ("many rows, many players", wide[0], wide[1:], [[i] for i in singles[1]]),
        ("61 players", [1.0] * 61, [[0.0] * 61, [2.0] * 61], [[i] for i in range(61)]),
    ]  # fmt: skip
    documents = []
    for name, x, background, players in cases:
        differs = [[any(not same(x[c], row[c]) for c in columns) for columns in players] for row in background]
        plans = [
            {
                "budget": budget,
                "estimator": estimator,
                "forms": forms,
                "way": expected_way(differs, budget, estimator, forms),
            }
            for forms in ([], ["linear"], ["tree"])
            for budget in (None, 2, 16, 23, 24, 47, 48, 100, 512, 4096, 65536)
            for estimator in ESTIMATORS
        ]
        documents.append(
            {
                "name": name,
                "x": x,
                "background": background,
                "players": players,
                "differs": [[int(flag) for flag in row] for row in differs],
                "active": [i for i in range(len(players)) if any(row[i] for row in differs)],
                "plans": plans,
            }
        )
    return documents


# designs: hashes of the masks, so that every platform draws the same coalitions


def design_hashes():
    cases = [(d, min(2**d, 4 * d), seed) for d in (2, 3, 5, 9, 18, 30, 61) for seed in (0, 1, 2**40)]
    cases += [(18, 2048, 0), (18, 2048, 1), (12, 4096, 0), (12, 4094, 0), (30, 2048, 0), (16, 8192, 3), (101, 1024, 5)]
    return [
        {"n_players": d, "budget": b, "seed": s, "sha256": hashlib.sha256(design(d, b, s).masks.tobytes()).hexdigest()}
        for d, b, s in cases
    ]


# complete designs: every coalition of n players, so that TypeScript's products must give shap's exact values


def complete_designs():
    documents = []
    for n in sorted({game["n_players"] for game in shap_games() if 3 <= game["n_players"] <= 6}):
        pairs = design(n, 2**n, 0)
        a, c, h = operator(pairs)
        documents.append(
            {
                "n_players": n,
                "masks": pairs.masks.astype(int).tolist(),
                "operator": np.block([[a, c[:, None]], [h[None], np.zeros((1, 1))]]).tolist(),
            }
        )
    return documents


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    write("ready_design", ready_designs())
    write("differs", differs_cases())
    write("designs", design_hashes())
    write("complete_designs", complete_designs())
    write("shap", {"games": shap_games(), "models": shap_models()})
