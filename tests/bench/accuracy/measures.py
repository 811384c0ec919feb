"""How far estimates are from the truth, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

N_RESAMPLES = 2000
NOTHING = 1e-9
"""Relative errors below it are the rounding of exact answers: no one's gain or loss."""


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float
    spread: float
    """The bootstrap's standard deviation of the mean."""


def relative_error(values: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    """The L2 norm of the error over that of the truth."""
    return float(np.linalg.norm(values - truth) / np.linalg.norm(truth))


def estimate(samples: NDArray[np.float64]) -> Estimate:
    """The mean of ``(n_instances, n_seeds)`` samples.

    The bootstrap has two stages, since seeds of one instance resemble each other: instances are drawn
    with replacement, then seeds within each. One instance alone leaves the seeds.
    """
    rng = np.random.Generator(np.random.PCG64(0))
    n_instances, n_seeds = samples.shape
    instance = rng.integers(n_instances, size=(N_RESAMPLES, n_instances, 1))
    seed = rng.integers(n_seeds, size=(N_RESAMPLES, n_instances, n_seeds))
    means = samples[instance, seed].mean(axis=(1, 2))
    low, high = np.quantile(means, [0.025, 0.975])
    return Estimate(float(samples.mean()), float(low), float(high), float(means.std()))


def difference(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> Estimate:
    """Ours minus theirs, pair by pair: both answered for the same instances."""
    return estimate(np.where(np.maximum(ours, theirs) < NOTHING, 0.0, ours - theirs))


def verdict(difference: Estimate) -> str:
    """``better``, ``worse`` or ``level``: whether the whole interval of ours minus theirs lies on one side of 0."""
    return "better" if difference.high < 0 else "worse" if difference.low > 0 else "level"


def rises(steps: dict[str, Estimate]) -> list[str]:
    """The steps from one budget to the next whose error rose by more than chance makes any of so many rise.

    Each is tested against the normal distribution at 2.5 % over the number of steps (Bonferroni).
    """
    bound = NormalDist().inv_cdf(1 - 0.025 / max(1, len(steps)))
    return [name for name, step in steps.items() if step.mean > bound * step.spread and step.mean > NOTHING]


@dataclass(frozen=True)
class Coverage:
    """How often value +- 1.96 std_error holds the truth.

    Attributes:
        share: Of all values that came with a standard error.
        width: Mean width of the intervals over the L2 norm of the truth.
        silent: Share of the values without a standard error.
    """

    share: float
    width: float
    silent: float


def coverage(
    values: NDArray[np.float64], std_error: NDArray[np.float64], truth: NDArray[np.float64]
) -> Coverage | None:
    """Coverage of estimates, all ``(n_pairs, n_players)``, std_error NaN where untold; None where all are exact.

    Rounding is not held against an interval of no width.
    """
    told = np.isfinite(std_error)
    norm = np.linalg.norm(truth, axis=1, keepdims=True)
    if told.all() and not std_error.any():
        return None
    held = np.abs(values - truth) <= 1.96 * std_error + NOTHING * norm
    width = 2 * 1.96 * std_error / norm
    if not told.any():
        return Coverage(float("nan"), float("nan"), 1.0)
    return Coverage(float(held[told].mean()), float(width[told].mean()), float(1 - told.mean()))
