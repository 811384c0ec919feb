"""Small bundles of models of rows, and files of rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

import xaiweb

D = 5
WEIGHTS = np.array([[0.5], [-1.0], [2.0], [0.25], [1.0]], dtype=np.float32)
NAMES = [f"x{i}" for i in range(D)]


def model(path: Path, *, curved: bool) -> Path:
    """An ONNX file of a linear model of ``D`` columns, or of two outputs that are no sum of functions of one column."""
    rng = np.random.default_rng(0)
    if curved:
        weights = {"w": rng.normal(size=(D, 4)), "v": rng.normal(size=(4, 2))}
        nodes = [("MatMul", ["x", "w"], "a"), ("Tanh", ["a"], "b"), ("MatMul", ["b", "v"], "y")]
    else:
        weights, nodes = {"w": WEIGHTS}, [("MatMul", ["x", "w"], "y")]
    graph = helper.make_graph(
        [helper.make_node(kind, given, [made]) for kind, given, made in nodes],
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, D])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 2 if curved else 1])],
        [numpy_helper.from_array(array.astype(np.float32), name) for name, array in weights.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def bundle(folder: Path, *, curved: bool) -> Path:
    rng = np.random.default_rng(1)
    background = rng.normal(size=(7, D)).astype(np.float32)
    out = folder / ("curved" if curved else "linear")
    made = model(folder / f"{out.name}.onnx", curved=curved)
    xaiweb.export(made, background=background, background_kind="given", out=out, report=None)
    return out


@pytest.fixture(scope="session")
def linear(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A linear model: values are known in closed form."""
    return bundle(tmp_path_factory.mktemp("many"), curved=False)


@pytest.fixture(scope="session")
def curved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network with two outputs."""
    return bundle(tmp_path_factory.mktemp("many"), curved=True)


@pytest.fixture(scope="session")
def rows() -> NDArray[np.float32]:
    """Rows, float32 ``(50, D)``."""
    return np.random.default_rng(2).normal(size=(50, D)).astype(np.float32)


@pytest.fixture
def file(rows: NDArray[np.float32], tmp_path: Path) -> Path:
    """The rows as a .npy file."""
    path = tmp_path / "rows.npy"
    np.save(path, rows)
    return path
