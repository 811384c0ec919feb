"""Operator set versions: which a model imports, and which the browser's runtime reads."""

from __future__ import annotations

from collections.abc import Iterator

import onnx
from onnx import GraphProto, ModelProto, NodeProto

from xaiweb.graph.edit import subgraphs

NEWEST = {"": 26, "ai.onnx.ml": 5}
"""The newest versions that onnxruntime-web 1.30 loads; it refuses later ones as not yet released."""

LARGEST_IR = 10
"""Nothing our graphs hold needs a later file format, and onnxruntime-web 1.30 refuses the newest."""


def versions(model: ModelProto) -> dict[str, int]:
    """Operator set versions by domain as the model imports them; ``ai.onnx`` is written ``''``."""
    return {domain_of(entry.domain): entry.version for entry in model.opset_import}


def lowered(model: ModelProto) -> dict[str, int]:
    """The versions to import so that the browser reads the model, changing no operator's meaning.

    A version newer than `NEWEST` is replaced by it where every operator used is still the same there;
    elsewhere it stays, and `operators.unsupported` tells.
    """
    found = versions(model)
    nodes = list(all_nodes(model.graph))
    for domain, newest in NEWEST.items():
        if found.get(domain, 0) > newest and all(
            onnx.defs.get_schema(node.op_type, found[domain], domain).since_version <= newest
            for node in nodes
            if domain_of(node.domain) == domain
        ):
            found[domain] = newest
    return found


def domain_of(name: str) -> str:
    """The domain's one name: ``ai.onnx`` may be written ``''`` or in full."""
    return "" if name == "ai.onnx" else name


def all_nodes(graph: GraphProto) -> Iterator[NodeProto]:
    """The nodes of a graph and of every body inside it."""
    for node in graph.node:
        yield node
        for body in subgraphs(node):
            yield from all_nodes(body)
