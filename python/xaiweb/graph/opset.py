"""Operator set versions: which a model imports, and which the browser's runtime reads."""

from __future__ import annotations

from collections.abc import Iterator

import onnx
from onnx import GraphProto, ModelProto, NodeProto

from xaiweb.graph.edit import subgraphs

NEWEST = {"": 26, "ai.onnx.ml": 5}
"""The newest versions that onnxruntime-web 1.30 loads; it refuses later ones as not yet released."""

OLDEST = {"": 9, "ai.onnx.ml": 1}
"""``Where`` came with 9; what stands below would have to be rewritten first."""

LARGEST_IR = 10
"""Nothing our graphs hold needs a later file format, and onnxruntime-web 1.30 refuses the newest."""


def versions(model: ModelProto) -> dict[str, int]:
    """Operator set versions by domain as the model imports them; ``ai.onnx`` is written ``''``."""
    return {domain_of(entry.domain): entry.version for entry in model.opset_import}


def settled(model: ModelProto) -> dict[str, int]:
    """The versions to import so that our graphs and the browser can use the model, no operator changing its meaning.

    A version below `OLDEST` or above `NEWEST` is replaced by that bound where every operator used is the same there;
    elsewhere it stays, and `describe` or `unsupported` tell.
    """
    found = versions(model)
    nodes = list(all_nodes(model.graph))
    for domain, newest in NEWEST.items():
        if domain not in found or (domain == "" and found[domain] > onnx.defs.onnx_opset_version()):
            continue  # nobody here knows what a later version means
        bound = min(max(found[domain], OLDEST[domain]), newest)
        used = {node.op_type for node in nodes if domain_of(node.domain) == domain}
        if all(_since(op, found[domain], domain) == _since(op, bound, domain) for op in used):
            found[domain] = bound
    return found


def _since(op: str, version: int, domain: str) -> int:
    """The version an operator got the form in that it has at ``version``."""
    return int(onnx.defs.get_schema(op, version, domain).since_version)


def domain_of(name: str) -> str:
    """The domain's one name: ``ai.onnx`` may be written ``''`` or in full."""
    return "" if name == "ai.onnx" else name


def all_nodes(graph: GraphProto) -> Iterator[NodeProto]:
    """The nodes of a graph and of every body inside it."""
    for node in graph.node:
        yield node
        for body in subgraphs(node):
            yield from all_nodes(body)
