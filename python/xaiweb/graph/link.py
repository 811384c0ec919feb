"""The model's last link: the Sigmoid or Softmax that turns a raw score into a probability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from onnx import GraphProto, ModelProto, NodeProto, helper

from xaiweb.errors import ModelError
from xaiweb.graph.edit import inlined, prune
from xaiweb.graph.ensemble import CLASSIFIER, REGRESSOR, read_ensemble, transform_of
from xaiweb.graph.rowwise import Constants, attributes, constants_of, kind_of

_PASSES_ON = {"Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout"}
"""Operators that may stand after the link: they move numbers without changing them."""

_LINKS = {"LOGISTIC": "Sigmoid", "SOFTMAX": "Softmax"}
"""What a ``post_transform`` of ai.onnx.ml does, in the standard domain's words."""


def last_link(model: ModelProto, output: str) -> str | None:
    """``Sigmoid`` or ``Softmax`` where the output is its answer, so that there is a raw score before it; else None.

    A ``post_transform`` of LOGISTIC or SOFTMAX is such a link, and so is a Sigmoid whose p is given as [1 - p, p].
    """
    link = _link(inlined(model).graph, output)
    return None if link is None else link.kind


def without_link(model: ModelProto, output: str) -> ModelProto:
    """The model without its final Sigmoid or Softmax: it gives raw scores.

    Where one score m stands behind two probabilities, 1 - p and p, the raw scores are -m and m: their log odds.

    Raises:
        ModelError: The model doesn't end in such a link.
    """
    result = ModelProto()
    result.CopyFrom(inlined(model))
    graph = result.graph
    prune(graph, [output])  # a label that reads the probabilities must not see raw scores
    link = _link(graph, output)
    if link is None:
        raise ModelError(
            "the model doesn't end in a Sigmoid or Softmax, so there is no raw score before it",
            where=f'output "{output}"',
            next="Explain in the scale output, or in logit where the outputs are probabilities.",
            code="scale-margin",
        )
    nodes = [
        new
        for node in graph.node
        for new in link.instead.get(node.output[-1], [NodeProto.FromString(node.SerializeToString())])
    ]
    del graph.node[:]
    graph.node.extend(nodes)
    return result


class _Link(NamedTuple):
    kind: str
    instead: dict[str, list[NodeProto]]
    """Nodes that make the graph give raw scores, by the last output of the node whose place they take."""
    sums_to_one: bool
    """Whether its numbers do, row by row."""


def _link(graph: GraphProto, output: str) -> _Link | None:
    """The link whose numbers are the output's."""
    makers = {name: node for node in graph.node for name in node.output}
    constants = constants_of(graph)
    normalizers: dict[str, list[NodeProto]] = {}
    wanted = output
    while wanted in makers:
        node = makers[wanted]
        kind = kind_of(node)
        link = _standard(node) or _of_trees(node) or _of_linear(node) or _of_pair(node, makers, constants)
        if link is not None:
            usable = wanted == node.output[-1] and (link.sums_to_one or not normalizers)
            return link._replace(instead=link.instead | normalizers) if usable else None
        if kind == "ml.Normalizer" and attributes(node).get("norm") == "L1":
            normalizers[wanted] = [_renamed("Identity", node, node.input[:1])]  # it divides by a sum of 1
        elif wanted != node.output[0] or not (
            kind in _PASSES_ON or (kind == "Mul" and _is_one(node.input[1], constants))
        ):
            return None
        wanted = node.input[0]
    return None


def _standard(node: NodeProto) -> _Link | None:
    """Sigmoid, or Softmax over the last axis."""
    kind = kind_of(node)
    # Opset < 13 defaults to axis 1 and opset >= 13 to -1: both are the last axis of (n_rows, n_outputs).
    if kind == "Sigmoid" or (kind == "Softmax" and attributes(node).get("axis", -1) in (-1, 1)):
        return _Link(kind, {node.output[0]: [_renamed("Identity", node, node.input)]}, kind == "Softmax")
    return None


def _of_pair(node: NodeProto, makers: dict[str, NodeProto], constants: Constants) -> _Link | None:
    """[1 - p, p] out of one Sigmoid, as two columns."""
    if kind_of(node) != "Concat" or len(node.input) != 2 or attributes(node)["axis"] not in (1, -1):
        return None
    rest, p = (makers.get(name) for name in node.input)
    if rest is None or p is None or kind_of(rest) != "Sub" or kind_of(p) != "Sigmoid":
        return None
    if not _is_one(rest.input[0], constants) or rest.input[1] != p.output[0]:
        return None
    link = _standard(p)
    assert link is not None
    return _Link("Sigmoid", link.instead | {rest.output[0]: [_renamed("Neg", rest, p.output)]}, True)


def _of_trees(node: NodeProto) -> _Link | None:
    """The ``post_transform`` of a tree ensemble."""
    ensemble = read_ensemble(node) if transform_of(node) in _LINKS else None
    if ensemble is None or ensemble.transform not in _LINKS:
        return None
    given = attributes(node) | {"post_transform": "NONE"}
    if kind_of(node) == CLASSIFIER:
        # onnxruntime makes [1 - m, m] of one sum m that can't be negative; a regressor gives the sums themselves.
        for labels in ("classlabels_int64s", "classlabels_strings"):
            given.pop(labels, None)
        given = {name.replace("class_", "target_"): value for name, value in given.items()}
        given["n_targets"] = 1 if ensemble.is_pair else ensemble.scores.shape[1]
    instead = _raw(node, REGRESSOR, given, ensemble.is_pair)
    return _Link(_LINKS[ensemble.transform], instead, ensemble.is_pair or ensemble.transform == "SOFTMAX")


def _of_linear(node: NodeProto) -> _Link | None:
    """The ``post_transform`` of a linear classifier."""
    given = attributes(node)
    transform, intercepts = given.get("post_transform", "NONE"), given.get("intercepts", [])
    if kind_of(node) != "ml.LinearClassifier" or transform not in _LINKS or not intercepts:
        return None
    n_scores = len(intercepts)
    if n_scores == 1 and transform == "SOFTMAX":
        return None  # onnxruntime leaves a single score as it is
    weights = np.column_stack([np.reshape(given["coefficients"], (n_scores, -1)), intercepts])
    opposite = n_scores == 2 and bool((weights[0] == -weights[1]).all())
    linear = {"coefficients": given["coefficients"], "intercepts": intercepts, "targets": n_scores}
    instead = _raw(node, "ml.LinearRegressor", linear, n_scores == 1)
    return _Link(_LINKS[transform], instead, opposite or n_scores == 1 or transform == "SOFTMAX")


def _raw(node: NodeProto, kind: str, given: dict[str, Any], pair: bool) -> dict[str, list[NodeProto]]:
    """An operator of ai.onnx.ml that gives the raw scores of ``node``; with ``pair``, -m and m of its one score."""
    target = node.output[-1]
    first = f"{target}/raw" if pair else target
    operator = helper.make_node(
        kind.removeprefix("ml."), node.input, [first], name=node.name, domain=node.domain, **given
    )
    if not pair:
        return {target: [operator]}
    opposite = helper.make_node("Neg", [first], [f"{target}/opposite"], name=f"{node.name}/opposite")
    both = helper.make_node("Concat", [f"{target}/opposite", first], [target], name=f"{node.name}/pair", axis=1)
    return {target: [operator, opposite, both]}


def _renamed(kind: str, node: NodeProto, inputs: Sequence[str]) -> NodeProto:
    """Another operator in a node's place."""
    return helper.make_node(kind, inputs, node.output, name=node.name)


def _is_one(name: str, constants: Constants) -> bool:
    return name in constants and constants[name].size == 1 and constants[name].item() == 1
