"""A fitted scikit-learn estimator as an ONNX model with one float input."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, compose, helper, numpy_helper

from xaiweb.errors import InputError, ModelError

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

OPSET = {"": 18, "ai.onnx.ml": 3}

Features = Sequence[Mapping[str, Any]]


def to_onnx(estimator: BaseEstimator, data: Any, features: Features | None = None) -> ModelProto:
    """The estimator as a graph over one float32 input ``rows`` (n_rows, n_features).

    A classifier gives its probabilities, one column per class in the order of ``classes_``; a regressor
    its prediction. Where the estimator was fitted on a data frame, each of its columns is cut out of
    ``rows``, and a column of words is restored inside the graph from the level's index.

    Args:
        estimator: Fitted classifier or regressor, often a Pipeline.
        data: Rows like those it was fitted on: a pandas DataFrame (words for categories; other columns
            may stand in it) or an array of numbers.
        features: The columns of ``rows``, in order, as in features.v1.schema.json; protected ones are
            passed over. None takes numbers only, in the estimator's own order.

    Raises:
        ModelError: scikit-learn or skl2onnx is missing, the estimator isn't fitted, gives no
            probabilities, or has no converter.
        InputError: Columns of the estimator aren't among the features, or the other way round.
    """
    _check_fitted(estimator)
    kinds = _column_kinds(estimator, data)
    if kinds is None:
        return _convert(estimator, [("rows", _types().FloatTensorType([None, estimator.n_features_in_]))])
    columns = _features(estimator, features)
    types = _types()
    declared = {"word": types.StringTensorType, "number": types.FloatTensorType}
    inputs = [(f"column_{j}", declared[kind]([None, 1])) for j, kind in enumerate(kinds.values())]
    # skl2onnx looks columns up by the names the estimator was fitted with
    inputs = [(name, kind) for name, (_, kind) in zip(kinds, inputs, strict=True)]
    try:
        return _one_input(_convert(estimator, inputs), kinds, columns)
    except ModelError:
        # An estimator that takes its columns together, not by name, wants them as one tensor.
        if "word" in kinds.values():
            raise
        together = _convert(estimator, [("rows", types.FloatTensorType([None, len(kinds)]))])
        return _ordered(together, list(kinds), columns)


def reference(
    estimator: BaseEstimator, data: Any, features: Features | None = None
) -> Callable[[NDArray[np.float32]], NDArray[np.float64]]:
    """The estimator as a function of raw rows (level indices, not words), for `parity.check`.

    Args:
        estimator: As for `to_onnx`.
        data: As for `to_onnx`.
        features: As for `to_onnx`.
    """
    _check_fitted(estimator)
    ask = estimator.predict_proba if _is_classifier(estimator) else estimator.predict
    kinds = _column_kinds(estimator, data)
    if kinds is None:
        return lambda rows: np.asarray(ask(rows), np.float64)
    columns = _features(estimator, features)
    positions = {feature["name"]: j for j, feature in enumerate(columns)}

    def answer(rows: NDArray[np.float32]) -> NDArray[np.float64]:
        import pandas as pd

        frame = {}
        for name, kind in kinds.items():
            column = rows[:, positions[name]]
            if kind == "word":
                words = np.array(level_words(columns[positions[name]]), dtype=object)
                column = words[column.astype(np.int64)]
            frame[name] = column
        return np.asarray(ask(pd.DataFrame(frame)), np.float64)

    return answer


def outputs(estimator: BaseEstimator) -> list[tuple[str, str]]:
    """Name and kind of each output: a classifier's classes are probabilities, all else are numbers."""
    _check_fitted(estimator)
    if _is_classifier(estimator):
        return [(str(label), "probability") for label in estimator.classes_]
    n_outputs = getattr(estimator, "n_outputs_", None) or getattr(_last_step(estimator), "n_outputs_", None) or 1
    return [("prediction", "number")] if n_outputs == 1 else [(f"prediction {k}", "number") for k in range(n_outputs)]


def level_words(feature: Mapping[str, Any]) -> list[str]:
    """The words of a category's levels, written as words or as ``{"name": word}``."""
    return [level if isinstance(level, str) else str(level["name"]) for level in feature.get("levels") or ()]


def _one_input(model: ModelProto, kinds: Mapping[str, str], columns: list[Mapping[str, Any]]) -> ModelProto:
    """Put the cutting of ``rows`` into columns, and the restoring of words, before the graph."""
    positions = {feature["name"]: j for j, feature in enumerate(columns)}
    model = compose.add_prefix(model, "inside/")
    graph = model.graph
    # skl2onnx keeps the inputs' order, not always their names: "age (years)" becomes "age__years_"
    targets = [value.name for value in graph.input]
    nodes: list[NodeProto] = []
    constants: dict[str, NDArray[Any]] = {}
    for column, (name, kind) in enumerate(kinds.items()):
        target = targets[column]
        constants[f"position_{column}"] = np.array([positions[name]], np.int64)
        cut = target if kind == "number" else f"cut_{column}"
        nodes.append(helper.make_node("Gather", ["rows", f"position_{column}"], [cut], axis=1))
        if kind == "word":
            words = level_words(columns[positions[name]])
            constants |= {"flat": np.array([-1], np.int64), "upright": np.array([-1, 1], np.int64)}
            constants[f"words_{column}"] = np.array(words, dtype=object)
            nodes += [
                helper.make_node("Cast", [cut], [f"index_{column}"], to=TensorProto.INT64),
                helper.make_node("Reshape", [f"index_{column}", "flat"], [f"flat_{column}"]),
                helper.make_node("Gather", [f"words_{column}", f"flat_{column}"], [f"word_{column}"], axis=0),
                helper.make_node("Reshape", [f"word_{column}", "upright"], [target]),
            ]
    return _before(model, nodes, constants, len(columns))


def _ordered(model: ModelProto, names: list[str], columns: list[Mapping[str, Any]]) -> ModelProto:
    """Put the columns into the estimator's order before the graph."""
    given = [feature["name"] for feature in columns]
    model = compose.add_prefix(model, "inside/")
    positions = np.array([given.index(name) for name in names], np.int64)
    node = helper.make_node("Gather", ["rows", "positions"], [model.graph.input[0].name], axis=1)
    return _before(model, [node], {"positions": positions}, len(columns))


def _before(model: ModelProto, nodes: list[NodeProto], constants: Mapping[str, NDArray[Any]], width: int) -> ModelProto:
    """The graph with ``rows`` (n_rows, width) as its one input, which these nodes turn into its own."""
    graph = model.graph
    for node in nodes:
        node.name = f"make_{node.output[0]}"
    nodes.extend(graph.node)
    output = graph.output[0]
    nodes.append(helper.make_node("Identity", [output.name], ["outputs"], name="make_outputs"))
    output.name = "outputs"
    del graph.node[:], graph.input[:]
    graph.node.extend(nodes)
    graph.input.append(helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n_rows", width]))
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in constants.items())
    if not any(entry.domain in ("", "ai.onnx") for entry in model.opset_import):
        model.opset_import.append(helper.make_opsetid("", OPSET[""]))
    onnx.checker.check_model(model)
    return model


def _convert(estimator: BaseEstimator, inputs: list[tuple[str, Any]]) -> ModelProto:
    """skl2onnx's graph, reduced to its probabilities or prediction."""
    from skl2onnx import convert_sklearn
    from skl2onnx.helpers.onnx_helper import select_model_inputs_outputs

    options = {id(estimator): {"zipmap": False}} if _is_classifier(estimator) else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = convert_sklearn(
                estimator, initial_types=inputs, target_opset=OPSET, options=options, name="estimator"
            )
    except Exception as error:
        raise ModelError(
            f"skl2onnx can't convert this estimator: {str(error).strip().splitlines()[0]}",
            where=type(estimator).__name__,
            next="See the list of supported estimators in skl2onnx's documentation, or give an ONNX file.",
            code="sklearn-export",
        ) from error
    floats = [value for value in model.graph.output if value.type.tensor_type.elem_type == TensorProto.FLOAT]
    if len(floats) != 1:
        raise ModelError(
            f"skl2onnx gives {len(floats)} float outputs for this estimator; one is needed",
            where=type(estimator).__name__,
            next="Give an ONNX file with the one output to explain.",
            code="sklearn-export",
        )
    reduced: ModelProto = select_model_inputs_outputs(model, outputs=[floats[0].name])
    # it drops inputs that aren't needed, and the types of the others
    del reduced.graph.input[:], reduced.graph.output[:], reduced.graph.value_info[:]
    reduced.graph.input.extend(model.graph.input)
    reduced.graph.output.append(floats[0])
    return reduced


def _check_fitted(estimator: Any) -> None:
    try:
        import skl2onnx  # noqa: F401
        from sklearn.exceptions import NotFittedError
        from sklearn.utils.validation import check_is_fitted
    except ImportError as error:  # pragma: no cover - depends on the installation
        raise ModelError(
            f"{error.name} is not installed",
            next="Install it with: pip install 'xaiweb[sklearn]'.",
            code="sklearn-missing",
        ) from error
    name = type(estimator).__name__
    try:
        check_is_fitted(estimator)
    except NotFittedError as error:
        raise ModelError(
            "the estimator isn't fitted", where=name, next="Call fit first.", code="sklearn-not-fitted"
        ) from error
    if _is_classifier(estimator) and not hasattr(estimator, "predict_proba"):
        raise ModelError(
            "this classifier gives no probabilities",
            where=name,
            next="Use one with predict_proba, or wrap it in CalibratedClassifierCV.",
            code="sklearn-no-probabilities",
        )


def _is_classifier(estimator: Any) -> bool:
    from sklearn.base import is_classifier

    return bool(is_classifier(estimator))


def _last_step(estimator: Any) -> Any:
    return estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator


def _types() -> Any:
    from skl2onnx.common import data_types

    return data_types


def _column_kinds(estimator: Any, data: Any) -> dict[str, str] | None:
    """``word`` or ``number`` for each column the estimator was fitted on; None where it knows no names."""
    if not hasattr(estimator, "feature_names_in_") or not hasattr(data, "columns"):
        return None
    names = [str(name) for name in estimator.feature_names_in_]
    missing = [name for name in names if name not in data.columns]
    if missing:
        raise InputError(
            f"the estimator was fitted on columns that the rows don't have: {', '.join(missing)}",
            where="background",
            next="Give rows with the columns it was fitted on.",
            code="sklearn-columns",
        )
    return {name: "number" if data[name].dtype.kind in "fiub" else "word" for name in names}


def _features(estimator: Any, features: Features | None) -> list[Mapping[str, Any]]:
    names = [str(name) for name in estimator.feature_names_in_]
    if features is None:
        return [{"name": name} for name in names]
    columns = [feature for feature in features if not feature.get("protected")]
    given = [feature["name"] for feature in columns]
    missing = [name for name in names if name not in given]
    extra = [name for name in given if name not in names]
    if missing or extra:
        parts = [f"not described: {', '.join(missing)}"] * bool(missing)
        parts += [f"not known to the estimator: {', '.join(extra)}"] * bool(extra)
        raise InputError(
            f"the features and the estimator's columns differ ({'; '.join(parts)})",
            where="features",
            next="Describe exactly the columns it was fitted on; mark others as protected.",
            code="sklearn-columns",
        )
    return columns
