"""The accuracy part of the document: tables, plots and goals out of the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tests.bench.accuracy import stress as stresses
from tests.bench.accuracy.budgets import BUDGETS, budget_of
from tests.bench.accuracy.measures import (
    NOTHING,
    Coverage,
    Estimate,
    coverage,
    difference,
    estimate,
    rises,
    verdict,
)
from tests.bench.accuracy.methods import BOOTSTRAP, METHODS, OURS, PEERS
from tests.bench.accuracy.run import LEADING, Answers, Effort, everything
from tests.bench.part import Goal, Part, table
from tests.bench.plot import Line, Panel, chart

Found = Mapping[str, Mapping[str, Mapping[int, Answers | str]]]
PERMUTATIONS = "shap Permutation"
DRAWN = (LEADING, *(m.name for m in PEERS if m.name != "shap Exact"))
FLOOR = 1e-4
"""Percent; errors below are drawn here."""
SOME = {"2d+2": "2d + 2", "8d": "8d", "512": "512", "2048": "2048"}


def report(names: list[str], sealed: bool, effort: Effort, tell: Callable[[str], None]) -> list[Part]:
    """The parts on accuracy for these games."""
    found = everything(names, effort, tell)
    which = "sealed" if sealed else "open"
    return [_accuracy(found, which, effort), _details(found, which), _ladder(found, which), _coverage(found, which)]


def percent(value: float) -> str:
    """A share as percent with three digits; the rounding of exact answers as 0."""
    if value < NOTHING:
        return "0"
    return f"{100 * value:.3g}" if value < 9.995 else f"{100 * value:.0f}"


def told(found: Estimate) -> str:
    """A mean error with its interval."""
    if found.high < NOTHING:
        return "0"
    return f"{percent(found.mean)} ({percent(found.low)}–{percent(found.high)})"


def within(found: Mapping[str, Mapping[int, Answers | str]], name: str, budget: int) -> Answers | None:
    """What a method answered without more distinct coalitions than the budget; shap's Exact may need more."""
    answer = found[name].get(budget)
    return answer if isinstance(answer, Answers) and answer.n_distinct <= budget else None


def best_peer(found: Mapping[str, Mapping[int, Answers | str]], budget: int) -> str:
    """The peer with the smallest mean error within a budget; of equals the first."""
    errors = {
        peer.name: max(NOTHING, float(answer.errors.mean()))
        for peer in PEERS
        if (answer := within(found, peer.name, budget)) is not None
    }
    return min(errors, key=lambda name: errors[name])


def _accuracy(found: Found, which: str, effort: Effort) -> Part:
    """Ours beside the best peer of each cell."""
    lines, goals, losses = [], [], []
    for label in BUDGETS:
        rows, verdicts = [], {}
        for game, methods in found.items():
            d = _players(methods)
            budget = budget_of(label, d)
            mine = within(methods, LEADING, budget)
            peer = PERMUTATIONS if label == "2d+2" else best_peer(methods, budget)
            theirs = within(methods, peer, budget)
            assert theirs is not None
            if mine is None:
                verdicts[game] = "refused"
                rows.append([game, str(d), "refused", told(estimate(theirs.errors)), peer, "", "refused"])
                continue
            gap = difference(mine.errors, theirs.errors)
            verdicts[game] = verdict(gap)
            best = best_peer(methods, budget)
            shown = [told(estimate(mine.errors)), told(estimate(theirs.errors)), peer]
            gaps = f"{_signed(gap.mean)} ({_signed(gap.low)} to {_signed(gap.high)})"
            rows.append([game, str(d), *shown, gaps, _strong(verdicts[game])])
            if verdicts[game] == "worse":
                losses.append(f"- {game}, {SOME[label]} coalitions: {shown[0]} % against {shown[1]} % ({peer})")
            if label == "2d+2" and best != peer:
                other = within(methods, best, budget)
                assert other is not None
                shown = [told(estimate(mine.errors)), told(estimate(other.errors)), best]
                gap = difference(mine.errors, other.errors)
                gaps = f"{_signed(gap.mean)} ({_signed(gap.low)} to {_signed(gap.high)})"
                rows.append(["", "", *shown, gaps, f"({verdict(gap)})"])
        lost = [game for game, said in verdicts.items() if said in ("worse", "refused")]
        counted = {kind: sum(said == kind for said in verdicts.values()) for kind in ("better", "level")}
        opponent = "antithetic permutations (shap)" if label == "2d+2" else "the best peer of each game"
        lines += [f"### {SOME[label]} coalitions", ""]
        heads = ["game", "d", "xaiweb auto", "peer", "which", "ours − theirs", ""]
        lines += [*table(heads, rows), ""]
        goals.append(
            Goal(
                f"{SOME[label]} coalitions, {which} games: never worse than {opponent}",
                f"better on {counted['better']}, level on {counted['level']}, worse on {len(lost)}"
                + (f" ({', '.join(lost)})" if lost else ""),
                not lost,
            )
        )
    panels = [Panel(f"{game} ({_players(methods)})", _lines(methods)) for game, methods in found.items()]
    svg = chart(f"Relative error over the budget, {which} games", panels, "coalitions", "error, %", FLOOR)
    name = f"error-{which}.svg"
    intro = [
        f"Relative L2 error in percent, the mean over {effort.n_instances} rows × {effort.n_seeds} seeds, with its"
        " 95 % bootstrap interval (rows drawn with replacement, then seeds). The difference is taken pair by pair;"
        " a game is *better* or *worse* where its whole interval lies on one side of 0. 0 means exact."
        " The peer is the best of all with that budget, chosen after the fact, which favours it;"
        " at 2d + 2 it is shap's Permutation, with the best of all in brackets below where that is another.",
        "",
        f"![Relative error over the budget for every method, one panel a game](benchmarks/{name})",
        "",
    ]
    return Part(f"Accuracy, {which} games", [*intro, *lines], goals, {name: svg}, losses)


def _players(methods: Mapping[str, Mapping[int, Answers | str]]) -> int:
    return next(a.truth.shape[-1] for by in methods.values() for a in by.values() if isinstance(a, Answers))


def _signed(value: float) -> str:
    return "0" if abs(value) < NOTHING else f"{100 * value:+.2g}".replace("-", "−")


def _strong(said: str) -> str:
    return f"**{said}**" if said == "worse" else said


def _lines(methods: Mapping[str, Mapping[int, Answers | str]]) -> list[Line]:
    lines = []
    for name in DRAWN:
        points = {
            budget: estimate(answer.errors)
            for budget, answer in methods[name].items()
            if isinstance(answer, Answers) and answer.n_distinct <= budget
        }
        band = name == LEADING
        lines.append(
            Line(
                name,
                list(points),
                [100 * p.mean for p in points.values()],
                [100 * p.low for p in points.values()] if band else (),
                [100 * p.high for p in points.values()] if band else (),
            )
        )
    return [line for line in lines if line.x]


def _details(found: Found, which: str) -> Part:
    """Every method on every game."""
    lines = [
        "Relative L2 error in percent with its interval. In brackets, where it isn't the budget: the distinct"
        " coalitions that were evaluated, the empty and the full one included. `–`: the method does without that"
        " budget. The last column is the method's own time at 2048, the game's taken off.",
        "",
    ]
    for game, methods in found.items():
        d = _players(methods)
        rows = []
        for method in METHODS:
            if not method.estimates:
                continue
            row = [method.name]
            for label in BUDGETS:
                budget = budget_of(label, d)
                answer = methods[method.name].get(budget)
                row.append(answer_cell(answer, min(budget, 2**d)))
            last = methods[method.name].get(2048)
            row.append(f"{last.wall * 1e3:.0f} ms" if isinstance(last, Answers) else "–")
            rows.append(row)
        heads = ["", *(SOME[label] for label in BUDGETS), "time"]
        lines += [f"<details><summary>{game}, {d} players</summary>", "", *table(heads, rows), "", "</details>", ""]
    return Part(f"Every method, {which} games", lines)


def answer_cell(answer: Answers | str | None, budget: int) -> str:
    """A mean error with its interval, and in brackets what was evaluated where that isn't the budget."""
    if not isinstance(answer, Answers):
        return "–"
    used = "" if abs(answer.n_distinct - budget) < 0.5 else f" [{answer.n_distinct:.0f}]"
    return told(estimate(answer.errors)) + used


def _ladder(found: Found, which: str) -> Part:
    """More budget on the games of real models."""
    steps = {}
    for game, methods in found.items():
        known = [(b, a) for b, a in methods[LEADING].items() if isinstance(a, Answers)]
        for (less, before), (more, after) in pairwise(known):
            steps[f"{game}, {less} → {more}"] = difference(after.errors, before.errors)
    return Part(f"More budget, {which} games", *_steps(steps, f"{which} games"))


def _steps(steps: dict[str, Estimate], which: str) -> tuple[list[str], list[Goal]]:
    risen = rises(steps)
    alone = [name for name, step in steps.items() if step.low > 0 and step.mean > NOTHING]
    lines = [
        f"{len(steps)} steps from one budget to the next. Taken one by one, {len(alone)} rise beyond their 95 %"
        f" interval (chance alone: about {0.025 * len(steps):.0f}); corrected for their number, {len(risen)} do.",
        "",
        *(
            f"- {name}: {_signed(steps[name].mean)} points" + (" **(risen)**" if name in risen else "")
            for name in alone
        ),
        "",
    ]
    goal = Goal(
        f"More budget never makes it worse, {which}",
        f"{len(risen)} of {len(steps)} steps rise beyond their interval",
        not risen,
    )
    return lines, [goal]


def stress_report(players: range, n_seeds: int, tell: Callable[[str], None]) -> Part:
    """More budget on games with sharp edges."""
    found = stresses.stress(players, n_seeds, tell)
    steps, ratios = {}, {}
    squares = {(s.game, s.n_players): s for s in found["xaiweb least_squares"]}
    for one in found[LEADING]:
        known = list(one.errors.items())
        for (less, before), (more, after) in pairwise(known):
            steps[f"{one.game}, d = {one.n_players}, {less} → {more}"] = difference(after, before)
        for budget, errors in known:
            beside = squares[one.game, one.n_players].errors.get(budget)
            if beside is not None and beside.mean() > NOTHING:
                ratios[f"{one.game}, d = {one.n_players}, {budget}"] = float(errors.mean() / beside.mean())
    lines, goals = _steps(steps, "stress games")
    worst = max(ratios, key=lambda name: ratios[name])
    goals.append(
        Goal(
            "Stress games: at most twice the error of least squares",
            f"at most {ratios[worst]:.2f} times ({worst})",
            ratios[worst] <= 2,
        )
    )
    games = dict.fromkeys(one.game for one in found[LEADING])
    panels = [Panel(game, [_stress_line(one) for one in found[LEADING] if one.game == game]) for game in games]
    svg = chart("Error over the budget, stress games", panels, "coalitions", "error, %", FLOOR)
    intro = [
        f"AND, OR, majority, weighted voting, parity, max, a saturated sigmoid and noise, with {players.start} to"
        f" {players[-1]} players, {n_seeds} seeds each. The L2 error is told over the range of the game's values,"
        " since some have Shapley values of 0.",
        "",
        "![Error over the budget, one panel a game](benchmarks/stress.svg)",
        "",
    ]
    return Part("More budget, stress games", [*intro, *lines], goals, {"stress.svg": svg})


def _stress_line(one: stresses.Stress) -> Line:
    return Line(f"d = {one.n_players}", list(one.errors), [100 * float(e.mean()) for e in one.errors.values()])


def _coverage(found: Found, which: str) -> Part:
    """How often the intervals hold the truth."""
    lines = [
        "Share of the values whose value ± 1.96 standard errors holds the truth, in percent (nominal: 95), and in"
        " brackets the mean width of these intervals in percent of the L2 norm of all values. The pair bootstrap"
        " redraws least squares' pairs 100 times. `exact`: every coalition was seen.",
        "",
    ]
    shown = (*OURS, BOOTSTRAP)
    held: dict[str, list[Coverage]] = {method.name: [] for method in shown}
    for label in BUDGETS:
        rows = []
        for game, methods in found.items():
            row = [game]
            for method in shown:
                answer = methods[method.name].get(budget_of(label, _players(methods)))
                said = _covered(answer) if isinstance(answer, Answers) else "–"
                if isinstance(said, Coverage):
                    held[method.name].append(said)
                row.append(_shown(said))
            rows.append(row)
        heads = ["", *(method.name for method in shown)]
        lines += [f"### {SOME[label]} coalitions: coverage", "", *table(heads, rows), ""]
    mine = [c.share for c in held[LEADING] if np.isfinite(c.share)]
    mean = float(np.mean(mine)) if mine else float("nan")
    silent = float(np.mean([c.silent for c in held[LEADING]])) if held[LEADING] else 0.0
    least = min(mine, default=float("nan"))
    goal = Goal(
        f"Intervals hold the truth at least 92 % of the time over all {which} games",
        f"{percent(mean)} %, at worst {percent(least)} % in a game and budget; {percent(silent)} % come without one",
        mean >= 0.92,
    )
    return Part(f"Intervals, {which} games", lines, [goal])


def _covered(answer: Answers) -> Coverage | str:
    def flat(array: NDArray[np.float64]) -> NDArray[np.float64]:
        return array.reshape(-1, array.shape[-1])

    return coverage(flat(answer.values), flat(answer.std_error), flat(answer.truth)) or "exact"


def _shown(said: Coverage | str) -> str:
    if isinstance(said, str):
        return said
    return "none" if np.isnan(said.share) else f"{100 * said.share:.1f} ({percent(said.width)})"
