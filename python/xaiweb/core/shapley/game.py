"""Shapley values of any game, without a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.drive import run
from xaiweb.core.explanation import Explanation, Player
from xaiweb.core.methods.shapley import METHOD, provenance, wanted
from xaiweb.core.requests import Coalitions, MethodRun, Request
from xaiweb.core.shapley.hierarchy import Hierarchy, halves
from xaiweb.core.shapley.plan import plan
from xaiweb.core.shapley.solution import MAX_COALITIONS, Solution
from xaiweb.core.shapley.solve import solve
from xaiweb.core.spec import Spec
from xaiweb.errors import InputError, ModelError


def shapley_values(
    game: Callable[[NDArray[np.bool_]], Any],
    n_players: int,
    *,
    budget: int | None = None,
    seed: int = 0,
    estimator: str = "auto",
    interactions: str = "auto",
    interaction_order: int = 2,
    hierarchy: Hierarchy | None = None,
) -> Explanation:
    """The Shapley values of a game, exact where the budget covers every coalition.

    Args:
        game: Called with bool ``(n, n_players)``, at most 1024 coalitions at once; gives their
            values, ``(n,)`` or ``(n, n_outputs)``. The arrays of the result have the same rank.
        n_players: Number of players.
        budget: Distinct coalitions evaluated, the empty and the full one included; None for all of them
            where these are at most 2048, else up to 2048, fewer where the standard errors are small before.
        seed: Seed of the sampling, any non-negative integer.
        estimator: ``auto``, ``exact``, ``least_squares``, ``permutation``, ``gaussian_process`` or ``owen``.
        interactions: ``auto`` gives ``explanation.interactions`` by SII for pairs where they are accurate
            enough to show, ``none`` none; ``SII``, ``k-SII``, ``STII`` or ``FSII`` insist.
        interaction_order: Size of the largest sets of interacting players, 2 or 3.
        hierarchy: Which players go together: nested tuples of their indices, as in ``((0, 1), (2, 3))``. With
            one, ``auto`` gives Owen values above 60 players; without, ``owen`` halves the players in order.

    Raises:
        InputError: An argument can't be used; a :class:`BudgetError` where the budget is too small.
        ModelError: The game gave something that isn't finite, or of another shape.

    Example:
        >>> shapley_values(lambda masks: masks @ [1.0, 2.0], 2).values
        array([1., 2.])
    """
    if isinstance(n_players, bool) or not hasattr(n_players, "__index__") or n_players < 1:
        raise InputError(
            f"{n_players!r} is not a number of players.",
            where='parameter "n_players"',
            next="Give a whole number, 1 or more.",
            code="parameter",
        )
    names = tuple(f"player {index}" for index in range(n_players))
    spec = Spec(
        outputs=("value",),
        selected=(0,),
        chunk_rows=MAX_COALITIONS,
    )
    given = {"estimator": estimator, "budget": budget, "seed": seed}
    asked = METHOD.read(given | {"interactions": interactions, "interaction_order": interaction_order})
    differs = np.ones((1, n_players), dtype=np.bool_)  # every player counts, against one nameless background
    known = hierarchy is not None
    chosen = plan(differs, asked["budget"], spec.scale, asked["estimator"], related=known)

    def tell(solution: Solution) -> Explanation:
        n_outputs = len(solution.prediction)
        return Explanation(
            players=tuple(Player(name) for name in names),
            outputs=("value",) if n_outputs == 1 else tuple(f"value {index}" for index in range(n_outputs)),
            base_values=solution.base_values,
            prediction=solution.prediction,
            values=solution.values,
            std_error=solution.std_error,
            provenance=provenance(spec, asked, chosen, solution),
            interactions=solution.interactions,
        )

    def related() -> Hierarchy:
        return halves(n_players) if hierarchy is None else hierarchy

    def solving() -> MethodRun:
        return tell((yield from solve(differs, chosen, asked["seed"], None, wanted(asked), tell, related)))

    engine = _Game(game)
    explanation = run(solving(), engine)
    return explanation.squeeze() if engine.rank == 1 else explanation


class _Game:
    """An engine that asks a function of coalitions."""

    def __init__(self, game: Callable[[NDArray[np.bool_]], Any]) -> None:
        self._game = game
        self.rank = 2

    def answer(self, request: Request) -> NDArray[np.float64]:
        """The game's values, ``(n, n_outputs)``."""
        assert isinstance(request, Coalitions)  # a game has no rows to predict
        given = self._game(request.masks)
        try:
            found = np.asarray(given)
            values = found.astype(np.float64, casting="unsafe" if found.dtype == object else "same_kind")
        except (TypeError, ValueError) as reason:  # lists of different lengths, words, complex numbers
            raise _refusal(f"The game answered with something else than numbers ({reason}).") from None
        if values.ndim == 2 and values.shape[1] == 0:
            raise _refusal("The game answered without any output.")
        self.rank = values.ndim
        return values[:, None] if values.ndim == 1 else values


def _refusal(message: str) -> ModelError:
    return ModelError(
        message, where="game", next="Return an array of numbers, (n,) or (n, n_outputs).", code="model-shape"
    )
