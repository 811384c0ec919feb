"""Choosing the background: which rows an explanation compares with, and what that makes public."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.tabular import Feature
from xaiweb.errors import InputError

LARGEST_SEED = 2**32 - 1
"""What k-means takes."""
KINDS = ("sample", "kmeans", "median", "given")

RULES = {
    "sample": "A random sample without replacement (PCG64, seed {seed}) of {n} of the {total} rows given: every row "
    "had the same chance, so their mean is an unbiased estimate of the whole. Real rows are public.",
    "kmeans": "{n} k-means centres (seed {seed}) of the {total} rows given, in scaled units; a category takes its "
    "cluster's most frequent level. Each centre counts the same. No real row is public, but centres describe groups.",
    "median": "One row: the median of every number and the most frequent level of every category of the {total} rows "
    "given. No real row is public.",
    "given": "All {total} rows given, unchanged. They are public.",
}


def choose(
    rows: NDArray[np.float32], features: Sequence[Feature], kind: str, size: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.int64] | None, str]:
    """The background rows, their positions in ``rows`` where they are real rows, and the rule in words.

    Args:
        rows: float32 ``(n_rows, n_features)``.
        features: What the columns mean; categories are never averaged.
        kind: ``sample``, ``kmeans``, ``median`` or ``given``.
        size: Rows wanted; ignored by ``median`` and ``given``.
        seed: Of the sample and of k-means.

    Raises:
        InputError: If there are no rows, ``kind`` is unknown, or ``size`` or ``seed`` is no number that can be used.
    """
    if kind not in KINDS:
        raise InputError(
            f"there is no background kind {kind!r}.", where="background_kind", next=f"Choose one of {', '.join(KINDS)}."
        )
    if len(rows) == 0:
        raise InputError("the background is empty.", where="background", next="Give at least one row.", code="empty")
    for name, number, least, most in (("background_size", size, 1, None), ("seed", seed, 0, LARGEST_SEED)):
        if isinstance(number, bool) or not hasattr(number, "__index__") or number < least or number > (most or number):
            reach = f"{least} or more" if most is None else f"{least} to {most}"
            raise InputError(f"{number!r} can't be used.", where=name, next=f"Give a whole number, {reach}.")
    total = len(rows)
    positions: NDArray[np.int64] | None = None
    if kind == "sample":
        order = np.random.Generator(np.random.PCG64(seed)).permutation(total)
        positions = np.sort(order[:size]).astype(np.int64)
        chosen = rows[positions]
    elif kind == "given":
        positions = np.arange(total, dtype=np.int64)
        chosen = rows
    elif kind == "median":
        chosen = _centre(rows, features)[None]
    else:
        chosen = _kmeans(rows, features, min(size, total), seed)
    chosen = np.ascontiguousarray(chosen, dtype=np.float32)
    return chosen, positions, RULES[kind].format(n=len(chosen), total=total, seed=seed)


def _centre(rows: NDArray[np.float32], features: Sequence[Feature], mean: bool = False) -> NDArray[np.float32]:
    """The middle of some rows: median (or mean) of numbers, most frequent level of categories; NaN where all miss."""
    out = np.full(rows.shape[1], np.nan, dtype=np.float32)
    for j, feature in enumerate(features):
        known = rows[:, j][~np.isnan(rows[:, j])]
        if len(known) == 0:
            continue
        if feature.words is not None:
            out[j] = np.bincount(known.astype(np.int64)).argmax()
        else:
            out[j] = known.mean() if mean else np.median(known)
    return out


def _kmeans(rows: NDArray[np.float32], features: Sequence[Feature], size: int, seed: int) -> NDArray[np.float32]:
    try:
        from sklearn.cluster import KMeans
    except ImportError:
        raise InputError(
            "k-means needs scikit-learn, which is not installed.",
            where="background_kind",
            next="Run `pip install xaiweb[sklearn]`, or choose another kind.",
        ) from None
    middle = _centre(rows, features)
    columns = []
    for j, feature in enumerate(features):
        column = np.where(np.isnan(rows[:, j]), middle[j], rows[:, j]).astype(np.float64)
        if feature.words is None:
            columns.append((column - column.mean()) / (column.std() or 1.0))
        else:  # two rows of different levels are as far apart as numbers one standard deviation apart
            columns.extend((column == level) / np.sqrt(2) for level in range(len(feature.words)))
    labels = KMeans(size, random_state=seed, n_init=1).fit_predict(np.stack(columns, axis=1))
    return np.stack([_centre(rows[labels == label], features, mean=True) for label in np.unique(labels)])
