"""Shapley values from a sampled design by constrained least squares, with standard errors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.shapley.design import MAX_LEVERAGE, Design, Operator, operator


def solve(
    pairs: Design, g: NDArray[np.float64], total: NDArray[np.float64], known: Operator | None = None
) -> tuple[NDArray[np.float64], ...]:
    """Shapley values and their standard errors, each ``(n_players, n_outputs)``, in the values' unit.

    phi = A g + c D (see :func:`operator`). The standard error is the HC3 sandwich of MacKinnon &
    White 1985: se_i^2 = sum_j A_ij^2 (r_j / (1 - h_j))^2 with residuals r = g - Z phi / 2; NaN where
    a pair's leverage is so near 1 that its residual says nothing; 0 where every coalition was seen.

    Args:
        pairs: The design.
        g: ``(n_pairs, n_outputs)``, half the difference of the values of each pair's coalitions.
        total: ``(n_outputs,)``, D: the value of the full coalition minus that of the empty one.
        known: The design's operator, where it has been made before.
    """
    a, c, h = known or operator(pairs)
    phi = a @ g + c[:, None] * total
    if pairs.n_coalitions == 2 ** pairs.masks.shape[1]:
        return phi, np.zeros_like(phi)
    if h.max() > MAX_LEVERAGE:
        return phi, np.full_like(phi, np.nan)
    residuals = g - np.where(pairs.masks, 0.5, -0.5) @ phi
    return phi, np.sqrt((a * a) @ (residuals / (1 - h)[:, None]) ** 2)
