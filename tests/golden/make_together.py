"""Writes web/together.json: the loan's golden explanation of a game in which pairs of players do something together.

The game is made of dividends: m(T) is what only all of T bring (Harsanyi 1963). The pairs' are drawn, the single
players' chosen so that the Shapley values are those of web/explanation.json; every coalition is then summed up and the
core's own code computes the interactions from them.
"""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np

from xaiweb.core.shapley.interactions import interactions

WEB = Path(__file__).parent / "web"


def main() -> None:
    """Write the document."""
    document = json.loads((WEB / "explanation.json").read_text("utf-8"))
    phi = np.array(document["values"])[:, 0]
    d = len(phi)
    rng = np.random.default_rng(3)
    pairs = {
        (i, j): 0.3 * rng.normal() * np.sqrt(abs(phi[i] * phi[j])) * rng.integers(0, 2)
        for i, j in combinations(range(d), 2)
    }
    single = phi - np.array([sum(m for pair, m in pairs.items() if i in pair) / 2 for i in range(d)])
    members = (np.arange(1 << d)[:, None] >> np.arange(d)) & 1
    values = document["base_values"][0] + members @ single
    for (i, j), m in pairs.items():
        values += m * members[:, i] * members[:, j]
    sets, found = interactions(values[:, None], range(d), "SII", 2)
    document["interactions"] = {
        "index": "SII",
        "order": 2,
        "sets": [list(players) for players in sets],
        "values": found.tolist(),
        "std_error": np.zeros_like(found).tolist(),
    }
    document["std_error"] = np.zeros((d, 1)).tolist()
    document["provenance"] |= {
        "estimator": "exact",
        "plan": f"Every one of the 2^{d} = {1 << d} coalitions of the {d} players is evaluated.",
        "parameters": {"estimator": "auto", "interactions": "auto", "interaction_order": 2, "budget": 1 << d},
        "n_coalitions": 1 << d,
        "n_model_rows": 100 << d,
    }
    (WEB / "together.json").write_text(json.dumps(document, indent=None, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
