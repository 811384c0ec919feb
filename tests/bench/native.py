"""An explanation under onnxruntime against bare runs over the same rows, ready-made."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import onnxruntime

import xaiweb
from tests.bench.part import Goal, Part, table
from tests.bench.ratios import HEADS, JOBS, Ratio
from tests.bench.rows import hybrids

MOST = 1.25


def report(loan: Path, repeats: int) -> Part:
    """The ratio for the loan."""
    found = {job: _beside(loan, repeats, parameters) for job, parameters in JOBS.items()}
    rows = [[job, f"{n_rows:,}", *ratio.cells()] for job, (n_rows, ratio) in found.items()]
    goals = [
        Goal(f"Natively at most {MOST} times the bare runs: {job}", f"{ratio.middle:.2f}", ratio.middle <= MOST)
        for job, (_, ratio) in found.items()
    ]
    lines = [
        "The loan's small network under onnxruntime: an explanation, in turns with bare runs over the very rows that it"
        f" evaluates, ready-made and in the best chunk size. Medians of {repeats} pairs.",
        "",
        *table(HEADS, rows),
        "",
    ]
    return Part("Overhead over bare inference, native", lines, goals)


def _beside(loan: Path, repeats: int, parameters: dict[str, Any]) -> tuple[int, Ratio]:
    explainer = xaiweb.open(loan)
    row = dict(explainer.manifest.examples[0].values)
    rows = explainer.encode(row)
    (explanation,) = explainer.stream(rows, **parameters)
    n_rows = explanation.provenance.n_model_rows
    ready_made = hybrids(explainer, row, **parameters)
    assert len(ready_made) == n_rows
    session = onnxruntime.InferenceSession(str(loan / "model.onnx"), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def bare(chunk: int) -> float:
        start = time.perf_counter()
        for at in range(0, n_rows, chunk):
            session.run(None, {name: ready_made[at : at + chunk]})
        return 1e3 * (time.perf_counter() - start)

    def ours() -> float:
        start = time.perf_counter()
        list(explainer.stream(rows, **parameters))
        return 1e3 * (time.perf_counter() - start)

    best = min((1024, 2048, 4096, 8192), key=lambda chunk: min(bare(chunk) for _ in range(3)))
    return n_rows, Ratio.of([(ours(), bare(best)) for _ in range(repeats)])
