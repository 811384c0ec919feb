"""Writes tests/golden/core/owen.json: Owen values of small games over binary hierarchies, from shap.

Run by hand, where shap is installed: python -m tests.golden.make_owen.
[{name, hierarchy, values by coalition, owen}]
"""

import json
from pathlib import Path

import numpy as np
import shap

from tests.core.games import every, stress_games

FILE = Path(__file__).parent / "core" / "owen.json"
HIERARCHIES = [
    ((0, 1), 2),
    ((0, 3), (2, 1)),
    (((4, 0), 2), (1, 3)),
    (5, (0, (4, (1, (3, 2))))),
    (((0, 1), (2, 3)), (4, (5, 6))),
]


def linkage(tree):
    """The rows of scipy's linkage matrix: left, right, distance, players."""
    d = len(leaves(tree))
    rows = []

    def place(part):
        if isinstance(part, int):
            return part
        left, right = (place(half) for half in part)
        rows.append((left, right, len(leaves(part)), len(leaves(part))))
        return d + len(rows) - 1

    place(tree)
    return np.array(rows, dtype=float)


def leaves(tree):
    return [tree] if isinstance(tree, int) else [player for part in tree for player in leaves(part)]


def owen(game, tree):
    d = len(leaves(tree))
    masker = shap.maskers.Partition(np.zeros((1, d)), clustering=linkage(tree))
    explainer = shap.explainers.Partition(lambda rows: game(rows > 0.5), masker)
    return explainer(np.ones((1, d)), max_evals=1 << 20, silent=True).values[0]


if __name__ == "__main__":
    cases = [
        {
            "name": f"{name} over {tree}",
            "hierarchy": tree,
            "values": game(every(len(leaves(tree)))).tolist(),
            "owen": owen(game, tree).tolist(),
        }
        for tree in HIERARCHIES
        for name, game in stress_games(len(leaves(tree))).items()
    ]
    text = json.dumps(cases, allow_nan=False, separators=(",", ":"))
    FILE.write_text(text.replace('{"name"', '\n{"name"') + "\n", encoding="utf-8")
