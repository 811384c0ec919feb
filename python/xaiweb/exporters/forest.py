"""scikit-learn's trees: single ones, forests, gradient boosting, histogram gradient boosting."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.errors import ModelError
from xaiweb.exporters.ensemble import Trees

_HISTOGRAM = ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor")
_BOOSTING = ("GradientBoostingClassifier", "GradientBoostingRegressor")
_FORESTS = ("RandomForestClassifier", "RandomForestRegressor", "ExtraTreesClassifier", "ExtraTreesRegressor")
_SINGLE = ("DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier", "ExtraTreeRegressor")


def is_one(estimator: Any) -> bool:
    """Whether `trees` knows the estimator."""
    return type(estimator).__name__ in (*_HISTOGRAM, *_BOOSTING, *_FORESTS, *_SINGLE)


def trees(estimator: Any, n_features: int) -> Trees:
    """The estimator's sum of trees before its link; `is_one` must be true of it.

    One output for a regressor and for the score of a boosted binary classifier, else one per class or target.

    Raises:
        ModelError: It starts from an estimator of the user's own.
    """
    kind = type(estimator).__name__
    if kind in _HISTOGRAM:
        return _histogram(estimator, n_features)
    if kind in _BOOSTING:
        return _boosting(estimator, n_features)
    return _mean(estimator.estimators_ if kind in _FORESTS else [estimator], n_features)


def link(estimator: Any) -> str:
    """What turns the trees' sum into the prediction: Sigmoid, Softmax, Exp or nothing."""
    kind = type(estimator).__name__
    if kind in (_HISTOGRAM[0], _BOOSTING[0]):
        return "Softmax" if len(estimator.classes_) > 2 else "Sigmoid"
    return "Exp" if getattr(estimator, "loss", "") in ("poisson", "gamma") and kind in _HISTOGRAM else ""


def _mean(estimators: Any, n_features: int) -> Trees:
    values = [_values(one) for one in estimators]
    result = Trees(n_features, np.zeros(values[0].shape[1]), "float32 <=")
    for one, value in zip(estimators, values, strict=True):
        _add(result, one.tree_, value / len(values))
    return result


def _values(tree: Any) -> NDArray[np.float64]:
    """A tree's answer at each node, (n_nodes, n_outputs): shares of the classes, or means of the targets."""
    value: NDArray[np.float64] = tree.tree_.value
    if hasattr(tree, "classes_"):
        shares = value[:, 0, :]
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))
    return value[:, :, 0]


def _add(result: Trees, tree: Any, values: NDArray[np.float64]) -> None:
    result.add(tree.feature, tree.threshold, tree.children_left, tree.children_right, tree.missing_go_to_left, values)


def _boosting(estimator: Any, n_features: int) -> Trees:
    grown = estimator.estimators_  # (n_iterations, n_scores)
    prior = type(estimator.init_).__name__
    if estimator.init_ != "zero" and prior not in ("DummyClassifier", "DummyRegressor"):
        raise ModelError(
            f"it starts from an estimator of your own ({prior})",
            where=type(estimator).__name__,
            next="Leave init at its default, or set it to 'zero'.",
            code="sklearn-export",
        )
    base = estimator._raw_predict_init(np.zeros((1, n_features), np.float32))[0]
    result = Trees(n_features, base, "float32 <=")
    for stage in grown:
        for output, one in enumerate(stage):
            values = np.zeros((one.tree_.node_count, len(base)))
            values[:, output] = estimator.learning_rate * one.tree_.value[:, 0, 0]
            _add(result, one.tree_, values)
    return result


def _histogram(estimator: Any, n_features: int) -> Trees:
    base = np.ravel(estimator._baseline_prediction)
    result = Trees(n_features, base, "float64 <=")
    known, columns = estimator._bin_mapper.make_known_categories_bitsets()
    for stage in estimator._predictors:
        for output, predictor in enumerate(stage):
            nodes = predictor.nodes
            leaf = nodes["is_leaf"].astype(bool)
            feature = nodes["feature_idx"].astype(np.int64)
            threshold = nodes["num_threshold"].copy()
            for node in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~leaf):
                left = _bits(predictor.raw_left_cat_bitsets[nodes["bitset_idx"][node]])
                seen = _bits(known[columns[feature[node]]])
                missing = bool(nodes["missing_go_to_left"][node])  # an unknown category is taken for a missing value
                goes_left = np.where(seen, left, missing)
                feature[node] = result.category(int(feature[node]), np.append(goes_left, [missing, missing]))
                threshold[node] = 0.5
            values = np.zeros((len(nodes), len(base)))
            values[:, output] = nodes["value"]
            left, right = nodes["left"].astype(np.int64), nodes["right"].astype(np.int64)
            result.add(feature, threshold, np.where(leaf, -1, left), right, nodes["missing_go_to_left"], values)
    return result


def _bits(words: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """256 categories out of eight words of 32 bits."""
    return np.unpackbits(np.ascontiguousarray(words).view(np.uint8), bitorder="little").astype(bool)
