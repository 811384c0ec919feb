"""Small ONNX models of every kind a user may bring, each with its own numpy forward pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

NEWEST = onnx.defs.onnx_opset_version()
OPSETS = (9, 13, 17, 20, NEWEST)


@dataclass
class Case:
    model: ModelProto
    forward: Callable[[np.ndarray], np.ndarray]
    """Rows to outputs, in float64."""
    margin: Callable[[np.ndarray], np.ndarray]
    """Rows to raw scores, in float64."""


def sigmoid(scores: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-scores))


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


LINKS = {"Sigmoid": sigmoid, "Softmax": softmax, "": lambda scores: scores}


def mlp(
    opset: int = 17,
    *,
    n_features: int | str = 4,
    n_outputs: int = 3,
    link: str = "Softmax",
    tail: list[NodeProto] | None = None,
    batch: int | str = "n",
    seed: int = 0,
    names: tuple[str, str] = ("input", "output"),
) -> Case:
    """Gemm, Relu, Gemm, link; ``tail`` nodes lead from ``linked`` to the output's name."""
    rng = np.random.default_rng(seed)
    width = n_features if isinstance(n_features, int) else 4
    w1, b1 = rng.normal(size=(width, 16)), rng.normal(size=16)
    w2, b2 = rng.normal(size=(16, n_outputs)) / 2, rng.normal(size=n_outputs)
    tensors = {"w1": w1, "b1": b1, "w2": w2, "b2": b2}
    tensors = {name: value.astype(np.float32) for name, value in tensors.items()}
    source, target = names
    nodes = [
        helper.make_node("Gemm", [source, "w1", "b1"], ["hidden"]),
        helper.make_node("Relu", ["hidden"], ["active"]),
        helper.make_node("Gemm", ["active", "w2", "b2"], ["scores"]),
        helper.make_node(link or "Identity", ["scores"], ["linked" if tail else target]),
        *(tail or []),
    ]
    model = build(
        nodes, tensors, [(source, TensorProto.FLOAT, [batch, n_features])], [(target, [batch, n_outputs])], opset
    )

    def margin(rows: np.ndarray) -> np.ndarray:
        hidden = rows.astype(np.float64) @ tensors["w1"].astype(np.float64) + tensors["b1"]
        return np.maximum(hidden, 0) @ tensors["w2"].astype(np.float64) + tensors["b2"]

    return Case(model, lambda rows: LINKS[link](margin(rows)), margin)


def build(
    nodes: list[NodeProto],
    tensors: dict[str, np.ndarray],
    inputs: list[tuple[str, int, list]],
    outputs: list[tuple],
    opset: int = 17,
    domains: dict[str, int] | None = None,
) -> ModelProto:
    """A checked model; an output is (name, shape) of floats or (name, shape, element type)."""
    graph = helper.make_graph(
        nodes,
        "case",
        [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in inputs],
        [
            helper.make_tensor_value_info(name, kind[0] if kind else TensorProto.FLOAT, shape)
            for name, shape, *kind in outputs
        ],
        [numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    versions = {"": opset} if domains is None else domains
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid(*entry) for entry in versions.items()])
    model.ir_version = 4 if opset < 11 else 8
    if all(shape is not None for _, shape, *_ in outputs) and all(shape is not None for _, _, shape in inputs):
        onnx.checker.check_model(model)  # it wants a shape where runtimes need none
    return model


def masked(
    forward: Callable[[np.ndarray], np.ndarray], x: np.ndarray, background: np.ndarray, masks: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The value function the slow way, one hybrid row after the other: (values, rows)."""
    values, rows = [], []
    for mask in masks:
        answers = []
        for other in background:
            hybrid = other.copy()
            for j in range(len(other)):
                if mask[j]:
                    hybrid[j] = x[0, j]
            answers.append(forward(hybrid[None])[0])
        values.append(np.mean(answers, axis=0))
        rows.extend(answers)
    return np.array(values), np.array(rows)
