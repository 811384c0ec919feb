r"""A logistic model of a game of probabilities, whose own Shapley values are known: a control variate.

Probabilities saturate. What players do to one is far from additive where what they do to its logit nearly is,

    m(S) = 1 / (1 + exp(-u(S))),    u(S) = b_0 + sum_i b_i z_i,    z_i = +1 for a member of S, -1 for the others,

so few coalitions say much of m. An estimator is given what m leaves over of the values, and the Shapley values of
m are added back (a control variate of known Shapley values, as the trees of Witter et al. 2025, Regression-adjusted
Monte Carlo Estimators for Shapley Values and Probabilistic Values).

**Fit.** Least squares of the probabilities with a normal prior on the b_i, by Levenberg-Marquardt.

**Trust.** m is taken times a number from 0 to 1: the slope of the values on what m predicts of each without having
seen it, times the two's correlation, once what is additive is taken out of both. Where the logit says nothing, m does
nothing.

**Shapley values.** With half the logistic as a sine series, which alternating copies of it 2P apart make exact but for
exp(-(2P - |u|)),

    1 / (1 + exp(-u)) - 1/2 = sum_k (pi / P) / sinh(pi w_k) sin(w_k u),    w_k = (k + 1/2) pi / P,

a term is the imaginary part of a product over players. With every player present with probability q, t = 2q - 1, its
mean is that of prod_j (cos(w b_j) + i t sin(w b_j)), and Shapley values are the integral over q of the slopes (Owen
1972, Multilinear Extensions of Games): polynomials in t, for which Gauss-Legendre quadrature is exact.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.kernels import multiply

Array: TypeAlias = NDArray[np.float64]

FITTED = 512
"""Coalitions that it is fitted to at most, the first ones: there are only so many coefficients."""
PRIOR = 0.1
"""Variance of the noise over that of the values, where the b_i have variance 1."""
STEPS, ENOUGH = 40, 1e-12
"""Of a fit at most, and the relative gain that ends it."""
ADDITIVE = 1e-9
"""The size of what isn't additive, relative to the values, below which it is rounding."""
MOST_LEVERAGE = 0.95
"""What a value says of itself at most, where it is taken out of a fit."""
DIGITS = 37.0
"""exp(-37) is a rounding error."""
MAX_NODES = 64  # of the quadrature, exact up to 128 players, and beyond to float64's digits
BLOCK = 1 << 16  # numbers of a product over players at a time


@dataclass(frozen=True, eq=False)
class Logistic:
    """A logistic model of every output.

    Attributes:
        b: ``(1 + n_players, n_outputs)``, the constants and the players' coefficients.
        trust: ``(n_outputs,)``, what it is taken times; 0 for outputs that it doesn't suit.
    """

    b: Array
    trust: Array

    def values(self, masks: NDArray[np.bool_]) -> Array:
        """Its values of coalitions bool ``(n, n_players)``, ``(n, n_outputs)``."""
        return self.trust * _logistic(_signs(masks) @ self.b)

    def shapley(self) -> Array:
        """Its Shapley values, ``(n_players, n_outputs)``, exact but for rounding."""
        values = np.zeros((len(self.b) - 1, len(self.trust)))
        for output in np.flatnonzero(self.trust):
            values[:, output] = self.trust[output] * _shapley(self.b[:, output])
        return values

    def left(self, masks: NDArray[np.bool_], g: Array, total: Array) -> tuple[Array, Array]:
        """What it leaves over of pairs of a coalition and its complement, and of the whole.

        Args:
            masks: bool ``(n_pairs, n_players)``, the first coalition of each pair.
            g: ``(n_pairs, n_outputs)``, half the difference of the values of each pair's coalitions.
            total: ``(n_outputs,)``, the value of the full coalition minus that of the empty one.

        Returns:
            The same two of the values minus its own.
        """
        everybody = np.ones((1, masks.shape[1]), dtype=np.bool_)
        own = [(self.values(some) - self.values(~some)) for some in (masks, everybody)]
        return g - own[0] / 2, total - own[1][0]


def of_pairs(
    masks: NDArray[np.bool_], odd: Array, even: Array, base: Array, prediction: Array
) -> Generator[None, None, Logistic]:
    """The model of pairs of a coalition and its complement, with pauses.

    Args:
        masks: bool ``(n_pairs, n_players)``, the first coalition of each pair.
        odd: ``(n_pairs, n_outputs)``, half the difference of the values of each pair.
        even: ``(n_pairs, n_outputs)``, half their sum.
        base: ``(n_outputs,)``, the value of the empty coalition.
        prediction: ``(n_outputs,)``, the value of the full one.
    """
    masks, odd, even = masks[: FITTED // 2 - 1], odd[: FITTED // 2 - 1], even[: FITTED // 2 - 1]
    ends = np.array([[False], [True]]) & np.ones(masks.shape[1], dtype=np.bool_)
    coalitions = np.concatenate([ends, masks, ~masks])
    return fit(coalitions, np.concatenate([[base, prediction], even + odd, even - odd]))


def fit(masks: NDArray[np.bool_], values: Array) -> Generator[None, None, Logistic]:
    """The model of some values, with a pause after each output.

    Args:
        masks: bool ``(n, n_players)``, coalitions.
        values: ``(n, n_outputs)``, theirs. Outputs with values outside of 0..1, or that are constant, it doesn't suit.
    """
    x = _signs(masks)
    b, trust = np.zeros((x.shape[1], values.shape[1])), np.zeros(values.shape[1])
    additive = np.linalg.qr(x)[0]
    suits = (values.min(axis=0) >= 0) & (values.max(axis=0) <= 1) & (np.ptp(values, axis=0) > 0)
    for output in np.flatnonzero(suits):
        y = values[:, output]
        b[:, output], unseen = _fit(x, y)
        rest, expected = (part - additive @ (additive.T @ part) for part in (y, unseen))
        sizes = float(expected @ expected), float(rest @ rest)
        if min(sizes) > (ADDITIVE**2) * float(y @ y):
            common = max(float(rest @ expected), 0.0)
            trust[output] = min(common / sizes[0], 1.0) * common / float(np.sqrt(sizes[0] * sizes[1]))
        yield
    return Logistic(b, trust)


def _signs(masks: NDArray[np.bool_]) -> Array:
    """Ones, and signs of players, ``(n, 1 + n_players)``."""
    return np.concatenate([np.ones((len(masks), 1)), np.where(masks, 1.0, -1.0)], axis=1)


def _logistic(u: Array) -> Array:
    half: Array = 0.5 + 0.5 * np.tanh(u / 2)
    return half


def _fit(x: Array, y: Array) -> tuple[Array, Array]:
    """Coefficients ``(1 + n_players,)``, and predictions of each value from the others, ``(n,)``, to first order."""
    noise = PRIOR * float(y.var())
    ridge = np.full(x.shape[1], noise)
    ridge[0] = 0.0
    mean = float(np.clip(y.mean(), 1e-6, 1 - 1e-6))
    b = np.zeros(x.shape[1])
    b[0] = np.log(mean / (1 - mean))

    def loss(b: Array) -> float:
        return float(((y - _logistic(x @ b)) ** 2).sum() + (ridge * b * b).sum())

    now, damping = loss(b), 1e-2
    for _ in range(STEPS):
        p = _logistic(x @ b)
        slopes = x * (p * (1 - p))[:, None]
        gram = multiply(slopes.T, slopes) + np.diag(ridge)
        step = np.linalg.solve(gram + damping * np.diag(np.diag(gram)), slopes.T @ (y - p) - ridge * b)
        there = loss(b + step)
        if not there < now:
            damping *= 8
            continue
        b, gain, now, damping = b + step, (now - there) / now, there, damping / 8
        if gain < ENOUGH:
            break
    p = _logistic(x @ b)
    slopes = x * (p * (1 - p))[:, None]
    gram = multiply(slopes.T, slopes) + np.diag(ridge)
    leverage = (slopes * np.linalg.solve(gram, slopes.T).T).sum(axis=1)
    leverage = np.minimum(leverage, MOST_LEVERAGE)
    return b, p - leverage / (1 - leverage) * (y - p)


def _shapley(b: Array) -> Array:
    """Shapley values of a logistic game, ``(n_players,)``."""
    d = len(b) - 1
    half = (np.abs(b).sum() + DIGITS) / 2  # P
    count = int(np.ceil(DIGITS * half / np.pi**2)) + 1
    w = (np.arange(count) + 0.5) * np.pi / half
    weight = np.pi / half / np.sinh(np.pi * w)
    t, share = np.polynomial.legendre.leggauss(min(d // 2 + 1, MAX_NODES))
    values = np.zeros(d)
    at_once = max(1, BLOCK // (d * len(t)))
    for some in (slice(start, start + at_once) for start in range(0, count, at_once)):
        angles = w[some, None] * b[1:]
        sine = np.sin(angles)
        factors = np.cos(angles)[:, None] + 1j * t[:, None] * sine[:, None]  # (n_frequencies, n_nodes, n_players)
        before, after = np.ones_like(factors), np.ones_like(factors)
        np.cumprod(factors[..., :-1], axis=2, out=before[..., 1:])
        after[..., :-1] = np.cumprod(factors[..., :0:-1], axis=2)[..., ::-1]
        others = (before * after * (share / 2)[:, None]).sum(axis=1)
        constant = weight[some] * np.exp(1j * w[some] * b[0])
        values += (constant[:, None] * others * 2j * sine).imag.sum(axis=0)
    return values
