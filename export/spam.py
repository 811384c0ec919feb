"""Spam or not? A small convolutional network over the pieces of a mail's words.

Run it with ``python export/spam.py [OUT]`` or ``xaiweb export export/spam.py --out OUT``.

The mails and how they are read: spam_mails.py, beside this file.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tokenizers
import torch

from xaiweb.core.words import chunks, whole
from xaiweb.errors import ModelError
from xaiweb.exporters.tokenizing import MASK, PAD, wordpiece

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # wherever this is run from

from spam_mails import Mail, groups, read, split  # noqa: E402

N_PIECES = 8_000
MAX_TOKENS = 4_096
WIDTH, FILTERS = 48, 96
EPOCHS, BATCH, READ, LEARNING_RATE, DROPOUT, WEIGHT_DECAY = 12, 32, 512, 3e-3, 0.3, 0.02
DOUBT = 0.02
"""How far from 0 and 1 the network is asked to stay: sure of everything, it would have nothing left to explain."""
SEED = 0
LEAST = 0.97
"""Share of held-out mails that must be told right."""
THRESHOLD = 0.5

EXAMPLES: list[tuple[str, dict[str, str]]] = [
    ("spam-2-00362", {"en": "Spam: fix your bad credit", "de": "Spam: Reparieren Sie Ihre Bonität"}),
    ("easy-ham-1-00203", {"en": "Wanted: finding large files", "de": "Erwünscht: große Dateien finden"}),
    ("spam-1-00266", {"en": "Spam: refinance now", "de": "Spam: Jetzt umschulden"}),
    ("hard-ham-1-00157", {"en": "Wanted, but hard: a newsletter", "de": "Erwünscht, aber schwer: ein Newsletter"}),
    ("spam-2-00199", {"en": "Spam, but hard: a trade fair", "de": "Spam, aber schwer: eine Messe"}),
    ("hard-ham-1-00143", {"en": "Wanted: a long warning", "de": "Erwünscht: eine lange Warnung"}),
    ("spam-2-00710", {"en": "Spam: a long sales letter", "de": "Spam: ein langer Werbebrief"}),
]
"""Held-out mails worth a look, and their titles."""


@dataclass(frozen=True)
class Held:
    """A held-out mail and its probability of spam."""

    mail: Mail
    chance: float


@dataclass(frozen=True)
class Figures:
    """What the held-out mails say; all but the counts as shares of 1."""

    accuracy: float
    standard_error: float
    majority: float
    false_alarms: float
    missed: float
    brier: float
    n_test: int
    n_groups: int


@dataclass(frozen=True)
class Spam:
    """Everything the bundle is made of."""

    module: torch.nn.Module
    tokenizer: str
    held: dict[str, Held]
    card: list[dict[str, Any]]
    figures: Figures


def encode(tokenizer: str, texts: Sequence[str]) -> list[np.ndarray]:
    """Token ids of each text, int64 ``(n_tokens,)``, cut at `MAX_TOKENS`."""
    encoder = tokenizers.Tokenizer.from_str(tokenizer)
    apart = [" ".join(whole(text)[start:stop] for start, stop in chunks(text)) for text in texts]
    encoded = encoder.encode_batch(apart, add_special_tokens=False)
    return [np.array(one.ids[:MAX_TOKENS], dtype=np.int64) for one in encoded]


def together(rows: Sequence[np.ndarray]) -> torch.Tensor:
    """Rows of ids as one tensor ``(n, L)``, padded on the right."""
    length = max(1, *(len(row) for row in rows))
    return torch.from_numpy(np.stack([np.pad(row, (0, length - len(row)), constant_values=PAD) for row in rows]))


class Network(torch.nn.Module):
    """The probability of spam, ``(n, 1)``, from token ids, int64 ``(n, L)`` of any sizes.

    Two convolutions over embedded tokens, then over all places the largest value of each filter and its mean by
    attention. Padding is zero before each of these and left out of them, so it has no influence.
    """

    def __init__(self) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(N_PIECES, WIDTH)
        torch.nn.init.normal_(self.embedding.weight, std=0.1)
        self.first = torch.nn.Conv1d(WIDTH, FILTERS, 3, padding=1)
        self.second = torch.nn.Conv1d(FILTERS, FILTERS, 3, padding=1)
        self.attention = torch.nn.Conv1d(FILTERS, 1, 1)
        self.dropout = torch.nn.Dropout(DROPOUT)
        self.score = torch.nn.Linear(2 * FILTERS, 1)

    def logit(self, ids: torch.Tensor) -> torch.Tensor:
        """The score before its sigmoid, ``(n, 1)``."""
        there = (ids != PAD).unsqueeze(1).to(torch.float32)
        x = self.dropout(self.embedding(ids)).transpose(1, 2) * there
        x = torch.relu(self.first(x)) * there
        x = torch.relu(self.second(x)) * there
        weight = torch.softmax(self.attention(x) - 1e4 * (1 - there), dim=2) * there
        pooled = torch.cat([x.amax(dim=2), (x * weight).sum(dim=2)], dim=1)
        return self.score(self.dropout(pooled))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """The probability."""
        return torch.sigmoid(self.logit(ids))


def hide(row: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A row in which some runs of tokens are hidden, each behind one mask token, as explanations ask about it."""
    length = rng.geometric(1 / rng.choice([3, 12, 40]))
    hidden = np.repeat(rng.random(len(row) // length + 1) < rng.random(), length)[: len(row)]
    first = hidden & ~np.concatenate([[False], hidden[:-1]])
    return np.where(hidden, MASK, row)[~hidden | first]


def train(rows: Sequence[np.ndarray], spam: np.ndarray) -> Network:
    """A network over rows of ids; the same rows give the same network. Half the rows of a batch are partly hidden."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the order of a sum depends on the number of threads
    rng = np.random.Generator(np.random.PCG64(SEED))
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(SEED)
            network = Network()
            optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
            steps = EPOCHS * -(-len(rows) // BATCH)
            schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps)
            for _ in range(EPOCHS):
                for some in _batches(rows, rng):
                    seen = [_window(rows[i], rng) for i in some]
                    ids = together([hide(row, rng) if rng.random() < 0.5 else row for row in seen])
                    target = torch.from_numpy(spam[some].astype(np.float32)).clip(DOUBT, 1 - DOUBT)
                    optimizer.zero_grad()
                    loss = torch.nn.functional.binary_cross_entropy_with_logits(network.logit(ids)[:, 0], target)
                    torch.autograd.backward(loss)
                    optimizer.step()
                    schedule.step()
    finally:
        torch.set_num_threads(threads)
    return network.eval()


def _window(row: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    start = rng.integers(0, max(1, len(row) - READ + 1))
    return row[start : start + READ]


def _batches(rows: Sequence[np.ndarray], rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Rows of about the same length together, in another order every time."""
    length = np.array([min(len(row), READ) for row in rows]) * rng.uniform(0.8, 1.25, len(rows))
    order = np.argsort(length, kind="stable")
    batches = [order[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    yield from (batches[i] for i in rng.permutation(len(batches)))


def predict(network: torch.nn.Module, rows: Sequence[np.ndarray]) -> np.ndarray:
    """The probability of spam of each row of ids."""
    with torch.no_grad():
        return np.array([float(network(together([row]))[0, 0]) for row in rows])


def measure(chances: np.ndarray, spam: np.ndarray, group: np.ndarray) -> Figures:
    """What held-out mails say of the network; mails that are nearly the same count as one draw in the error."""
    right = (chances >= THRESHOLD) == spam
    wrong_in = np.bincount(group, weights=right - right.mean())
    return Figures(
        accuracy=float(right.mean()),
        standard_error=float(np.sqrt((wrong_in**2).sum()) / len(right)),
        majority=float(max(spam.mean(), 1 - spam.mean())),
        false_alarms=float(1 - right[~spam].mean()),
        missed=float(1 - right[spam].mean()),
        brier=float(((chances - spam) ** 2).mean()),
        n_test=len(right),
        n_groups=len(np.unique(group)),
    )


def make() -> Spam:
    """Read, train and measure, everything but the writing of the bundle.

    Raises:
        ModelError: Fewer than `LEAST` of the held-out mails are told right, or an example isn't held out.
    """
    mails = read()
    texts, spam = [mail.text for mail in mails], np.array([mail.spam for mail in mails])
    group = groups(texts)
    held = split([mail.name for mail in mails], group)
    pieces = wordpiece([text for text, out in zip(texts, held, strict=True) if not out], N_PIECES)
    rows = encode(pieces, texts)
    network = train([rows[i] for i in np.flatnonzero(~held)], spam[~held])
    chances = predict(network, [rows[i] for i in np.flatnonzero(held)])
    found = measure(chances, spam[held], group[held])
    if found.accuracy < LEAST:
        raise ModelError(
            f"only {found.accuracy:.3f} of the held-out mails are told right",
            where="export/spam.py",
            next="Change the training, not the split.",
            code="spam-accuracy",
        )
    out = {
        mails[i].name: Held(mails[i], float(chance)) for i, chance in zip(np.flatnonzero(held), chances, strict=True)
    }
    return Spam(network, pieces, out, card(found, int((~held).sum())), found)


def examples(folder: Path, held: Mapping[str, Held]) -> list[dict[str, Any]]:
    """The sample mails, each written to a file in a folder.

    Raises:
        ModelError: One isn't held out.
    """
    result = []
    for name, title in EXAMPLES:
        if name not in held:
            raise ModelError(
                f"the sample mail {name} isn't held out",
                where="export/spam.py",
                next="Choose one that the network hasn't seen.",
                code="spam-example",
            )
        file = folder / f"{name}.txt"
        file.write_text(held[name].mail.text, encoding="utf-8")
        result.append({"id": name, "title": title, "file": file})
    return result


def card(found: Figures, n_train: int) -> list[dict[str, Any]]:
    """The model card: what a reader should know, with the figures as measured."""
    entries = json.loads((HERE / "spam.card.json").read_text(encoding="utf-8"))
    values = {
        "accuracy": f"{100 * found.accuracy:.1f}",
        "error": f"{100 * found.standard_error:.1f}",
        "majority": f"{100 * found.majority:.1f}",
        "false_alarms": f"{100 * found.false_alarms:.1f}",
        "missed": f"{100 * found.missed:.1f}",
        "brier": f"{found.brier:.3f}",
    }
    counts = {"n_train": n_train, "n_test": found.n_test, "n_groups": found.n_groups}
    english = values | {name: f"{count:,}" for name, count in counts.items()}
    german = {name: text.replace(".", ",") for name, text in values.items()}
    german |= {name: f"{count:,}".replace(",", ".") for name, count in counts.items()}
    return [
        {part: {"en": entry[part]["en"].format(**english), "de": entry[part]["de"].format(**german)} for part in entry}
        for entry in entries
    ]


def report(found: Figures) -> str:
    """The figures as printed lines."""
    return (
        f"{found.n_test} held-out mails: {100 * found.accuracy:.1f} ± {100 * found.standard_error:.1f} % told right"
        f" (always the same answer: {100 * found.majority:.1f} %); {100 * found.false_alarms:.1f} % of the wanted ones"
        f" taken for spam, {100 * found.missed:.1f} % of the spam let through; Brier score {found.brier:.3f}"
    )


def export(out: Path) -> Any:
    """Write the spam bundle to ``out``; called by ``xaiweb export export/spam.py``."""
    from xaiweb import export_text

    spam = make()
    print(report(spam.figures))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tokenizer.json"
        path.write_text(spam.tokenizer, encoding="utf-8")
        return export_text(
            spam.module,
            tokenizer=path,
            pad_id=PAD,
            mask_id=MASK,
            max_tokens=MAX_TOKENS,
            outputs=[
                {
                    "name": "spam",
                    "label": {"en": "chance of spam", "de": "Wahrscheinlichkeit für Spam"},
                    "kind": "probability",
                }
            ],
            examples=examples(Path(folder), spam.held),
            out=out,
            name="spam",
            title={"en": "Spam filter", "de": "Spamfilter"},
            description={
                "en": "Is this mail spam? A small neural network answers, trained on mails of 2002; see which words"
                " speak for it and which against.",
                "de": "Ist diese Mail Spam? Ein kleines neuronales Netz antwortet, trainiert mit Mails aus dem Jahr"
                " 2002; man sieht, welche Wörter dafür sprechen und welche dagegen.",
            },
            subject={"en": "This mail", "de": "Diese Mail"},
            decision={
                "output": "spam",
                "threshold": THRESHOLD,
                "above": {"en": "Spam", "de": "Spam"},
                "below": {"en": "Not spam", "de": "Kein Spam"},
                "meaning": {"en": "chance of spam", "de": "Wahrscheinlichkeit für Spam"},
            },
            card=spam.card,
        )


if __name__ == "__main__":
    export(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("bundles/spam"))
