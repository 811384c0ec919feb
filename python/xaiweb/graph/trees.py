"""The trees of a graph whose output is their sum, as one table (core/shapley/trees.py says of what)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto

from xaiweb.graph.ensemble import Numbers, read_ensemble
from xaiweb.graph.rowwise import Constants, attributes, constants_of, fits, kind_of, moved

_FLOATS = (TensorProto.FLOAT, TensorProto.DOUBLE)


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
    constants = constants_of(model.graph)
    found = {node.name: ensemble for node in model.graph.node if (ensemble := read_ensemble(node)) is not None}
    ensembles = [ensemble for ensemble in found.values() if ensemble.transform == "NONE"]
    if not ensembles or len({ensemble.source for ensemble in ensembles}) > 1:
        return None
    ends = np.cumsum([0, *(ensemble.nodes.shape[1] - 6 for ensemble in ensembles)])
    # Of every tensor that is a weighted sum of targets: the weights in place of the rows, and last a constant.
    weights: dict[str, NDArray[np.float64]] = {}
    for ensemble, start, stop in zip(ensembles, ends, ends[1:], strict=False):
        known = np.zeros((ends[-1] + 1, ensemble.scores.shape[1]))
        known[start:stop], known[-1] = ensemble.scores[:-1], ensemble.scores[-1]
        weights[ensemble.target] = known
    for node in model.graph.node:
        if node.output[-1] not in weights:
            results = _weighted(node, weights, constants)
            weights |= dict(zip(node.output, results or (), strict=False))
    if output not in weights:
        return None
    final = weights[output].reshape(ends[-1] + 1, -1)
    tables: list[Numbers] = []
    for ensemble, start, stop in zip(ensembles, ends, ends[1:], strict=False):
        nodes = ensemble.nodes
        table = np.hstack([nodes[:, :6], nodes[:, 6:] @ final[start:stop]])
        inner = table[:, 0] >= 0
        table[inner, 4:6] += sum(len(before) for before in tables)
        tables.append(table)
    tables.append(np.concatenate([[-1, 0, 0, 0, -1, -1], final[-1]])[None])
    return TreeSum(ensembles[0].source, np.vstack(tables))


def _weighted(
    node: NodeProto, weights: Mapping[str, NDArray[np.float64]], constants: Constants
) -> list[NDArray[np.float64]] | None:
    """The weights of a node's outputs where they are sums of weighted inputs; else None."""
    operator = kind_of(node)
    names = [name for name in node.input if name]
    known = [weights[name] for name in names if name in weights]
    others = [constants[name] for name in names if name in constants]
    if not known or len(known) + len(others) < len(names):
        return None
    if operator == "Cast" and attributes(node)["to"] not in _FLOATS:
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


def _added(
    names: list[str], weights: Mapping[str, NDArray[np.float64]], constants: Constants, sign: float
) -> list[NDArray[np.float64]] | None:
    """The weights of a sum; ``sign`` is that of every input but the first."""
    result: Any = 0.0
    rank = {weights[name].ndim for name in names if name in weights}
    n_sums = max(len(weights[name]) for name in names if name in weights)
    if len(rank) > 1:
        return None
    for position, name in enumerate(names):
        if name in weights:
            part = weights[name]
        else:
            constant = constants[name].astype(np.float64)
            shape = (n_sums, *(1,) * (rank.copy().pop() - 1))
            if not fits(constant, np.empty(shape)):
                return None
            part = constant * np.eye(n_sums)[-1].reshape(shape)
        result = result + (part if position == 0 else sign * part)
    return [result]
