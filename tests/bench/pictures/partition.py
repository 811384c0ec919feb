"""Owen values beside shap's PartitionExplainer, on the same hierarchy."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import shap
from numpy.typing import NDArray

import xaiweb
from tests.bench.accuracy.counted import Counted
from tests.bench.accuracy.measures import estimate, relative_error
from tests.bench.accuracy.report import FLOOR, percent, told
from tests.bench.part import Goal, Part, table
from tests.bench.pictures.games import Picture, Set
from tests.bench.pictures.needed import Curve, Share, held, share
from tests.bench.pictures.shapley import told_share
from tests.bench.pictures.trees import Tree, linkage
from tests.bench.plot import Line, Panel, chart

MOST = 1.0
BUDGETS = (20, 50, 100, 200)
LADDER = (4, 6, 8, 10, 12, 16, 20, 26, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256)
OURS = "xaiweb owen"
PEERS = {"shap Partition": None, "shap Partition, hidden context": 0, "shap Partition, shown context": 1}
"""shap's explainer by the context that a group is met in: every one, or everything else hidden, or shown. With one it
costs less to go down the whole hierarchy, but what it ends at aren't Owen values."""

Ask = Callable[[Counted, int, Tree, int], NDArray[np.float64]]


def ours(game: Counted, d: int, tree: Tree, budget: int) -> NDArray[np.float64]:
    """Ours, over a hierarchy."""
    found: NDArray[np.float64] = xaiweb.shapley_values(
        game, d, budget=budget, estimator="owen", hierarchy=tree, interactions="none"
    ).values
    return found


def theirs(game: Counted, d: int, tree: Tree, budget: int, context: int | None = None) -> NDArray[np.float64]:
    """shap's, over the same."""
    np.random.seed(0)  # noqa: NPY002 - shap draws among equals from it
    masker = shap.maskers.Partition(np.zeros((1, d)), clustering=linkage(tree))
    explainer = shap.explainers.Partition(lambda rows: game(rows > 0.5), masker)
    found = explainer(np.ones((1, d)), max_evals=budget, fixed_context=context, batch_size=2, silent=True)
    values: NDArray[np.float64] = found.values[0]
    return values


def report(found: Mapping[Set, list[Picture]], tell: Callable[[str], None]) -> Part:
    """Errors of Owen values by evaluations, and the share of shap's that ours needs."""
    lines = [
        "The same games over the same binary hierarchies: neighbouring segments of like colour, or halves of a mail's"
        " sentences. The truth is the Owen value by its definition. shap's explainer is given the hierarchy as"
        " `clustering` and is asked as it comes, with every context of a group, and by its option with one: everything"
        " else hidden, or everything else shown. It evaluates two coalitions at once, so that it chooses as often as"
        " it can. In brackets what it evaluated. Neither draws at random, so the interval is a bootstrap's over games"
        " alone.",
        "",
        "![Relative error of Owen values over evaluations, one panel a bundle](benchmarks/owen.svg)",
        "",
    ]
    goals, losses, panels = [], [], []
    for asked, pictures in found.items():
        peers = {name: curve(pictures, lambda *a, c=context: theirs(*a, c), BUDGETS) for name, context in PEERS.items()}
        mine = curve(pictures, ours, LADDER)
        tell(f"{asked.title.lower()}: Owen values")
        shares = {
            budget: share(mine, {name: (one.evaluations[i], one.errors[i]) for name, one in peers.items()})
            for i, budget in enumerate(BUDGETS)
        }
        lines += [f"### {asked.title}: Owen values", "", *_table(mine, peers, shares), ""]
        each = ", ".join(f"{told_share(one)} at {budget}" for budget, one in shares.items())
        goals.append(
            Goal(
                f"{asked.title}: Owen values need no more evaluations than shap's Partition for its error",
                each,
                all(held(one, MOST) for one in shares.values()),
            )
        )
        losses += [
            f"- Owen values, {asked.title.lower()}, {budget} evaluations: {one.peer} reaches {percent(one.error)} %"
            f" with {one.theirs:.0f}, ours needs {one.ours:.0f}"
            for budget, one in shares.items()
            if not held(one, MOST)
        ]
        panels.append(Panel(f"{asked.title} ({asked.n_players})", _lines(mine, peers)))
    svg = chart("Relative error of Owen values over evaluations", panels, "evaluations", "error, %", FLOOR)
    return Part("Photos, digits and mails: Owen values", lines, goals, {"owen.svg": svg}, losses)


def curve(pictures: list[Picture], ask: Ask, budgets: tuple[int, ...]) -> Curve:
    """A method's errors by what it evaluated."""
    evaluations, errors = [], []
    for budget in budgets:
        spent, missed = [], []
        for picture in pictures:
            game = Counted(picture)
            values = ask(game, picture.n_players, picture.tree, budget)
            spent.append(game.n_distinct)
            missed.append([relative_error(values, picture.owen)])
        evaluations.append(float(np.mean(spent)))
        errors.append(np.array(missed))
    return Curve(np.array(evaluations), np.stack(errors))


def _table(mine: Curve, peers: Mapping[str, Curve], shares: Mapping[int, Share]) -> list[str]:
    rows = []
    for i, budget in enumerate(BUDGETS):
        own = estimate(mine.errors[LADDER.index(budget)])
        cells = [f"{told(estimate(one.errors[i]))} [{one.evaluations[i]:.0f}]" for one in peers.values()]
        rows.append([str(budget), told(own), *cells, f"{shares[budget].ours:.0f}", told_share(shares[budget])])
    return table(["budget", OURS, *peers, "ours needs", "share of the best"], rows)


def _lines(mine: Curve, peers: Mapping[str, Curve]) -> list[Line]:
    return [
        Line(name, one.evaluations.round().tolist(), (100 * one.errors.mean(axis=(1, 2))).tolist())
        for name, one in {OURS: mine, **peers}.items()
    ]
