"""A model up to one of its inner tensors."""

from __future__ import annotations

from onnx import ModelProto, TensorProto, checker, helper

from xaiweb.graph.edit import prune


def up_to(model: ModelProto, tensor: str) -> ModelProto:
    """The model that gives an inner tensor as float32 ``activations`` (n_rows, n_columns).

    Args:
        model: A plain model.
        tensor: Name of a number tensor in it.
    """
    result = ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    name = "activations"
    graph.node.append(helper.make_node("Cast", [tensor], [name], name=f"make/{name}", to=TensorProto.FLOAT))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n_rows", None]))
    prune(graph, [name])
    checker.check_model(result)
    return result
