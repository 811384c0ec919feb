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
    HC3), summed over the two samples of a pair, which aren't drawn independently.

    Args:
        kept: bool ``(n, n_players)``, X; after the first sample follow pairs.
        answers: float64 ``(n, n_outputs)``, y.
        weights: float64 ``(n,)``, positive for one sample at least.
    """
    total = weights.sum()
    x = kept - weights @ kept / total
    mean = weights @ answers / total
    y = answers - mean
    weighted = (x * weights[:, None]).T
    inverse = np.linalg.inv(weighted @ x + ALPHA * np.eye(x.shape[1]))
    operator = inverse @ weighted
    coefficients = operator @ y
    residuals = y - x @ coefficients

    leverage = np.einsum("ij,ji->i", x, operator) + weights / total
    std_error = np.full_like(coefficients, np.nan)
    if len(kept) >= max(3, SAMPLES_PER_PLAYER * kept.shape[1]) and leverage.max() < MAX_LEVERAGE:
        scaled = residuals / (1 - leverage)[:, None]
        first, one, other = operator[:, :1], operator[:, 1::2], operator[:, 2::2]
        squares = (first**2) @ (scaled[:1] ** 2)
        squares += np.stack(
            [((one * a + other * b) ** 2).sum(axis=1) for a, b in zip(scaled[1::2].T, scaled[2::2].T, strict=True)],
            axis=1,
        )
        std_error = np.sqrt(squares)
    spread = weights @ y**2
    varies = spread > total * (ROUNDING * mean) ** 2
    unexplained = np.divide(weights @ residuals**2, spread, out=np.zeros_like(spread), where=varies)
    return Fit(coefficients, mean - weights @ kept / total @ coefficients, 1 - unexplained, std_error)
