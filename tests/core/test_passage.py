"""Texts as subjects: words, sentences, and what the model reads of coalitions, against loops that say the same."""

import time
from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xaiweb.core.shapley.hierarchy import members
from xaiweb.core.subjects.passage import PARAMETERS, read
from xaiweb.core.words import chunks, sentences
from xaiweb.errors import InputError

PAD, MASK = 0, 1
SPACES = "\t\n\v\f\r \x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
NASTY = [
    "👩‍👩‍👧 sent 🎉🎉",
    "e\u0301te\u0301 n\u0303",
    "שלום עולם. مرحبا بالعالم؟ נעים",
    "a\u00a0b\u3000c\ufeffd\x85e",
    "\ufdfa x",
    "zero\u200bwidth \u200d",
    "lone \ud800 and \udc00\udbff",
    "Straße İstanbul ΣΑΣ",
]


def pieces(text, ids=None):
    """Every word as tokens of its own, by default one token for each code point."""
    return [
        (start, stop, [10 + ord(c) % 50 for c in text[start:stop]] if ids is None else ids[i])
        for i, (start, stop) in enumerate(chunks(text))
    ]


def passage(text, max_tokens=10_000, ids=None, **parameters):
    return read(text, pieces(text, ids), (PAD, MASK, max_tokens), parameters)


def by_loops(subject, words, masks, hidden):
    """The rows, word by word; `words` are (player, ids) in order."""
    rows = []
    for kept in masks:
        row = []
        for keep, run in groupby(words, key=lambda word: kept[word[0]]):
            tokens = [token for _, own in run for token in own]
            if keep:
                row += tokens
            elif hidden == "pad":
                row += [PAD] * len(tokens)
            elif hidden == "mask" and tokens:
                row.append(MASK)
        rows.append(row)
    length = max([1, *(len(row) for row in rows)])
    return np.array([row + [PAD] * (length - len(row)) for row in rows], dtype=np.int32)


# What the model reads


@pytest.mark.parametrize("hidden", ["mask", "delete", "pad"])
@given(
    ids=st.lists(st.lists(st.integers(2, 99), min_size=1, max_size=3), min_size=1, max_size=7),
    masks=st.lists(st.integers(0, 127), min_size=1, max_size=5),
    cut=st.integers(1, 22),
)
@settings(max_examples=60)
def test_sequences_are_what_loops_say(hidden, ids, masks, cut):
    text = " ".join("w" * len(own) for own in ids)
    subject = passage(text, cut, ids, units="words", hidden=hidden)
    left, words = cut, []
    for own in ids:
        if left:
            words.append((len(words), own[:left]))
            left -= len(words[-1][1])
    kept = [[bool(code >> i & 1) for i in range(len(words))] for code in masks]
    rows = subject.sequences(np.array(kept))
    assert rows.dtype == np.int32
    np.testing.assert_array_equal(rows, by_loops(subject, words, kept, hidden))


def test_a_run_of_hidden_words_is_one_mask_token():
    subject = passage("a b c d e", ids=[[11], [12, 13], [14], [15], [16]], units="words")
    masks = np.array([[1, 0, 0, 1, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]], dtype=bool)
    np.testing.assert_array_equal(
        subject.sequences(masks),
        [[11, 1, 15, 1, 0, 0], [1, 0, 0, 0, 0, 0], [11, 12, 13, 14, 15, 16]],
    )


def test_sentences_hide_all_their_words():
    text = "One two. Three four five! Six"
    ids = [[11], [12], [13], [14], [15], [16]]
    subject = passage(text, ids=ids, units="sentences", hidden="delete")
    assert [player.value for player in subject.players] == ["One two.", "Three four five!", "Six"]
    np.testing.assert_array_equal(
        subject.sequences(np.array([[True, False, True], [False, True, False]])), [[11, 12, 16], [13, 14, 15]]
    )


@pytest.mark.parametrize("hidden", ["mask", "delete", "pad"])
def test_hiding_a_player_changes_what_is_read_where_it_differs(hidden):
    """A word without tokens is a player that changes nothing in any coalition; the others do in one or more."""
    subject = passage("a b c d", ids=[[11], [], [12, 12], []], units="words", hidden=hidden)
    every = np.array(list(product([False, True], repeat=4)))
    changes = []
    for player in range(4):
        without, within = every.copy(), every.copy()
        without[:, player], within[:, player] = False, True
        rows = subject.sequences(np.concatenate([without, within]))
        changes.append(bool((rows[:16] != rows[16:]).any()))
    np.testing.assert_array_equal(subject.differs, [changes])
    assert changes == [True, False, True, False]


def test_nothing_kept_is_one_token_at_least():
    nobody = np.zeros((2, 3), dtype=bool)
    for hidden, expected in {"mask": [[1], [1]], "delete": [[0], [0]], "pad": [[0, 0, 0], [0, 0, 0]]}.items():
        np.testing.assert_array_equal(passage("a b c", hidden=hidden).sequences(nobody), expected)


# Players


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("units", ["words", "sentences", "hierarchy"])
def test_spans_are_code_points_and_cover_every_word(text, units):
    subject = passage(text, units=units)
    covered = set()
    for player in subject.players:
        start, stop = player.span
        assert subject.text[start:stop] == player.value
        assert player.value.encode("utf-8")
        covered |= set(range(start, stop))
    assert {i for i, c in enumerate(text) if c not in SPACES} <= covered
    assert len(subject.text) == len(text)
    assert len({player.name for player in subject.players}) == len(subject.players)


@given(st.text(alphabet=st.one_of(st.sampled_from(SPACES), st.characters())))
def test_chunks_are_the_longest_runs_without_whitespace(text):
    expected, start = [], 0
    for space, run in groupby(text, key=lambda c: c in SPACES):
        length = len(list(run))
        expected += [] if space else [(start, start + length)]
        start += length
    assert chunks(text) == expected


def test_all_that_python_takes_for_whitespace_separates():
    spaces = [chr(c) for c in range(0x110000) if chr(c).isspace()]
    assert set(spaces) <= set(SPACES)
    assert chunks("".join(f"x{space}" for space in SPACES)) == [(2 * i, 2 * i + 1) for i in range(len(SPACES))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Win now! Click here. Bye", ["Win now!", "Click here.", "Bye"]),
        ('He said "No." Then (he left.) ok', ['He said "No."', "Then (he left.) ok"]),
        ("See e.g. this one, v. 3", ["See e.g. this one, v.", "3"]),
        ("No stop\n\nNew paragraph\nsame one", ["No stop", "New paragraph\nsame one"]),
        ("a\r\nb\r\n\r\nc", ["a\r\nb", "c"]),
        ("何だ？ そう。", ["何だ？", "そう。"]),
        ("كيف؟ جيد", ["كيف؟", "جيد"]),
        ("... ... a", ["...", "... a"]),
    ],
)
def test_sentences(text, expected):
    assert [player.value for player in passage(text, units="sentences").players] == expected


@given(st.text(alphabet="aB. !?\n\"'"))
def test_sentence_numbers_rise_by_one_at_most(text):
    numbers = np.array(sentences(text, chunks(text)), dtype=int)
    assert not numbers.size or numbers[0] == 0
    assert set(np.diff(numbers)) <= {0, 1}


# Hierarchy


def test_a_hierarchy_has_sentences_first_then_halves_of_their_words():
    text = "a b c. D e. F"
    assert passage(text).hierarchy() == ((0, (1, 2)), (3, 4), 5)
    assert passage(text, units="words").hierarchy() == ((0, (1, 2)), (3, (4, 5)))
    assert passage(text, units="sentences").hierarchy() == (0, (1, 2))
    assert passage("a").hierarchy() == 0
    assert passage("a b").hierarchy() == (0, 1)


@pytest.mark.parametrize("text", [*NASTY, "a b c. D e. F\n\nG. H i j. " * 20])
def test_every_player_is_in_one_place_in_order(text):
    for units in ("words", "sentences", "hierarchy"):
        subject = passage(text, units=units)
        assert list(members(subject.hierarchy())) == list(range(len(subject.players)))


# Limits


@pytest.mark.parametrize("text", ["", " \n\t", "\u00a0\u3000"])
def test_a_text_without_words_is_refused(text):
    with pytest.raises(InputError, match="no word"):
        passage(text)


def test_what_the_model_cannot_read_is_no_player():
    ids = [[11, 12], [13, 14], [15]]
    assert [player.value for player in passage("aa bb c", 4, ids).players] == ["aa", "bb"]
    subject = passage("aa bb c", 3, ids)  # half a word is a player
    assert [player.value for player in subject.players] == ["aa", "bb"]
    np.testing.assert_array_equal(subject.ids, [11, 12, 13])


def test_other_words_for_parameters_are_refused():
    assert [parameter.name for parameter in PARAMETERS] == ["units", "hidden"]
    with pytest.raises(InputError, match="choices"):
        passage("a", units="letters")
    with pytest.raises(InputError, match="choices"):
        passage("a", hidden="blur")


def test_large_texts_are_cheap():
    """100 kB, as words, as one word and as spaces and full stops alone; generous, for slow machines."""
    started = time.perf_counter()
    many = passage("Free money now. " * 6_250, 4_096)
    assert len(many.players) == 946
    assert many.sequences(np.ones((256, 946), dtype=bool)).shape == (256, 4_096)
    one = passage("x" * 100_000, 4_096)
    assert one.players[0].span == (0, 100_000)
    assert one.sequences(np.array([[True], [False]])).shape == (2, 4_096)
    assert len(passage(". " * 50_000, 50_000).players) == 50_000
    assert len(passage("." * 50_000 + ")" * 50_000 + "\n\n" * 9, 10, ids=[[5]]).players) == 1
    assert time.perf_counter() - started < 5
