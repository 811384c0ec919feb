"""Shapley values of one row of a table, against a background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb import __version__
from xaiweb.core.explanation import Explanation, Player, Provenance, Value
from xaiweb.core.requests import Activations, MethodRun, Progress
from xaiweb.core.shapley.exact import gathers
from xaiweb.core.shapley.hierarchy import Hierarchy, hierarchy
from xaiweb.core.shapley.interactions import INDICES, from_pairs
from xaiweb.core.shapley.plan import ESTIMATORS, Form, Plan, plan
from xaiweb.core.shapley.solution import Solution, Solving, Wanted
from xaiweb.core.shapley.solve import lacking, refuse_lacking, solve
from xaiweb.core.shapley.trees import shap_values
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
            help="auto takes the most accurate way the budget allows, and is exact where it can be. exact refuses to "
            "sample; linear and tree use the model's structure; gaussian_process, least_squares and permutation "
            "sample; owen shares out from coarse to fine over groups of related players.",
            default="auto",
            choices=ESTIMATORS,
        ),
        Parameter(
            name="budget",
            kind="int",
            title="Budget",
            help="Coalitions evaluated. More take longer and make the standard errors smaller. Without one: every "
            "coalition where these are at most 2048, else up to 2048, fewer where the errors are small before.",
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
        Parameter(
            name="interactions",
            kind="choice",
            title="Interactions",
            help="What players do together, beyond what each does. auto gives SII for pairs where it is accurate "
            "enough to show. SII and k-SII can be had from a sample; STII and FSII need every coalition.",
            default="auto",
            choices=("auto", "none", *INDICES),
        ),
        Parameter(
            name="interaction_order",
            kind="int",
            title="Players in an interaction",
            help="Size of the largest sets of players whose interaction is given. 3 needs every coalition.",
            default=2,
            minimum=2,
            maximum=3,
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
    sets = wanted(asked)
    chosen = plan(differs, asked["budget"], spec.scale, asked["estimator"], _forms(spec, asked["estimator"], sets))

    if chosen.n_coalitions:
        yield Progress(0, chosen.n_coalitions)  # so that whoever watches knows the whole from the start

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

    if chosen.way == "trees":
        return tell((yield from _from_trees(spec, x, background, chosen, sets)))

    def related() -> Hierarchy:
        return hierarchy(background, spec.players.columns)

    return tell((yield from solve(differs, chosen, asked["seed"], spec.selected, sets, tell, related)))


def wanted(asked: Mapping[str, Any]) -> Wanted:
    """The interactions that the parameters ask for; ``auto`` is SII without insisting."""
    name, order = asked["interactions"], asked["interaction_order"]
    if name == "none":
        return Wanted(None, order, False)
    return Wanted("SII", order, order > 2) if name == "auto" else Wanted(name, order, True)


def _forms(spec: Spec, estimator: str, sets: Wanted) -> list[Form]:
    """The structures to read exact values from in the spec's scale."""
    forms: list[Form] = ["linear"] if spec.additive else []
    # Trees give pairs by SII; who insists on more, and not on trees, gets it from coalitions.
    if spec.trees and (estimator == "tree" or not sets.insisted or lacking("trees", sets) is None):
        forms.append("tree")
    return forms


def _from_trees(
    spec: Spec, x: NDArray[np.float32], background: NDArray[np.float32], chosen: Plan, sets: Wanted
) -> Solving:
    """Solve from the nodes of the model's trees."""
    assert spec.trees is not None  # the plan takes this way for such a model only
    if sets.insisted:
        refuse_lacking(chosen, sets)
    rows = np.concatenate([x[None], background])
    seen = (yield Activations(rows)) if spec.trees.prepared else rows.astype(np.float64)
    ensemble, selected = spec.trees.ensemble, list(spec.selected)
    index = gathers(sets, chosen.active, 0)
    owner = spec.players.owner[list(spec.trees.columns)]
    values, pairs = yield from shap_values(
        ensemble, owner, seen[0], seen[1:], spec.players.n_players, pairs=index is not None
    )
    found = None
    if index is not None and pairs is not None:
        first, second = (np.array(chosen.active)[at] for at in np.triu_indices(len(chosen.active), 1))
        together = pairs[first, second][:, selected]
        singles = values[list(chosen.active)][:, selected]
        found = from_pairs(index, chosen.active, (singles, np.zeros_like(singles)), (together, np.zeros_like(together)))
    reached = ensemble.predict(seen)[:, selected]
    return Solution(
        values[:, selected],
        np.zeros((len(values), len(selected))),
        reached[1:].mean(axis=0),
        reached[0],
        chosen.estimator,
        0,
        len(rows),
        found,
    )


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
        plan=chosen.reason + solution.note,
        parameters={name: asked[name] for name in ("estimator", "interactions", "interaction_order")}
        | {"budget": chosen.budget},
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
