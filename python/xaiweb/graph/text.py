"""A model of texts: sequences of token ids in, numbers in the unit asked for out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, TensorProto, checker, helper

from xaiweb.errors import ModelError
from xaiweb.graph.edit import inlined, prefix_names
from xaiweb.graph.link import last_link
from xaiweb.graph.model import ModelInfo, check_valid, plain, usable_opset
from xaiweb.graph.ports import find_output
from xaiweb.graph.shape import output_shape, shape_of
from xaiweb.graph.value_function import assemble, row_nodes, scaled

NETWORK_PREFIX = "network/"
"""Before the names of a model that gets a cast of its ids put in front."""


@dataclass(frozen=True, kw_only=True)
class TextInfo(ModelInfo):
    """A model of texts that can be explained; its input is int32 ``(n_texts, length)``, both free."""

    @property
    def row_shape(self) -> tuple[int | str, ...]:
        """The input's dimensions after the first."""
        return ("length",)

    @property
    def element(self) -> int:
        """What the input holds."""
        return int(TensorProto.INT32)


def over_ids(model: ModelProto) -> tuple[ModelProto, TextInfo]:
    """The model with ``ids`` int32 (n_texts, length) as its input, and what it gives.

    Args:
        model: Takes one int64 or int32 tensor (n_texts, length), both dimensions free; gives one float32 tensor
            (n_texts, n_outputs) or (n_texts,).

    Raises:
        ModelError: The model doesn't have that shape; ``code`` names the reason.
    """
    check_valid(model)
    model = inlined(model)
    constants = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in constants]
    advice = "Export a model that takes one tensor of token ids (n_texts, length), both dimensions free."
    if len(inputs) != 1:
        raise ModelError(f"the model has {len(inputs)} inputs; a text goes into exactly one", next=advice)
    (source,) = inputs
    where = f'input "{source.name}"'
    if source.type.tensor_type.elem_type not in (TensorProto.INT64, TensorProto.INT32):
        raise ModelError("the input holds no whole numbers", where=where, next=advice, code="model-input-type")
    if shape_of(source) != (None, None):
        raise ModelError(
            f"the input has the shape {shape_of(source)}", where=where, next=advice, code="model-input-rank"
        )
    target, labels = find_output(model)
    rank, n_outputs = output_shape(model, source.name, target, (2,))
    info = TextInfo(
        input=source.name,
        output=target.name,
        n_features=0,
        n_outputs=n_outputs,
        opset=usable_opset(model),
        label_outputs=labels,
        ends_in_link=last_link(model, target.name) is not None,
        output_rank=rank,
    )
    kept = source.type.tensor_type.elem_type
    result = plain(model, info)
    graph = result.graph
    prefix_names(graph, NETWORK_PREFIX)
    cast = helper.make_node("Cast", ["ids"], [graph.input[0].name], name="make/ids", to=kept)
    nodes = [cast, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    graph.input[0].name = "ids"
    checker.check_model(result)
    changed = {"input": "ids", "output": graph.output[0].name}
    return result, TextInfo(**(info.__dict__ | changed))


def text_graph(model: ModelProto, info: TextInfo, scale: str) -> ModelProto:
    """The graph that answers texts.

    Input: ``ids`` int32 (n, length). Output: ``values`` float32 (n, n_outputs) in ``scale``.

    Args:
        model: What `over_ids` gave.
        info: Likewise.
        scale: As in `value_function`.

    Raises:
        ModelError: The scale isn't one this model has.
    """
    body = scaled(model, info, scale)
    source, target = body.graph.input[0].name, body.graph.output[0].name
    constants = {"shape/rows": np.array([-1, info.n_outputs], np.int64)}
    before = [helper.make_node("Identity", ["ids"], [source])]
    after = row_nodes(model, info, target, scale, constants, into="values")
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT32, ["n", "length"])]
    outputs = [helper.make_tensor_value_info("values", TensorProto.FLOAT, ["n", info.n_outputs])]
    return assemble(body, before, after, constants, inputs, outputs, f"text graph, scale {scale}")
