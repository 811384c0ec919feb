"""Each hot loop with numpy and compiled, in turns: runs in CPython and, as it stands, in Pyodide."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from xaiweb.core import kernels
from xaiweb.core.compiled import forced
from xaiweb.core.shapley import design, gaussian_process, leaf_shares
from xaiweb.core.shapley.game import shapley_values
from xaiweb.core.shapley.paths import Misses, Paths
from xaiweb.core.shapley.process import Process

WAYS = ("numpy", "compiled")
MADE_OF_THEM = "made of them: "
"""Begins the names of what is no kernel of its own."""


def cases() -> dict[str, Callable[[], Any]]:
    """What is measured, at the sizes that 30 players, 2,048 coalitions and 100 background rows bring."""
    rng = np.random.default_rng(0)
    z = np.where(rng.random((1024, 30)) < 0.5, 1.0, -1.0)
    rho, weights = rng.uniform(0.01, 0.3, 30), rng.random(1024)
    u = z @ np.diag(rho) @ z.T
    definite = np.exp(u) + np.eye(1024)
    root, right = np.linalg.cholesky(definite), rng.normal(size=(1024, 31))
    process = Process(z, right[:, :1], np.ones(1024), odd=True)
    part = np.ascontiguousarray(definite[:384, :384])
    sets = np.array([(0, 1), *((i, i + 1) for i in range(29))])
    masks, owner = rng.random((8192, 20)) < 0.5, np.arange(20, dtype=np.int64)
    x, rows = rng.random(20, dtype=np.float32), rng.random((8192, 20), dtype=np.float32)
    missed = np.bitwise_or.reduce((rng.random((3000, 100, 6)) < 0.3) << np.arange(6), axis=2).astype(np.uint8)
    misses = Misses.of(missed)
    paths = Paths(np.zeros((1, 6), dtype=np.intp), np.zeros(1, dtype=np.uint8))
    place, failed = np.arange(3000, dtype=np.intp), missed[:, 0].copy()
    inside, outside = rng.normal(size=(30, 8)), rng.normal(size=8)
    return {
        "product, 384 × 384 by 384 × 30": lambda: kernels.multiply(part, z[:384]),
        "normal equations, 1,024 pairs, 30 players": lambda: design._gram(z, weights),
        "Cholesky factor, 128": lambda: kernels.cholesky(definite[:128, :128]),
        "triangular system, 1,024 by 31": lambda: kernels.forward(root, right),
        "inverse and determinant, 384": lambda: kernels.inverse(part),
        "sinh and cosh, 384 × 384": lambda: kernels.hyperbolic(u[:384, :384], weights[:384]),
        MADE_OF_THEM + "covariances of 1,024 pairs and their Cholesky factor": lambda: [*process._root(rho, 0.01)],
        MADE_OF_THEM + "integrals of players": lambda: gaussian_process._shapley_covariance(z, rho),
        MADE_OF_THEM + "integrals of 30 pairs": lambda: gaussian_process._pair_covariance(z, rho, sets),
        "masking, 8,192 rows of 20": lambda: kernels.hybrid_rows(masks, owner, x, rows),
        "TreeSHAP, 3,000 leaves": lambda: leaf_shares.shares(paths, misses, place, failed),
        "TreeSHAP, pairs": lambda: leaf_shares.pair_shares(paths, misses, place, failed),
        MADE_OF_THEM + "Gaussian process, 2,048 coalitions": lambda: shapley_values(
            lambda m: np.tanh((m - 0.5) @ inside / 2) @ outside, 30, budget=2048, estimator="gaussian_process"
        ),
    }


def measure(repeats: int) -> dict[str, list[float]]:
    """Milliseconds of each with numpy and compiled, medians of turns; the first turn warms up."""
    found = {}
    for name, case in cases().items():
        times: dict[str, list[float]] = {way: [] for way in WAYS}
        for _ in range(repeats + 1):
            for way in WAYS:
                with forced(way):  # type: ignore[arg-type]
                    n_calls = 1 if "process" in name else 3
                    started = perf_counter()
                    for _ in range(n_calls):
                        case()
                    times[way].append(1e3 * (perf_counter() - started) / n_calls)
        found[name] = [statistics.median(times[way][1:]) for way in WAYS]
    return found
