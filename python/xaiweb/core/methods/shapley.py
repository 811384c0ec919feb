"""Shapley values of one row of a table, against a background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb import __version__
from xaiweb.core.explanation import Explanation, Player, Provenance, Value
from xaiweb.core.requests import MethodRun, Progress
from xaiweb.core.shapley.plan import ESTIMATORS, Plan, plan
from xaiweb.core.shapley.solution import Solution
from xaiweb.core.shapley.solve import solve
from xaiweb.core.spec import Feature, Method, Parameter, Spec
from xaiweb.errors import InputError

METHOD = Method(
    name="shapley",
    title="Shapley values",
    modalities=("tabular",),
    needs=("coalitions",),
    parameters=(
        Parameter(
            name="estimator",
            kind="choice",
            title="Estimator",
            help="auto is exact where that is affordable and samples otherwise; exact refuses to sample; "
            "least_squares solves by least squares.",
            default="auto",
            choices=ESTIMATORS,
        ),
        Parameter(
            name="budget",
            kind="int",
            title="Budget",
            help="Coalitions evaluated at most. More take longer and make the standard errors smaller. "
            "Without one: every coalition where these are at most 2048, else 2048.",
            default=None,
        ),
        Parameter(
            name="seed",
            kind="int",
            title="Seed",
            help="Which coalitions are drawn when sampling; the same seed draws the same ones.",
            default=0,
            minimum=0,
        ),
    ),
    reference="Lundberg & Lee 2017, A Unified Approach to Interpreting Model Predictions, NeurIPS 30.",
    summary="Shares the difference between this prediction and the background's mean prediction out among the players.",
)


def explain(
    spec: Spec, x: NDArray[np.float32], background: NDArray[np.float32], parameters: Mapping[str, object]
) -> MethodRun:
    """The running method; it returns the explanation.

    The value of a coalition is the mean prediction over the background rows with the coalition's
    players taken from the explained row (interventional Shapley values; Lundberg & Lee 2017,
    equation 11, with features independent of each other).

    Args:
        spec: What is explained.
        x: float32 ``(n_features,)``, the explained row.
        background: float32 ``(n_background, n_features)``.
        parameters: Values for the parameters of :data:`METHOD`; absent or None is the default.

    Raises:
        InputError: A parameter or the background can't be used.
        BudgetError: The budget is too small.
    """
    asked = METHOD.read(parameters)
    _check("row", x, (len(spec.features),))
    _check("background", background, (len(background), len(spec.features)))
    differs = spec.players.differs(x, background)
    chosen = plan(differs, asked["budget"], spec.scale, asked["estimator"])

    def tell(solution: Solution) -> Explanation:
        return Explanation(
            players=tuple(_players(spec, x)),
            outputs=tuple(spec.outputs[index] for index in spec.selected),
            base_values=solution.base_values,
            prediction=solution.prediction,
            values=solution.values,
            std_error=solution.std_error,
            provenance=provenance(spec, asked, chosen, solution),
            interactions=solution.interactions,
        )

    yield Progress(0, chosen.n_coalitions)  # so that whoever watches knows the whole from the start
    return tell((yield from solve(differs, chosen, asked["seed"], spec.selected, tell)))


def _check(name: str, array: NDArray[np.float32], shape: tuple[int, ...]) -> None:
    """Refuses a row or background of another shape or with infinite cells; NaN is a missing value."""
    if array.shape != shape:
        raise InputError(
            f"It has the shape {array.shape}.",
            where=name,
            next=f"Give {shape[-1]} columns, as the model has.",
            code="shape",
        )
    if np.isinf(array).any():
        column = int(np.argwhere(np.isinf(array))[0][-1])
        raise InputError(
            "A cell is infinite.", where=f"{name}, column {column}", next="Give a number.", code="infinite"
        )


def provenance(spec: Spec, asked: Mapping[str, Any], chosen: Plan, solution: Solution) -> Provenance:
    """How a solution came about; the wall time is left to whoever drives."""
    return Provenance(
        method=METHOD.name,
        estimator=solution.estimator,
        plan=chosen.reason,
        parameters={"estimator": asked["estimator"], "budget": chosen.budget},
        seed=asked["seed"],
        scale=spec.scale,
        n_coalitions=solution.n_coalitions,
        n_model_rows=solution.n_model_rows,
        chunk_rows=spec.chunk_rows,
        elapsed_ms=None,
        engine=spec.engine,
        provider=spec.provider,
        model_sha256=spec.model_sha256,
        core_version=__version__,
    )


def _players(spec: Spec, x: NDArray[np.float32]) -> list[Player]:
    """All players with their cells of the explained row."""
    players = []
    for name, columns in zip(spec.players.names, spec.players.columns, strict=True):
        cells = tuple(_cell(spec.features[column], x[column]) for column in columns)
        names = tuple(spec.features[column].name for column in columns)
        players.append(Player(name, names, cells[0] if len(cells) == 1 else cells))
    return players


def _cell(feature: Feature, number: np.float32) -> Value:
    """A cell as a person wrote it: the word of a level, None where missing, else the shortest such number."""
    if np.isnan(number):
        return None
    if feature.levels is not None and number == np.floor(number) and 0 <= number < len(feature.levels):
        return feature.levels[int(number)]
    return float(str(number))
