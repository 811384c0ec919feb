"""torch modules as ONNX: same numbers, any batch, nothing printed, nothing told about the machine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch

from tests.exporters.test_preprocess import FEATURES, MEAN, SCALE, rows
from xaiweb.errors import ModelError
from xaiweb.exporters.preprocess import Preprocess
from xaiweb.exporters.torch import reference, to_onnx


def module(n_outputs: int = 1) -> torch.nn.Module:
    torch.manual_seed(0)
    preprocess = Preprocess(FEATURES, MEAN, SCALE)
    link = torch.nn.Sigmoid() if n_outputs == 1 else torch.nn.Softmax(dim=1)
    return torch.nn.Sequential(
        preprocess,
        torch.nn.Linear(preprocess.width, 8),
        torch.nn.BatchNorm1d(8),
        torch.nn.GELU(),
        torch.nn.Dropout(0.5),
        torch.nn.Linear(8, n_outputs),
        link,
    )


@pytest.fixture(scope="module")
def exported() -> tuple[torch.nn.Module, onnx.ModelProto]:
    original = module(3)
    return original, to_onnx(original, rows(2))


def test_same_numbers_for_any_number_of_rows(exported: tuple[torch.nn.Module, onnx.ModelProto]) -> None:
    original, model = exported
    session = ort.InferenceSession(model.SerializeToString())
    original.eval()
    for n_rows in (1, 2, 3, 50):
        data = rows(n_rows)
        with torch.no_grad():
            wanted = original(torch.from_numpy(data)).numpy()
        np.testing.assert_allclose(session.run(None, {"rows": data})[0], wanted, atol=1e-6)


def test_the_graph_is_plain(exported: tuple[torch.nn.Module, onnx.ModelProto]) -> None:
    _, model = exported
    assert [value.name for value in model.graph.input] == ["rows"]
    assert [value.name for value in model.graph.output] == ["outputs"]
    batch, width = model.graph.input[0].type.tensor_type.shape.dim
    assert batch.dim_param
    assert width.dim_value == 4
    assert {entry.domain for entry in model.opset_import} == {""}
    assert not model.functions


def test_nothing_tells_of_this_machine(exported: tuple[torch.nn.Module, onnx.ModelProto]) -> None:
    data = exported[1].SerializeToString()
    for trace in (str(Path.cwd()), str(Path.home()), "site-packages", "stack_trace", ".py"):
        assert trace.encode() not in data


def test_layer_names_are_kept(exported: tuple[torch.nn.Module, onnx.ModelProto]) -> None:
    keys = {entry.key for node in exported[1].graph.node for entry in node.metadata_props}
    assert keys == {"pkg.torch.onnx.name_scopes"}


def test_the_module_is_left_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    original = module().train()
    original[2].eval()  # a frozen batch norm stays one
    state = {name: value.clone() for name, value in original.state_dict().items()}
    model = to_onnx(original, rows(1))  # a single example row is enough
    reference(original)(rows())
    assert original.training
    assert [part.training for part in original] == [i != 2 for i in range(len(original))]
    for name, value in original.state_dict().items():
        assert torch.equal(value, state[name])
    printed = capfd.readouterr()
    assert printed.out == ""
    assert printed.err == ""
    answer = ort.InferenceSession(model.SerializeToString()).run(None, {"rows": rows()})[0]
    np.testing.assert_allclose(answer, reference(original)(rows()), atol=1e-6)


class FixedBatch(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.reshape(len(x.tolist()), 4).sum(dim=1, keepdim=True)


class Refuses(torch.nn.Module):
    def forward(self, x: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return x + other


@pytest.mark.parametrize("broken", [FixedBatch(), Refuses()])
def test_a_module_that_cannot_be_exported_is_refused_by_name(broken: torch.nn.Module) -> None:
    with pytest.raises(ModelError) as refusal:
        to_onnx(broken, rows(4))
    assert refusal.value.where == type(broken).__name__
    assert refusal.value.code in {"torch-export", "model-fixed-batch"}
    assert "n_rows" in refusal.value.next or "number of rows" in refusal.value.next


class Several(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x, x.argmax(dim=1)


class Label(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.argmax(dim=1)


class Broken(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("no such layer")


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (Several(), "float and int64 tensors"),
        (Label(), "int64 tensors"),
        (torch.nn.Linear(4, 1).double(), "double tensors"),
        (Broken(), "no such layer"),
    ],
)
def test_the_reason_of_a_refusal_is_told(broken: torch.nn.Module, words: str) -> None:
    with pytest.raises(ModelError, match=words) as refusal:
        to_onnx(broken, rows(4)[:, :4])
    assert refusal.value.code == "torch-export"
    assert "\x1b" not in refusal.value.message
