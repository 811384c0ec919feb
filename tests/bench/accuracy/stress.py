"""Games with sharp edges, 2 to 12 players: does more budget ever make it worse?"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.bench.accuracy.cells import CACHE, Cells
from tests.bench.accuracy.enumeration import every, shapley
from tests.bench.accuracy.methods import OURS, Method
from tests.core.games import stress_games

QUICK = (range(4, 13, 4), 6)
FULL = (range(2, 13), 10)
COMPARED = ("xaiweb auto", "xaiweb least_squares")


@dataclass(frozen=True, eq=False)
class Stress:
    """Errors of one method on one stress game.

    Attributes:
        game: Its name.
        n_players: Its number of players.
        errors: By budget, ``(1, n_seeds)``: L2 norms over the range of the game's values, since a
            game like parity has Shapley values of 0. A budget that was refused is missing.
    """

    game: str
    n_players: int
    errors: dict[int, NDArray[np.float64]]


def budgets(d: int) -> list[int]:
    """From the least budget there is to every coalition, ascending."""
    multiples = [d * factor for factor in (2, 3, 4, 8, 16, 32, 64, 128, 256, 512)]
    return sorted({min(2**d, budget) for budget in (*multiples, 2 * d + 2)})


def stress(players: range, n_seeds: int, tell: Callable[[str], None]) -> dict[str, list[Stress]]:
    """Errors by method, one entry for each game and number of players."""
    found = {}
    for method in OURS:
        if method.name in COMPARED:
            slug = re.sub(r"\W+", "-", method.name)
            cells = Cells(CACHE / "cells" / "stress" / f"{slug}-{method.version}.jsonl")
            found[method.name] = [
                _errors(cells, method, name, d, n_seeds)
                for d in players
                for name in stress_games(d)
                if name != "constant"
            ]
            tell(f"stress games, {method.name}")
    return found


def _errors(cells: Cells, method: Method, name: str, d: int, n_seeds: int) -> Stress:
    game = stress_games(d)[name]
    table = np.asarray(game(every(d)), dtype=np.float64)
    truth, span = shapley(table), np.ptp(table)
    errors = {}
    for budget in budgets(d):
        # Every coalition leaves nothing to chance.
        results = [_cell(cells, method, game, name, d, budget, seed) for seed in range(n_seeds if budget < 2**d else 1)]
        if not any("refused" in result for result in results):
            values = np.array([result["values"] for result in results])
            found = np.linalg.norm(values - truth, axis=1) / span
            errors[budget] = np.broadcast_to(found, n_seeds)[None]
    return Stress(name, d, errors)


def _cell(
    cells: Cells, method: Method, game: Callable[..., NDArray[np.float64]], name: str, d: int, budget: int, seed: int
) -> dict[str, list[float]]:
    key = (name, d, budget, seed)
    result = cells.get(key)
    if result is None:
        result = method(game, d, budget, seed)
        cells.put(key, result)
    return result
