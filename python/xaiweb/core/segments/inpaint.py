"""Noisy linear imputation: hidden segments as their surroundings would have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

NOISE = 0.01 * 255
"""Standard deviation of the noise, in pixels' units: 0.01 of their range, as in the authors' code."""

_TOLERANCE = 1e-5  # of the right side's length; on photos 0.2 of 255 away from the exact solution at most
_STEPS = ((0, 1, 1 / 6), (1, 0, 1 / 6), (1, 1, 1 / 12), (1, -1, 1 / 12))  # down, across, and the paper's weights


def inpainted(pixels: NDArray[np.float32], segments: NDArray[np.int32]) -> NDArray[np.float32]:
    """The image with every segment as its surroundings would have it, float32 ``(C, H, W)`` in 0..255.

    Noisy linear imputation (Rong et al. 2022, ROAD, section 4.2): each missing pixel is the weighted mean of its eight
    neighbours, 1/6 side by side and 1/12 across, which makes a system of linear equations; then a little
    noise. The paper imputes anew for each set of missing pixels. Here one image has to serve all
    coalitions, so each segment is imputed as if it alone were missing: what is seen in its place depends
    neither on its own pixels nor on what else is hidden. It is the paper's image where one segment is
    hidden; where its neighbours are hidden too, their colours still shine in from its rim, so that with
    everything hidden outlines remain (a blur hides more). The noise is the same every time.

    Args:
        pixels: float32 ``(C, H, W)`` in 0..255.
        segments: int32 ``(H, W)``, labels 0 to n - 1. One without surroundings, the only one, gets its mean colour.
    """
    image = pixels.astype(np.float64)
    noise = NOISE * np.random.Generator(np.random.PCG64(0)).standard_normal(image.shape)
    return np.clip(imputed(image, segments) + noise, 0, 255).astype(np.float32)


def imputed(image: NDArray[np.float64], segments: NDArray[np.int32]) -> NDArray[np.float64]:
    """Linear imputation of each segment from the others, float64 ``(C, H, W)``, without noise.

    Args:
        image: float64 ``(C, H, W)``.
        segments: int32 ``(H, W)``.
    """
    if segments.min() == segments.max():
        return np.broadcast_to(image.mean(axis=(1, 2), keepdims=True), image.shape)
    known = np.zeros_like(image)  # what a pixel gets from other segments
    total = np.zeros(segments.shape)  # of the weights of its neighbours inside the image
    inside = []  # weights between pixels of one segment
    for *step, weight in _STEPS:
        one, two = _ends(segments, *step)
        between = weight * (one != two)
        inside.append((*step, weight - between))
        for mine, other in (0, 1), (1, 0):
            _ends(known, *step)[mine][...] += between * _ends(image, *step)[other]
            _ends(total, *step)[mine][...] += weight

    def apply(guess: NDArray[np.float64]) -> NDArray[np.float64]:
        result = total * guess
        for down, across, weights in inside:
            (above, below), (here, there) = _ends(result, down, across), _ends(guess, down, across)
            above -= weights * there
            below -= weights * here
        return result

    return _solved(apply, known)


def _solved(
    apply: Callable[[NDArray[np.float64]], NDArray[np.float64]], right: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The solution of a symmetric positive definite system by conjugate gradients (Hestenes & Stiefel 1952)."""
    solution = np.zeros_like(right)
    rest, way = right.copy(), right.copy()
    length = square = _square(right)
    while square > _TOLERANCE**2 * length:
        applied = apply(way)
        share = square / float(np.sum(way * applied))
        solution += share * way
        rest -= share * applied
        before, square = square, _square(rest)
        way = rest + square / before * way
    return solution


def _square(vector: NDArray[np.float64]) -> float:
    return float(np.sum(vector * vector))


def _ends(array: NDArray[Any], down: int, across: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Views of the pixels that have a neighbour in this direction, and of these neighbours."""
    upper, lower = array[..., : array.shape[-2] - down, :], array[..., down:, :]
    if across < 0:
        return upper[..., -across:], lower[..., :across]
    width = array.shape[-1] - across
    return upper[..., :width], lower[..., across:]
