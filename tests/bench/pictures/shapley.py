"""Shapley values of photos, digits and mails: how many evaluations ours and the peers need for an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

import xaiweb
from tests.bench.accuracy.budgets import budget_of
from tests.bench.accuracy.measures import estimate, relative_error
from tests.bench.accuracy.methods import METHODS, Method
from tests.bench.accuracy.report import FLOOR, answer_cell, percent
from tests.bench.accuracy.run import LEADING, Answers, cells_of, gather
from tests.bench.part import Goal, Part, table
from tests.bench.pictures.games import Picture, Set
from tests.bench.pictures.needed import Curve, Share, held, share
from tests.bench.pictures.torch_peer import CAPTUM
from tests.bench.plot import Line, Panel, chart

MOST = 0.5
BUDGETS = {"2d+2": "2d + 2", "4d": "4d", "8d": "8d", "256": "256", "512": "512", "1024": "1024"}
LADDER = ("2d", "2d+2", "3d", "4d", "6d", "8d", "12d", "16d", "256", "384", "512", "768", "1024")
PEERS = ("shap Kernel, l1_reg=0", "shap Permutation", CAPTUM.name)
OURS = (LEADING, "xaiweb least_squares", "xaiweb permutation")
OWEN = "xaiweb owen"
STEPS = (4, 6, 8, 10, 12, 16, 20, 26, 32, 40, 48, 64, 96, 128, 192, 256)
"""Budgets of Owen values, which split everything soon."""

Asked = Mapping[str, Mapping[str, "Answers | str"]]
"""Answers by method and name of the budget."""


def report(found: Mapping[Set, list[Picture]], n_seeds: int, tell: Callable[[str], None]) -> Part:
    """Error over evaluations, and the share of the best peer's evaluations that ours needs."""
    lines = [
        f"The model's likeliest output for coalitions of a dozen segments or words, {n_seeds} seeds each; the truth is"
        " enumerated. Of a photo or digit the segments are SLIC's, the most alike joined until so many are left; of a"
        " mail they are its first words. What is hidden is hidden as by default: blurred, or a mask token for a run."
        f" `{LEADING}` sees a bare game; `{OWEN}` goes from coarse to fine over the example's own hierarchy and"
        " estimates *Owen* values, so that it ends at their distance from the Shapley values told here.",
        "",
        "The best peer is the one with the smallest mean error at a budget, chosen after the fact. What it evaluated"
        " is counted as distinct coalitions, which favours methods that ask again. *Ours needs* is where the mean error"
        f" of `{LEADING}` comes down to the peer's: on the line through the logarithms of error and evaluations"
        " between the budgets asked. It takes 2d evaluations at least. The interval is a bootstrap's over games, and"
        f" seeds within each, with the best peer chosen anew. The last two columns say the same of `{OWEN}`, which is"
        " what a photo or a text gets by itself; ∞ where it never comes so near to the Shapley values.",
        "",
        "![Relative error over evaluations, one panel a bundle](benchmarks/pictures.svg)",
        "",
    ]
    goals, losses, panels = [], [], []
    for asked, pictures in found.items():
        answers = _answers(asked, pictures, n_seeds, tell)
        d = asked.n_players
        coarse = owen_curve(pictures)
        names = [budget for budget in BUDGETS if budget_of(budget, d) < 2**d]
        shares = {name: _share(curve(answers[LEADING]), answers, name, d) for name in names}
        beside = {name: _share(coarse, answers, name, d) for name in names}
        lines += [
            f"### {asked.title}: {len(pictures)} with {d} players",
            "",
            *_shares(answers, shares, beside),
            "",
            *_details(asked, answers),
            "",
        ]
        goals.append(_goal(asked.title, shares))
        losses += [
            f"- Shapley values, {asked.title.lower()}, {BUDGETS[budget]} evaluations: {one.peer} reaches"
            f" {percent(one.error)} % with {one.theirs:.0f}, ours needs {one.ours:.0f}"
            for budget, one in shares.items()
            if not held(one, 1)
        ]
        panels.append(Panel(f"{asked.title} ({d})", _lines(answers, coarse)))
    svg = chart("Relative error over evaluations", panels, "evaluations", "error, %", FLOOR)
    return Part("Photos, digits and mails: Shapley values", lines, goals, {"pictures.svg": svg}, losses)


def _answers(asked: Set, pictures: list[Picture], n_seeds: int, tell: Callable[[str], None]) -> Asked:
    methods: list[Method] = [*(method for method in METHODS if method.name in (*OURS, *PEERS)), CAPTUM]
    found: dict[str, dict[str, Answers | str]] = {}
    for method in methods:
        cells = cells_of(asked.bundle, method)
        played = [picture.shapley for picture in pictures]
        names = LADDER if method.name == LEADING else BUDGETS
        found[method.name] = {
            name: gather(cells, method, played, budget, n_seeds)
            for name in names
            if (budget := budget_of(name, asked.n_players)) < 2**asked.n_players
        }
        tell(f"{asked.title.lower()}: {method.name}")
    return found


def curve(answers: Mapping[str, Answers | str]) -> Curve:
    """A method's errors by what it evaluated, where it did."""
    known = [answer for answer in answers.values() if isinstance(answer, Answers)]
    known.sort(key=lambda answer: answer.n_distinct)
    return Curve(np.array([a.n_distinct for a in known]), np.stack([a.errors for a in known]))


def _share(ours: Curve, answers: Asked, budget: str, d: int) -> Share:
    peers = {
        peer: (answer.n_distinct, answer.errors)
        for peer in PEERS
        if isinstance(answer := answers[peer].get(budget), Answers) and answer.n_distinct <= budget_of(budget, d)
    }
    return share(ours, peers)


def _shares(answers: Asked, shares: Mapping[str, Share], beside: Mapping[str, Share]) -> list[str]:
    rows = []
    for budget, one in shares.items():
        mine = answers[LEADING].get(budget)
        rows.append(
            [
                BUDGETS[budget],
                one.peer,
                f"{one.theirs:.0f}",
                percent(one.error),
                percent(float(mine.errors.mean())) if isinstance(mine, Answers) else "–",
                _told(one.ours),
                told_share(one),
                _told(beside[budget].ours),
                told_share(beside[budget]),
            ]
        )
    heads = ["budget", "best peer", "evaluated", "error, %", "ours, %", "ours needs", "share", "Owen needs", "share"]
    return table(heads, rows)


def told_share(one: Share) -> str:
    """A share of evaluations with its interval."""
    return f"{_told(one.mean, 2)} ({_told(one.low, 2)}–{_told(one.high, 2)})"


def _told(number: float, digits: int = 0) -> str:
    return f"{number:.{digits}f}" if np.isfinite(number) else "∞"


def _goal(title: str, shares: Mapping[str, Share]) -> Goal:
    enough = [budget for budget, one in shares.items() if held(one, MOST)]
    each = ", ".join(f"{told_share(one)} at {BUDGETS[budget]}" for budget, one in shares.items())
    return Goal(
        f"{title}: for the best peer's error at most half its evaluations, at every budget",
        f"{each}: at {len(enough)} of {len(shares)}",
        len(enough) == len(shares),
    )


def _details(asked: Set, answers: Asked) -> list[str]:
    d = asked.n_players
    names = [name for name in BUDGETS if budget_of(name, d) < 2**d]
    rows = [
        [method, *(answer_cell(found.get(name), budget_of(name, d)) for name in names)]
        for method, found in answers.items()
    ]
    summary = f"<details><summary>{asked.title}, every method: error in percent [evaluations]</summary>"
    return [summary, "", *table(["", *(BUDGETS[name] for name in names)], rows), "", "</details>"]


def _lines(answers: Asked, coarse: Curve) -> list[Line]:
    lines = []
    for name in (LEADING, *PEERS, *OURS[1:]):
        one = curve(answers[name])
        points = [estimate(errors) for errors in one.errors]
        band = name == LEADING
        lines.append(
            Line(
                name,
                one.evaluations.round().tolist(),
                [100 * point.mean for point in points],
                [100 * point.low for point in points] if band else (),
                [100 * point.high for point in points] if band else (),
            )
        )
    errors = 100 * coarse.errors.mean(axis=(1, 2))
    return [*lines, Line(OWEN, coarse.evaluations.tolist(), errors.tolist())]


def owen_curve(pictures: Sequence[Picture]) -> Curve:
    """Owen values' distance from Shapley values, by the budget."""
    errors = [[[_owen_error(picture, budget)] for picture in pictures] for budget in STEPS]
    return Curve(np.array(STEPS, dtype=np.float64), np.array(errors))


def _owen_error(picture: Picture, budget: int) -> float:
    found: NDArray[np.float64] = xaiweb.shapley_values(
        picture, picture.n_players, budget=budget, estimator="owen", hierarchy=picture.tree, interactions="none"
    ).values
    return relative_error(found, picture.shapley.truth)
