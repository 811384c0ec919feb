"""Models whose Shapley values need no estimate: sums of trees, and sums of one function per player."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onnx import ModelProto

from xaiweb.graph.ensemble import Numbers
from xaiweb.graph.link import last_link
from xaiweb.graph.model import ModelInfo
from xaiweb.graph.trees import tree_sum
from xaiweb.graph.value_function import scaled


@dataclass(frozen=True)
class Linear:
    """The model is a sum of one function per player: a player's value is v({i}) - v(empty)."""


@dataclass(frozen=True, eq=False)
class Trees:
    """The model is a sum of decision trees.

    Attributes:
        nodes: Their table (core/shapley/trees.py), float64 ``(n_nodes, 6 + n_outputs)``.
        features: The graph from raw rows to the trees' features; None where the trees read the raw rows.
        columns: For each tree feature a raw column it is made from; where it is made from several, these belong to
            one player.
    """

    nodes: Numbers
    features: ModelProto | None
    columns: list[int]


def closed_form(
    model: ModelProto, info: ModelInfo, scale: str, groups: Sequence[Sequence[int]]
) -> Linear | Trees | None:
    """How the model's Shapley values in ``scale`` can be had exactly; None where they have to be estimated.

    Args:
        model: The explained model.
        info: What `describe` said of it.
        scale: ``output``, ``margin`` or ``logit``.
        groups: The columns of each player.

    Raises:
        ModelError: The scale isn't one this model has.
    """
    if scale == "logit" and last_link(model, info.output) != "Sigmoid":
        return None
    body = scaled(model, info, scale)
    source, target = body.graph.input[0].name, body.graph.output[0].name
    trees = tree_sum(body, target)
    if trees is not None and trees.source == source:
        return Trees(trees.nodes, None, list(range(info.n_features)))
    return None
