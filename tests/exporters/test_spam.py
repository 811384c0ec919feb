"""The spam recipe: how mails are read and split, its network, and the bundle that `make site` made of it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from tests.exporters import recipes
from xaiweb.bundle.read import Bundle
from xaiweb.bundle.text import TextManifest
from xaiweb.core.words import chunks
from xaiweb.engine.texts import TextGraph
from xaiweb.engine.tokenizer import Tokenizer
from xaiweb.errors import ModelError
from xaiweb.exporters.tokenizing import MASK, PAD, wordpiece

MAIL = b"""From somebody Thu Aug 22 12:36:23 2002
Subject: FREE money
MIME-Version: 1.0
Content-Type: %s; charset=utf-8
Content-Transfer-Encoding: %s

%s
"""
MULTIPART = b"""Content-Type: multipart/alternative; boundary=XX

--XX
Content-Type: text/html

<b>shown</b> second
--XX
Content-Type: text/plain

first choice
--XX
Content-Type: image/gif
Content-Transfer-Encoding: base64

R0lGODlhAQABAAAAACw=
--XX--
"""


@pytest.fixture(scope="module")
def recipe() -> ModuleType:
    return recipes.load("spam")


@pytest.fixture(scope="module")
def reading(recipe: ModuleType) -> ModuleType:
    """The file beside the recipe."""
    return sys.modules["spam_mails"]


@pytest.fixture(scope="module")
def mails(recipe: ModuleType):
    return recipe.read()


@pytest.fixture(scope="module")
def group(recipe: ModuleType, mails) -> np.ndarray:
    return recipe.groups([mail.text for mail in mails])


@pytest.fixture(scope="module")
def held(recipe: ModuleType, mails, group: np.ndarray) -> np.ndarray:
    return recipe.split([mail.name for mail in mails], group)


@pytest.fixture(scope="module")
def network(recipe: ModuleType) -> torch.nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        return recipe.Network().eval()


@pytest.fixture(scope="module")
def made() -> Bundle:
    return recipes.bundle("spam")


@pytest.fixture(scope="module")
def manifest(made: Bundle) -> TextManifest:
    assert isinstance(made.manifest, TextManifest)
    return made.manifest


# Mails as a person reads them


@pytest.mark.parametrize(
    ("kind", "encoding", "content", "text"),
    [
        (b"text/plain", b"8bit", "Grüße\r\n\r\n\r\n\r\nhier ".encode(), "Grüße\n\nhier"),
        (b"text/plain", b"quoted-printable", b"10=25 off=\n now", "10% off now"),
        (b"text/plain", b"base64", b"aGVsbG8=", "hello"),
        (b"text/html", b"7bit", b"<p>A <b>B</b><script>no</script>&amp;<br>C<!-- x -->D", "A B&\nCD"),
        (
            b"text/html",
            b"7bit",
            b'<a href="http://x.y/?a=1">click</a> <img alt="logo">',
            "click <http://x.y/?a=1> logo",
        ),
        (b"text/plain", b"8bit", b"caf\xe9", "café"),
        (b"application/zip", b"base64", b"aGVsbG8=", ""),
    ],
)
def test_a_mail_is_its_text(reading: ModuleType, kind: bytes, encoding: bytes, content: bytes, text: str) -> None:
    assert reading.body(MAIL % (kind, encoding, content)) == text


def test_plain_text_is_preferred(reading: ModuleType) -> None:
    assert reading.body(MULTIPART) == "first choice"


@pytest.mark.parametrize(
    "footer",
    [
        "_" * 47 + "\nExmh-workers mailing list\nhttps://listman.redhat.com/mailman/listinfo/exmh-workers",
        "--\nIrish Linux Users' Group: ilug@linux.ie\nhttp://www.linux.ie/mailman/listinfo/ilug for information.",
        "-" * 55 + "\nThis sf.net email is sponsored by:ThinkGeek\n" + "_" * 47 + "\nA mailing list\na@b",
        "http://xent.com/mailman/listinfo/fork",
        "To unsubscribe from this group, send an email to:\nforteana-unsubscribe@egroups.com\n\nYour use",
    ],
)
def test_a_mailing_lists_footer_is_cut(reading: ModuleType, footer: str) -> None:
    assert reading.body(b"\n" + f"Hello\n-- \nme\n\n{footer}\n".encode()) == "Hello\n--\nme"


def test_what_is_no_footer_stays(reading: ModuleType) -> None:
    text = "see the mailing list\n--\nme, +49 30 1234"
    assert reading.body(b"\n" + text.encode()) == text


def test_no_mail_is_empty_and_none_begins_with_headers(mails) -> None:
    assert len(mails) > 6_000
    assert len({mail.name for mail in mails}) == len(mails)
    assert all(chunks(mail.text) for mail in mails)
    assert 0.28 < np.mean([mail.spam for mail in mails]) < 0.34
    assert sum(mail.text.startswith(("From ", "Return-Path:", "Received:", "URL: ")) for mail in mails) < 10
    assert sum("/listinfo/" in mail.text[-100:] for mail in mails) < 100


# The split


def test_what_is_nearly_the_same_is_on_one_side(recipe: ModuleType, mails, held: np.ndarray) -> None:
    """Counted in full for some held-out mails, against the estimate that the split is made with."""

    def runs(text: str) -> set[str]:
        words = re.findall(r"\w+", text.lower()) or [text]
        return {" ".join(words[start : start + 4]) for start in range(max(1, len(words) - 3))}

    out = {i: runs(mails[i].text) for i in np.flatnonzero(held)[::12]}
    among = {run: [] for own in out.values() for run in own}
    for i, own in out.items():
        for run in own:
            among[run].append(i)
    alike = []
    for j in np.flatnonzero(~held):
        theirs = runs(mails[j].text)
        shared = [i for run in theirs if run in among for i in among[run]]
        alike += [n / len(out[i] | theirs) for i, n in zip(*np.unique(shared, return_counts=True), strict=True)]
    assert len(out) > 100
    assert max(alike) < 0.65


def test_groups(recipe: ModuleType) -> None:
    words = [f"w{i}" for i in range(60)]
    other = " ".join(f"v{i}" for i in range(60))
    texts = [" ".join(words), other, " ".join([*words[:57], "x", "y"]), " ".join(words[45:]), "short", "short"]
    group = recipe.groups(texts)
    assert group[0] == group[2]
    assert group[4] == group[5]
    assert len(set(group)) == 4


def test_a_quarter_is_held_out_in_whole_groups(recipe: ModuleType, group: np.ndarray, held: np.ndarray) -> None:
    assert abs(held.mean() - 0.25) < 0.03
    assert not set(group[held]) & set(group[~held])


# Tokens and network


def test_the_same_texts_give_the_same_tokenizer(mails) -> None:
    texts = [mail.text for mail in mails[:400]]
    assert wordpiece(texts, 1_000) == wordpiece(texts, 1_000)


def test_padding_has_no_influence(network: torch.nn.Module) -> None:
    ids = torch.randint(3, 8_000, (4, 40), generator=torch.Generator().manual_seed(0))
    padded = torch.nn.functional.pad(ids, (0, 25), value=PAD)
    alone = torch.cat([network(row[None]) for row in ids])
    torch.testing.assert_close(network(ids), alone, rtol=0, atol=1e-6)
    torch.testing.assert_close(network(padded), alone, rtol=0, atol=1e-6)
    assert torch.isfinite(network(torch.full((1, 3), PAD))).all()
    assert (network(ids[:, :-1]) - alone).abs().max() > 1e-6  # the last token does have some


def test_hidden_runs_are_one_mask_token(recipe: ModuleType) -> None:
    rng = np.random.Generator(np.random.PCG64(0))
    row = np.arange(10, 210)
    for _ in range(200):
        hidden = recipe.hide(row, rng)
        masks = hidden == MASK
        assert not (masks[1:] & masks[:-1]).any()
        kept = hidden[~masks]
        assert (np.diff(kept) > 0).all()
        assert masks.any() == (len(kept) < len(row))


def test_training_is_deterministic_and_leaves_torch_alone(recipe: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "EPOCHS", 2)
    rng = np.random.Generator(np.random.PCG64(1))
    spam = np.arange(64) % 2 == 0
    rows = [np.append(rng.integers(3, 8_000, rng.integers(1, 20)), 100 + one) for one in spam]
    state, threads = torch.random.get_rng_state(), torch.get_num_threads()
    first, second = (recipe.train(rows, spam) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    for one, other in zip(first.state_dict().values(), second.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_the_standard_error_counts_a_group_once(recipe: ModuleType) -> None:
    """Four copies of each of 100 mails, told right or wrong together: as uncertain as 100 mails."""
    right = np.arange(100) < 90
    chances, spam, group = np.where(right, 0.9, 0.1).repeat(4), np.ones(400, bool), np.arange(100).repeat(4)
    spam[0:40] = False
    chances[0:40] = 0.1
    found = recipe.measure(chances, spam, group)
    assert found.accuracy == pytest.approx(0.9)
    assert found.standard_error == pytest.approx(np.sqrt(0.9 * 0.1 / 100))
    assert (found.false_alarms, found.missed) == pytest.approx((0, 40 / 360))


# The bundle


@pytest.fixture(scope="module")
def sample(made: Bundle, manifest: TextManifest, mails, held: np.ndarray):
    """Token ids of some held-out mails, and whether they are spam."""
    some = [mails[i] for i in np.flatnonzero(held)[::6]]
    tokenizer = Tokenizer(made.path / manifest.text.tokenizer, manifest.text.max_tokens)
    rows = [[token for _, _, ids in tokenizer.encode(mail.text) for token in ids] for mail in some]
    rows = [np.array(row[: manifest.text.max_tokens], dtype=np.int32) for row in rows]
    return rows, np.array([mail.spam for mail in some])


def graph(made: Bundle, manifest: TextManifest, scale: str = "output") -> TextGraph:
    path = next(entry.graph for entry in manifest.scales if entry.name == scale)
    return TextGraph(made.path / path, 1, 16)


def test_it_tells_held_out_mails(made: Bundle, manifest: TextManifest, sample) -> None:
    rows, spam = sample
    model = graph(made, manifest)
    chances = np.array([model.predict(row[None])[0, 0] for row in rows])
    assert len(rows) > 200
    assert ((chances >= 0.5) == spam).mean() >= 0.95  # 0.97 in all, less the chance of a sample
    assert max(spam.mean(), 1 - spam.mean()) < 0.8


def test_padding_has_no_influence_on_the_graphs(made: Bundle, manifest: TextManifest, sample) -> None:
    rows = [row for row in sample[0] if len(row) < 300][:12]
    length = max(len(row) for row in rows)
    padded = np.stack([np.pad(row, (0, length - len(row)), constant_values=manifest.text.pad_id) for row in rows])
    for scale in manifest.scales:
        model = graph(made, manifest, scale.name)
        alone = np.concatenate([model.predict(row[None]) for row in rows])
        np.testing.assert_allclose(model.predict(padded), alone, rtol=0, atol=1e-5)


def test_without_words_it_knows_nothing(made: Bundle, manifest: TextManifest) -> None:
    """A single mask token: about the share of spam among the mails."""
    (base,) = graph(made, manifest).predict(np.array([[manifest.text.mask_id]], dtype=np.int32))[0]
    assert 0.1 < base < 0.5


def test_the_tokens_fit_the_network(recipe: ModuleType, made: Bundle, manifest: TextManifest) -> None:
    text = manifest.text
    assert (text.pad_id, text.mask_id, text.max_tokens) == (PAD, MASK, recipe.MAX_TOKENS)
    words = re.findall(r'":(\d+)', (made.path / text.tokenizer).read_text("utf-8"))
    assert max(map(int, words)) < recipe.N_PIECES


def test_it_is_small(made: Bundle) -> None:
    assert sum(file.stat().st_size for file in made.path.rglob("*") if file.is_file()) < 3_000_000


def test_examples_are_held_out_mails_of_all_lengths(
    recipe: ModuleType, made: Bundle, manifest: TextManifest, mails, held: np.ndarray
) -> None:
    known = {mail.name: mail for mail, out in zip(mails, held, strict=True) if out}
    assert [example.id for example in manifest.examples] == [name for name, _ in recipe.EXAMPLES]
    for example in manifest.examples:
        assert (made.path / example.file).read_text("utf-8") == known[example.id].text
        assert isinstance(example.title, dict)
        assert example.title["en"].startswith("Spam" if known[example.id].spam else "Wanted")
    lengths = [len(chunks(known[example.id].text)) for example in manifest.examples]
    assert min(lengths) < 50
    assert max(lengths) > 1_500


def test_the_card_tells_the_figures_in_both_languages(made: Bundle) -> None:
    text = recipes.check_card(made)
    assert re.search(r"9[789]\.\d ± 0\.\d %", text)
    assert re.search(r"9[789],\d ± 0,\d %", text)
    assert "PDDL" in text


# What can go wrong


def test_an_example_that_was_learned_from_is_refused(recipe: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="isn't held out"):
        recipe.examples(tmp_path, {})
