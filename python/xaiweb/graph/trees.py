"""The trees of a graph whose output is their sum, as one table (core/shapley/ensemble.py says of what)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto

from xaiweb.graph.ensemble import Ensemble, Numbers, read_ensemble
from xaiweb.graph.rowwise import FLOATS, Constants, attributes, constants_of, fits, kind_of, moved


@dataclass(frozen=True, eq=False)
class TreeSum:
    """Trees whose sum is a graph's output.

    Attributes:
        source: The tensor that all of them read.
        nodes: Their table, ``(n_nodes, 6 + n_outputs)``.
    """

    source: str
    nodes: Numbers


def tree_sum(model: ModelProto, output: str) -> TreeSum | None:
    """The trees whose sum ``output`` is, up to weights and constants; None where it isn't such a sum.

    Args:
        model: A plain model.
        output: Name of a float tensor in it, ``(n_rows, n_outputs)`` or ``(n_rows,)``.
    """
    ensembles = [e for node in model.graph.node if (e := read_ensemble(node)) is not None and e.transform == "NONE"]
    sources = {ensemble.source for ensemble in ensembles}
    if len(sources) != 1 or any(_is_double(model, source) for source in sources):
        return None
    weights = _weights(model, output, ensembles)
    if weights is None:
        return None
    tables: list[Numbers] = []
    for ensemble in ensembles:
        nodes = ensemble.nodes.copy()
        nodes[nodes[:, 0] >= 0, 4:6] += sum(map(len, tables))
        share, weights = np.split(weights, [nodes.shape[1] - 6])
        tables.append(np.hstack([nodes[:, :6], nodes[:, 6:] @ share]))
    constant = np.hstack([[-1, 0, 0, 0, -1, -1], weights[0]])
    return TreeSum(sources.pop(), np.vstack([*tables, constant]))


def _is_double(model: ModelProto, tensor: str) -> bool:
    """Whether a tensor is float64: its rows would have to be compared as such, and an engine gives float32."""
    values = onnx.shape_inference.infer_shapes(model).graph.value_info
    return any(value.name == tensor and value.type.tensor_type.elem_type == TensorProto.DOUBLE for value in values)


def _weights(model: ModelProto, output: str, ensembles: Sequence[Ensemble]) -> Numbers | None:
    """What a tensor is made of: weights ``(n_targets + 1, n_outputs)`` of all ensembles' targets, and last a constant.

    While the graph is walked, these stand in the place of the rows (see `rowwise`).
    """
    constants = constants_of(model.graph)
    n_targets = sum(ensemble.nodes.shape[1] - 6 for ensemble in ensembles)
    weights: dict[str, Numbers] = {}
    start = 0
    for ensemble in ensembles:
        stop = start + len(ensemble.scores) - 1
        weights[ensemble.target] = np.zeros((n_targets + 1, ensemble.scores.shape[1]))
        weights[ensemble.target][[*range(start, stop), -1]] = ensemble.scores
        start = stop
    for node in model.graph.node:
        results = _weighted(node, weights, constants)
        weights |= dict(zip(node.output, results or (), strict=False))
    return weights[output].reshape(n_targets + 1, -1) if output in weights else None


def _weighted(node: NodeProto, weights: Mapping[str, Numbers], constants: Constants) -> list[Numbers] | None:
    """The weights of a node's outputs where they are sums of weighted inputs; else None."""
    operator = kind_of(node)
    names = [name for name in node.input if name]
    known = [weights[name] for name in names if name in weights]
    others = [constants[name] for name in names if name in constants]
    if not known or len(known) + len(others) < len(names):
        return None
    if operator == "Cast" and attributes(node)["to"] not in FLOATS:
        return None
    if operator == "Neg":
        return [-known[0]]
    if operator in ("Add", "Sub", "Sum"):
        return _added(names, weights, constants, -1.0 if operator == "Sub" else 1.0)
    if operator in ("Mul", "Div") and len(known) == len(others) == 1 and fits(others[0], known[0]):
        factor = others[0].astype(np.float64)
        if operator == "Mul":
            return [known[0] * factor]
        return [known[0] / factor] if names[0] in weights and (factor != 0).all() else None
    if operator == "MatMul" and names[0] in weights and others and known[0].ndim == 2:
        return [known[0] @ others[0].astype(np.float64)]
    return moved(node, known, constants)


def _added(names: list[str], weights: Mapping[str, Numbers], constants: Constants, sign: float) -> list[Numbers] | None:
    """The weights of a sum; ``sign`` is that of every input but the first."""
    like = next(weights[name] for name in names if name in weights)
    parts: list[Numbers] = []
    for name in names:
        part = weights[name] if name in weights else _constant(constants[name], like)
        if part is None or part.ndim != like.ndim:
            return None
        parts.append(part)
    return [parts[0] + sign * np.asarray(sum(parts[1:]))]


def _constant(value: NDArray[Any], like: Numbers) -> Numbers | None:
    """The weights of a constant beside those of a tensor; None where it would be added to single rows."""
    if not fits(value, like):
        return None
    last = value.astype(np.float64).reshape((1,) * (like.ndim - value.ndim) + value.shape)
    return np.concatenate([np.zeros((len(like) - 1, *last.shape[1:])), last])
