"""Weights once on the wire: the graphs of a bundle refer to one file of external data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, numpy_helper

from xaiweb.errors import ModelError

WEIGHTS_FILE = "weights.bin"

SMALLEST_SHARED = 128
"""Bytes below which a tensor stays inside the graph: naming it elsewhere would cost as much."""

ALIGNMENT = 64
"""Every tensor starts at a multiple of this, so that a runtime may use the bytes where they lie."""

_SHAPE_INPUTS = {
    "Reshape", "Expand", "Tile", "ConstantOfShape", "Slice", "Pad", "Resize", "Squeeze", "Unsqueeze", "Split",
    "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare",
    "ReduceLogSum", "ReduceLogSumExp", "Range", "OneHot", "TopK", "Upsample", "Gather",
}  # fmt: skip
"""Operators whose later inputs a runtime reads while it plans shapes, before external data is there."""


def share_weights(models: Mapping[str, ModelProto]) -> tuple[dict[str, bytes], bytes | None]:
    """The graphs as bytes, and the weights they share.

    Equal tensors, whatever their names, are stored once in ``weights.bin``, which lies beside the
    graphs. The same models give the same bytes. The models given aren't changed.

    Args:
        models: Graph by path; all paths in one folder, since ONNX allows no external data above the graph.

    Returns:
        Serialized graph by path, and the content of ``weights.bin``, or None where nothing is shared.
    """
    folders = {PurePosixPath(path).parent for path in models}
    if len(folders) > 1:
        raise ModelError(
            "graphs that share weights must lie in one folder", where=", ".join(sorted(models)), code="weights-folder"
        )
    weights = bytearray()
    places: dict[bytes, int] = {}
    files = {}
    for path, model in models.items():
        shared = ModelProto()
        shared.CopyFrom(model)
        inline = _shape_inputs(shared.graph.node)
        for tensor in shared.graph.initializer:
            data = _bytes(tensor)
            if data is None or len(data) < SMALLEST_SHARED or tensor.name in inline:
                continue
            offset = places.get(data)
            if offset is None:
                weights.extend(bytes(-len(weights) % ALIGNMENT))
                offset = places[data] = len(weights)
                weights.extend(data)
            _refer(tensor, offset, len(data))
        files[path] = shared.SerializeToString(deterministic=True)
    return files, bytes(weights) if weights else None


def _shape_inputs(nodes: Iterable[NodeProto]) -> set[str]:
    return {name for node in nodes if node.op_type in _SHAPE_INPUTS for name in node.input[1:]}


def _bytes(tensor: TensorProto) -> bytes | None:
    """The tensor's little-endian bytes; None for strings, which have no external form."""
    if tensor.data_type == TensorProto.STRING or tensor.data_location == TensorProto.EXTERNAL:
        return None
    if tensor.HasField("raw_data"):
        return tensor.raw_data
    array = numpy_helper.to_array(tensor)
    if array.dtype.itemsize < 1 or array.dtype.kind not in "fiub":
        return None  # packed types keep their own layout
    return np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()


def _refer(tensor: TensorProto, offset: int, length: int) -> None:
    kind, name, dims = tensor.data_type, tensor.name, list(tensor.dims)
    tensor.Clear()
    tensor.data_type, tensor.name, tensor.data_location = kind, name, TensorProto.EXTERNAL
    tensor.dims.extend(dims)
    for key, value in (("location", WEIGHTS_FILE), ("offset", str(offset)), ("length", str(length))):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
