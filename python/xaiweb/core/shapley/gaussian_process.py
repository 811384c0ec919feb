r"""Shapley values and pairwise interactions from a Gaussian process over all coalitions.

Write a game as a multilinear polynomial, v(S) = sum_T beta_T chi_T(z), with z_i = +1 for a member of S,
-1 for the others and chi_T(z) = prod_{i in T} z_i. Shapley values depend on its odd part alone, which
a pair (S, complement) shows as g = (v(S) - v(S^c)) / 2, and pairwise interactions on its even part:

    phi_i  = 2 sum_{odd T containing i} beta_T / |T|
    SII_ij = 4 sum_{even T containing i, j} beta_T / (|T| - 1)

**Prior.** Effects of one player are free, as in least squares. Every other beta_T is normal with a
variance proportional to prod_{i in T} rho_i, 0 < rho_i < 1, which sums in closed form: with
a_i = artanh(rho_i), u = sum_i a_i z_i z'_i and C = prod_i sech(a_i) = prod_i sqrt(1 - rho_i^2),

    cov(g(z), g(z')) = s^2 (C sinh(u) - sum_i rho_i z_i z'_i) / tau

and tau makes the variance s^2. Noise of variance s^2 eta, in proportion to |S| (d - |S|), takes up what
is too rough for the prior. The full coalition counts as one more row, of value D / 2. As 1 / |T| is
the integral of t^(|T| - 1) over 0..1, where rho becomes t rho, the covariance of phi with g is a
one-dimensional integral of a polynomial of degree below d: Gauss-Legendre quadrature is exact.

**Hyper-parameters.** rho, one per player, and eta maximise the restricted likelihood (Patterson &
Thompson 1971; Rasmussen & Williams 2006, sections 2.7 and 5.4) on the first rows of the design, by
BFGS from the best of a few starts; all outputs share them, s^2 is each output's own.

**Residual step.** Constrained least squares on what the process leaves over is added back: the process
is a control variate with known Shapley values (as in Witter et al. 2025). So efficiency and additive
games are exact, and where the process finds nothing the result is that of least squares.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.shapley.design import MAX_LEVERAGE, Design, Operator, operator

Array: TypeAlias = NDArray[np.float64]

LEARNING_ROWS = (128, 256)  # rows the hyper-parameters are learnt from, in two rounds
ROUNDS = (20, 12)  # evaluations of the likelihood in each
STARTS_RHO = (0.02, 0.1, 0.4)
STARTS_ETA = (1e-4, 1e-2, 1.0)
POWERS = (0.0, 0.7, 1.4)  # of a player's relevance, that a start shares rho out by
SPREAD = 1.0  # prior standard deviation of log artanh(rho) around its start
LEAST_ETA = 1e-7
ADDITIVE = 1e-10  # a remainder so small, relative to the game, is rounding
BLOCK = 64  # rows of a triangular solve at a time
SHOWN_ERROR = 0.15  # largest estimated relative error of interactions worth showing


@dataclass(frozen=True, eq=False)
class Posterior:
    """Shapley values and their standard errors, each ``(n_players, n_outputs)``, in the values' unit."""

    values: Array
    std_error: Array


@dataclass(frozen=True, eq=False)
class PairInteractions:
    """Shapley interaction indices of pairs of players.

    Attributes:
        sets: int ``(n_sets, 2)``, the players, ascending.
        values: ``(n_sets, n_outputs)``, SII.
        std_error: ``(n_sets, n_outputs)``.
        relative_error: ``(n_outputs,)``, estimated L2 norm of the error over that of the values.
    """

    sets: NDArray[np.intp]
    values: Array
    std_error: Array
    relative_error: Array

    @property
    def accurate(self) -> NDArray[np.bool_]:
        """Bool ``(n_outputs,)``: whether an output's interactions are accurate enough to show."""
        return self.relative_error <= SHOWN_ERROR


Steps = Generator[None, None, Posterior]


def fit(pairs: Design, g: Array, total: Array, known: Operator | None = None) -> Steps:
    """Shapley values of a game, in short steps so that whoever runs them can stop.

    Args:
        pairs: The design.
        g: ``(n_pairs, n_outputs)``, half the difference of the values of each pair's coalitions.
        total: ``(n_outputs,)``, D: the value of the full coalition minus that of the empty one.
        known: The design's operator, where it has been made before.
    """
    a, c, h = known or operator(pairs)
    d = pairs.masks.shape[1]
    values = a @ g + c[:, None] * total
    std_error = np.zeros_like(values)
    if pairs.n_coalitions == 2**d:
        return Posterior(values, std_error)
    rest = g - _signs(pairs.masks) @ values / 2
    # Outputs of an additive game are done.
    rough = _size(rest) > ADDITIVE * np.maximum(_size(g), np.abs(total))
    if rough.any():
        rest = rest[:, rough]
        unit = _size(rest)
        z, noise = _rows(pairs)
        y = np.concatenate([rest / unit, np.zeros((1, len(unit)))])  # efficient: nothing is left at the full one
        relevance = _size((values[:, rough] / _size(values[:, rough])).T)
        process = _Process(z, y, noise, odd=True)
        rho, eta = yield from _learn(process, relevance)
        cross, prior = _shapley_covariance(z, rho)
        yield
        means, variances, left = yield from _posterior(process, rho, eta, cross, prior, np.eye(d))
        left = left[:-1]
        means += a @ left - c[:, None] * means.sum(axis=0)
        hc3 = np.zeros_like(means)
        if h.max() <= MAX_LEVERAGE:
            hc3 = (a * a) @ (left / (1 - h)[:, None]) ** 2
        values[:, rough] += means * unit
        std_error[:, rough] = np.sqrt(np.maximum(variances, hc3)) * unit
    values += (total - values.sum(axis=0)) / d  # the last digit
    return Posterior(values, std_error)


def _signs(masks: NDArray[np.bool_]) -> Array:
    return np.where(masks, 1.0, -1.0)


def _size(columns: Array) -> Array:
    """Root mean square of each column, without overflow."""
    largest = np.abs(columns).max(axis=0, initial=0.0)
    largest = np.where(largest > 0, largest, 1.0)
    size: Array = largest * np.sqrt(np.mean((columns / largest) ** 2, axis=0))
    return size


def _rows(pairs: Design) -> tuple[Array, Array]:
    """Signs of the pairs' first coalitions and the full one, and the noise of each in units of eta."""
    d = pairs.masks.shape[1]
    noise = pairs.sizes * (d - pairs.sizes) / np.mean(pairs.sizes * (d - pairs.sizes))
    return np.concatenate([_signs(pairs.masks), np.ones((1, d))]), np.append(noise, 1e-2)


class _Process:
    """The restricted likelihood of rows ``z`` with values ``y`` under the prior of one parity."""

    def __init__(self, z: Array, y: Array, noise: Array, odd: bool) -> None:
        self.z, self.y, self.noise, self.odd = z, y, noise, odd
        self.trend = z / 2 if odd else np.ones((len(z), 1))

    def first(self, n_rows: int) -> _Process:
        """The process of the first rows and the full coalition."""
        if n_rows >= len(self.z):
            return self
        keep = np.append(np.arange(n_rows - 1), len(self.z) - 1)
        return _Process(self.z[keep], self.y[keep], self.noise[keep], self.odd)

    def kernel(self, rho: Array) -> tuple[Array, Array, Array, float]:
        """The prior's correlations, C sinh(u) and C cosh(u), and tau."""
        a = np.arctanh(rho)
        c = np.prod(1 / np.cosh(a))
        e = np.exp((self.z * a) @ self.z.T)
        half, inverse = c / 2 * e, c / 2 / e
        sinh, cosh = half - inverse, half + inverse
        if self.odd:
            tau = float(c * np.sinh(a.sum()) - rho.sum())
            return (sinh - (self.z * rho) @ self.z.T) / tau, sinh, cosh, tau
        tau = float(c * np.cosh(a.sum()) - 1)
        return (cosh - 1) / tau, sinh, cosh, tau

    def likelihood(self, rho: Array, eta: float, gradient: bool = True) -> tuple[float, Array]:
        """Restricted log-likelihood, s^2 profiled, and its gradient in artanh(rho) and log(eta)."""
        k, sinh, cosh, tau = self.kernel(rho)
        covariance = k.copy()
        covariance[np.diag_indices(len(k))] += eta * self.noise
        n, p = self.trend.shape
        n_outputs = self.y.shape[1]
        root = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
        if not gradient:
            white = _forward(root, np.hstack([self.y, self.trend]))
            y, x = white[:, :n_outputs], white[:, n_outputs:]
            gram = x.T @ x
            y = y - x @ np.linalg.solve(gram, x.T @ y)
            squares = (y * y).sum(axis=0)
        else:
            inverse = np.linalg.inv(covariance)
            kx = inverse @ self.trend
            gram = self.trend.T @ kx
            projected = inverse - kx @ np.linalg.solve(gram, kx.T)
            alpha = projected @ self.y
            squares = (self.y * alpha).sum(axis=0)
        variance = np.maximum(squares, 1e-300) / (n - p)
        determinant = 2 * np.log(np.diag(root)).sum() + np.linalg.slogdet(gram)[1]
        value = -0.5 * ((n - p) * np.log(variance).sum() + n_outputs * determinant)
        if not gradient:
            return value, np.empty(0)
        m = (alpha / variance) @ alpha.T - n_outputs * projected
        a, z, sech2 = np.arctanh(rho), self.z, 1 - rho**2
        c = np.prod(1 / np.cosh(a))
        diagonal = c * np.sinh(a.sum()), c * np.cosh(a.sum())
        same, other = (sinh, cosh) if self.odd else (cosh, sinh)
        slope = ((m * other) @ z * z).sum(axis=0) - rho * (m * same).sum()
        slope_tau = diagonal[self.odd] - rho * diagonal[not self.odd]
        if self.odd:
            slope -= sech2 * ((m @ z) * z).sum(axis=0)
            slope_tau = slope_tau - sech2
        slope = 0.5 * (slope - (m * k).sum() * slope_tau) / tau
        return value, np.append(slope, 0.5 * eta * (np.diag(m) * self.noise).sum())


def _forward(root: Array, right: Array) -> Array:
    """root^-1 right for a lower triangular root, by blocks: numpy has no triangular solve."""
    result = right.copy()
    for start in range(0, len(root), BLOCK):
        here = slice(start, start + BLOCK)
        result[here] -= root[here, :start] @ result[:start]
        result[here] = np.linalg.solve(root[here, here], result[here])
    return result


def _learn(process: _Process, relevance: Array) -> Generator[None, None, tuple[Array, float]]:
    """Rho ``(n_players,)`` and eta of the largest restricted likelihood."""
    n, d = process.z.shape
    # An output that is another one, or its negative, says nothing new.
    alike = np.triu(np.abs(process.y.T @ process.y) > (1 - 1e-9) * (len(process.z) - 1), 1).any(axis=0)
    distinct = _Process(process.z, process.y[:, ~alike], process.noise, process.odd)
    few, more = (distinct.first(max(rows, 2 * d)) for rows in LEARNING_ROWS)
    best = (-np.inf, np.empty(0), 0.0)
    for power in POWERS:
        share = relevance**power
        share = share / share.mean()
        for level in STARTS_RHO:
            rho = np.clip(level * share, 1e-3, 0.9)
            for eta in STARTS_ETA:
                value = few.likelihood(rho, eta, gradient=False)[0]
                if value > best[0]:
                    best = (value, rho, eta)
            yield
    x = np.append(np.log(np.arctanh(best[1])), np.log(best[2]))
    centre = x[:d].copy()
    for rows, evaluations in ((few, ROUNDS[0]), (more, ROUNDS[1])):
        x = yield from _ascend(rows, x, centre, evaluations)
    rho, eta = np.tanh(np.exp(x[:d])), float(np.exp(x[d]))
    if len(more.z) < n:
        tried = []
        for factor in (1.0, 10.0, 0.1):
            tried.append((distinct.likelihood(rho, eta * factor, gradient=False)[0], eta * factor))
            yield
        eta = max(tried)[1]
    return rho, eta


def _ascend(process: _Process, x: Array, centre: Array, evaluations: int) -> Generator[None, None, Array]:
    """BFGS on the penalised likelihood in log artanh(rho), log(eta)."""
    d = len(centre)
    low = np.append(np.full(d, np.log(1e-4)), np.log(LEAST_ETA))
    high = np.append(np.full(d, np.log(3.0)), np.log(1e3))

    def loss(x: Array) -> tuple[float, Array]:
        a = np.exp(x[:d])
        value, slope = process.likelihood(np.tanh(a), float(np.exp(x[d])))
        off = (x[:d] - centre) / SPREAD
        slope[:d] = slope[:d] * a - off / SPREAD
        return 0.5 * float(off @ off) - value, -slope

    value, slope = loss(x)
    yield
    inverse = np.eye(d + 1) / max(1.0, float(np.abs(slope).max()))
    first = True
    length = 1.0
    direction = -inverse @ slope
    for _ in range(evaluations):
        step = direction * length
        step *= min(1.0, 1.5 / max(np.abs(step).max(), 1e-12))
        there = np.clip(x + step, low, high)
        new_value, new_slope = loss(there)
        yield
        if not new_value < value:
            length /= 4
            if length < 1e-3:
                break
            continue
        s, t = there - x, new_slope - slope
        x, gain = there, value - new_value
        value, slope, length = new_value, new_slope, 1.0
        if gain < 1e-3:
            break
        curvature = float(s @ t)
        if curvature > 1e-10:
            if first:
                inverse = np.eye(d + 1) * curvature / float(t @ t)
                first = False
            v = inverse @ t
            inverse += ((curvature + float(t @ v)) / curvature**2) * np.outer(s, s)
            inverse -= (np.outer(v, s) + np.outer(s, v)) / curvature
        direction = -inverse @ slope
    return x


def _posterior(
    process: _Process, rho: Array, eta: float, cross: Array, prior: Array, trend: Array
) -> Generator[None, None, tuple[Array, Array, Array]]:
    """Means and variances of linear functionals of the process, and what it leaves over of each row.

    Args:
        process: All rows.
        rho: Hyper-parameters.
        eta: Noise.
        cross: ``(n_rows, n_functionals)``, covariance with the rows, in units of s^2.
        prior: ``(n_functionals,)``, their variance.
        trend: ``(n_trends, n_functionals)``, their values on the trends.
    """
    covariance = process.kernel(rho)[0]
    covariance[np.diag_indices(len(covariance))] += eta * process.noise
    n, p = process.trend.shape
    n_outputs = process.y.shape[1]
    yield
    root = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    yield
    white = _forward(root, np.hstack([process.y, process.trend, cross]))
    yield
    y, x, f = white[:, :n_outputs], white[:, n_outputs : n_outputs + p], white[:, n_outputs + p :]
    gram = x.T @ x
    effects = np.linalg.solve(gram, x.T @ y)
    y = y - x @ effects
    variance = (y * y).sum(axis=0) / (n - p)
    means = trend.T @ effects + f.T @ y
    missed = trend - x.T @ f
    variances = prior - (f * f).sum(axis=0) + (missed * np.linalg.solve(gram, missed)).sum(axis=0)
    alpha = _forward(root[::-1, ::-1].T, y[::-1])[::-1]  # an upper triangular system, upside down
    left = eta * process.noise[:, None] * alpha
    return means, np.maximum(variances, 0.0)[:, None] * variance, left


def _nodes(degree: int) -> tuple[Array, Array]:
    """Nodes and weights on 0..1, exact for polynomials of this degree (up to 127)."""
    nodes, weights = np.polynomial.legendre.leggauss(min(degree // 2 + 1, 64))
    return (nodes + 1) / 2, weights / 2


def _products(z: Array, t: Array, rho: Array) -> tuple[Array, Array, Array]:
    """Half the sum and the difference of prod_j(1 +- t rho_j z_j), ``(n_rows, n_nodes)`` each, and t rho."""
    scaled = t[:, None] * rho
    a = np.arctanh(scaled)
    u, c = z @ a.T, np.prod(1 / np.cosh(a), axis=1)
    return c * np.cosh(u), c * np.sinh(u), scaled


def _shapley_covariance(z: Array, rho: Array) -> tuple[Array, Array]:
    """Covariance of phi with the rows, ``(n_rows, n_players)``, and the variance of phi, in units of s^2.

    2 rho_i / tau (integral_0^1 z_i prod_{j != i}(1 + t rho_j z_j) dt, its even part in t, - z_i); the
    variance has 1 / |T|^2 in place of 1 / |T|, the same integral over t t'.
    """
    d = len(rho)
    t, w = _nodes(d)

    def integral(z: Array, t: Array, w: Array) -> Array:
        even, odd, scaled = _products(z, t, rho)
        w = w[:, None] / (1 - scaled**2)
        result: Array = rho * (z * (even @ w) - odd @ (w * scaled) - z)
        return result

    a = np.arctanh(rho)
    tau = np.prod(1 / np.cosh(a)) * np.sinh(a.sum()) - rho.sum()
    full = integral(np.ones((1, d)), np.outer(t, t).ravel(), np.outer(w, w).ravel())[0]
    return 2 / tau * integral(z, t, w), 4 / tau * full


def interactions(
    pairs: Design, even: Array, base: Array, prediction: Array, relevance: Array
) -> Generator[None, None, PairInteractions]:
    """Interactions of all pairs of players from the same evaluations, in short steps.

    Args:
        pairs: The design, of three players or more.
        even: ``(n_pairs, n_outputs)``, the mean of the values of each pair's coalitions.
        base: ``(n_outputs,)``, the value of the empty coalition.
        prediction: ``(n_outputs,)``, the value of the full one.
        relevance: ``(n_players, n_outputs)``, Shapley values: where to start looking.
    """
    d = pairs.masks.shape[1]
    sets = np.array(list(combinations(range(d), 2)), dtype=np.intp).reshape(-1, 2)
    values = np.zeros((len(sets), even.shape[1]))
    std_error = np.zeros_like(values)
    ends = (base + prediction) / 2
    z, noise = _rows(pairs)
    rows = np.concatenate([even, ends[None]]) - ends
    if pairs.n_coalitions == 2**d:
        values = _every_pair(z > 0, rows)[sets[:, 0], sets[:, 1]]
        return PairInteractions(sets, values, std_error, np.zeros(even.shape[1]))
    rough = _size(rows) > ADDITIVE * np.maximum(_size(even), np.abs(prediction - base))
    if rough.any():
        unit = _size(rows[:-1, rough])
        process = _Process(z, rows[:, rough] / unit, noise, odd=False)
        rho, eta = yield from _learn(process, _size((relevance[:, rough] / unit).T))
        cross, prior = _pair_covariance(z, rho, sets)
        yield
        means, variances, _ = yield from _posterior(process, rho, eta, cross, prior, np.zeros((1, len(sets))))
        values[:, rough], std_error[:, rough] = means * unit, np.sqrt(variances) * unit
    error, size = _size(std_error), _size(values)
    return PairInteractions(sets, values, std_error, np.divide(error, size, out=np.zeros_like(size), where=error > 0))


def _every_pair(masks: NDArray[np.bool_], rows: Array) -> Array:
    """SII of all pairs, ``(n_players, n_players, n_outputs)``, from the mean values of all pairs of coalitions.

    A coalition counts with the weight of its players without i and j (Grabisch & Roubens 1999), and
    so does its complement.
    """
    d = masks.shape[1]
    weight = np.zeros(d + 3)
    weight[: d - 1] = [factorial(s) * factorial(d - s - 2) / factorial(d - 1) for s in range(d - 1)]
    inside, size = masks.astype(np.float64), masks.sum(axis=1)
    outside = 1 - inside
    columns = []
    for column in 2 * rows.T:
        both = inside.T @ (inside * (weight[size - 2] * column)[:, None])
        none = outside.T @ (outside * (weight[size] * column)[:, None])
        one = inside.T @ (outside * (weight[size - 1] * column)[:, None])
        columns.append(both + none - one - one.T)
    return np.stack(columns, axis=-1)


def _pair_covariance(z: Array, rho: Array, sets: NDArray[np.intp]) -> tuple[Array, Array]:
    """Covariance of SII with the rows, ``(n_rows, n_sets)``, and the variance of SII, in units of s^2.

    4 rho_i rho_j z_i z_j / tau times the even part in t of integral_0^1 prod_{l != i, j}(1 + t rho_l z_l) dt;
    the variance has 1 / (|T| - 1)^2 in place of 1 / (|T| - 1), the same integral over t t'.
    """
    i, j = sets.T
    t, w = _nodes(len(rho))

    def integral(z: Array, t: Array, w: Array) -> Array:
        even, odd, scaled = _products(z, t, rho)
        r, s = scaled[:, i], scaled[:, j]
        w = w[:, None] / ((1 - r**2) * (1 - s**2))
        result: Array = (even @ w) * (z[:, i] * z[:, j]) + even @ (w * r * s)
        result -= (odd @ (w * r)) * z[:, j] + (odd @ (w * s)) * z[:, i]
        result *= rho[i] * rho[j]
        return result

    a = np.arctanh(rho)
    tau = np.prod(1 / np.cosh(a)) * np.cosh(a.sum()) - 1
    full = integral(np.ones((1, len(rho))), np.outer(t, t).ravel(), np.outer(w, w).ravel())[0]
    return 4 / tau * integral(z, t, w), 16 / tau * full
