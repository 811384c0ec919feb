"""What each of the browser's providers runs, and opsets lowered to what it reads."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.graph.models import NEWEST, build, mlp
from xaiweb.graph.model import describe, plain
from xaiweb.graph.operators import unsupported
from xaiweb.graph.opset import LARGEST_IR
from xaiweb.graph.opset import NEWEST as READABLE
from xaiweb.graph.value_function import value_function


def one_node(op: str, opset: int = 17, domain: str = "", **attributes) -> onnx.ModelProto:
    node = helper.make_node(op, ["a"], ["b"], domain=domain, **attributes)
    domains = {"": opset} | ({domain: 1} if domain else {})
    return build([node], {}, [("a", TensorProto.FLOAT, ["n", 4])], [("b", ["n", 4])], opset, domains)


def test_an_mlp_runs_everywhere() -> None:
    assert unsupported(mlp().model) == {"wasm": None, "webgpu": None, "webgl": None}


def test_ml_operators_run_on_wasm_alone() -> None:
    model = one_node("Normalizer", domain="ai.onnx.ml", norm="L2")
    reasons = unsupported(model)
    assert reasons["wasm"] is None
    assert reasons["webgpu"] is not None
    assert "Normalizer" in reasons["webgpu"]
    assert reasons["webgl"] is not None
    assert "Normalizer" in reasons["webgl"]


def test_a_foreign_domain_runs_nowhere() -> None:
    reasons = unsupported(one_node("Magic", domain="com.example"))
    assert all(reason is not None and "com.example.Magic" in reason for reason in reasons.values())


@pytest.mark.parametrize(
    ("op", "opset", "runs"),
    [("Erf", 17, False), ("ReduceMax", 17, True), ("ReduceMax", 18, False), ("Tanh", 20, True), ("Gelu", 20, False)],
)
def test_webgl_depends_on_the_opset(op: str, opset: int, runs: bool) -> None:
    attributes = {"keepdims": 1} if op.startswith("Reduce") else {}
    reason = unsupported(one_node(op, opset, **attributes))["webgl"]
    assert (reason is None) == runs
    assert runs or op in str(reason)


def test_the_newest_opset_is_lowered_to_one_the_browser_reads() -> None:
    model = mlp(NEWEST).model
    model.ir_version = onnx.IR_VERSION
    info = describe(model)
    assert info.opset[""] == min(NEWEST, READABLE[""])
    for graph in (plain(model, info), value_function(model, info, "logit")):
        assert graph.ir_version <= LARGEST_IR
        assert graph.opset_import[0].version <= READABLE[""]
    assert unsupported(model) == {"wasm": None, "webgpu": None, "webgl": None}


@pytest.mark.skipif(NEWEST < 28, reason="needs an onnx that knows opset 28")
def test_an_operator_that_changed_since_keeps_the_opset_and_says_so() -> None:
    node = helper.make_node("Celu", ["a"], ["b"])
    model = build([node], {}, [("a", TensorProto.FLOAT, ["n", 4])], [("b", ["n", 4])], 28)
    assert describe(model).opset[""] == 28
    reasons = unsupported(model)
    assert all(reason is not None and "28" in reason for reason in reasons.values())


def test_operators_inside_a_body_count() -> None:
    body = helper.make_graph(
        [helper.make_node("Erf", ["a"], ["inner"])], "body", [],
        [helper.make_tensor_value_info("inner", TensorProto.FLOAT, None)],
    )  # fmt: skip
    node = helper.make_node("If", ["yes"], ["b"], then_branch=body, else_branch=body)
    model = build([node], {"yes": np.array(True)}, [("a", TensorProto.FLOAT, ["n", 4])], [("b", ["n", 4])])
    assert "Erf" in str(unsupported(model)["webgl"])
