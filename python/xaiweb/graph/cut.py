"""A model up to one of its inner tensors."""

from __future__ import annotations

from onnx import ModelProto, TensorProto, checker, helper

from xaiweb.graph.edit import prefix_names, prune

PREFIX = "model/"


def up_to(model: ModelProto, tensor: str) -> ModelProto:
    """The graph from ``rows`` (n_rows, n_features) to an inner tensor as float32 ``activations`` (n_rows, n_columns).

    Args:
        model: A plain model.
        tensor: Name of a number tensor in it.
    """
    result = ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    prefix_names(graph, PREFIX)  # so that no name of the model's is one of ours
    source = graph.input[0].name
    graph.input[0].name = "rows"
    graph.node.insert(0, helper.make_node("Identity", ["rows"], [source], name="make/rows"))
    cast = helper.make_node("Cast", [PREFIX + tensor], ["activations"], name="make/activations", to=TensorProto.FLOAT)
    graph.node.append(cast)
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("activations", TensorProto.FLOAT, ["n_rows", None]))
    prune(graph, ["activations"])
    checker.check_model(result)
    return result
