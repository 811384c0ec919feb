"""Which of the browser's providers runs a model, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from onnx import GraphProto, ModelProto, NodeProto, TensorProto

from xaiweb.graph.edit import opsets, subgraphs

ALWAYS = 10_000
_WEBGL: dict[str, tuple[int, int]] = {
    **dict.fromkeys(
        (
            "Abs", "Acos", "Add", "And", "Asin", "Atan", "BatchNormalization", "Cast", "Ceil", "Clip", "Concat",
            "Constant", "Conv", "ConvTranspose", "Cos", "DepthToSpace", "Div", "Dropout", "Elu", "Equal", "Exp",
            "Flatten", "Floor", "Gather", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "Greater", "Identity",
            "InstanceNormalization", "LRN", "LeakyRelu", "Less", "Log", "MatMul", "Mul", "Neg", "Not", "Or", "PRelu",
            "Pad", "Pow", "Relu", "Reshape", "Shape", "Sigmoid", "Sin", "Slice", "Softmax", "Sqrt", "Squeeze", "Sub",
            "Sum", "Tan", "Tanh", "Tile", "Transpose", "Unsqueeze", "Xor",
        ),
        (1, ALWAYS),
    ),
    "AveragePool": (7, 18),  # 19 added dilations, which are ignored
    "MaxPool": (1, ALWAYS),
    "ReduceLogSum": (1, 17),  # from 18 on the axes are an input, which is refused
    "ReduceMax": (1, 17),
    "ReduceMean": (1, 17),
    "ReduceMin": (1, 17),
    "ReduceProd": (1, 17),
    "ReduceSumSquare": (1, 17),
    "ReduceSum": (1, 12),
    "Resize": (10, ALWAYS),
    "Split": (2, 12),
    "Upsample": (7, 9),
}  # fmt: skip
"""Operators of onnxruntime-web 1.30's WebGL by the opsets at which they work there.

From ``lib/onnxjs/backends/webgl/op-resolve-rules.ts``; Constant is read while the graph is loaded.
"""

_FLOAT_ONLY = {TensorProto.FLOAT}


def unsupported(model: ModelProto) -> dict[str, str | None]:
    """None per provider (wasm, webgpu, webgl) that runs every operator, else the reason why not."""
    versions = opsets(model)
    nodes = list(_nodes(model.graph))
    return {
        "wasm": _foreign(nodes),
        "webgpu": _foreign(nodes) or _no_webgpu(nodes),
        "webgl": _foreign(nodes) or _no_webgl(model, nodes, versions.get("", 0)),
    }


def _nodes(graph: GraphProto) -> Iterator[NodeProto]:
    for node in graph.node:
        yield node
        for body in subgraphs(node):
            yield from _nodes(body)


def _foreign(nodes: Iterable[NodeProto]) -> str | None:
    known = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
    found = sorted({f"{node.domain}.{node.op_type}" for node in nodes if node.domain not in known})
    return f"no runtime has {', '.join(found)}" if found else None


def _no_webgpu(nodes: Iterable[NodeProto]) -> str | None:
    found = sorted({node.op_type for node in nodes if node.domain == "ai.onnx.ml"})
    return f"onnxruntime-web's WebGPU build has no {', '.join(found)}" if found else None


def _no_webgl(model: ModelProto, nodes: list[NodeProto], opset: int) -> str | None:
    found = set()
    for node in nodes:
        first, last = _WEBGL.get(node.op_type, (1, 0)) if node.domain in ("", "ai.onnx") else (1, 0)
        if not first <= opset <= last:
            known = node.op_type in _WEBGL and node.domain in ("", "ai.onnx")
            found.add(f"{node.op_type} at opset {opset}" if known else node.op_type)
    return f"WebGL has no {', '.join(sorted(found))}" if found else None
