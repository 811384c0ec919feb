"""What a fitted estimator predicts: a classifier's probabilities or scores, a regressor's numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xaiweb.errors import ModelError
from xaiweb.exporters import boosted, boosted_trees, forest, linear, neighbours
from xaiweb.exporters.ensemble import Trees
from xaiweb.exporters.leaf import leaf
from xaiweb.exporters.nodes import Columns, Graph, Matrix, unknown
from xaiweb.exporters.steps import Value, chain, numbers, transform
from xaiweb.exporters.transformers import function
from xaiweb.exporters.words import codes

_BOTH = np.array([[-1.0, 1.0]])
"""From the score of two classes to one score for each."""


def predict(graph: Graph, estimator: Any, value: Value) -> Matrix:
    """A classifier's probabilities, one column per class; a regressor's prediction, one column per target.

    Raises:
        ModelError: The estimator, or a part of it, has no ONNX form.
        InputError: One of its encoders refuses a level that the features declare.
    """
    estimator, value = _last(graph, estimator, value)
    writer = _WRITERS.get(type(estimator).__name__)
    if writer is not None:
        return writer(graph, estimator, value)
    matrix, grown, link = _trees(graph, estimator, value)
    if grown is not None:
        two = hasattr(estimator, "predict_proba") and grown.n_outputs == 1
        steepness = 2.0 if getattr(estimator, "loss", None) == "exponential" else 1.0
        mix = steepness * _BOTH if two else None
        return _linked(graph, grown.write(graph, matrix, mix), link)
    matrix = graph.plain(matrix)
    linear_link = linear.link(estimator)
    if linear_link is not None:
        both = linear_link == "Sigmoid"
        return _linked(graph, linear.score(graph, estimator, matrix, both), linear_link)
    if neighbours.is_one(estimator):
        return neighbours.vote(graph, estimator, matrix)
    return leaf(graph, estimator, matrix)


def scores(graph: Graph, estimator: Any, value: Value) -> Matrix:
    """A classifier's decision function, or its probabilities where it has none; one column for two classes."""
    if not hasattr(estimator, "decision_function"):
        chances = predict(graph, estimator, value)
        return graph.some(chances, [1]) if chances.width == 2 else chances
    estimator, value = _last(graph, estimator, value)
    matrix, grown, _ = _trees(graph, estimator, value)
    if grown is not None:
        return grown.write(graph, matrix)
    matrix = graph.plain(matrix)
    if linear.has_score(estimator):
        return linear.score(graph, estimator, matrix)
    score = leaf(graph, estimator, matrix, scores=True)
    return graph.some(score, [1]) if score.width == 2 else score


def _last(graph: Graph, estimator: Any, value: Value) -> tuple[Any, Value]:
    """The estimator that predicts in the end, inside searches and pipelines, and what reaches it."""
    while True:
        kind = type(estimator).__name__
        if hasattr(estimator, "best_estimator_"):
            estimator = estimator.best_estimator_
        elif kind in ("FixedThresholdClassifier", "TunedThresholdClassifierCV", "RANSACRegressor"):
            estimator = estimator.estimator_
        elif kind == "Pipeline":
            steps = [step for _, step in estimator.steps]
            value, estimator = chain(graph, steps[:-1], value), steps[-1]
        else:
            return estimator, value


def _trees(graph: Graph, estimator: Any, value: Value) -> tuple[Matrix, Trees | None, str]:
    """The matrix that reaches ``estimator``, and its trees and their link where it is made of trees."""
    if boosted.library(estimator) is not None:
        matrix = _boosted_input(graph, estimator, value)
        return matrix, boosted_trees.trees(estimator, matrix.width), boosted.link(estimator)
    if getattr(estimator, "_preprocessor", None) is not None:  # histogram gradient boosting orders its categories
        matrix = transform(graph, estimator._preprocessor, value)
    else:
        matrix = numbers(graph, value)
    if not forest.is_one(estimator):
        return matrix, None, ""
    return matrix, forest.trees(estimator, matrix.width), forest.link(estimator)


def _boosted_input(graph: Graph, model: Any, value: Value) -> Matrix:
    """XGBoost's and LightGBM's matrix: a word's code as they were trained, a missing mark as NaN."""
    if isinstance(value, Columns) and value.have_words:
        words = boosted.categories(model, value)
        parts = [
            codes(graph, column, words[j]) if j in words else value.pick([j]).numbers(graph)
            for j, column in enumerate(value.columns)
        ]
        matrix = graph.join(parts)
    else:
        matrix = numbers(graph, value)
    mark = boosted.missing_mark(model)
    if np.isnan(mark):
        return matrix
    matrix = graph.plain(matrix)
    marked = graph.add("Equal", matrix.name, np.float32(mark))
    return unknown(graph.add("Where", marked, np.float32(np.nan), matrix.name), matrix.width)


def _linked(graph: Graph, matrix: Matrix, link: str) -> Matrix:
    if not link:
        return matrix
    name = graph.add(link, matrix.name, axis=-1) if link == "Softmax" else graph.add(link, matrix.name)
    return unknown(name, matrix.width)


def _mean(graph: Graph, parts: Sequence[Matrix], weights: Sequence[float] | None = None) -> Matrix:
    shares = np.ones(len(parts)) if weights is None else np.asarray(weights, np.float64)
    shares = shares / shares.sum()
    weighted = [graph.add("Mul", part.name, np.float32(share)) for part, share in zip(parts, shares, strict=True)]
    return unknown(weighted[0] if len(weighted) == 1 else graph.add("Sum", *weighted), parts[0].width)


def _voting(graph: Graph, estimator: Any, value: Value) -> Matrix:
    weights = estimator.weights
    if weights is not None:
        weights = [w for (_, e), w in zip(estimator.estimators, weights, strict=True) if not isinstance(e, str)]
    return _mean(graph, [predict(graph, one, value) for one in estimator.estimators_], weights)


def _stacking(graph: Graph, estimator: Any, value: Value) -> Matrix:
    two = len(getattr(estimator, "classes_", ())) == 2
    parts = []
    for one, method in zip(estimator.estimators_, estimator.stack_method_, strict=True):
        if method == "decision_function":
            parts.append(scores(graph, one, value))
        elif method == "predict" and hasattr(one, "classes_"):
            raise ModelError(
                "it stacks the classes that a classifier names",
                where=type(one).__name__,
                next="Stack probabilities: stack_method='predict_proba'.",
                code="sklearn-export",
            )
        else:
            part = predict(graph, one, value)
            parts.append(graph.some(part, [1]) if two and method == "predict_proba" else part)
    if estimator.passthrough:
        parts.append(numbers(graph, value))
    return predict(graph, estimator.final_estimator_, graph.join(parts))


def _calibrated(graph: Graph, estimator: Any, value: Value) -> Matrix:
    return _mean(graph, [_calibrated_once(graph, one, value) for one in estimator.calibrated_classifiers_])


def _calibrated_once(graph: Graph, one: Any, value: Value) -> Matrix:
    if type(one.calibrators[0]).__name__ == "_TemperatureScaling":
        return _temperature(graph, one, value)
    score = scores(graph, one.estimator, value)
    parts = []
    for k, calibrator in enumerate(one.calibrators):
        column = graph.some(score, [k])
        if hasattr(calibrator, "a_"):
            slope = graph.add("Mul", column.name, np.float64(-calibrator.a_))
            name = graph.add("Sigmoid", graph.add("Add", slope, np.float64(-calibrator.b_)))
        else:
            name = _interpolated(graph, column.name, calibrator.X_thresholds_, calibrator.y_thresholds_)
        parts.append(unknown(name, 1))
    chances = graph.join(parts)
    if chances.width == 1:
        return graph.join([unknown(graph.add("Sub", np.float32(1), chances.name), 1), chances])
    total = graph.add("ReduceSum", chances.name, np.array([1], np.int64), keepdims=1)
    equal = np.full((1, chances.width), 1 / chances.width)
    none = graph.add("Equal", total, np.float32(0))
    divisor = graph.add("Where", none, np.float32(1), total)
    return unknown(graph.add("Where", none, equal, graph.add("Div", chances.name, divisor)), chances.width)


def _temperature(graph: Graph, one: Any, value: Value) -> Matrix:
    """Softmax of the scores, or of the logarithms of probabilities, times a factor."""
    if hasattr(one.estimator, "decision_function"):
        score = scores(graph, one.estimator, value)
        logits = graph.add("MatMul", score.name, _BOTH) if score.width == 1 else score.name
    else:
        score = predict(graph, one.estimator, value)
        logits = graph.add("Log", graph.add("Add", score.name, np.float64(1e-12)))
    scaled = graph.add("Mul", logits, np.float64(one.calibrators[0].beta_))
    return unknown(graph.add("Softmax", scaled, axis=-1), max(score.width, 2))


def _interpolated(graph: Graph, column: str, x: Any, y: Any) -> str:
    """Isotonic calibration: straight lines between the points (x, y), level outside."""
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if len(x) == 1:
        return graph.add("Add", graph.add("Mul", column, np.float32(0)), y[0])
    slope = np.diff(y) / np.maximum(np.diff(x), np.finfo(np.float32).tiny)
    passed = graph.add("Cast", graph.add("GreaterOrEqual", column, x[None, 1:-1]), to=graph.FLOAT)
    count = graph.add("ReduceSum", passed, np.array([1], np.int64), keepdims=0)
    place = graph.add("Cast", count, to=graph.INT64)
    start, rise, height = (graph.add("Gather", values[:, None], place, axis=0) for values in (x[:-1], slope, y[:-1]))
    inside = graph.add("Clip", column, np.float64(x[0]), np.float64(x[-1]))
    return graph.add("Add", graph.add("Mul", graph.add("Sub", inside, start), rise), height)


def _several_targets(graph: Graph, estimator: Any, value: Value) -> Matrix:
    return graph.join([predict(graph, one, value) for one in estimator.estimators_])


def _chained_targets(graph: Graph, estimator: Any, value: Value) -> Matrix:
    """Each target's regressor also sees the targets predicted before it."""
    seen = numbers(graph, value)
    parts: list[Matrix] = []
    for one in estimator.estimators_:
        parts.append(predict(graph, one, graph.join([seen, *parts])))
    return graph.some(graph.join(parts), np.argsort(estimator.order_))


def _transformed_target(graph: Graph, estimator: Any, value: Value) -> Matrix:
    prediction = predict(graph, estimator.regressor_, value)
    back = estimator.transformer_
    if type(back).__name__ == "StandardScaler":
        scaled = graph.add("Mul", prediction.name, np.asarray(back.scale_))
        return unknown(graph.add("Add", scaled, np.asarray(back.mean_)), prediction.width)
    return function(graph, getattr(back, "inverse_func", back), prediction, type(estimator).__name__)


_WRITERS = {
    "VotingClassifier": _voting,
    "VotingRegressor": _voting,
    "StackingClassifier": _stacking,
    "StackingRegressor": _stacking,
    "CalibratedClassifierCV": _calibrated,
    "MultiOutputRegressor": _several_targets,
    "RegressorChain": _chained_targets,
    "TransformedTargetRegressor": _transformed_target,
}
