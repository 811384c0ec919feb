"""Writes tests/golden/core/lime.json: what the lime package 0.2.0.1 says of games of eight players.

Run by hand, where lime is installed: PYTHONPATH=python python -m tests.golden.make_lime.
[{kind, drawn_by, width, values by coalition, kept, weights, coefficients, intercept, r2}], the first two drawn
by the package, the others by this project.
"""

import json
from pathlib import Path

import numpy as np
from lime.lime_base import LimeBase
from lime.lime_image import LimeImageExplainer
from lime.lime_text import LimeTextExplainer
from sklearn.metrics import pairwise_distances

from tests.core.games import every, stress_games, table_game
from xaiweb.core.methods.lime import samples

FILE = Path(__file__).parent / "core" / "lime.json"
D, N, SEED = 8, 101, 5


def table():
    """Two outputs: a smooth one and a jagged one."""
    games = stress_games(D)
    return np.stack([games["saturated sigmoid"](every(D)), games["noise"](every(D))], axis=1).round(6)


def package(kind, game):
    """The samples of the package's own explainer, and its fits."""
    fits = []

    def record(base):
        inner = base.explain_instance_with_data

        def explain(data, labels, distances, label, *args, **options):
            result = inner(data, labels, distances, label, *args, **options)
            fits.append((np.asarray(data) > 0, base.kernel_fn(distances), result))
            return result

        base.explain_instance_with_data = explain

    if kind == "image":
        explainer = LimeImageExplainer(feature_selection="none", random_state=SEED)
        record(explainer.base)
        segments = np.repeat(np.arange(D).reshape(2, 4), 3, axis=0)
        see = lambda images: game(np.array([[(p[segments == s] > 0).all() for s in range(D)] for p in images]))  # noqa: E731
        photo = np.ones((*segments.shape, 3))
        explainer.explain_instance(
            photo, see, hide_color=0, top_labels=None, labels=(0, 1), num_samples=N, segmentation_fn=lambda _: segments
        )
    else:
        explainer = LimeTextExplainer(feature_selection="none", bow=False, mask_string="_", random_state=SEED)
        record(explainer.base)
        read = lambda texts: game(np.array([[w != "_" for w in text.split()] for text in texts]))  # noqa: E731
        explainer.explain_instance("a b c d e f g h", read, labels=(0, 1), num_samples=N)
    return fits


def ours(kind, game):
    """The package's fits of samples that this project draws."""
    kept = samples(kind, D, N, SEED)
    distances = pairwise_distances(kept.astype(float), np.ones((1, D)), metric="cosine").ravel()
    if kind == "text":
        distances = distances * 100
    width = {"image": 0.25, "text": 25}[kind]
    weights = lambda d: np.sqrt(np.exp(-(d**2) / width**2))  # noqa: E731
    base = LimeBase(weights, random_state=0)
    return [
        (
            kept,
            weights(distances),
            base.explain_instance_with_data(kept, game(kept), distances, label, D, feature_selection="none"),
        )
        for label in (0, 1)
    ]


def case(kind, drawn_by, values, fits):
    kept, weights, _ = fits[0]
    results = [result for _, _, result in fits]
    return {
        "kind": kind,
        "drawn_by": drawn_by,
        "values": values.tolist(),
        "kept": ["".join("01"[int(there)] for there in row) for row in kept],
        "weights": weights.tolist(),
        "coefficients": [[dict(result[1])[player] for result in results] for player in range(D)],
        "intercept": [result[0] for result in results],
        "r2": [result[2] for result in results],
    }


if __name__ == "__main__":
    values = table()
    game = table_game(values)
    cases = [
        case(kind, drawn_by, values, fits(kind, game))
        for drawn_by, fits in (("lime", package), ("xaiweb", ours))
        for kind in ("image", "text")
    ]
    text = json.dumps(cases, allow_nan=False, separators=(",", ":"))
    FILE.write_text(text.replace('{"kind"', '\n{"kind"') + "\n", encoding="utf-8")
