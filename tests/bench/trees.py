"""Tree ensembles without sampling: our TreeSHAP beside shap's interventional TreeExplainer."""

from __future__ import annotations

import contextlib
import io
import statistics
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import shap
from lightgbm import LGBMClassifier, LGBMRegressor
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from xgboost import XGBClassifier, XGBRegressor

import xaiweb
from tests.bench.accuracy.data import DATA
from tests.bench.part import Goal, Part, table

N_BACKGROUND = 100
CLOSE = 1e-5
SETTINGS = {"n_estimators": 100, "random_state": 0, "n_jobs": 1}
# Table, estimator, and the scale in which its trees are a plain sum.
MODELS: dict[str, tuple[str, Any, str]] = {
    "XGBoost, credit": ("credit", XGBClassifier(max_depth=4, **SETTINGS), "margin"),
    "XGBoost, three wines": ("wine", XGBClassifier(max_depth=4, **SETTINGS), "margin"),
    "XGBoost, college": ("college", XGBRegressor(max_depth=6, **SETTINGS), "output"),
    "LightGBM, adult": ("adult", LGBMClassifier(verbose=-1, **SETTINGS), "margin"),
    "LightGBM, college": ("college", LGBMRegressor(verbose=-1, **SETTINGS), "output"),
    "gradient boosting, breast": ("breast", GradientBoostingClassifier(random_state=0), "margin"),
    "random forest, breast": ("breast", RandomForestClassifier(max_depth=8, **SETTINGS), "output"),
    "random forest, bikes": ("bikes", RandomForestRegressor(max_depth=10, **SETTINGS), "output"),
}


def report(repeats: int) -> Part:
    """Agreement with shap, and the time of an explanation."""
    rows, gaps = [], {}
    for name, (data, estimator, scale) in MODELS.items():
        found = DATA[data]()
        fitted = estimator.fit(found.x, found.y.astype(int) if found.classes else found.y)
        with tempfile.TemporaryDirectory() as folder:
            gaps[name], mine, theirs = _beside(fitted, found.x, scale, repeats, Path(folder) / "bundle")
        size = f"{found.x.shape[1]}"
        times = [f"{mine:.1f} ms", f"{theirs:.1f} ms", f"{mine / theirs:.1f}"]
        rows.append([name, size, scale, f"{gaps[name]:.0e}", *times])
    worst = max(gaps, key=lambda name: gaps[name])
    lines = [
        f"One row against {N_BACKGROUND} background rows, median of {repeats}, in turns. The difference is the largest"
        " of any value, over the largest value of its row. shap has the original model in its own arrays; ours"
        " reads the bundle's ONNX nodes.",
        "",
        *table(["", "players", "scale", "difference", "xaiweb", "shap Tree", "ratio"], rows),
        "",
    ]
    goal = Goal(f"TreeSHAP equals shap's to {CLOSE:g}", f"{gaps[worst]:.0e} at most ({worst})", gaps[worst] <= CLOSE)
    return Part("TreeSHAP", lines, [goal])


def _beside(fitted: Any, x: NDArray[np.float32], scale: str, repeats: int, out: Path) -> tuple[float, float, float]:
    """Largest difference from shap, and median milliseconds of ours and of shap's."""
    with contextlib.redirect_stdout(io.StringIO()):
        bundle = xaiweb.export(fitted, background=x[:N_BACKGROUND], background_size=N_BACKGROUND, out=out)
    explainer = xaiweb.open(bundle)
    peer = shap.TreeExplainer(fitted, bundle.background, feature_perturbation="interventional")
    times, gap = [], 0.0
    for row in x[N_BACKGROUND : N_BACKGROUND + repeats + 1]:
        started = perf_counter()
        (explanation,) = explainer.stream(row[None], scale=scale, estimator="tree")
        middle = perf_counter()
        expected = peer.shap_values(row[None], check_additivity=False)
        times.append((1e3 * (middle - started), 1e3 * (perf_counter() - middle)))
        gap = max(gap, _gap(explanation.values, np.asarray(expected)[0]))
    ours, theirs = zip(*times[1:], strict=True)  # the first one warms up
    return gap, statistics.median(ours), statistics.median(theirs)


def _gap(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    """Largest difference over the largest value; of two classes shap may tell the second alone."""
    if theirs.ndim == 1:
        theirs = theirs[:, None]
        ours = ours[:, -1:]
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())
