"""Many rows: memory whatever their number, rows per second beside shap, two processes beside one, and kills."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import xaiweb
from tests.bench.apart import CHILD, asked_of, child
from tests.bench.driver import costs
from tests.bench.part import Goal, Part, table
from tests.bench.rates import BUDGET, REPEATS, speeds
from tests.bench.trees import N_BACKGROUND

D = 6
KILLS = 20
FULL, QUICK = (10**4, 10**6), (10**3, 10**4)
"""Rows whose peak memory is compared."""
FULL_ROWS, QUICK_ROWS = 300, 40
"""Rows of the loan whose speed is measured with a Gaussian process; without 4 times, with trees 200 times as many."""


def report(loan: Path, sizes: Sequence[int], n_rows: int, tell: Callable[[str], None]) -> Part:
    """Everything of many rows.

    Args:
        loan: The loan bundle.
        sizes: Rows whose peak memory is compared.
        n_rows: Rows of the loan whose speed is measured; see `FULL_ROWS`.
        tell: Told what is done.
    """
    load = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        linear = linear_bundle(made)
        memory, memory_goal = peaks(linear, sizes, made)
        tell("memory of many rows")
        rates, rate_goals = speeds(loan, n_rows, made)
        tell("rows per second")
        driver = costs(loan, made)
        tell("the driver's own time")
        killed, kill_goal = kills(linear, made)
    lines = [
        f"Peak memory of the process, as the operating system tells it (`VmHWM`), of a linear model of {D} columns,"
        " from parquet into parquet, in parts of 256 rows.",
        "",
        *memory,
        "",
        f"Rows per second on this machine, from a third of the rows on. The loan: {N_BACKGROUND} background rows,"
        f" {BUDGET} coalitions; shap's explainers have the same model in the same runtime and its"
        f" {BUDGET * N_BACKGROUND:,} model rows per explained row. XGBoost: 100 trees of depth 4 (the table `credit`),"
        f" {N_BACKGROUND} background rows, TreeSHAP, beside shap's compiled one. Each way was measured {REPEATS} times,"
        " in turns. Twice the rate needs two idle cores, and CPU time per row doesn't: the machine's load was"
        f" {load[0]:.1f} at the start and {os.getloadavg()[0]:.1f} at the end.",
        "",
        *rates,
        "",
        "The driver's part, which doesn't grow with the workers, of the loan's rows:",
        "",
        *driver,
        "",
        killed,
        "",
    ]
    return Part("Many rows", lines, [memory_goal, *rate_goals, kill_goal])


def linear_bundle(folder: Path) -> Path:
    """A bundle of a linear model with a background of one row."""
    weights = numpy_helper.from_array(np.arange(1, D + 1, dtype=np.float32)[:, None], "w")
    inputs, outputs = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [None, k]) for n, k in (("x", D), ("y", 1)))
    graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "linear", [inputs], [outputs], [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, folder / "linear.onnx")
    background = np.full((1, D), 0.5, dtype=np.float32)
    out = folder / "linear"
    xaiweb.export(folder / "linear.onnx", background=background, background_kind="given", out=out, report=None)
    return out


def peaks(bundle: Path, sizes: Sequence[int], folder: Path) -> tuple[list[str], Goal]:
    """Peak memory for few and for many rows, all different; and for many that are most often equal."""
    kinds = [(f"{n:,}, all different", n, True) for n in sizes] + [
        (f"{sizes[-1]:,}, of {2**D} kinds", sizes[-1], False)
    ]
    found = [
        child(bundle, _rows_file(folder / f"{i}.parquet", n, distinct), folder / "out.parquet")
        for i, (_, n, distinct) in enumerate(kinds)
    ]
    rows = [
        [what, f"{one['peak_mb']:.0f} MB", f"{one['rows_per_s']:,.0f}"]
        for (what, _, _), one in zip(kinds, found, strict=True)
    ]
    growth = found[len(sizes) - 1]["peak_mb"] / found[0]["peak_mb"] - 1
    goal = Goal(
        f"Peak memory at {sizes[-1]:,} rows within 10 % of that at {sizes[0]:,}", f"{growth:+.1%}", abs(growth) <= 0.1
    )
    return table(["rows", "peak memory", "rows per second"], rows), goal


def kills(bundle: Path, folder: Path, n_kills: int = KILLS) -> tuple[str, Goal]:
    """Kill a run at random moments, as often as asked, and let it end: its result is the undisturbed one's."""
    rows = _rows_file(folder / "killed.parquet", 20_000, distinct=True)
    asked = {"part_rows": 100, "jobs": 2}
    child(bundle, rows, folder / "whole.parquet", **asked)
    out = folder / "killed-out.parquet"
    rng = np.random.default_rng()
    journal = out.with_name(out.name + ".parts") / "journal.jsonl"
    kept = 0
    n_killed = n_runs = 0
    while n_killed < n_kills and n_runs < 3 * n_kills:
        n_runs += 1
        process = subprocess.Popen(
            [sys.executable, "-c", CHILD, asked_of(bundle, rows, out, **asked)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # multiprocessing counts what a kill leaves
        )
        while process.poll() is None and _lines(journal) <= kept and rng.random() > 0.002:
            time.sleep(0.01)  # most often until it has finished something, now and then before
        time.sleep(rng.uniform(0, 0.3))
        if process.poll() is None:
            process.kill()
            n_killed += 1
        process.wait()
        kept = _lines(journal)
    child(bundle, rows, out, **asked)
    same = _sha256(out) == _sha256(folder / "whole.parquet")
    told = f"A run of two processes over 20,000 rows was killed (`kill -9`) {n_killed} times at random, and run again"
    words = "bit by bit that of an undisturbed run" if same else "another than that of an undisturbed run"
    return f"{told}: the result is {words}.", Goal(
        f"{n_kills} kills lose and double nothing", words, same and n_killed >= n_kills
    )


def _rows_file(path: Path, n: int, distinct: bool) -> Path:
    """A parquet file of ``n`` rows, written in pieces: of numbers, all different, or of zeros and ones."""
    import pyarrow as pa
    from pyarrow import parquet

    rng = np.random.default_rng(0)
    schema = pa.schema([(f"x{i}", pa.float32()) for i in range(D)])
    with parquet.ParquetWriter(path, schema) as writer:
        for start in range(0, n, 50_000):
            shape = (D, min(50_000, n - start))
            cells = rng.normal(size=shape) if distinct else rng.integers(0, 2, shape)
            writer.write_table(pa.table(list(cells.astype(np.float32)), schema=schema))
    return path


def _lines(journal: Path) -> int:
    with contextlib.suppress(OSError):
        return journal.read_bytes().count(b"\n")
    return 0


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else os.fspath(path)
