"""The WebGL variant equals the plain value function and uses only what WebGL has."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

from tests.graph.models import OPSETS, build, mlp
from xaiweb.errors import ModelError
from xaiweb.graph.model import describe
from xaiweb.graph.operators import _WEBGL, unsupported
from xaiweb.graph.value_function import value_function
from xaiweb.graph.webgl import webgl_value_function

RNG = np.random.default_rng(5)
N_COALITIONS, N_BACKGROUND = 8, 13
X = (100 * RNG.normal(size=(1, 4))).astype(np.float32)
BACKGROUND = (100 * RNG.normal(size=(N_BACKGROUND, 4))).astype(np.float32)
MASKS = RNG.integers(0, 2, size=(N_COALITIONS, 4)).astype(bool)
RULES = Path(__file__).parents[2] / "node_modules/onnxruntime-web/lib/onnxjs/backends/webgl/op-resolve-rules.ts"


@pytest.mark.parametrize("opset", OPSETS)
@pytest.mark.parametrize("scale", ["output", "margin", "logit"])
@pytest.mark.parametrize(("link", "n_outputs"), [("Softmax", 3), ("Sigmoid", 1)])
def test_equals_the_plain_graph(opset: int, scale: str, link: str, n_outputs: int) -> None:
    model = mlp(opset, link=link, n_outputs=n_outputs).model
    info = describe(model)
    plain = ort.InferenceSession(value_function(model, info, scale).SerializeToString())
    fixed = webgl_value_function(model, info, scale, N_COALITIONS, N_BACKGROUND)
    variant = ort.InferenceSession(fixed.SerializeToString())
    feeds = {"x": X, "background": BACKGROUND}
    wanted = plain.run(["values", "rows"], {**feeds, "masks": MASKS})
    found = variant.run(["values", "rows"], {**feeds, "masks": MASKS.astype(np.float32)})
    for one, other in zip(found, wanted, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=2e-6, atol=2e-6)


def test_every_size_is_fixed() -> None:
    model = mlp().model
    graph = webgl_value_function(model, describe(model), "logit", N_COALITIONS, N_BACKGROUND).graph
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in (*graph.input, *graph.output)}
    assert shapes == {
        "x": [1, 4], "background": [13, 4], "masks": [8, 4], "values": [8, 3], "rows": [104, 3],
    }  # fmt: skip
    assert {v.type.tensor_type.elem_type for v in graph.input} == {TensorProto.FLOAT}


@pytest.mark.parametrize("scale", ["output", "margin", "logit"])
def test_only_operators_that_webgl_has(scale: str) -> None:
    model = mlp(20).model
    graph = webgl_value_function(model, describe(model), scale, 4, 4)
    assert unsupported(graph)["webgl"] is None
    used = {node.op_type for node in graph.graph.node}
    assert not used & {"Where", "Constant", "ReduceMean", "Expand", "Shape"}
    names = [node.name for node in graph.graph.node]
    assert len(set(names)) == len(names)
    assert all(names)


def test_our_list_is_onnxruntime_webs_own() -> None:
    rules = re.findall(r"^\s*\['(\w+)', '', '([\d+-]+)'", RULES.read_text("utf-8"), flags=re.MULTILINE)
    assert rules
    missing = {"ImageScaler"}  # gone from ONNX since opset 9
    assert {name for name, _ in rules} - missing == set(_WEBGL) - {"Constant"}
    for name, (_, last) in _WEBGL.items():
        spans = [span for rule, span in rules if rule == name]
        if last < 1000 and not any(span.endswith("+") for span in spans):
            assert max(int(re.split("[-+]", span)[-1]) for span in spans) == last, name


def test_an_operator_that_webgl_lacks_is_named() -> None:
    nodes = [helper.make_node("Erf", ["a"], ["b"])]
    model = build(nodes, {}, [("a", TensorProto.FLOAT, ["n", 4])], [("b", ["n", 4])])
    with pytest.raises(ModelError, match="Erf") as refusal:
        webgl_value_function(model, describe(model), "output", 4, 4)
    assert refusal.value.code == "webgl-unsupported"


def test_very_many_outputs_are_refused() -> None:
    model = mlp(n_outputs=2000).model
    with pytest.raises(ModelError, match="2000 outputs"):
        webgl_value_function(model, describe(model), "output", 4, 4)
