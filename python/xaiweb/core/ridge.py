"""Ridge regression with weights and an intercept: the local model of LIME."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ALPHA = 1.0
"""The penalty on squared coefficients, beside the weighted squared errors."""
MAX_LEVERAGE = 0.9
"""A sample that determines its own fit to this share leaves a residual that says nothing."""
SAMPLES_PER_PLAYER = 3
"""With fewer the residuals are too small for a standard error."""
ROUNDING = 1e-12
"""Relative to their mean, answers that deviate by no more are all alike."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A linear model of answers.

    Attributes:
        coefficients: float64 ``(n_players, n_outputs)``.
        intercept: float64 ``(n_outputs,)``.
        r2: float64 ``(n_outputs,)``, the share of the answers' weighted variance that the model accounts for;
            1 where there is none.
        std_error: float64 ``(n_players, n_outputs)``, how much the coefficients differ between samples of this
            size; NaN where these samples don't tell. What the penalty takes off is the same in all of them.
    """

    coefficients: NDArray[np.float64]
    intercept: NDArray[np.float64]
    r2: NDArray[np.float64]
    std_error: NDArray[np.float64]


def fit(kept: NDArray[np.bool_], answers: NDArray[np.float64], weights: NDArray[np.float64]) -> Fit:
    """The model b + X c with the least sum of w (y - b - X c)^2 + |c|^2.

    Centred by weighted means, c = (X' W X + I)^-1 X' W y in closed form (Hoerl & Kennard 1970, equation 2.1).
    The standard error is the sandwich of the residuals, each divided by 1 - leverage (MacKinnon & White 1985,
    HC3).

    Args:
        kept: bool ``(n, n_players)``, X.
        answers: float64 ``(n, n_outputs)``, y.
        weights: float64 ``(n,)``, positive for one sample at least.
    """
    n, d = kept.shape
    total = weights.sum()
    centre, mean = weights @ kept / total, weights @ answers / total
    scale = np.sqrt(weights)[:, None]
    x, y = (kept - centre) * scale, (answers - mean) * scale
    if n < max(3, SAMPLES_PER_PLAYER * d):
        coefficients = _solve(x, y)
        residuals = y - x @ coefficients
        std_error = np.full_like(coefficients, np.nan)
    else:
        operator = np.linalg.solve(x.T @ x + ALPHA * np.eye(d), x.T)
        coefficients = operator @ y
        residuals = y - x @ coefficients
        leverage = np.einsum("ij,ji->i", x, operator) + weights / total
        std_error = _std_error(operator, residuals, leverage)
    spread = (y**2).sum(axis=0)
    varies = spread > total * (ROUNDING * mean) ** 2
    unexplained = np.divide((residuals**2).sum(axis=0), spread, out=np.zeros_like(spread), where=varies)
    return Fit(coefficients, mean - centre @ coefficients, 1 - unexplained, std_error)


def _solve(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """The coefficients from the smaller of two systems of equations that have the same solution."""
    n, d = x.shape
    if n < d:
        return x.T @ np.linalg.solve(x @ x.T + ALPHA * np.eye(n), y)
    return np.asarray(np.linalg.solve(x.T @ x + ALPHA * np.eye(d), x.T @ y), dtype=np.float64)


def _std_error(
    operator: NDArray[np.float64], residuals: NDArray[np.float64], leverage: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The sandwich, ``(n_players, n_outputs)``, of an operator ``(n_players, n)`` on ``(n, n_outputs)``."""
    if leverage.max() >= MAX_LEVERAGE:
        return np.full((len(operator), residuals.shape[1]), np.nan)
    std_error: NDArray[np.float64] = np.sqrt(operator**2 @ (residuals / (1 - leverage)[:, None]) ** 2)
    return std_error
