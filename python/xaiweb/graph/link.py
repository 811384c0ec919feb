"""The model's last link: the Sigmoid or Softmax that turns a raw score into a probability."""

from __future__ import annotations

from onnx import GraphProto, ModelProto, NodeProto, helper

from xaiweb.errors import ModelError
from xaiweb.graph.edit import inlined, prune

_PASSES_ON = {"Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout"}
"""Operators that may stand after the link: they move numbers without changing them."""


def last_link(model: ModelProto, output: str) -> str | None:
    """``Sigmoid`` or ``Softmax`` where the output is its answer, so that there is a raw score before it; else None."""
    node = _link(inlined(model).graph, output)
    return None if node is None else str(node.op_type)


def without_link(model: ModelProto, output: str) -> ModelProto:
    """The model with its final Sigmoid or Softmax replaced by the identity: it gives raw scores.

    Raises:
        ModelError: The model doesn't end in such a link.
    """
    result = ModelProto()
    result.CopyFrom(inlined(model))
    prune(result.graph, [output])  # a label that reads the probabilities must not see raw scores
    node = _link(result.graph, output)
    if node is None:
        raise ModelError(
            "the model doesn't end in a Sigmoid or Softmax, so there is no raw score before it",
            where=f'output "{output}"',
            next="Explain in the scale output, or in logit where the outputs are probabilities.",
            code="scale-margin",
        )
    node.CopyFrom(helper.make_node("Identity", list(node.input), list(node.output), name=node.name))
    return result


def _link(graph: GraphProto, output: str) -> NodeProto | None:
    """The Sigmoid or Softmax (over the last axis) whose numbers are the output's."""
    makers: dict[str, NodeProto] = {name: node for node in graph.node for name in node.output}
    wanted = output
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
        if node.op_type not in _PASSES_ON or wanted != node.output[0]:
            return None
        wanted = node.input[0]
    return None
