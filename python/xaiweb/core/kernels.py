"""Dense algebra and masking as hot loops: each with numpy, beside it compiled (see :mod:`xaiweb.core.compiled`)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.compiled import Kernel, address, library

Array: TypeAlias = NDArray[np.float64]

BLOCK = 64  # rows of a triangular solve at a time


def _multiply_numpy(a: Array, b: Array) -> Array:
    """The matrix product of ``(n, depth)`` and ``(depth, m)``, of whatever memory layout."""
    product: Array = a @ b
    return product


def _multiply(a: Array, b: Array) -> Array:
    (n, depth), (rows, m) = a.shape, b.shape
    if depth != rows:
        raise ValueError(f"Matrices of the shapes {a.shape} and {b.shape} have no product.")
    product = np.zeros((n, m))
    library().xw_multiply(n, m, depth, *_strided(a), *_strided(b), address(product, np.float64, (n, m)))
    return product


def _strided(array: Array) -> tuple[int, int, int]:
    """Where a matrix begins, and its steps from row to row and from column to column, in numbers."""
    if array.dtype != np.float64:
        raise TypeError(f"An array of float64 was needed, not of {array.dtype}.")
    down, across = array.strides
    if down % 8 or across % 8 or not array.flags.aligned:
        raise ValueError("The numbers of a matrix must lie at multiples of their size.")
    return array.ctypes.data, down // 8, across // 8


def _cholesky_numpy(matrix: Array) -> Array:
    """The lower triangular root of a symmetric ``(n, n)`` matrix, of which the lower triangle is read.

    Raises:
        LinAlgError: It isn't positive definite.
    """
    return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)


def _cholesky(matrix: Array) -> Array:
    n = len(matrix)
    root = np.array(matrix, order="C")
    if not library().xw_cholesky(n, address(root, np.float64, (n, n))):
        raise np.linalg.LinAlgError("Matrix is not positive definite")
    return root


def _forward_numpy(root: Array, right: Array) -> Array:
    """root^-1 right, ``(n, m)``, for a lower triangular root, by blocks: numpy has no triangular solve."""
    result = right.copy()
    for start in range(0, len(root), BLOCK):
        here = slice(start, start + BLOCK)
        result[here] -= root[here, :start] @ result[:start]
        result[here] = np.linalg.solve(root[here, here], result[here])
    return result


def _forward(root: Array, right: Array) -> Array:
    n, m = right.shape
    result = np.array(right, order="C")
    root = np.ascontiguousarray(root)
    library().xw_forward(n, m, address(root, np.float64, (n, n)), address(result, np.float64, (n, m)))
    return result


def _inverse_numpy(matrix: Array) -> tuple[Array, float]:
    """The inverse of a symmetric positive definite ``(n, n)`` matrix, and the logarithm of its determinant.

    Raises:
        LinAlgError: It isn't positive definite.
    """
    root = np.linalg.cholesky(matrix)
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64), 2 * float(np.log(np.diag(root)).sum())


def _inverse(matrix: Array) -> tuple[Array, float]:
    root, shape = _cholesky(matrix), matrix.shape
    inverted, inverse = np.zeros((2, *shape))
    library().xw_inverse(len(root), *(address(array, np.float64, shape) for array in (root, inverted, inverse)))
    return inverse, 2 * float(np.log(np.diag(root)).sum())


def _hyperbolic_numpy(u: Array, log_c: Array) -> tuple[Array, Array]:
    """C sinh(u) and C cosh(u), each ``(n, m)`` as u, with the logarithms ``(n,)`` of each row's C.

    No value within float64's range is lost where C is tiny and sinh(u) huge.
    """
    plus, minus = np.exp(log_c[:, None] + u) / 2, np.exp(log_c[:, None] - u) / 2
    return plus - minus, plus + minus


def _hyperbolic(u: Array, log_c: Array) -> tuple[Array, Array]:
    u = np.ascontiguousarray(u)
    sinh, cosh = np.empty((2, *u.shape))
    addresses = (address(array, np.float64, u.shape) for array in (u, sinh, cosh))
    library().xw_hyperbolic(*u.shape, address(log_c, np.float64, u.shape[:1]), *addresses)
    return sinh, cosh


def _hybrid_rows_numpy(
    masks: NDArray[np.bool_], owner: NDArray[np.int64], x: NDArray[np.float32], background: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Rows, float32 ``(n, n_features)``: x in the columns whose player a coalition has, else its background row.

    Args:
        masks: bool ``(n, n_players)``.
        owner: int64 ``(n_features,)``, the player of each column.
        x: float32 ``(n_features,)``.
        background: float32 ``(n, n_features)``.
    """
    return np.where(np.take(masks, owner, axis=1), x, background)


def _hybrid_rows(
    masks: NDArray[np.bool_], owner: NDArray[np.int64], x: NDArray[np.float32], background: NDArray[np.float32]
) -> NDArray[np.float32]:
    (n, n_players), d = masks.shape, len(owner)
    if d and not 0 <= owner.min() <= owner.max() < n_players:
        raise IndexError(f"A column belongs to none of the {n_players} players.")
    masks, background = np.ascontiguousarray(masks), np.ascontiguousarray(background)
    rows = np.empty((n, d), dtype=np.float32)
    library().xw_hybrid_rows(
        *(n, d, n_players, address(masks, np.bool_, (n, n_players)), address(owner, np.int64, (d,))),
        *(address(x, np.float32, (d,)), address(background, np.float32, (n, d)), address(rows, np.float32, (n, d))),
    )
    return rows


multiply = Kernel(_multiply_numpy, _multiply, natively=False)
cholesky = Kernel(_cholesky_numpy, _cholesky, natively=False)
forward = Kernel(_forward_numpy, _forward, natively=False)
inverse = Kernel(_inverse_numpy, _inverse, natively=True)
hyperbolic = Kernel(_hyperbolic_numpy, _hyperbolic, natively=False)
hybrid_rows = Kernel(_hybrid_rows_numpy, _hybrid_rows, natively=False)
