"""The loan explained by us and by shap: the same model in the same runtime, row, background and budget, in turns."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import onnxruntime
import shap
from numpy.typing import NDArray

import xaiweb
from tests.bench.part import Goal, Part, table

BUDGET = 2048


def report(loan: Path, repeats: int) -> Part:
    """Wall and CPU time of one explanation."""
    explainer = xaiweb.open(loan)
    rows = explainer.encode(dict(explainer.manifest.examples[0].values))
    background = explainer.bundle.background
    session = onnxruntime.InferenceSession(str(loan / "model.onnx"), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    n_rows = 0

    def predict(x: NDArray[np.float64]) -> NDArray[np.float64]:
        nonlocal n_rows
        n_rows += len(x)
        return np.asarray(session.run(None, {name: np.asarray(x, dtype=np.float32)})[0])[:, 0]

    kernel = shap.KernelExplainer(predict, background)
    masker = shap.maskers.Independent(background, max_samples=len(background))
    permutation = shap.explainers.Permutation(predict, masker, seed=0)
    d = background.shape[1]
    n_permutations = (BUDGET - 2) // (2 * d - 2)

    def ours(estimator: str) -> int:
        (explanation,) = explainer.stream(rows, budget=BUDGET, estimator=estimator)
        return int(explanation.provenance.n_model_rows)

    def shaps(ask: Callable[[], object]) -> int:
        nonlocal n_rows
        n_rows = 0
        ask()
        return n_rows

    x = rows.astype(np.float64)
    jobs: dict[str, Callable[[], int]] = {
        "xaiweb auto": lambda: ours("auto"),
        "xaiweb least_squares": lambda: ours("least_squares"),
        "shap Kernel, l1_reg=0": lambda: shaps(
            lambda: kernel.shap_values(x[0], nsamples=BUDGET - 2, l1_reg=0, silent=True)
        ),
        "shap Kernel, default": lambda: shaps(lambda: kernel.shap_values(x[0], nsamples=BUDGET - 2, silent=True)),
        "shap Permutation": lambda: shaps(lambda: permutation(x, max_evals=n_permutations * (2 * d + 1), silent=True)),
    }
    taken: dict[str, list[tuple[float, float]]] = {job: [] for job in jobs}
    used = {}
    for turn in range(repeats + 1):
        for job, ask in jobs.items():
            wall, cpu = perf_counter(), process_time()
            used[job] = ask()
            if turn:  # the first one warms up
                taken[job].append((perf_counter() - wall, process_time() - cpu))
    middle = {job: [1e3 * statistics.median(t) for t in zip(*times, strict=True)] for job, times in taken.items()}
    first = next(iter(jobs))
    table_rows = [
        [job, f"{used[job]:,}", f"{wall:.0f} ms", f"{cpu:.0f} ms", f"{wall / middle[first][0]:.2f}"]
        for job, (wall, cpu) in middle.items()
    ]
    lines = [
        f"The loan, {d} players, {len(background)} background rows, {BUDGET} coalitions, in turns;"
        f" medians of {repeats}. shap calls the same model in the same runtime.",
        "",
        *table(["", "model rows", "wall", "CPU", "times ours"], table_rows),
        "",
    ]
    theirs = min(wall for job, (wall, _) in middle.items() if job.startswith("shap Kernel"))
    goals = [
        Goal(f"{job} takes no longer than shap's KernelExplainer", f"{ratio:.2f} times", ratio <= 1)
        for job in ("xaiweb least_squares", "xaiweb auto")
        for ratio in [middle[job][0] / theirs]
    ]
    return Part("Beside shap on the same job", lines, goals)
