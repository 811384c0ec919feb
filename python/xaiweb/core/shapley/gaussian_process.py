r"""Shapley values and pairwise interactions from a Gaussian process over all coalitions.

Write a game as a multilinear polynomial, v(S) = sum_T beta_T chi_T(z), with z_i = +1 for a member of S,
-1 for the others and chi_T(z) = prod_{i in T} z_i. Shapley values depend on its odd part alone, which
a pair (S, complement) shows as g = (v(S) - v(S^c)) / 2, and pairwise interactions on its even part:

    phi_i  = 2 sum_{odd T containing i} beta_T / |T|
    SII_ij = 4 sum_{even T containing i, j} beta_T / (|T| - 1)

**Prior.** The effects of single players are free, as in least squares. Every other beta_T is normal with
a variance in proportion to prod_{i in T} rho_i, 0 < rho_i < 1, which sums in closed form over all
orders: with a_i = artanh(rho_i), u = sum_i a_i z_i z'_i and C = prod_i sqrt(1 - rho_i^2),

    cov(g(z), g(z')) = s^2 (C sinh(u) - sum_i rho_i z_i z'_i) / tau        (even part: C cosh(u) - 1)

and tau makes the variance s^2. Noise of variance s^2 eta, in proportion to |S| (d - |S|), takes up what
is too rough for the prior. The full coalition is one more row, of value D / 2. As 1 / |T| is the
integral of t^(|T| - 1) over 0..1, where rho becomes t rho, the covariance of phi with g is a
one-dimensional integral of a polynomial of degree below d: Gauss-Legendre quadrature is exact.

**Hyper-parameters.** rho and eta are learnt from the first rows of the design, first from few, then from
more. A normal prior holds log a_i together around a_i in proportion to |phi_i|^0.7 of least squares;
their common level is free. All outputs share rho and eta; s^2 is each one's own.

**Residual step.** Least squares of what the process leaves over is added back: the process is a control
variate of known Shapley values (as in Witter et al. 2025). So efficiency and additive games are exact,
and where the process finds nothing the result is that of least squares. Of a large design the process is
given the first pairs only, and the others tell what it leaves over: so more of them never makes it worse.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.kernels import hyperbolic, multiply
from xaiweb.core.shapley.design import MAX_LEVERAGE, Design, Operator, operator
from xaiweb.core.shapley.process import Array, Process, variance_of

MOST_PAIRS = 2047  # whose covariances are worth factorising: 34 MB
EXACT = 1e-10  # what is left over is rounding below this share of the game
MAX_NODES = 64  # quadrature is exact up to 127 players, and beyond to float64's digits
AT_ONCE = 32  # pairs of players
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
        values: ``(n_sets, n_outputs)``, SII in the values' unit.
        std_error: ``(n_sets, n_outputs)``.
        relative_error: ``(n_outputs,)``, the estimated L2 norm of the error over that of the values.
    """

    sets: NDArray[np.intp]
    values: Array
    std_error: Array
    relative_error: Array

    @property
    def accurate(self) -> NDArray[np.bool_]:
        """Whether the interactions of each output, ``(n_outputs,)``, are accurate enough to show."""
        return self.relative_error <= SHOWN_ERROR


def fit(pairs: Design, g: Array, total: Array, known: Operator | None = None) -> Generator[None, None, Posterior]:
    """Shapley values of a game, in short steps so that whoever runs them can stop.

    A standard error is the posterior's, or HC3's of the residual step where that is larger.

    Args:
        pairs: The design.
        g: ``(n_pairs, n_outputs)``, half the difference of the values of each pair's coalitions.
        total: ``(n_outputs,)``, D: the value of the full coalition minus that of the empty one.
        known: The design's operator, where it has been made before.
    """
    a, c, h = known or operator(pairs)
    n_pairs, d = pairs.masks.shape
    values = a @ g + c[:, None] * total
    std_error = np.zeros_like(values)
    if pairs.n_coalitions < 2**d and n_pairs >= d:
        z, noise = _rows(pairs)
        # The process sees what least squares leaves over: 0 at the full coalition.
        rest = np.concatenate([g - z[:-1] @ values / 2, np.zeros((1, len(total)))])
        unit = _size(rest[:-1])
        rough = unit > EXACT * np.maximum(_size(g), np.abs(total))
        if rough.any():
            seen = _seen(n_pairs)
            y = rest[:, rough] / unit[rough]
            process = Process(z[seen], y[seen], noise[seen], odd=True)
            rho, eta = yield from process.learn(values[:, rough])
            solved = yield from process.solve(rho, eta)
            of_players = _shapley_covariance(z[seen], rho)
            yield
            means, variances = solved.tell(*of_players, np.eye(d))
            # Pairs beyond those that the process was given tell what it left over of the game.
            others = slice(len(seen) - 1, n_pairs)
            expected = yield from process.expect(solved, rho, eta, z[others])
            left = np.concatenate([solved.left[:-1], y[others] - expected])
            means += a @ left - c[:, None] * means.sum(axis=0)
            if h.max() <= MAX_LEVERAGE:
                variances = np.maximum(variances, (a * a) @ (left / (1 - h)[:, None]) ** 2)
            values[:, rough] += means * unit[rough]
            std_error[:, rough] = np.sqrt(variances) * unit[rough]
    values += (total - values.sum(axis=0)) / d  # the last digit
    return Posterior(values, std_error)


def interactions(
    pairs: Design, even: Array, base: Array, prediction: Array, relevance: Array
) -> Generator[None, None, PairInteractions]:
    """Interactions of all pairs of players from the same evaluations, in short steps.

    Of a design with every coalition they are exact: see :mod:`xaiweb.core.shapley.interactions`.

    Args:
        pairs: The design.
        even: ``(n_pairs, n_outputs)``, the mean of the values of each pair's coalitions.
        base: ``(n_outputs,)``, the value of the empty coalition.
        prediction: ``(n_outputs,)``, the value of the full one.
        relevance: ``(n_players, n_outputs)``, Shapley values: where to start looking.
    """
    d = pairs.masks.shape[1]
    sets = np.array([*combinations(range(d), 2)], dtype=np.intp).reshape(-1, 2)
    z, noise = _rows(pairs)
    ends = (base + prediction) / 2
    rows = np.concatenate([even - ends, np.zeros((1, len(ends)))])
    values = np.zeros((len(sets), len(ends)))
    std_error = np.zeros_like(values)
    unit = _size(rows[:-1])
    rough = unit > EXACT * np.maximum(_size(even), np.abs(ends))
    if rough.any():
        seen = _seen(len(pairs.masks))
        process = Process(z[seen], rows[seen][:, rough] / unit[rough], noise[seen], odd=False)
        rho, eta = yield from process.learn(relevance[:, rough])
        solved = yield from process.solve(rho, eta)
        for start in range(0, len(sets), AT_ONCE):
            yield
            some = slice(start, start + AT_ONCE)
            of_pairs = _pair_covariance(z[seen], rho, sets[some])
            means, variances = solved.tell(*of_pairs, np.zeros((1, len(sets[some]))))
            values[some, rough] = means * unit[rough]
            std_error[some, rough] = np.sqrt(variances) * unit[rough]
    error, size = _size(std_error), _size(values)
    relative_error = np.divide(error, size, out=np.where(error > 0, np.inf, 0.0), where=size > 0)
    return PairInteractions(sets, values, std_error, relative_error)


def _size(columns: Array) -> Array:
    """Root mean square of each column; neither huge nor tiny values leave float64's range."""
    largest = np.abs(columns).max(axis=0, initial=0.0)
    scaled = np.divide(columns, largest, out=np.zeros_like(columns), where=largest > 0)
    size: Array = largest * np.sqrt((scaled**2).sum(axis=0) / max(len(columns), 1))
    return size


def _seen(n_pairs: int) -> NDArray[np.intp]:
    """The rows that a process is given: the first pairs, and the full coalition."""
    return np.append(np.arange(min(n_pairs, MOST_PAIRS), dtype=np.intp), n_pairs)


def _rows(pairs: Design) -> tuple[Array, Array]:
    """Signs z of each pair's first coalition and of the full one, and their noise in units of eta."""
    d = pairs.masks.shape[1]
    z = np.where(np.concatenate([pairs.masks, np.ones((1, d), dtype=np.bool_)]), 1.0, -1.0)
    noise = pairs.sizes * (d - pairs.sizes) / max(np.sum(pairs.sizes * (d - pairs.sizes)) / max(len(z) - 1, 1), 1)
    return z, np.append(noise, 0.01)  # the full coalition's is for the condition alone


def _products(z: Array, rho: Array) -> tuple[Array, Array]:
    """Half the sum and half the difference of prod_j(1 + rho_j z_j) and prod_j(1 - rho_j z_j), ``(n_rows, n_nodes)``.

    For ``rho`` ``(n_nodes, n_players)``.
    """
    odd, even = hyperbolic(multiply(np.arctanh(rho), z.T), 0.5 * np.log1p(-(rho**2)).sum(axis=1))
    return even.T, odd.T


@lru_cache(maxsize=16)
def _quadrature(n_players: int) -> tuple[Array, Array]:
    """Nodes and weights on 0..1, exact for polynomials of this degree."""
    nodes, weights = np.polynomial.legendre.leggauss(min(n_players // 2 + 1, MAX_NODES))
    nodes, weights = (nodes + 1) / 2, weights / 2
    for array in (nodes, weights):
        array.setflags(write=False)  # it is shared by the cache
    return nodes, weights


def _shapley_covariance(z: Array, rho: Array) -> tuple[Array, Array]:
    """Covariance of phi with the rows, ``(n_rows, n_players)``, and the variance of phi, in units of s^2.

    2 rho_i z_i / tau times the integral over t in 0..1 of the even part, less 1, of
    prod_{j != i}(1 + t rho_j z_j), which is prod_j over the factor of i. The variance has 1 / |T|^2 in
    place of 1 / |T|: z = 1 and the same integral over t t'.
    """

    def integral(z: Array, t: Array, w: Array) -> Array:
        r = t[:, None] * rho
        even, odd = _products(z, r)
        w = w[:, None] / (1 - r**2)
        result: Array = rho * (z * multiply(even, w) - multiply(odd, w * r) - z)
        return result

    t, w = _quadrature(len(rho))
    variance = integral(np.ones((1, len(rho))), np.outer(t, t).ravel(), np.outer(w, w).ravel())[0]
    return 2 / variance_of(rho, True) * integral(z, t, w), 4 / variance_of(rho, True) * variance


def _pair_covariance(z: Array, rho: Array, sets: NDArray[np.intp]) -> tuple[Array, Array]:
    """Covariance of SII with the rows, ``(n_rows, n_sets)``, and the variance of SII, in units of s^2.

    4 rho_i rho_j z_i z_j / tau times the integral over t in 0..1 of the even part of
    prod_{l != i, j}(1 + t rho_l z_l). The variance has 1 / (|T| - 1)^2 in place of 1 / (|T| - 1).
    """
    i, j = sets.T

    def integral(z: Array, t: Array, w: Array) -> Array:
        r, s = t[:, None] * rho[i], t[:, None] * rho[j]
        even, odd = _products(z, t[:, None] * rho)
        w = w[:, None] / ((1 - r**2) * (1 - s**2))
        result: Array = multiply(even, w) * (z[:, i] * z[:, j]) + multiply(even, w * r * s)
        result -= multiply(odd, w * r) * z[:, j] + multiply(odd, w * s) * z[:, i]
        result *= rho[i] * rho[j]
        return result

    t, w = _quadrature(len(rho))
    variance = integral(np.ones((1, len(rho))), np.outer(t, t).ravel(), np.outer(w, w).ravel())[0]
    return 4 / variance_of(rho, False) * integral(z, t, w), 16 / variance_of(rho, False) * variance
