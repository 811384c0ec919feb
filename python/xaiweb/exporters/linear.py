"""Linear models as a matrix product and a link, in operators that every provider has."""

from __future__ import annotations

from typing import Any

import numpy as np

from xaiweb.exporters.nodes import Graph, Matrix, unknown


def link(estimator: Any) -> str | None:
    """What follows the linear score: Sigmoid, Softmax, Exp, nothing, or None where the estimator isn't of this kind."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.linear_model import GammaRegressor, LogisticRegression, PoissonRegressor, SGDRegressor
    from sklearn.linear_model._base import LinearModel

    if isinstance(estimator, LogisticRegression | LinearDiscriminantAnalysis):
        n_classes = len(estimator.classes_)
        one_by_one = getattr(estimator, "multi_class", "auto") in ("ovr", "multinomial")
        if one_by_one or (n_classes > 2 and estimator.solver == "liblinear"):
            return None
        return "Softmax" if n_classes > 2 else "Sigmoid"
    if isinstance(estimator, PoissonRegressor | GammaRegressor):
        return "Exp"
    return "" if isinstance(estimator, LinearModel | SGDRegressor) else None


def has_score(estimator: Any) -> bool:
    """Whether it is a classifier whose decision function is linear."""
    from sklearn.linear_model._base import LinearClassifierMixin

    return isinstance(estimator, LinearClassifierMixin)


def score(graph: Graph, estimator: Any, matrix: Matrix, both_classes: bool = False) -> Matrix:
    """The linear score, one column per target or class; one for two classes.

    Args:
        graph: Where the product is added.
        estimator: With ``coef_`` and ``intercept_``.
        matrix: Its input.
        both_classes: Give two columns for two classes, opposite in sign.
    """
    weights = np.atleast_2d(np.asarray(estimator.coef_, np.float64)).T
    constant = np.broadcast_to(np.atleast_1d(np.asarray(estimator.intercept_, np.float64)), (weights.shape[1],))
    if both_classes:
        weights, constant = weights @ [[-1.0, 1.0]], constant @ [[-1.0, 1.0]]
    product = graph.add("MatMul", matrix.name, weights)
    return unknown(graph.add("Add", product, constant), weights.shape[1])
