"""The model's last link, and the scales a model can be explained in."""

from __future__ import annotations

from collections.abc import Sequence

from onnx import GraphProto, ModelProto, NodeProto, helper

from xaiweb.errors import ModelError
from xaiweb.graph.edit import prune
from xaiweb.graph.model import ModelInfo

SCALES = ("output", "margin", "logit")

_PASSES_ON = {"Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout"}
"""Operators that may stand after the link: they move numbers without changing them."""


def scales(model: ModelProto, info: ModelInfo, kinds: Sequence[str]) -> tuple[str, ...]:
    """The scales this model can be explained in, ``output`` first.

    Args:
        model: The model.
        info: What `describe` said of it.
        kinds: Kind of every output, ``probability`` or ``number``; logit needs probabilities only.
    """
    found = ["output"]
    if _link(model.graph, info) is not None:
        found.append("margin")
    if kinds and all(kind == "probability" for kind in kinds):
        found.append("logit")
    return tuple(found)


def without_link(model: ModelProto, info: ModelInfo) -> ModelProto:
    """The model with its final Sigmoid or Softmax replaced by the identity: it gives raw scores.

    Raises:
        ModelError: The model doesn't end in such a link.
    """
    result = ModelProto()
    result.CopyFrom(model)
    prune(result.graph, [info.output])
    node = _link(result.graph, info)
    if node is None:
        raise ModelError(
            "the model doesn't end in a Sigmoid or Softmax, so there is no raw score before it",
            where=f'output "{info.output}"',
            next="Explain in the scale output, or in logit where the outputs are probabilities.",
            code="scale-margin",
        )
    node.CopyFrom(helper.make_node("Identity", list(node.input), list(node.output), name=node.name))
    return result


def _link(graph: GraphProto, info: ModelInfo) -> NodeProto | None:
    """The Sigmoid or Softmax (over the last axis) whose numbers are the output's."""
    makers = {name: node for node in graph.node for name in node.output}
    wanted = info.output
    while wanted in makers:
        node = makers[wanted]
        if node.domain not in ("", "ai.onnx"):
            return None
        if node.op_type == "Sigmoid":
            return node
        if node.op_type == "Softmax":
            # Opset < 13 defaults to axis 1 and opset >= 13 to -1: both are the last axis of (n_rows, n_outputs).
            axis = next((attribute.i for attribute in node.attribute if attribute.name == "axis"), -1)
            return node if axis in (-1, 1) else None
        if node.op_type not in _PASSES_ON:
            return None
        wanted = node.input[0]
    return None
