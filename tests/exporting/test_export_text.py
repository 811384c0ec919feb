"""Exporting a model of texts: what the bundle holds, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

import xaiweb
from xaiweb.errors import InputError, ModelError
from xaiweb.explaining.texts import TextExplainer
from xaiweb.exporters.torch import to_onnx
from xaiweb.graph.text import over_ids

TEXT = "The cat sat on the mat. A dog barked at the cat!"
PAD, MASK = 0, 1


class Bag(torch.nn.Module):
    """The mean of what the words say, through a sigmoid; with ``reads_padding`` also of the padding."""

    def __init__(self, reads_padding: bool = False) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.words = torch.nn.Embedding(80, 1)
        self.reads_padding = reads_padding

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        there = torch.ones_like(ids) if self.reads_padding else (ids != PAD).long()
        said = (self.words(ids) * there.unsqueeze(-1)).sum(dim=1)
        return torch.sigmoid(said / there.sum(dim=1, keepdim=True).clamp(min=1))


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("text")
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    special = ["[PAD]", "[MASK]", "[UNK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=80, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator([TEXT] * 3, trainer)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "first.txt").write_text(TEXT, "utf-8")
    return {
        "tokenizer": folder / "tokenizer.json",
        "pad_id": PAD,
        "mask_id": MASK,
        "max_tokens": 40,
        "examples": [{"id": "first", "title": "First", "file": folder / "first.txt"}],
        "report": None,
    }


def by_hand(model: torch.nn.Module, tokenizer: Path, text: str) -> float:
    """The module's own answer."""
    read = Tokenizer.from_file(str(tokenizer))
    ids = [token for word in text.split() for token in read.encode(word, add_special_tokens=False).ids]
    with torch.no_grad():
        return float(model(torch.tensor([ids])))


@pytest.mark.parametrize("way", ["torch", "onnx"])
def test_the_bundle_answers_as_the_model_does(given: dict[str, Any], tmp_path: Path, way: str) -> None:
    model = Bag()
    source: Any = model
    if way == "onnx":
        source = tmp_path / "model.onnx"
        onnx.save(to_onnx(model, np.ones((3, 5), np.int64)), source)
    bundle = xaiweb.export_text(source, out=tmp_path / "bag", **given)
    m = bundle.manifest
    assert (m.kind, m.model.source, [scale.name for scale in m.scales]) == ("text", way, ["output", "margin", "logit"])
    assert m.outputs[0].kind == "probability"
    assert m.providers["wasm"] is None
    assert "no dynamic sizes" in str(m.providers["webgl"])
    explainer = xaiweb.open(bundle)
    assert isinstance(explainer, TextExplainer)
    wanted = by_hand(model, given["tokenizer"], TEXT)
    np.testing.assert_allclose(explainer.predict(TEXT), [[wanted]], rtol=0, atol=1e-6)
    np.testing.assert_allclose(explainer.predict(TEXT, scale="margin"), np.log(wanted / (1 - wanted)), atol=1e-5)
    assert (bundle.path / m.examples[0].file).read_text("utf-8") == TEXT


def test_any_number_of_texts_of_any_length(given: dict[str, Any], tmp_path: Path) -> None:
    bundle = xaiweb.export_text(Bag(), out=tmp_path / "bag", **given)
    session = onnxruntime.InferenceSession(str(bundle.path / bundle.manifest.scales[0].graph))
    for shape in ((1, 1), (3, 1), (1, 200), (5, 17)):
        ids = np.random.default_rng(0).integers(1, 80, shape).astype(np.int32)
        with torch.no_grad():
            wanted = Bag()(torch.from_numpy(ids.astype(np.int64))).numpy()
        np.testing.assert_allclose(session.run(["values"], {"ids": ids})[0], wanted, rtol=0, atol=1e-6)


def test_a_model_that_reads_padding_is_refused(given: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="padding") as caught:
        xaiweb.export_text(Bag(reads_padding=True), out=tmp_path / "bag", **given)
    assert caught.value.code == "model-padding"
    assert not (tmp_path / "bag").exists()


def test_a_text_that_is_not_utf_8_is_refused(given: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("Gr\xfc\xdfe".encode("latin-1"))
    examples = [{"id": "latin", "title": "Latin", "file": tmp_path / "latin.txt"}]
    with pytest.raises(InputError, match="can't be read"):
        xaiweb.export_text(Bag(), out=tmp_path / "bag", **(given | {"examples": examples}))


@pytest.mark.parametrize(
    ("kind", "shape", "code"),
    [
        (onnx.TensorProto.FLOAT, ["n", "length"], "model-input-type"),
        (onnx.TensorProto.INT64, ["n", 7], "model-input-rank"),
        (onnx.TensorProto.INT64, ["n"], "model-input-rank"),
    ],
)
def test_another_input_is_refused(kind: int, shape: list[Any], code: str) -> None:
    helper = onnx.helper
    node = helper.make_node("Cast", ["ids"], ["out"], to=onnx.TensorProto.FLOAT)
    graph = helper.make_graph(
        [node],
        "cast",
        [helper.make_tensor_value_info("ids", kind, shape)],
        [helper.make_tensor_value_info("out", onnx.TensorProto.FLOAT, shape)],
    )
    with pytest.raises(ModelError) as caught:
        over_ids(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8))
    assert caught.value.code == code


def test_a_file_that_is_missing_or_reads_more_than_ids_is_refused(given: dict[str, Any], tmp_path: Path) -> None:
    two = helper.make_graph(
        [helper.make_node("Mul", ["ids", "mask"], ["both"]), helper.make_node("Cast", ["both"], ["y"], to=1)],
        "two",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "length"]) for name in ("ids", "mask")],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", "length"])],
    )
    onnx.save(helper.make_model(two, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "two.onnx")
    for file, words in (("two.onnx", "2 inputs"), ("none.onnx", "no such file")):
        with pytest.raises(ModelError, match=words):
            xaiweb.export_text(tmp_path / file, **given, out=tmp_path / "b")


def test_labels_beside_the_scores_are_passed_over(given: dict[str, Any], tmp_path: Path) -> None:
    model = to_onnx(Bag(), np.ones((3, 4), np.int64))
    model.graph.node.append(helper.make_node("Cast", [model.graph.output[0].name], ["label"], to=TensorProto.INT64))
    model.graph.output.insert(0, helper.make_tensor_value_info("label", TensorProto.INT64, ["n_rows", 1]))
    onnx.save(model, tmp_path / "m.onnx")
    bundle = xaiweb.export_text(tmp_path / "m.onnx", **given, out=tmp_path / "b")
    answer = xaiweb.open(bundle).predict(TEXT)[0, 0]
    assert answer == pytest.approx(by_hand(Bag(), given["tokenizer"], TEXT), abs=1e-6)
