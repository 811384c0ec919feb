"""One fitted scikit-learn object as skl2onnx writes it, for everything that isn't written here by hand."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from onnx import TensorProto

from xaiweb.errors import ModelError
from xaiweb.exporters.nodes import OPSET, Graph, Matrix, unknown
from xaiweb.exporters.parity import quiet

_IN_FLOAT64 = {
    "BernoulliNB", "ComplementNB", "GaussianNB", "MultinomialNB",
    "GaussianProcessRegressor", "QuadraticDiscriminantAnalysis",
}  # fmt: skip
"""Their logarithms lose too much in float32."""


def leaf(graph: Graph, step: Any, matrix: Matrix, scores: bool = False) -> Matrix:
    """What ``step`` gives for ``matrix``: a transformer's numbers, probabilities, or a prediction.

    Args:
        graph: skl2onnx's nodes are added to it.
        step: A fitted transformer, classifier or regressor without columns of its own.
        matrix: Its input.
        scores: Ask a classifier for its decision function instead.

    Raises:
        ModelError: skl2onnx isn't installed, has no converter for it, or writes what onnxruntime doesn't run.
    """
    import onnxruntime
    from sklearn.base import is_classifier

    name = type(step).__name__
    try:
        from skl2onnx import convert_sklearn
        from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType
        from skl2onnx.helpers.onnx_helper import select_model_inputs_outputs
    except ImportError as error:  # pragma: no cover - depends on the installation
        raise ModelError(
            "skl2onnx is not installed",
            where=name,
            next="Install it with: pip install 'xaiweb[sklearn]'.",
            code="sklearn-missing",
        ) from error
    double = name in _IN_FLOAT64
    kind = DoubleTensorType if double else FloatTensorType
    options = {"zipmap": False, **({"raw_scores": True} if scores else {})} if is_classifier(step) else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = convert_sklearn(
                step,
                initial_types=[("x", kind([None, matrix.width]))],
                target_opset=OPSET,
                options={id(step): options} if options else None,
            )
        numbers = (TensorProto.FLOAT, TensorProto.DOUBLE)
        (output,) = [value for value in model.graph.output if value.type.tensor_type.elem_type in numbers]
        model = select_model_inputs_outputs(model, outputs=[output.name])
        session = onnxruntime.InferenceSession(model.SerializeToString(), quiet(), providers=["CPUExecutionProvider"])
        probe = np.zeros((2, matrix.width), np.float64 if double else np.float32)
        answer = session.run([output.name], {"x": probe})[0]
    except Exception as error:
        raise ModelError(
            f"there is no ONNX form of it here: {str(error).strip().splitlines()[0]}",
            where=name,
            next="Use another estimator or step, or write the ONNX file yourself and export that.",
            code="sklearn-export",
        ) from error
    width = answer.size // len(probe)
    if not double:
        result = graph.splice(model, matrix.name)
    else:
        wide = graph.add("Cast", matrix.name, to=graph.DOUBLE)
        result = graph.add("Cast", graph.splice(model, wide), to=graph.FLOAT)
    if answer.shape != (len(probe), width):  # one row after the other, in one column
        result = graph.add("Reshape", result, np.array([-1, width], np.int64))
    return unknown(result, width)
