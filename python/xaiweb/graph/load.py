"""An ONNX file, read with everything it refers to."""

from __future__ import annotations

from pathlib import Path

import onnx

from xaiweb.errors import ModelError


def load(path: Path) -> onnx.ModelProto:
    """The model in an .onnx file, external data included.

    Raises:
        ModelError: If the file is missing, isn't ONNX, or refers to data that isn't there.
    """
    if not path.is_file():
        raise ModelError("there is no such file.", where=str(path), next="Check the path.", code="file-missing")
    try:
        model = onnx.load(path)
    except Exception as reason:  # protobuf and onnx raise classes of their own, without a common base
        raise ModelError(
            f"this is not a readable ONNX model: {str(reason).partition(chr(10))[0]}",
            where=str(path),
            next="Export it again, and check it with onnx.checker.check_model.",
            code="model-corrupt",
        ) from None
    if not model.graph.node:
        raise ModelError(
            "this file holds no ONNX graph.", where=str(path), next="Export the model again.", code="model-corrupt"
        )
    return model
