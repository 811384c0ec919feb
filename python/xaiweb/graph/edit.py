"""Small changes to an ONNX graph that leave its numbers alone."""

from __future__ import annotations

from collections.abc import Iterator

from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, helper, inliner


def inlined(model: ModelProto) -> ModelProto:
    """The model without local functions: each call replaced by the function's nodes."""
    return inliner.inline_local_functions(model) if model.functions else model


def subgraphs(node: NodeProto) -> Iterator[GraphProto]:
    """The bodies an ``If``, ``Loop`` or ``Scan`` node carries."""
    for attribute in node.attribute:
        if attribute.type == AttributeProto.GRAPH:
            yield attribute.g
        elif attribute.type == AttributeProto.GRAPHS:
            yield from attribute.graphs


def reads(node: NodeProto) -> set[str]:
    """Every value name a node may read, those its bodies take from outside included."""
    names = {name for name in node.input if name}
    for body in subgraphs(node):
        for inner in body.node:
            names |= reads(inner)
        names |= {output.name for output in body.output}
    return names


def prefix_names(graph: GraphProto, prefix: str) -> None:
    """Put ``prefix`` before every name in a graph and its bodies, in place.

    The same prefix everywhere keeps every reference intact, and no renamed value can meet a name
    that doesn't start with it.
    """
    for value in (*graph.input, *graph.output, *graph.value_info):
        value.name = prefix + value.name
        for dim in value.type.tensor_type.shape.dim:
            if dim.HasField("dim_param"):
                dim.dim_param = prefix + dim.dim_param
    for tensor in graph.initializer:
        tensor.name = prefix + tensor.name
    for sparse in graph.sparse_initializer:
        sparse.values.name = prefix + sparse.values.name
    for annotation in graph.quantization_annotation:
        annotation.tensor_name = prefix + annotation.tensor_name
        for entry in annotation.quant_parameter_tensor_names:
            entry.value = prefix + entry.value
    for node in graph.node:
        node.name = prefix + node.name
        node.input[:] = [prefix + name if name else name for name in node.input]
        node.output[:] = [prefix + name if name else name for name in node.output]
        for body in subgraphs(node):
            prefix_names(body, prefix)


def name_nodes(graph: GraphProto) -> None:
    """Give every node of a graph a name of its own, in place; onnxruntime-web refuses two alike."""
    taken: set[str] = set()
    for position, node in enumerate(graph.node):
        name = node.name or f"{node.op_type}_{position}"
        while name in taken:
            name = f"{name}_{position}"
        node.name = name
        taken.add(name)


def lift_constants(graph: GraphProto) -> None:
    """Turn ``Constant`` nodes into initializers, in place.

    Initializers can be shared between graphs, and onnxruntime-web's WebGL has no ``Constant``.
    """
    kept = []
    for node in graph.node:
        tensor = _constant(node)
        if tensor is None:
            kept.append(node)
        else:
            tensor.name = node.output[0]
            graph.initializer.append(tensor)
    del graph.node[:]
    graph.node.extend(kept)


def _constant(node: NodeProto) -> TensorProto | None:
    """The tensor of a ``Constant`` node; None for other nodes and for strings and sparse values."""
    if node.op_type != "Constant" or node.domain not in ("", "ai.onnx"):
        return None
    attribute = node.attribute[0]
    tensor = TensorProto()
    if attribute.name == "value":
        tensor.CopyFrom(attribute.t)
        return tensor
    if attribute.name == "value_float":
        return helper.make_tensor("", TensorProto.FLOAT, [], [attribute.f])
    if attribute.name == "value_floats":
        return helper.make_tensor("", TensorProto.FLOAT, [len(attribute.floats)], attribute.floats)
    if attribute.name == "value_int":
        return helper.make_tensor("", TensorProto.INT64, [], [attribute.i])
    if attribute.name == "value_ints":
        return helper.make_tensor("", TensorProto.INT64, [len(attribute.ints)], attribute.ints)
    return None


def prune(graph: GraphProto, outputs: list[str]) -> None:
    """Keep only what the named outputs need, in place; nodes stay in their order."""
    needed = set(outputs)
    kept = []
    for node in reversed(graph.node):  # a valid graph lists producers before consumers
        if needed.intersection(node.output):
            kept.append(node)
            needed |= reads(node)
    kept.reverse()
    del graph.node[:]
    graph.node.extend(kept)
    tensors = [tensor for tensor in graph.initializer if tensor.name in needed]
    del graph.initializer[:]
    graph.initializer.extend(tensors)
    sparse = [tensor for tensor in graph.sparse_initializer if tensor.values.name in needed]
    del graph.sparse_initializer[:]
    graph.sparse_initializer.extend(sparse)
    values = [value for value in graph.output if value.name in outputs]
    del graph.output[:]
    graph.output.extend(values)
    del graph.quantization_annotation[:]
