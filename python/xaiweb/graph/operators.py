"""Which of the browser's providers runs a model, and why not."""

from __future__ import annotations

from collections.abc import Iterable

from onnx import ModelProto, NodeProto

from xaiweb.graph.edit import inlined
from xaiweb.graph.opset import NEWEST, all_nodes, domain_of, settled

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


def unsupported(model: ModelProto) -> dict[str, str | None]:
    """None per provider (wasm, webgpu, webgl) that runs every operator, else the reason why not."""
    model = inlined(model)
    nodes = list(all_nodes(model.graph))
    opset = settled(model)
    everywhere = _too_new(opset) or _foreign(nodes)
    return {
        "wasm": everywhere,
        "webgpu": everywhere or _no_webgpu(nodes),
        "webgl": everywhere or _no_webgl(nodes, opset.get("", 0)),
    }


def _too_new(opset: dict[str, int]) -> str | None:
    for domain, newest in NEWEST.items():
        if opset.get(domain, 0) > newest:
            name = domain or "ai.onnx"
            return f"it uses operators of {name} {opset[domain]}; onnxruntime-web reads {name} up to {newest}"
    return None


def _foreign(nodes: Iterable[NodeProto]) -> str | None:
    known = ("", "ai.onnx.ml", "com.microsoft")
    found = sorted({f"{node.domain}.{node.op_type}" for node in nodes if domain_of(node.domain) not in known})
    return f"onnxruntime-web has no {', '.join(found)}" if found else None


def _no_webgpu(nodes: Iterable[NodeProto]) -> str | None:
    # Tried one by one with onnxruntime-web 1.30: its WebGPU build leaves the whole domain out, the CPU kernels too.
    found = sorted({node.op_type for node in nodes if node.domain == "ai.onnx.ml"})
    return f"onnxruntime-web's WebGPU build has no {', '.join(found)}" if found else None


def _no_webgl(nodes: Iterable[NodeProto], opset: int) -> str | None:
    found = set()
    for node in nodes:
        standard = domain_of(node.domain) == ""
        first, last = _WEBGL.get(node.op_type, (1, 0)) if standard else (1, 0)
        if not first <= opset <= last:
            found.add(f"{node.op_type} at opset {opset}" if standard and node.op_type in _WEBGL else node.op_type)
    return f"WebGL has no {', '.join(sorted(found))}" if found else None
