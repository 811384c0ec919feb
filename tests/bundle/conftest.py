"""A small bundle by hand, so that the contract is tested without an exporter."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from xaiweb.bundle.files import npy_bytes

MANIFEST: dict[str, Any] = {
    "version": 1,
    "kind": "tabular",
    "name": "tiny",
    "title": {"en": "A tiny model", "de": "Ein kleines Modell"},
    "created_by": "a test",
    "model": {"file": "model.onnx", "sha256": "0" * 64, "source": "onnx", "opset": {"": 20}},
    "features": [
        {"name": "age", "label": "Age", "unit": "years", "kind": "number", "min": 18, "max": 99, "step": 1},
        {"name": "home", "kind": "category", "levels": [{"name": "rents"}, {"name": "owns", "label": "owns it"}]},
        {"name": "income", "kind": "number", "missing": True},
    ],
    "protected": None,
    "players": [{"name": "age", "columns": ["age"]}, {"name": "means", "columns": ["home", "income"]}],
    "outputs": [{"name": "repays", "kind": "probability"}],
    "decision": {"output": "repays", "threshold": 0.5, "above": "Granted", "below": "Refused", "meaning": "chance"},
    "scales": [{"name": "output", "graph": "value.onnx", "webgl": None, "additive": False, "trees": None}],
    "weights": None,
    "background": {
        "file": "background.npy",
        "kind": "given",
        "n_rows": 2,
        "seed": 0,
        "rule": "All.",
        "label": "2 rows",
    },
    "examples": [{"id": "1", "title": "One", "values": {"age": 30, "home": "owns", "income": None}}],
    "designs": [],
    "chunk_rows": {"cpu": 1024, "wasm": 1024, "webgpu": 1024, "webgl": 1024},
    "providers": {"wasm": None, "webgpu": None, "webgl": "Where"},
    "files": {},
}

FILES: dict[str, bytes] = {
    "model.onnx": b"not looked into here",
    "value.onnx": b"nor here",
    "background.npy": npy_bytes(np.array([[20, 0, np.nan], [60, 1, 900.5]], dtype=np.float32)),
}


@pytest.fixture
def document() -> dict[str, Any]:
    """A manifest that the reader accepts, with the files listed."""
    from xaiweb.bundle.files import identity

    manifest = copy.deepcopy(MANIFEST)
    manifest["files"] = {name: vars(identity(data)) for name, data in FILES.items()}
    return manifest
