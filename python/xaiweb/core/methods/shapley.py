"""Shapley values: of the columns of a row against a background, of the segments of a photo, of the words of a text."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Explanation, Provenance
from xaiweb.core.requests import Activations, Progress, SharingRun, Work
from xaiweb.core.shapley.exact import gathers
from xaiweb.core.shapley.interactions import INDICES, from_pairs
from xaiweb.core.shapley.plan import ESTIMATORS, Form, Plan, plan
from xaiweb.core.shapley.solution import Sharing, Solution, Wanted
from xaiweb.core.shapley.solve import lacking, refuse_lacking, solve
from xaiweb.core.shapley.trees import mean_prediction, shap_values
from xaiweb.core.spec import Method, Parameter, Spec
from xaiweb.core.subjects.row import Row
from xaiweb.core.subjects.subject import Subject

METHOD = Method(
    name="shapley",
    title="Shapley values",
    modalities=("tabular", "image", "text"),
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
    additive=True,
)

MOST_BY_ITSELF = 2048
"""Coalitions of a game that are all evaluated without being asked for."""


def explain(spec: Spec, subject: Subject, asked: Mapping[str, Any]) -> SharingRun:
    """The running method; it returns the explanation.

    The value of a coalition of a row's players is the mean prediction over the background rows with the
    coalition's players taken from the explained row (interventional Shapley values; Lundberg & Lee 2017,
    equation 11, with features independent of each other). Of a photo or a text it is the prediction with
    everything else hidden: one background.

    Args:
        spec: What is asked of the model.
        subject: What is explained.
        asked: A value for each parameter.

    Raises:
        InputError: An estimator or an interaction can't be had here.
        BudgetError: The budget is too small.
    """
    differs = subject.differs
    sets = wanted(asked)
    estimator, budget = asked["estimator"], asked["budget"]
    if 2 ** int(differs.any(axis=0).sum()) > (MOST_BY_ITSELF if budget is None else budget):
        budget = subject.default_budget if budget is None else budget
        estimator = "owen" if subject.nested and estimator == "auto" else estimator
    chosen = plan(differs, budget, spec.scale, estimator, _forms(subject, estimator, sets))

    if chosen.n_coalitions:
        yield Progress(0, chosen.n_coalitions)  # so that whoever watches knows the whole from the start

    def tell(solution: Solution) -> Explanation:
        return Explanation(
            players=subject.players,
            outputs=spec.explained,
            base_values=solution.base_values,
            prediction=solution.prediction,
            values=solution.values,
            std_error=solution.std_error,
            provenance=provenance(spec, asked, chosen, solution),
            interactions=solution.interactions,
            segments=subject.segment_map,
        )

    if chosen.way == "trees":
        assert isinstance(subject, Row)  # only a table's model has the form
        return tell((yield from _from_trees(spec, subject, chosen, sets)))
    return tell((yield from solve(differs, chosen, asked["seed"], spec.selected, sets, tell, subject.hierarchy)))


def wanted(asked: Mapping[str, Any]) -> Wanted:
    """The interactions that the parameters ask for; ``auto`` is SII without insisting."""
    name, order = asked["interactions"], asked["interaction_order"]
    if name == "none":
        return Wanted(None, order, False)
    return Wanted("SII", order, order > 2) if name == "auto" else Wanted(name, order, True)


def _forms(subject: Subject, estimator: str, sets: Wanted) -> tuple[Form, ...]:
    """The structures to read exact values from."""
    # Trees give pairs by SII; who insists on more, and not on trees, gets it from coalitions.
    if estimator != "tree" and sets.insisted and lacking("trees", sets) is not None:
        return tuple(form for form in subject.forms if form != "tree")
    return subject.forms


def _from_trees(spec: Spec, row: Row, chosen: Plan, sets: Wanted) -> Sharing:
    """Solve from the nodes of the model's trees, several rows at once where they are asked for together."""
    trees, groups = row.table.trees, row.table.groups
    assert trees is not None  # the plan takes this way for such a model only
    if sets.insisted:
        refuse_lacking(chosen, sets)
    x, background = row.x[None], row.background
    if trees.prepared:
        x, background = (yield Activations(x)), (yield Activations(background))
    selected = list(spec.selected)
    index = gathers(sets, chosen.active, 0)

    def read_off(rows: list[NDArray[np.float64]]) -> Generator[Progress, None, list[Any]]:
        seen, others = (np.asarray(part, dtype=np.float64) for part in (np.concatenate(rows), background))
        owner = groups.owner[list(trees.columns)]
        values, pairs = yield from shap_values(
            trees.ensemble, owner, seen, others, groups.n_players, pairs=index is not None
        )
        base, predictions = mean_prediction(trees.ensemble, others), trees.ensemble.predict(seen)
        return [
            (values[i], None if pairs is None else pairs[i], base[selected], predictions[i, selected])
            for i in range(len(seen))
        ]

    values, pairs, base, prediction = yield Work(read_off, x, (trees, background, groups, spec, index))
    found = None
    if index is not None and pairs is not None:
        first, second = (np.array(chosen.active)[at] for at in np.triu_indices(len(chosen.active), 1))
        together = pairs[first, second][:, selected]
        singles = values[list(chosen.active)][:, selected]
        found = from_pairs(index, chosen.active, (singles, np.zeros_like(singles)), (together, np.zeros_like(together)))
    return Solution(
        values[:, selected],
        np.zeros((len(values), len(selected))),
        base,
        prediction,
        chosen.estimator,
        0,
        1 + len(background),
        found,
    )


def provenance(spec: Spec, asked: Mapping[str, Any], chosen: Plan, solution: Solution) -> Provenance:
    """How a solution came about."""
    return spec.provenance(
        METHOD.name,
        solution.estimator,
        chosen.reason + solution.note,
        {name: value for name, value in asked.items() if name != "seed"} | {"budget": chosen.budget},
        seed=asked["seed"],
        n_coalitions=solution.n_coalitions,
        n_model_rows=solution.n_model_rows,
    )
