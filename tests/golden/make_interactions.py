"""Writes tests/golden/core/interactions.json: interactions of small games, from shapiq.

Run by hand, where shapiq is installed: python -m tests.golden.make_interactions.
[{name, n_players, values by coalition, interactions: [{index, order, sets, values}]}]
"""

import json
from itertools import chain, combinations
from pathlib import Path

import numpy as np
from shapiq import ExactComputer, Game

from tests.core.games import every, stress_games

FILE = Path(__file__).parent / "core" / "interactions.json"


def interactions(game, d):
    values = game(every(d))

    class Table(Game):
        def __init__(self):
            super().__init__(n_players=d, normalize=False, normalization_value=float(values[0]))

        def value_function(self, coalitions):
            return game(np.asarray(coalitions, dtype=bool))

    for order in (2, 3):
        computer = ExactComputer(Table())
        sets = list(chain.from_iterable(combinations(range(d), size) for size in range(1, order + 1)))
        for index in ("SII", "k-SII", "STII", "FSII"):
            found = computer(index, order=order)
            lookup = found.interaction_lookup
            numbers = [float(found.values[lookup[chosen]]) if chosen in lookup else 0.0 for chosen in sets]
            yield {"index": index, "order": order, "sets": sets, "values": numbers}


if __name__ == "__main__":
    cases = [
        {
            "name": f"{name}, {d} players",
            "n_players": d,
            "values": game(every(d)).tolist(),
            "interactions": list(interactions(game, d)),
        }
        for d in (3, 6)
        for name, game in stress_games(d).items()
    ]
    text = json.dumps(cases, allow_nan=False, separators=(",", ":"))
    FILE.write_text(text.replace('{"name"', '\n{"name"').replace('{"index"', '\n{"index"') + "\n", encoding="utf-8")
