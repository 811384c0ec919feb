"""LIME beside the `lime` package: how true the local model is, by evaluations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from lime import lime_image
from lime.lime_text import LimeTextExplainer
from numpy.typing import NDArray

from tests.bench.accuracy.measures import Estimate, difference, estimate, verdict
from tests.bench.part import Goal, Part, table
from tests.bench.pictures.games import Picture, Set
from tests.bench.pictures.neighbourhood import WIDTH, Local, Neighbourhood
from tests.bench.plot import Line, Panel, chart
from tests.core.subjects import Parts
from xaiweb.core.drive import run
from xaiweb.core.methods import start
from xaiweb.core.requests import Request
from xaiweb.core.spec import Spec

BUDGETS = (25, 50, 100, 200, 400, 800)
OURS, PEER = "xaiweb lime", "lime package"

lime_image.tqdm = lambda rows: rows  # it can't be asked to be silent


def ours(picture: Picture, budget: int, seed: int) -> Local:
    """Ours, about parts that behave as the picture does."""

    class Engine:
        def answer(self, request: Request) -> NDArray[np.float64]:
            return picture(request.masks)[:, None]

    spec = Spec(outputs=("value",), selected=(0,), chunk_rows=1)
    asked = {"budget": budget, "kernel_width": WIDTH, "seed": seed}
    found = run(start("lime", spec, Parts(picture.kind, picture.n_players), asked), Engine())
    return Local(float(found.base_values[0]), found.values[:, 0])


def package(picture: Picture, budget: int, seed: int) -> Local:
    """The package's explainer of photos or of texts, with all players in its model; it sees the same coalitions."""
    d = picture.n_players
    if picture.kind == "image":
        photos = lime_image.LimeImageExplainer(kernel_width=WIDTH, feature_selection="none", random_state=seed)
        photo = np.ones((1, d, 3))
        found = photos.explain_instance(
            photo,
            lambda seen: picture(seen[:, 0, :, 0] > 0)[:, None],
            labels=(0,),
            top_labels=None,
            hide_color=0,
            num_samples=budget,
            segmentation_fn=lambda _: np.arange(d)[None],
        )
    else:
        texts = LimeTextExplainer(
            kernel_width=100 * WIDTH, feature_selection="none", bow=False, mask_string="_", random_state=seed
        )
        found = texts.explain_instance(
            " ".join(f"w{i}" for i in range(d)),
            lambda seen: picture(np.array([[word != "_" for word in text.split()] for text in seen]))[:, None],
            labels=(0,),
            num_features=d,
            num_samples=budget,
        )
    coefficients = np.zeros(d)
    for player, coefficient in found.local_exp[0]:
        coefficients[player] = coefficient
    return Local(float(found.intercept[0]), coefficients)


def report(found: Mapping[Set, list[Picture]], n_seeds: int, tell: Callable[[str], None]) -> Part:
    """Local fidelity of both by evaluations."""
    lines = [
        "The same games, `lime` 0.2 with the same segments or words, the same distance and width, and all of them in"
        " its model. Local fidelity is R² of the local model over *all* coalitions, each weighted by how likely it is"
        " drawn and how near it is: what held-out samples would say if there were infinitely many. `best` is the"
        " linear model fitted to all of them. The tables tell how far R² is below that, in percent points. Samples"
        " count as often as they are drawn, for both, though ours doesn't evaluate one twice; an even number leaves"
        " one of ours out.",
        "",
        "![How far R² is below the best linear model's, one panel a bundle](benchmarks/lime.svg)",
        "",
    ]
    goals, losses, panels = [], [], []
    for asked, pictures in found.items():
        best = [near(picture).unfit(picture.table, near(picture).best(picture.table)) for picture in pictures]
        mine, theirs = (_lacking(pictures, best, method, n_seeds) for method in (ours, package))
        tell(f"{asked.title.lower()}: LIME")
        said = {budget: difference(mine[budget], theirs[budget]) for budget in BUDGETS}
        rows = [
            [
                str(budget),
                _points(estimate(mine[budget])),
                _points(estimate(theirs[budget])),
                _points(said[budget]),
                verdict(said[budget]),
            ]
            for budget in BUDGETS
        ]
        lines += [
            f"### {asked.title}: LIME",
            "",
            f"R² of the best linear model: {1 - np.mean(best):.3f} on average, {1 - max(best):.3f} to"
            f" {1 - min(best):.3f}.",
            "",
            *table(["samples", OURS, PEER, "ours − theirs", ""], rows),
            "",
        ]
        worse = [str(budget) for budget in BUDGETS if verdict(said[budget]) == "worse"]
        better = [str(budget) for budget in BUDGETS if verdict(said[budget]) == "better"]
        goals.append(
            Goal(
                f"{asked.title}: LIME's local model is nowhere less true than the lime package's of as many samples",
                f"better at {', '.join(better) or 'none'}, worse at {', '.join(worse) or 'none'} of"
                f" {', '.join(map(str, BUDGETS))} samples",
                not worse,
            )
        )
        losses += [
            f"- LIME, {asked.title.lower()}, {budget} samples: the lime package's model is truer" for budget in worse
        ]
        panels.append(
            Panel(
                asked.title,
                [
                    Line(name, BUDGETS, [100 * float(errors[budget].mean()) for budget in BUDGETS])
                    for name, errors in ((OURS, mine), (PEER, theirs))
                ],
            )
        )
    svg = chart("R² lost against the best linear model", panels, "samples", "R² lost, points", 1e-3)
    return Part("Photos, digits and mails: LIME", lines, goals, {"lime.svg": svg}, losses)


def near(picture: Picture) -> Neighbourhood:
    """The neighbourhood of a picture."""
    return Neighbourhood.of(picture.kind, picture.n_players)


def _lacking(
    pictures: list[Picture], best: list[float], method: Callable[[Picture, int, int], Local], n_seeds: int
) -> dict[int, NDArray[np.float64]]:
    """How far R^2 is below the best one, by budget ``(n_pictures, n_seeds)``."""
    return {
        budget: np.array(
            [
                [near(picture).unfit(picture.table, method(picture, budget, seed)) - least for seed in range(n_seeds)]
                for picture, least in zip(pictures, best, strict=True)
            ]
        )
        for budget in BUDGETS
    }


def _points(found: Estimate) -> str:
    return f"{100 * found.mean:.2f} ({100 * found.low:.2f} to {100 * found.high:.2f})".replace("-", "−")
