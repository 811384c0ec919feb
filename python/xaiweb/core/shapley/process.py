"""A Gaussian process over the odd or the even part of a game, and its hyper-parameters learnt from the rows.

The prior is told in :mod:`xaiweb.core.shapley.gaussian_process`. Hyper-parameters maximise the restricted
likelihood (Patterson & Thompson 1971; Rasmussen & Williams 2006, sections 2.7 and 5.4) by BFGS.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.kernels import cholesky, forward, hyperbolic, inverse, multiply

Array: TypeAlias = NDArray[np.float64]
Loss: TypeAlias = Callable[[Array], tuple[float, Array]]

LEARNING = ((128, 12), (384, 6))
"""Rows that hyper-parameters are learnt from, and how often their likelihood is evaluated, in two rounds."""
STARTS = [(level, eta) for level in (0.02, 0.1, 0.4) for eta in (1e-4, 1e-2, 1.0)]
"""Mean of artanh(rho) and eta to start from."""
POWER = 0.7
"""Of a player's relevance, that artanh(rho) is in proportion to before anything is learnt."""
SPREAD = 0.5
"""Standard deviation of log artanh(rho) around that."""
LOW, HIGH = (1e-3, 1e-6), (3.0, 1e3)
"""Bounds of artanh(rho) and eta."""
LONGEST = 1.5  # of a step of BFGS, in any logarithm
ENOUGH = 1e-3  # a smaller gain in the log-likelihood ends the search
AT_ONCE = 128  # rows whose covariances are worked on at a time


@dataclass(frozen=True, eq=False)
class Solved:
    """A process given its rows, which tells of any linear functional of it.

    Attributes:
        root: ``(n_rows, n_rows)``, Cholesky factor of the rows' covariances K.
        y, trend: The rows' values and trends, times the inverse of the root; of the values what the trends leave.
        effects: ``(n_trends, n_outputs)``, the trends' coefficients.
        variance: ``(n_outputs,)``, s^2.
        left: ``(n_rows, n_outputs)``, what the process leaves over of each row's value as noise.
    """

    root: Array
    y: Array
    trend: Array
    effects: Array
    variance: Array
    left: Array

    def tell(self, cross: Array, prior: Array, trend: Array) -> tuple[Array, Array]:
        """Means and variances, each ``(n_functionals, n_outputs)``.

        Args:
            cross: ``(n_rows, n_functionals)``, covariance with the rows, in units of s^2.
            prior: ``(n_functionals,)``, their variance.
            trend: ``(n_trends, n_functionals)``, their values on the trends.
        """
        white = forward(self.root, cross)
        missed = trend - multiply(self.trend.T, white)
        variances = prior - (white * white).sum(axis=0)
        variances += (missed * np.linalg.solve(multiply(self.trend.T, self.trend), missed)).sum(axis=0)
        return trend.T @ self.effects + multiply(white.T, self.y), np.maximum(variances, 0.0)[:, None] * self.variance


class Process:
    """Values of coalitions under the prior of one parity.

    Args:
        z: ``(n_rows, n_players)``, signs; the last row is the full coalition.
        y: ``(n_rows, n_outputs)``, values of root mean square 1.
        noise: ``(n_rows,)``, its variance in units of eta s^2.
        odd: The parity.
    """

    def __init__(self, z: Array, y: Array, noise: Array, odd: bool) -> None:
        self.z, self.y, self.noise, self.odd = z, y, noise, odd
        self.trend = z / 2 if odd else np.ones((len(z), 1))

    def covariance(self, rho: Array, eta: float) -> tuple[Array, Array, Array]:
        """Covariances of the rows in units of s^2, C sinh(u) and C cosh(u), each ``(n_rows, n_rows)``."""
        k, sinh, cosh = self._covariance(self.z, self.z, rho)
        k[np.diag_indices(len(k))] += eta * self.noise
        return k, sinh, cosh

    def _covariance(self, z: Array, others: Array, rho: Array) -> tuple[Array, Array, Array]:
        """The same of coalitions with others, without noise, each ``(len(z), len(others))``."""
        log_c = np.full(len(z), 0.5 * np.log1p(-(rho**2)).sum())
        sinh, cosh = hyperbolic(multiply(z * np.arctanh(rho), others.T), log_c)
        k: Array = (sinh - multiply(z * rho, others.T) if self.odd else cosh - 1) / variance_of(rho, self.odd)
        return k, sinh, cosh

    def expect(self, solved: Solved, rho: Array, eta: float, z: Array) -> Generator[None, None, Array]:
        """Means of the process at other coalitions, ``(len(z), n_outputs)``, with pauses.

        Args:
            solved: The process given its rows.
            rho: As it was solved with.
            eta: As it was solved with.
            z: ``(n, n_players)``, signs.
        """
        alpha = solved.left / (eta * self.noise[:, None])
        means = np.empty((len(z), self.y.shape[1]))
        for start in range(0, len(z), AT_ONCE):
            yield
            some = z[start : start + AT_ONCE]
            trend = some / 2 if self.odd else np.ones((len(some), 1))
            means[start : start + AT_ONCE] = trend @ solved.effects + multiply(
                self._covariance(some, self.z, rho)[0], alpha
            )
        return means

    def likelihood(self, rho: Array, eta: float) -> tuple[float, Array]:
        """Log of the restricted likelihood, s^2 at its best, and its slopes by artanh(rho) and log(eta).

        The slope by x is tr(M dK/dx) / 2 with M = sum over outputs of alpha alpha' / s^2 - P, where P
        is the inverse of the covariances K after the trend is projected out, and alpha = P y.
        """
        k, sinh, cosh = self.covariance(rho, eta)
        p, log_determinant = inverse(k)
        on_trend = multiply(p, self.trend)
        gram = multiply(self.trend.T, on_trend)
        p -= multiply(on_trend, np.linalg.solve(gram, on_trend.T))
        alpha = multiply(p, self.y)
        freedom, n_outputs = len(k) - len(gram), self.y.shape[1]
        variance = np.maximum((self.y * alpha).sum(axis=0), 1e-300) / freedom
        log_determinant += np.linalg.slogdet(gram)[1]
        value = -0.5 * (freedom * np.log(variance).sum() + n_outputs * log_determinant)

        m = multiply(alpha / variance, alpha.T) - n_outputs * p
        noise = eta * float(np.diag(m) @ self.noise)
        signal = float((m * k).sum()) - noise
        same, other = (sinh, cosh) if self.odd else (cosh, sinh)
        slope = (multiply(m * other, self.z) * self.z).sum(axis=0) - rho * (m * same).sum()
        if self.odd:
            slope -= (1 - rho**2) * (multiply(m, self.z) * self.z).sum(axis=0)
        slope = (slope - signal * _slope_of(rho, self.odd)) / variance_of(rho, self.odd)
        return value, np.append(slope, noise) / 2

    def solve(self, rho: Array, eta: float) -> Generator[None, None, Solved]:
        """The process given all rows, with pauses."""
        root = yield from self._root(rho, eta)
        n, p, n_outputs = *self.trend.shape, self.y.shape[1]
        y, x = np.split(forward(root, np.hstack([self.y, self.trend])), [n_outputs], axis=1)
        yield
        effects: Array = np.linalg.solve(multiply(x.T, x), multiply(x.T, y)).astype(np.float64, copy=False)
        y = y - multiply(x, effects)
        # What was learnt costs degrees of freedom too.
        variance = (y * y).sum(axis=0) / max(n - p - len(rho) - 1, (n - p) / 2)
        alpha = forward(root[::-1, ::-1].T, y[::-1])[::-1]  # an upper triangular system, upside down
        yield
        return Solved(root, y, x, effects, variance, eta * self.noise[:, None] * alpha)

    def _root(self, rho: Array, eta: float) -> Generator[None, None, Array]:
        """The Cholesky factor of the covariances of all rows, a block of columns after the other, with pauses.

        Each is worked out when its turn comes, less the product of the columns before it (left-looking; Golub & Van
        Loan 2013, Matrix Computations, section 4.2.5).
        """
        n = len(self.z)
        root = np.zeros((n, n))
        for start in range(0, n, AT_ONCE):
            yield
            end = min(start + AT_ONCE, n)
            here = slice(start, end)
            columns = self._covariance(self.z[start:], self.z[here], rho)[0]
            columns[np.diag_indices(end - start)] += eta * self.noise[here]
            columns -= multiply(root[start:, :start], root[here, :start].T)
            root[here, here] = cholesky(columns[: end - start])
            root[end:, here] = forward(root[here, here], columns[end - start :].T).T
        yield
        return root

    def learn(self, relevance: Array) -> Generator[None, None, tuple[Array, float]]:
        """The rho ``(n_players,)`` and the eta of the largest likelihood, with pauses.

        Args:
            relevance: ``(n_players, n_outputs)``, numbers whose size says which players to expect more of.
        """
        n, d = self.z.shape
        # An output that is another one, or its negative, says nothing new.
        alike = np.triu(np.abs(self.y.T @ self.y) > (1 - 1e-9) * (n - 1), 1).any(axis=0)
        sizes = np.abs(relevance).max(axis=0)
        share = np.abs(relevance / np.where(sizes > 0, sizes, 1.0))[:, ~alike].mean(axis=1)
        share = np.maximum(share, 0.01 * max(share.max(), 1e-300)) ** POWER
        centre = np.log(share / share.mean())
        low, high = (np.log(np.append(np.full(d, a), eta)) for a, eta in (LOW, HIGH))
        rounds = [(self._begin(max(n_rows, 2 * d), ~alike), evaluations) for n_rows, evaluations in LEARNING]

        x, best = low, np.inf
        for level, eta in STARTS:
            start = np.clip(np.append(np.log(level) + centre, np.log(eta)), low, high)
            value = rounds[0][0]._loss(centre, start)[0]
            if value < best:
                x, best = start, value
            yield
        for rows, evaluations in rounds:
            x = yield from minimise(partial(rows._loss, centre), x, low, high, evaluations)
        return np.tanh(np.exp(x[:d])), float(np.exp(x[d]))

    def _begin(self, n_rows: int, outputs: NDArray[np.bool_]) -> Process:
        """The first rows, and the full coalition."""
        keep = np.append(np.arange(min(n_rows, len(self.z)) - 1), len(self.z) - 1)
        return Process(self.z[keep], self.y[keep][:, outputs], self.noise[keep], self.odd)

    def _loss(self, centre: Array, x: Array) -> tuple[float, Array]:
        """Negative logarithm of likelihood and prior, and its slopes, by log artanh(rho) and log(eta).

        The prior holds log artanh(rho) together around ``centre``; their common level is free.
        """
        a, eta = np.exp(x[:-1]), float(np.exp(x[-1]))
        try:
            with np.errstate(all="ignore"):  # infinite is refused below
                value, slope = self.likelihood(np.tanh(a), eta)
        except np.linalg.LinAlgError:
            return np.inf, np.zeros_like(x)
        off = x[:-1] - centre
        off = (off - off.mean()) / SPREAD
        slope[:-1] = slope[:-1] * a - off / SPREAD
        return (0.5 * float(off @ off) - value if np.isfinite(value) else np.inf), -slope


def minimise(loss: Loss, x: Array, low: Array, high: Array, evaluations: int) -> Generator[None, None, Array]:
    """The best point of a few steps of BFGS within bounds, with a pause at every evaluation."""
    value, slope = loss(x)
    inverse = np.eye(len(x)) / max(1.0, float(np.abs(slope).max()))  # of the Hessian
    length, fresh = 1.0, True
    for _ in range(evaluations):
        yield
        step = -length * (inverse @ slope)
        step *= min(1.0, LONGEST / max(float(np.abs(step).max()), 1e-12))
        there = np.clip(x + step, low, high)
        new_value, new_slope = loss(there)
        if not new_value < value:
            length /= 4
            continue
        s, t, gain = there - x, new_slope - slope, value - new_value
        x, value, slope, length = there, new_value, new_slope, 1.0
        if gain < ENOUGH:
            break
        curvature = float(s @ t)
        if curvature > 0:
            if fresh:
                inverse, fresh = np.eye(len(x)) * curvature / float(t @ t), False
            turned = inverse @ t
            inverse += (curvature + float(t @ turned)) / curvature**2 * np.outer(s, s)
            inverse -= (np.outer(turned, s) + np.outer(s, turned)) / curvature
    return x


def variance_of(rho: Array, odd: bool) -> float:
    """tau, the prior's variance: sum over all T, of more than one player, of prod_{i in T} rho_i."""
    plus, minus = np.prod(1 + rho) / 2, np.prod(1 - rho) / 2
    return float(plus - minus - rho.sum() if odd else plus + minus - 1)


def _slope_of(rho: Array, odd: bool) -> Array:
    """Slopes of tau by artanh(rho)."""
    plus, minus = np.prod(1 + rho) / 2, np.prod(1 - rho) / 2
    slope: Array = (1 - rho) * plus - (1 + rho) * (-minus if odd else minus) - (1 - rho**2) * odd
    return slope
