"""Asks every method about every game, and keeps what they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.accuracy.budgets import budgets
from tests.bench.accuracy.cells import CACHE, Cells
from tests.bench.accuracy.games import Game, games
from tests.bench.accuracy.measures import relative_error
from tests.bench.accuracy.methods import METHODS, Method

LEADING = "xaiweb auto"
"""Ours as a user gets it: asked with every budget of the ladder."""


@dataclass(frozen=True)
class Effort:
    """How much is asked.

    Attributes:
        n_instances: Rows explained in each game.
        n_seeds: Seeds for each.
        most: The largest budget.
        jobs: Processes at work.
    """

    n_instances: int
    n_seeds: int
    most: int
    jobs: int


QUICK, FULL = (4, 2, 2048), (20, 2, 8192)


@dataclass(frozen=True, eq=False)
class Answers:
    """What one method said about one game with one budget.

    Attributes:
        values, std_error, truth: ``(n_instances, n_seeds, n_players)``; standard errors NaN where untold.
        n_calls, n_distinct: Mean coalitions asked for, and different ones among them.
        wall: Mean seconds of the method itself, the game's own time taken off.
    """

    values: NDArray[np.float64]
    std_error: NDArray[np.float64]
    truth: NDArray[np.float64]
    n_calls: float
    n_distinct: float
    wall: float

    @property
    def errors(self) -> NDArray[np.float64]:
        """Relative errors, ``(n_instances, n_seeds)``."""
        return np.array(
            [
                [relative_error(*pair) for pair in zip(*of_one, strict=True)]
                for of_one in zip(self.values, self.truth, strict=True)
            ]
        )


def answers(game: str, method: Method, effort: Effort) -> dict[int, Answers | str]:
    """What a method said about a game by budget, asked for now where it isn't kept; or why it refused."""
    played = games(game, effort.n_instances)
    cells = cells_of(game, method)
    return {
        budget: gather(cells, method, played, budget, effort.n_seeds)
        for budget in budgets(played[0].n_players, effort.most, all_steps=method.name == LEADING)
    }


def cells_of(game: str, method: Method) -> Cells:
    """Where a method's answers about a game are kept."""
    slug = re.sub(r"\W+", "-", method.name).strip("-")
    return Cells(CACHE / "cells" / game / f"{slug}-{method.version}.jsonl")


def gather(cells: Cells, method: Method, played: list[Game], budget: int, n_seeds: int) -> Answers | str:
    """What a method says with one budget about games of equally many players, or why it refuses."""
    found: list[list[dict[str, Any]]] = []
    for game in played:
        row = []
        for seed in range(n_seeds):
            key = (game.fingerprint, budget, seed)
            result = cells.get(key)
            if result is None:
                result = method(game, game.n_players, budget, seed)
                cells.put(key, result)
            if "refused" in result:
                return str(result["refused"])
            row.append(result)
        found.append(row)
    d = played[0].n_players

    def gathered(name: str, otherwise: Any = None) -> NDArray[np.float64]:
        return np.array([[otherwise if r[name] is None else r[name] for r in row] for row in found], dtype=np.float64)

    return Answers(
        values=gathered("values"),
        std_error=gathered("std_error", [None] * d),
        truth=np.repeat(np.array([game.truth for game in played])[:, None], n_seeds, axis=1),
        n_calls=float(gathered("n_calls").mean()),
        n_distinct=float(gathered("n_distinct").mean()),
        wall=float(gathered("wall").mean()),
    )


def everything(
    names: list[str], effort: Effort, tell: Callable[[str], None]
) -> dict[str, dict[str, dict[int, Answers | str]]]:
    """All answers by game, method and budget."""
    jobs = [(game, method.name) for game in names for method in METHODS]
    for done, (game, method) in enumerate(_worked(jobs, effort), 1):
        tell(f"{done}/{len(jobs)} {game}, {method}")
    return {game: {method.name: answers(game, method, effort) for method in METHODS} for game in names}


def _worked(jobs: list[tuple[str, str]], effort: Effort) -> Iterator[tuple[str, str]]:
    """Each job once its cells are kept."""
    if effort.jobs == 1:
        for job in jobs:
            yield _work(*job, effort)
        return
    with ProcessPoolExecutor(effort.jobs, mp_context=get_context("spawn")) as pool:
        for future in [pool.submit(_work, *job, effort) for job in jobs]:
            yield future.result()


def _work(game: str, method: str, effort: Effort) -> tuple[str, str]:
    answers(game, next(m for m in METHODS if m.name == method), effort)
    return game, method
