"""Which players each column of a tensor depends on, and whether it is a sum of one function per player.

Known of a tensor ``(n_rows, ...)`` is a bool array ``(n_players + 1, ...)``: the first entries say which players a
column depends on, the last whether it mixes them, so that it isn't such a sum. A function of one player is one.
An operator that isn't in the tables here may make everything depend on everything, in any shape: nothing is known of
its outputs. So what is said can be too much, never too little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto

from xaiweb.graph.rowwise import FLOATS, Constants, attributes, constants_of, fits, kind_of, moved

Known = NDArray[np.bool_]

_SUMS = {"Add", "Sub", "Sum", "Mean", "Neg", "ml.Scaler"}
"""Number by number, sums of their inputs with weights and constants."""

_EACH = {
    "Abs", "Acos", "Acosh", "And", "Asin", "Asinh", "Atan", "Atanh", "BitShift", "Ceil", "Celu", "Clip", "Cos", "Cosh",
    "Div", "Elu", "Equal", "Erf", "Exp", "Floor", "Gelu", "Greater", "GreaterOrEqual", "HardSigmoid", "HardSwish",
    "IsInf", "IsNaN", "LeakyRelu", "Less", "LessOrEqual", "Log", "Max", "Min", "Mish", "Mod", "Mul", "Not", "Or",
    "PRelu", "Pow", "Reciprocal", "Relu", "Round", "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus",
    "Softsign", "Sqrt", "Tan", "Tanh", "ThresholdedRelu", "Where", "Xor",
    "ml.Binarizer", "ml.CategoryMapper", "ml.Imputer", "ml.LabelEncoder",
}  # fmt: skip
"""Number by number, any function of their inputs."""

_REDUCE_SUMS = {"ReduceSum", "ReduceMean"}
_REDUCE = {
    "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMin", "ReduceProd",
    "ReduceSumSquare",
}  # fmt: skip
_PRODUCTS = {"MatMul", "Gemm", "ml.LinearRegressor", "ml.LinearClassifier"}


def dependence(model: ModelProto, owner: Sequence[int]) -> dict[str, Known]:
    """What is known of each tensor of a model; a tensor that isn't named may depend on everything.

    Args:
        model: A plain model.
        owner: The player of each column of its input, from 0 on.
    """
    constants = constants_of(model.graph)
    start = np.zeros((max(owner) + 2, len(owner)), dtype=np.bool_)
    start[list(owner), range(len(owner))] = True
    known: dict[str, Known] = {model.graph.input[0].name: start}
    for node in model.graph.node:
        results = _outputs(node, known, constants)
        known |= dict(zip(node.output, results or (), strict=False))
    return known


def _outputs(node: NodeProto, known: Mapping[str, Known], constants: Constants) -> Sequence[Known] | None:
    """What is known of a node's outputs; None for nothing."""
    names = [name for name in node.input if name]
    inputs = [known[name] for name in names if name in known]
    others = [constants[name] for name in names if name in constants]
    if not inputs or len(inputs) + len(others) < len(names):
        return None
    kind, first = kind_of(node), inputs[0]
    if kind in _SUMS or kind in _EACH:
        if any(array.ndim != first.ndim for array in inputs) or not all(fits(other, first) for other in others):
            return None
        shape = np.broadcast_shapes(*(array.shape for array in (*inputs, *others)))
        together = np.broadcast_to(np.logical_or.reduce([np.broadcast_to(array, shape) for array in inputs]), shape)
        by_a_constant = len(inputs) == 1 and (kind == "Mul" or (kind == "Div" and names[0] in known))
        return [together if kind in _SUMS or by_a_constant else _mixed(together)]
    if kind == "ml.Normalizer" or (kind in ("Softmax", "LogSoftmax") and attributes(node).get("axis", -1) != 0):
        columns = tuple(range(1, first.ndim))
        return [np.broadcast_to(_mixed(_any(first, columns)), first.shape)]
    if kind in _REDUCE_SUMS or kind in _REDUCE:
        return _reduced(node, first, constants)
    if kind in _PRODUCTS:
        return _product(node, known, constants)
    if kind == "BatchNormalization":
        return None if attributes(node).get("training_mode") else [first]
    if kind == "ml.OneHotEncoder":
        given = attributes(node)
        n_levels = len(given.get("cats_int64s") or given.get("cats_strings") or ())
        return [np.repeat(_mixed(first)[..., None], n_levels, axis=-1)]
    if kind == "Gather" and names[0] in constants and attributes(node).get("axis", 0) == 0:
        entry = constants[names[0]].shape[1:]  # the row says which entry of a constant is taken
        return [np.broadcast_to(_mixed(first).reshape(first.shape + (1,) * len(entry)), first.shape + entry)]
    if kind == "Cast" and attributes(node)["to"] not in FLOATS:
        return [_mixed(first)]
    return moved(node, inputs, constants)


def _any(array: Known, columns: tuple[int, ...], keep: bool = True) -> Known:
    """What is known of a sum over some axes."""
    return np.asarray(array.any(axis=columns, keepdims=keep))


def _mixed(array: Known) -> Known:
    """What is known after a function of each column that needn't be a sum."""
    result = array.copy()
    result[-1] |= array[:-1].sum(axis=0) > 1
    return result


def _reduced(node: NodeProto, first: Known, constants: Constants) -> list[Known] | None:
    """Several columns become one."""
    given = attributes(node)
    axes = given.get("axes")
    if axes is None and len(node.input) > 1 and node.input[1] in constants:
        axes = constants[node.input[1]].tolist()
    if not axes:
        return None
    columns = tuple(axis % first.ndim for axis in axes)
    if 0 in columns:
        return None
    result = _any(first, columns, bool(given.get("keepdims", 1)))
    return [result if kind_of(node) in _REDUCE_SUMS else _mixed(result)]


def _product(node: NodeProto, known: Mapping[str, Known], constants: Constants) -> list[Known] | None:
    """A product with a constant matrix: a column is a sum of those its weights aren't 0 for."""
    kind, given = kind_of(node), attributes(node)
    first = known.get(node.input[0])
    if first is None or first.ndim < 2:
        return None
    if kind.startswith("ml."):
        weights = np.reshape(given["coefficients"], (-1, first.shape[-1])).T
    elif node.input[1] in constants and not given.get("transA"):
        weights = constants[node.input[1]]
        weights = weights.T if given.get("transB") else weights
    else:
        return None
    if weights.ndim > 2:
        return None
    result: Known = first.astype(np.float32) @ (weights != 0).astype(np.float32) > 0
    if kind == "Gemm" and len(node.input) > 2 and node.input[2]:
        if node.input[2] in known or not fits(constants[node.input[2]], result):
            return None
        result = np.broadcast_to(result, np.broadcast_shapes(result.shape, constants[node.input[2]].shape))
    if given.get("post_transform", "NONE") != "NONE":
        result = np.broadcast_to(_mixed(_any(result, (1,))), result.shape)
    if kind != "ml.LinearClassifier":
        return [result]
    if result.shape[1] == 1:
        result = np.repeat(result, 2, axis=1)  # the scores of both classes
    return [_mixed(_any(result, (1,), False)), result]
