"""Shapley values of a game, before they are told as an explanation."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Explanation, Interactions
from xaiweb.core.requests import Message, Progress, Request, Work
from xaiweb.core.shapley.interactions import Index

T = TypeVar("T")

MAX_COALITIONS = 1024
"""Coalitions in one request over the whole background."""
MAX_ROWS = 4096
"""Coalitions in one request on one background row each."""


@dataclass(frozen=True, eq=False)
class Solution:
    """Values of all players for the selected outputs, and what they cost.

    Attributes:
        values: float64 ``(n_players, n_outputs)``.
        std_error: float64 ``(n_players, n_outputs)``; 0 where exact, NaN where unknown.
        base_values: float64 ``(n_outputs,)``, the value of the empty coalition.
        prediction: float64 ``(n_outputs,)``, the value of the full one.
        estimator: The estimator that ran.
        n_coalitions: Coalitions evaluated so far.
        n_model_rows: Model rows run so far.
        interactions: Of sets of players, by their indices among all players; None where there are none.
        note: What else provenance should say of it, whole sentences.
    """

    values: NDArray[np.float64]
    std_error: NDArray[np.float64]
    base_values: NDArray[np.float64]
    prediction: NDArray[np.float64]
    estimator: str
    n_coalitions: int
    n_model_rows: int
    interactions: Interactions | None = None
    note: str = ""


@dataclass(frozen=True)
class Wanted:
    """Which interactions to give along with the values.

    Attributes:
        index: One of ``interactions.INDICES``; None for none.
        order: Size of the largest sets.
        insisted: Whether they were asked for by name, so that it is said where they can't be had.
    """

    index: Index | None
    order: int
    insisted: bool


Solving: TypeAlias = Generator[Request | Message, Any, Solution]
"""A running solver: yields requests and messages, returns the solution."""
Sharing: TypeAlias = Generator[Request | Work | Message, Any, Solution]
"""The same, with work that several solvers can share."""
Tell: TypeAlias = Callable[[Solution], Explanation]
"""Turns an intermediate solution into the explanation of a partial."""
Selected: TypeAlias = tuple[int, ...] | None
"""Indices of the outputs to solve for; None for all of the reply."""


def heard(work: Generator[None, None, T], at: Progress) -> Generator[Progress, None, T]:
    """Work that computes for a while, with a message at each of its pauses, so that whoever drives it may stop it.

    Args:
        work: Pauses now and then.
        at: What is told each time.
    """
    while True:
        try:
            next(work)
        except StopIteration as stop:
            result: T = stop.value
            return result
        yield at


def select(reply: NDArray[np.float64], selected: Selected) -> NDArray[np.float64]:
    """The selected columns of a reply, float64 ``(n, n_outputs)``."""
    return reply if selected is None else reply[:, list(selected)]


def scatter(n_players: int, active: tuple[int, ...], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of the active players, ``(n_active, n_outputs)``, among zeros for all, ``(n_players, n_outputs)``."""
    result = np.zeros((n_players, values.shape[1]))
    result[list(active)] = values
    return result
