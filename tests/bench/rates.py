"""Rows per second: ours in one process and shared by two, beside shap's, of a network and of trees."""

from __future__ import annotations

import contextlib
import io
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import shap
from numpy.typing import NDArray
from xgboost import XGBClassifier

import xaiweb
from tests.bench.accuracy.data import DATA
from tests.bench.apart import child
from tests.bench.part import Goal, table
from tests.bench.trees import N_BACKGROUND, SETTINGS

BUDGET = 512
ONE, TWO, DASK = "one process", "two processes", "two Dask workers"
SHARED: dict[str, dict[str, Any]] = {ONE: {}, TWO: {"jobs": 2}, DASK: {"jobs": 2, "dask": "local"}}
REPEATS = 2
"""Rounds over all ways: machines drift, and what is between the two is told."""


def speeds(loan: Path, n_rows: int, folder: Path) -> tuple[list[str], list[Goal]]:
    """Rows per second, ours and shap's, of the loan and of trees."""
    background = xaiweb.open(loan).bundle.background  # type: ignore[attr-defined]
    rng = np.random.default_rng(0)
    rows = np.stack([rng.choice(column, 4 * n_rows) for column in background.T], axis=1)  # as real rows, none twice
    asked = {"budget": BUDGET, "part_rows": 8}
    found = DATA["credit"]()
    fitted = XGBClassifier(max_depth=4, **SETTINGS).fit(found.x, found.y.astype(int))
    with contextlib.redirect_stdout(io.StringIO()):
        trees = xaiweb.export(
            fitted, background=found.x[:N_BACKGROUND], background_size=N_BACKGROUND, out=folder / "trees"
        )
    peer = shap.TreeExplainer(fitted, trees.background, feature_perturbation="interventional")
    many = np.stack([rng.choice(column, 200 * n_rows) for column in found.x.T], axis=1).astype(np.float32)
    jobs = [
        Job("loan, auto", loan, rows[:n_rows], asked, {}),
        Job("loan, least squares", loan, rows, asked | {"estimator": "least_squares"}, _shaps(loan, background)),
        Job(
            "XGBoost",
            folder / "trees",
            many,
            {"scale": "margin", "estimator": "tree"},
            {"Tree, interventional": (lambda x: peer.shap_values(x, check_additivity=False), n_rows)},
        ),
    ]
    lines, goals = [], []
    for job in jobs:
        told = _beside(job, folder)
        lines += [
            [job.name, how, *(_range(column) for column in zip(*figures, strict=True))] for how, figures in told.items()
        ]
        for how, what in ((TWO, "two processes are"), (DASK, "two Dask workers are")):
            ratios = [ours[0] / alone[0] for ours, alone in zip(told[how], told[ONE], strict=True)]
            words = _range(ratios, 2)
            goals.append(
                Goal(f"{job.name}: {what} at least 1.6 times as fast as one process", words, max(ratios) >= 1.6)
            )
    return table(["", "", "rows per second", "ms per row", "CPU ms per row"], lines), goals


@dataclass(frozen=True)
class Job:
    """Rows that we and others explain.

    Attributes:
        name: What is explained, and how.
        bundle: Of the model.
        rows: Float32 ``(n_rows, n_features)``.
        asked: What ours is asked.
        peers: By name, a function of rows and how many of the rows it is given.
    """

    name: str
    bundle: Path
    rows: NDArray[Any]
    asked: dict[str, Any]
    peers: dict[str, tuple[Callable[[NDArray[Any]], object], int]]


def _beside(job: Job, folder: Path) -> dict[str, list[tuple[float, float, float]]]:
    """By way and round: rows per second, milliseconds and CPU milliseconds per row."""
    np.save(folder / "rows.npy", job.rows)
    told: dict[str, list[tuple[float, float, float]]] = {}
    for _ in range(REPEATS):
        for how, shared in SHARED.items():
            found = child(job.bundle, folder / "rows.npy", folder / "out.parquet", **job.asked, **shared)
            told.setdefault(how, []).append((found["rows_per_s"], 1e3 / found["rows_per_s"], found["cpu_ms"]))
        for name, (explain, n_rows) in job.peers.items():
            some = job.rows[:n_rows]
            explain(some[:1])
            wall, cpu = time.perf_counter(), time.process_time()
            explain(some)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            told.setdefault(f"shap {name}", []).append(
                (len(some) / wall, 1e3 * wall / len(some), 1e3 * cpu / len(some))
            )
    return told


def _range(figures: Sequence[float], digits: int | None = None) -> str:
    """The least and the largest, in three digits."""

    def plain(figure: float) -> str:
        places = max(0, 2 - math.floor(math.log10(figure))) if digits is None else digits
        return f"{figure:,.{places}f}"

    low, high = plain(min(figures)), plain(max(figures))
    return low if low == high else f"{low} to {high}"


def _shaps(loan: Path, background: NDArray[np.float32]) -> dict[str, tuple[Callable[[NDArray[Any]], object], int]]:
    """shap's explainers of any model, with the model rows of our budget: of each, how many rows it is given."""
    session = onnxruntime.InferenceSession(str(loan / "model.onnx"), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def predict(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(session.run(None, {name: np.asarray(x, np.float32)})[0])[:, 0]

    d = background.shape[1]
    kernel = shap.KernelExplainer(predict, background)
    masker = shap.maskers.Independent(background, max_samples=len(background))
    permutation = shap.explainers.Permutation(predict, masker, seed=0)
    evaluations = max(1, (BUDGET - 2) // (2 * d - 2)) * (2 * d + 1)
    sampling = shap.SamplingExplainer(predict, background)
    model_rows = BUDGET * len(background)
    return {
        "Kernel, l1_reg=0": (
            lambda x: kernel.shap_values(x.astype(np.float64), nsamples=BUDGET - 2, l1_reg=0, silent=True),
            40,
        ),
        "Permutation": (lambda x: permutation(x.astype(np.float64), max_evals=evaluations, silent=True), 40),
        "Sampling": (lambda x: sampling.shap_values(x.astype(np.float64), nsamples=model_rows, silent=True), 10),
    }
