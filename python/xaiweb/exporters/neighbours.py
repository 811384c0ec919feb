"""The nearest neighbours by straight distance, all at once, as a matrix product in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.exporters.nodes import Graph, Matrix, unknown

SAME = 1e-12
"""Squared distances below this share of the squared lengths are 0: more can't be told from products in float64."""


def is_one(estimator: Any) -> bool:
    """Whether `vote` knows the estimator: straight distances, counted equally or by their inverse."""
    return (
        type(estimator).__name__ in ("KNeighborsClassifier", "KNeighborsRegressor")
        and getattr(estimator, "effective_metric_", None) == "euclidean"
        and estimator.weights in ("uniform", "distance")
    )


def vote(graph: Graph, estimator: Any, matrix: Matrix) -> Matrix:
    """The neighbours' shares of each class, or the mean of their targets.

    Args:
        graph: Where the nodes are added.
        estimator: Fitted, one target at a time for a classifier.
        matrix: Its input.
    """
    points = np.asarray(estimator._fit_X, np.float64)
    sizes = graph.double((points**2).sum(axis=1))
    rows = graph.add("Cast", matrix.name, to=graph.DOUBLE)
    # |x - p|^2 = |x|^2 + |p|^2 - 2 x p; the first term is the same for every point
    near, places = graph.top(graph.add("Gemm", rows, graph.double(-2 * points.T), sizes), estimator.n_neighbors)
    answers = _answers(estimator)
    chosen = graph.add("Gather", answers.astype(np.float32), places, axis=0)  # (n_rows, n_neighbours, n_outputs)
    if estimator.weights == "uniform":
        mean = graph.add("ReduceMean", chosen, np.array([1], np.int64), keepdims=0)
        return unknown(mean, answers.shape[1])
    size = graph.add("ReduceSum", graph.add("Mul", rows, rows), np.array([1], np.int64), keepdims=1)
    squared = graph.add("Add", size, near)
    both = graph.add("Add", size, graph.add("Gather", sizes, places, axis=0))
    same = graph.add("LessOrEqual", squared, graph.add("Mul", both, graph.double(np.array(SAME))))
    distance = graph.add("Sqrt", graph.add("Where", same, graph.double(np.zeros(1)), squared))
    shares = graph.add("Unsqueeze", _shares(graph, distance), np.array([2], np.int64))
    total = graph.add("ReduceSum", graph.add("Mul", chosen, shares), np.array([1], np.int64), keepdims=0)
    return unknown(total, answers.shape[1])


def _answers(estimator: Any) -> NDArray[Any]:
    """What each known point says, (n_points, n_outputs): its class as ones and zeros, or its targets."""
    known = np.asarray(estimator._y)
    if hasattr(estimator, "classes_"):
        return np.asarray(np.eye(len(estimator.classes_))[known.ravel()])
    return known.reshape(len(known), -1)


def _shares(graph: Graph, distance: str) -> str:
    """Weights by inverse distance that sum to 1; points at no distance share everything."""
    zero = graph.add("Equal", distance, graph.double(np.zeros(1)))
    there = graph.add("Cast", zero, to=graph.DOUBLE)
    axis = np.array([1], np.int64)
    any_there = graph.add("Cast", graph.add("ReduceMax", there, axis, keepdims=1), to=graph.BOOL)
    inverse = graph.add("Div", graph.double(np.ones(1)), graph.add("Where", zero, graph.double(np.ones(1)), distance))
    weights = graph.add("Where", any_there, there, inverse)
    shares = graph.add("Div", weights, graph.add("ReduceSum", weights, axis, keepdims=1))
    return graph.add("Cast", shares, to=graph.FLOAT)
