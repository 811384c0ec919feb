"""Texts explained natively, against the plain model run on sequences made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import tokenizers
from numpy.typing import NDArray

from tests.core.games import shapley_by_definition
from xaiweb.errors import InputError
from xaiweb.explaining.texts import TextExplainer

TEXT = "Dear friend, click here now!! Free money.\nBest regards, Ann"


class Plain:
    """The bundle's plain model and tokenizer, asked about a text that is partly hidden, one coalition at a time."""

    def __init__(self, explainer: TextExplainer, text: str) -> None:
        folder, m = explainer.bundle.path, explainer.manifest
        self.session = onnxruntime.InferenceSession(str(folder / m.model.file), providers=["CPUExecutionProvider"])
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / m.text.tokenizer))
        self.words = [tokenizer.encode(word, add_special_tokens=False).ids for word in text.split()]
        self.mask_id, self.pad_id = m.text.mask_id, m.text.pad_id

    def hybrid(self, keep: NDArray[np.bool_], hidden: str) -> list[int]:
        ids: list[int] = []
        for i, (word, kept) in enumerate(zip(self.words, keep, strict=True)):
            if kept:
                ids += word
            elif hidden == "pad":
                ids += [self.pad_id] * len(word)
            elif hidden == "mask" and (i == 0 or keep[i - 1]):
                ids.append(self.mask_id)
        return ids or [self.pad_id]

    def game(self, hidden: str) -> object:
        def values(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
            rows = [np.array([self.hybrid(keep, hidden)], np.int32) for keep in masks]
            return np.array([self.session.run(None, {"ids": row})[0].reshape(-1) for row in rows], np.float64)

        return values


@pytest.mark.parametrize("hidden", ["mask", "delete", "pad"])
def test_few_words_are_exact(spam: TextExplainer, hidden: str) -> None:
    explanation = spam(TEXT, hidden=hidden)[0]
    assert explanation.provenance.estimator == "exact"
    assert [player.value for player in explanation.players] == TEXT.split()
    assert [TEXT[slice(*player.span)] for player in explanation.players] == TEXT.split()
    plain = Plain(spam, TEXT)
    truth = shapley_by_definition(plain.game(hidden), len(plain.words))
    np.testing.assert_allclose(explanation.values, truth, rtol=0, atol=1e-6)


def test_leaving_one_out(spam: TextExplainer) -> None:
    explanation = spam(TEXT, "occlusion")[0]
    plain = Plain(spam, TEXT)
    n = len(plain.words)
    game = plain.game("mask")
    whole, without = game(np.ones((1, n), bool)), game(~np.eye(n, dtype=bool))
    np.testing.assert_allclose(explanation.values, whole - without, rtol=0, atol=1e-6)
    np.testing.assert_allclose(explanation.base_values, game(np.zeros((1, n), bool))[0], rtol=0, atol=1e-6)


def test_sentences_are_players(spam: TextExplainer) -> None:
    explanation = spam(TEXT, units="sentences")[0]
    assert [player.value for player in explanation.players] == [
        "Dear friend, click here now!!",
        "Free money.",
        "Best regards, Ann",
    ]
    total = explanation.base_values + explanation.values.sum(axis=0)
    np.testing.assert_allclose(total, explanation.prediction, rtol=0, atol=1e-9)


def test_a_mail_of_two_thousand_words_is_explained_where_it_matters(spam: TextExplainer) -> None:
    """Who was put in among the dull ones stands out, though every word by itself would take 2,000 evaluations."""
    dull = "The minutes of the meeting are kept in the folder of the project."
    sentences = [dull] * 150
    sentences[70] = "Click here to win free money now, dear friend, guaranteed!"
    text = " ".join(sentences)
    assert len(text.split()) > 1900
    explanation = spam(text, budget=300, scale="margin")[0]
    assert explanation.provenance.estimator == "owen"
    assert explanation.provenance.n_coalitions <= 300
    total = explanation.base_values + explanation.values.sum(axis=0)
    np.testing.assert_allclose(total, explanation.prediction, rtol=0, atol=1e-9)
    start = text.index("Click")
    inside = [start <= player.span[0] < start + len(sentences[70]) for player in explanation.players]
    values = explanation.values[:, 0]
    assert inside[int(np.argmax(values))]
    assert values[inside].sum() > 5 * np.abs(values[~np.array(inside)]).max()


def test_what_is_no_text_is_refused(spam: TextExplainer, tmp_path: Path) -> None:
    latin = tmp_path / "latin.txt"
    latin.write_bytes("Gr\xfc\xdfe".encode("latin-1"))
    for given in ("", " \n\t", latin, tmp_path / "missing.txt", 7, b"bytes", None, []):
        for ask in (spam, spam.predict):
            with pytest.raises(InputError) as caught:
                ask(given)
            assert caught.value.next


def test_numbers_of_texts_of_different_lengths_are_not_stacked(spam: TextExplainer) -> None:
    found = spam(["one two three", "one"], budget=64)
    for name in ("values", "std_error", "data", "feature_names"):
        with pytest.raises(InputError, match="don't share their players"):
            getattr(found, name)
    assert found.base_values.shape == (2,)
    assert found[0].values.shape == (3, 1)


@pytest.mark.parametrize("outputs", ["spam", 0])
def test_one_output_is_asked_for_in_a_list(spam: TextExplainer, outputs: str | int) -> None:
    with pytest.raises(InputError) as caught:
        spam(TEXT, outputs=outputs)
    assert caught.value.next == f"Give [{outputs!r}]."
