"""Linear models and MLPs as matrix products and a link, in operators that every provider has."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.exporters.nodes import Graph, Matrix, unknown

_ACTIVATIONS = {"relu": "Relu", "tanh": "Tanh", "logistic": "Sigmoid", "identity": ""}
_LINKS = {"softmax": "Softmax", "logistic": "Sigmoid", "identity": ""}


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
    if is_network(estimator):
        return _LINKS.get(estimator.out_activation_)
    if isinstance(estimator, PoissonRegressor | GammaRegressor):
        return "Exp"
    return "" if isinstance(estimator, LinearModel | SGDRegressor) else None


def has_score(estimator: Any) -> bool:
    """Whether it is a classifier whose decision function is linear."""
    from sklearn.linear_model._base import LinearClassifierMixin

    return isinstance(estimator, LinearClassifierMixin)


def is_network(estimator: Any) -> bool:
    """Whether it is scikit-learn's MLP."""
    return type(estimator).__name__ in ("MLPClassifier", "MLPRegressor")


def score(graph: Graph, estimator: Any, matrix: Matrix, both_classes: bool = False) -> Matrix:
    """The score before the link, one column per target or class; one for two classes.

    Args:
        graph: Where the products are added.
        estimator: With ``coef_`` and ``intercept_``, or with lists of them, one per layer.
        matrix: Its input.
        both_classes: Give two columns for two classes, opposite in sign.
    """
    if not is_network(estimator):
        coefficients = np.atleast_2d(np.asarray(estimator.coef_, np.float64)).T
        return _layer(graph, matrix.name, coefficients, estimator.intercept_, both_classes)
    *hidden, last = zip(estimator.coefs_, estimator.intercepts_, strict=True)
    name = matrix.name
    for weights, constant in hidden:
        name = _layer(graph, name, weights, constant).name
        activation = _ACTIVATIONS[estimator.activation]
        name = graph.add(activation, name) if activation else name
    return _layer(graph, name, *last, both_classes)


def _layer(graph: Graph, name: str, weights: NDArray[Any], constant: Any, both_classes: bool = False) -> Matrix:
    constants = np.broadcast_to(np.atleast_1d(np.asarray(constant, np.float64)), (weights.shape[1],))
    if both_classes and weights.shape[1] == 1:
        weights, constants = weights @ [[-1.0, 1.0]], constants @ [[-1.0, 1.0]]
    return unknown(graph.add("Add", graph.add("MatMul", name, weights), constants), weights.shape[1])
