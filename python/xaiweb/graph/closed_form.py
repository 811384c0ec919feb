"""Models whose Shapley values need no estimate: sums of trees, and sums of one function per player."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from onnx import ModelProto

from xaiweb.graph.cut import up_to
from xaiweb.graph.dependence import dependence
from xaiweb.graph.ensemble import Numbers
from xaiweb.graph.model import ModelInfo, plain
from xaiweb.graph.trees import tree_sum
from xaiweb.graph.value_function import MODEL_PREFIX, logit_is_raw, scaled


@dataclass(frozen=True)
class Linear:
    """The model is a sum of one function per player: a player's value is v({i}) - v(empty)."""


@dataclass(frozen=True, eq=False)
class Trees:
    """The model is a sum of decision trees.

    Attributes:
        nodes: Their table (core/shapley/ensemble.py), float64 ``(n_nodes, 6 + n_outputs)``.
        features: The graph from raw rows to the trees' features; None where the trees read the raw rows.
        columns: For each tree feature a raw column of the player it is made from.
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
    if scale == "logit" and not logit_is_raw(model, info):
        return None
    body = scaled(model, info, scale)
    source, target = body.graph.input[0].name, body.graph.output[0].name
    player_of = {column: player for player, columns in enumerate(groups) for column in columns}
    known = dependence(body, [player_of[column] for column in range(info.n_features)])
    trees = tree_sum(body, target)
    if trees is not None and trees.source in known:
        players = known[trees.source][:-1]
        asked = np.unique(trees.nodes[trees.nodes[:, 0] >= 0, 0]).astype(np.intp)
        if players.ndim == 2 and (players[:, asked].sum(axis=0) <= 1).all():
            columns = [groups[player][0] for player in players.argmax(axis=0)]
            if trees.source == source:
                return Trees(trees.nodes, None, list(range(info.n_features)))
            features = up_to(plain(model, info), trees.source.removeprefix(MODEL_PREFIX))
            return Trees(trees.nodes, features, columns)
    if target in known and not known[target][-1].any():
        return Linear()
    return None
