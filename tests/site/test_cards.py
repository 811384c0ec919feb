"""Cards of photos and texts: what is drawn is where the values are."""

from __future__ import annotations

import re

import numpy as np
import pytest

from xaiweb.site.photo_card import CELLS, SIDE, photo_card
from xaiweb.site.text_card import MOST, Part, text_card


def area(path: str) -> float:
    """Of a path of rectangles."""
    return sum(float(w) * float(h) for w, h in re.findall(r"h([\d.]+)v([\d.]+)h-[\d.]+z", path))


def test_segments_are_drawn_where_they_are_by_sign_and_only_where_they_matter() -> None:
    segments = np.zeros((224, 224), np.int32)
    segments[:112, 112:] = 1  # upper right
    segments[112:, :112] = 2  # lower left
    segments[112:, 112:] = 3
    card = photo_card("a.jpg", (300, 400), 0.875, segments, [0.0, 1.0, -0.5, 0.2], "A cat", "cat")
    assert area(card.positive) == pytest.approx(SIDE * SIDE / 4, rel=1e-3)
    assert area(card.negative) == pytest.approx(SIDE * SIDE / 4, rel=1e-3)
    starts = [tuple(map(float, found)) for found in re.findall(r"M([\d.]+) ([\d.]+)", card.positive)]
    assert len(starts) == CELLS / 2
    assert {x for x, _ in starts} == {50.0}
    assert max(y for _, y in starts) < 50
    assert "cat" in card.label


def test_the_photo_lies_so_that_the_square_shows_what_the_model_sees() -> None:
    segments = np.zeros((8, 8), np.int32)
    card = photo_card("a.jpg", (300, 400), 0.5, segments, [0.0], "A cat", "cat")
    # 150 of 300 pixels are 100 units, so 400 by 300 pixels are 266.67 by 200, centred.
    assert (card.width, card.height) == (266.67, 200.0)
    assert (card.x, card.y) == (-83.34, -50.0)
    assert card.positive == card.negative == ""


def test_words_are_marked_by_sign_and_runs_are_one_mark() -> None:
    text = "free money for you dear friend"
    spans = [(m.start(), m.end()) for m in re.finditer(r"\S+", text)]
    card = text_card(text, spans, [1.0, 0.8, 0.1, -0.5, 0.0, -0.2], "A mail")
    assert card.parts == (
        Part("free money", "positive"),
        Part("for", ""),
        Part("you", "negative"),
        Part("dear friend", ""),
    )


def test_a_long_text_is_shown_where_most_is_to_be_seen() -> None:
    words = ["dull"] * 200
    words[150] = "WINNER"
    text = " ".join(words)
    spans = [(m.start(), m.end()) for m in re.finditer(r"\S+", text)]
    card = text_card(text, spans, [1.0 if word == "WINNER" else 0.01 for word in words], "A mail")
    assert Part("WINNER", "positive") in card.parts
    assert sum(len(part.text) for part in card.parts) <= MOST


def test_a_text_of_zeros_or_of_one_long_word_has_a_card() -> None:
    assert text_card("a b", [(0, 1), (2, 3)], [0.0, 0.0], "A mail").parts == (Part("a b", ""),)
    long = "x" * 500
    assert text_card(long, [(0, 500)], [1.0], "A mail").parts == (Part("x" * MOST, "positive"),)
