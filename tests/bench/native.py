"""An explanation under onnxruntime against bare runs over the same rows, ready-made."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import onnxruntime

import xaiweb
from tests.bench.part import Goal, Part
from tests.bench.rows import hybrids

MOST = 1.25


def report(loan: Path, repeats: int) -> Part:
    """The ratio for the loan with the default budget."""
    explainer = xaiweb.open(loan)
    row = dict(explainer.manifest.examples[0].values)
    rows = explainer.encode(row)
    (explanation,) = explainer.stream(rows)
    n_rows = explanation.provenance.n_model_rows
    ready_made = hybrids(explainer, row)
    assert len(ready_made) == n_rows
    session = onnxruntime.InferenceSession(str(loan / "model.onnx"), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def bare(chunk: int) -> float:
        start = time.perf_counter()
        for at in range(0, n_rows, chunk):
            session.run(None, {name: ready_made[at : at + chunk]})
        return time.perf_counter() - start

    def ours() -> float:
        start = time.perf_counter()
        list(explainer.stream(rows))
        return time.perf_counter() - start

    chunks = (1024, 2048, 4096, 8192)
    best = min(chunks, key=lambda chunk: min(bare(chunk) for _ in range(3)))
    pairs = [(ours(), bare(best)) for _ in range(repeats)]
    ratios = sorted(a / b for a, b in pairs)
    low, middle, high = ratios[len(ratios) // 4], statistics.median(ratios), ratios[-1 - len(ratios) // 4]
    lines = [
        "```text",
        f"Native: {n_rows:,} model rows ({explanation.provenance.n_coalitions} coalitions)",
        f"  explanation   {statistics.median(a for a, _ in pairs) * 1e3:7.1f} ms",
        f"  bare runs     {statistics.median(b for _, b in pairs) * 1e3:7.1f} ms in chunks of {best}",
        f"  ratio         {middle:7.2f} (middle half {low:.2f} to {high:.2f})",
        "```",
    ]
    goal = Goal(f"Natively at most {MOST} times the bare runs of the same rows", f"{middle:.2f}", middle <= MOST)
    return Part("Overhead over bare inference, native", lines, [goal])
