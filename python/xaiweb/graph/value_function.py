"""The value function of a model as one ONNX graph: masking, the model, the mean over the background."""

from __future__ import annotations

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, checker, helper, numpy_helper

from xaiweb.errors import ModelError
from xaiweb.graph.edit import prefix_names
from xaiweb.graph.link import last_link, without_link
from xaiweb.graph.model import ModelInfo, plain

SCALES = ("output", "margin", "logit")

MODEL_PREFIX = "model/"
"""Before every name of the explained model; no name of ours starts with it."""

LOGIT_CLIP = np.float32(2.0**-24)
"""Where a logit can only be had from a probability, that is clipped to [c, 1 - c], so that it lies within +-16.64.

1 - c is the largest float32 below 1. The clip is the same at both ends, so the logits of the two
classes of a binary model stay each other's opposite.
"""


def value_function(model: ModelProto, info: ModelInfo, scale: str) -> ModelProto:
    """The graph that answers coalitions.

    Inputs: ``x`` float32 (1, n_features), ``background`` float32 (n_background, n_features), ``masks``
    bool (n_coalitions, n_features); True keeps x's value. Outputs: ``values`` float32
    (n_coalitions, n_outputs), the mean over the background, and ``rows`` float32
    (n_coalitions * n_background, n_outputs), the model's answer to each hybrid row. Both are in
    ``scale``, which is applied to each row before the mean. With one all-False mask, ``rows`` are the
    predictions for the rows given as background.

    Args:
        model: The explained model.
        info: What `describe` said of it.
        scale: ``output`` as the model gives it; ``margin`` the raw score before its final Sigmoid or
            Softmax; ``logit`` log(p / (1 - p)): from the raw score (`logit_is_raw`), else from p.

    Raises:
        ModelError: The scale isn't one this model has.
    """
    body = scaled(model, info, scale)
    d, k = info.n_features, info.n_outputs
    graph = body.graph
    source, target = graph.input[0].name, graph.output[0].name
    constants = {
        "shape/masks": np.array([-1, 1, d], np.int64),
        "shape/line": np.array([1, -1], np.int64),
        "shape/lines": np.array([0, -1], np.int64),
        "shape/hybrid": np.array([-1, d], np.int64),
        "shape/rows": np.array([-1, k], np.int64),
        "size/any": np.array([-1], np.int64),
        "size/one": np.array([1], np.int64),
        "size/outputs": np.array([k], np.int64),
        "index/first": np.array([0], np.int64),
    }
    # Where is applied to whole lines of n_background * n_features numbers: broadcasting over short rows is two to
    # three times slower in onnxruntime. Reshape, Expand, Tile, Gather and Concat mean the same from opset 9 on;
    # Unsqueeze and Slice don't.
    before = [
        helper.make_node("Shape", ["background"], ["background/shape"]),
        helper.make_node("Gather", ["background/shape", "index/first"], ["size/background"], axis=0),
        helper.make_node("Concat", ["size/one", "size/background"], ["repeat/x"], axis=0),
        helper.make_node("Tile", ["x", "repeat/x"], ["x/line"]),
        helper.make_node("Reshape", ["background", "shape/line"], ["background/line"]),
        helper.make_node("Reshape", ["masks", "shape/masks"], ["masks/by_coalition"]),
        helper.make_node("Concat", ["size/one", "size/background", "size/one"], ["repeat/masks"], axis=0),
        helper.make_node("Expand", ["masks/by_coalition", "repeat/masks"], ["masks/by_row"]),
        helper.make_node("Reshape", ["masks/by_row", "shape/lines"], ["masks/lines"]),
        helper.make_node("Where", ["masks/lines", "x/line", "background/line"], ["hybrid/lines"]),
        helper.make_node("Reshape", ["hybrid/lines", "shape/hybrid"], [source]),
    ]
    after = [
        *row_nodes(model, info, target, scale, constants),
        helper.make_node("Concat", ["size/any", "size/background", "size/outputs"], ["shape/mean"], axis=0),
        helper.make_node("Reshape", ["rows", "shape/mean"], ["rows/by_coalition"]),
        _mean(info.opset[""], constants),
    ]
    inputs = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, d]),
        helper.make_tensor_value_info("background", TensorProto.FLOAT, ["n_background", d]),
        helper.make_tensor_value_info("masks", TensorProto.BOOL, ["n_coalitions", d]),
    ]
    outputs = [
        helper.make_tensor_value_info("values", TensorProto.FLOAT, ["n_coalitions", k]),
        helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n_rows", k]),
    ]
    return assemble(body, before, after, constants, inputs, outputs, f"value function, scale {scale}")


def scales(model: ModelProto, info: ModelInfo, *, probability: bool) -> tuple[str, ...]:
    """The scales this model can be explained in, ``output`` first.

    Args:
        model: The explained model.
        info: What `describe` said of it.
        probability: Whether every output is a probability; only then a logit means something.
    """
    margin = ("margin",) if last_link(model, info.output) else ()
    return ("output", *margin, *(("logit",) if probability else ()))


def logit_is_raw(model: ModelProto, info: ModelInfo) -> bool:
    """Whether the logits are the raw scores themselves, or of a Softmax over two classes their differences."""
    link = last_link(model, info.output)
    return link == "Sigmoid" or (link == "Softmax" and info.n_outputs == 2)


def scaled(model: ModelProto, info: ModelInfo, scale: str) -> ModelProto:
    """The plain model up to where ``scale`` begins, every name prefixed.

    Where the logit is raw it is given as such: out of a float32 probability near 1 it could only be had with the
    error of 1 - p.

    Raises:
        ModelError: The scale isn't one this model has.
    """
    if scale not in SCALES:
        raise ModelError(f'there is no scale "{scale}"', next=f"Choose one of {', '.join(SCALES)}.", code="scale")
    raw = scale == "logit" and logit_is_raw(model, info)
    differences = raw and last_link(model, info.output) == "Softmax"
    if scale == "margin" or raw:
        model = without_link(model, info.output)
    body = plain(model, info)
    if differences:
        _subtract_the_other(body)
    prefix_names(body.graph, MODEL_PREFIX)
    return body


def _subtract_the_other(body: ModelProto) -> None:
    """Turn two raw scores into each one's lead over the other, in place."""
    graph = body.graph
    target = f"{graph.output[0].name}/leads"
    name = f"{target}/matrix"
    graph.initializer.append(numpy_helper.from_array(np.array([[1, -1], [-1, 1]], np.float32), name))
    graph.node.append(helper.make_node("MatMul", [graph.output[0].name, name], [target], name=target))
    graph.output[0].name = target


def row_nodes(
    model: ModelProto, info: ModelInfo, target: str, scale: str, constants: dict[str, np.ndarray], into: str = "rows"
) -> list[NodeProto]:
    """Nodes that turn the output of `scaled` into ``into`` (n_rows, n_outputs) in the scale asked for."""
    if scale != "logit" or logit_is_raw(model, info):
        return [helper.make_node("Reshape", [target, "shape/rows"], [into])]
    constants["one"] = np.ones(1, np.float32)
    return [
        helper.make_node("Reshape", [target, "shape/rows"], ["rows/raw"]),
        _clip("rows/p", LOGIT_CLIP, np.float32(1) - LOGIT_CLIP, info.opset[""], constants),
        helper.make_node("Sub", ["one", "rows/p"], ["rows/q"]),
        helper.make_node("Log", ["rows/p"], ["rows/log_p"]),
        helper.make_node("Log", ["rows/q"], ["rows/log_q"]),
        helper.make_node("Sub", ["rows/log_p", "rows/log_q"], [into]),
    ]


def _clip(target: str, low: np.float32, high: np.float32, opset: int, constants: dict[str, np.ndarray]) -> NodeProto:
    if opset < 11:
        return helper.make_node("Clip", ["rows/raw"], [target], min=float(low), max=float(high))
    constants["clip/low"], constants["clip/high"] = np.array(low), np.array(high)
    return helper.make_node("Clip", ["rows/raw", "clip/low", "clip/high"], [target])


def _mean(opset: int, constants: dict[str, np.ndarray]) -> NodeProto:
    if opset < 18:
        return helper.make_node("ReduceMean", ["rows/by_coalition"], ["values"], axes=[1], keepdims=0)
    constants["axis/background"] = np.array([1], np.int64)
    return helper.make_node("ReduceMean", ["rows/by_coalition", "axis/background"], ["values"], keepdims=0)


def assemble(
    body: ModelProto,
    before: list[NodeProto],
    after: list[NodeProto],
    constants: dict[str, np.ndarray],
    inputs: list[ValueInfoProto],
    outputs: list[ValueInfoProto],
    title: str,
) -> ModelProto:
    """One checked model: nodes, the prefixed body, nodes; ours are named after what they make."""
    for node in (*before, *after):
        node.name = f"make/{node.output[0]}"
    result = ModelProto()
    result.CopyFrom(body)
    graph = result.graph
    nodes = [*before, *body.graph.node, *after]
    del graph.node[:], graph.input[:], graph.output[:]
    graph.node.extend(nodes)
    graph.input.extend(inputs)
    graph.output.extend(outputs)
    graph.initializer.extend(numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items())
    graph.name = title
    graph.doc_string = ""
    checker.check_model(result)
    return result
