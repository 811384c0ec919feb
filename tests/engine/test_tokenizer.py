"""Texts as tokens: the golden pieces that the page's tokenizer is tested with, and what they promise."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import tokenizers

from xaiweb.core.words import chunks, whole
from xaiweb.engine.tokenizer import Tokenizer
from xaiweb.errors import BundleError, InputError

FOLDER = Path(__file__).parents[1] / "golden" / "tokens"
GOLDEN = json.loads((FOLDER / "tokens.json").read_text("ascii"))
FILE = FOLDER / "tokenizer.json"


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(FILE, GOLDEN["max_tokens"])


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=range(len(GOLDEN["cases"])))
def test_the_golden_pieces_are_current(tokenizer: Tokenizer, case: dict) -> None:
    assert tokenizer.encode(case["text"]) == [(start, stop, ids) for start, stop, ids in case["pieces"]]


def test_word_by_word_is_the_same_as_at_once() -> None:
    at_once, by_word = tokenizers.Tokenizer.from_file(str(FILE)), Tokenizer(FILE, 1_000_000)
    for case in GOLDEN["cases"]:
        ids = [token for _, _, own in by_word.encode(case["text"]) for token in own]
        # Some of our whitespace is none to the library (U+FEFF, U+001C).
        text = " ".join(whole(case["text"])[start:stop] for start, stop in chunks(case["text"]))
        assert ids == at_once.encode(text, add_special_tokens=False).ids


def test_no_text_spells_padding_or_hiding(tokenizer: Tokenizer) -> None:
    words = json.loads(FILE.read_text("utf-8"))["model"]["vocab"]
    for text in ["[PAD]", "[MASK]", "x[MASK]y", "[ PAD ]", *words]:
        assert not {0, 1} & {token for _, _, ids in tokenizer.encode(text) for token in ids}


def test_it_stops_where_the_model_does() -> None:
    text = "win " * 50_000
    pieces = Tokenizer(FILE, 10).encode(text)
    assert sum(len(ids) for _, _, ids in pieces) >= 10
    assert sum(len(ids) for _, _, ids in pieces[:-1]) < 10
    assert [(start, stop) for start, stop, _ in pieces] == chunks(text)[: len(pieces)]


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text('{"model": {}}')
    for name in ("tokenizer.json", "nothing.json"):
        with pytest.raises(BundleError, match=name):
            Tokenizer(tmp_path / name, 10)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(InputError, match=r"xaiweb\[text\]"):
        Tokenizer(FILE, 10)
