"""How many people ride? Bike sharing in Washington, D.C., hour by hour, and a small neural network.

Run it with ``python export/bikes.py [OUT]`` or ``xaiweb export export/bikes.py --out OUT``.

The data is the first year of Capital Bikeshare as PyPI's ISLP ships it: 8,645 hours of 2011, UCI's "Bike Sharing
Dataset" (Fanaee-T and Gama, CC BY 4.0). That data scales the weather; here it stands in its own units again, by the
factors its authors give: temperature = 47 t - 8 in degrees Celsius, humidity = 100 h in percent, wind = 67 w in km/h.
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
from sklearn.compose import make_column_transformer
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from xgboost import XGBRegressor

from xaiweb.errors import InputError, ModelError
from xaiweb.exporters.preprocess import Preprocess

HERE = Path(__file__).resolve().parent
PACKAGE = "ISLP"
SHA256 = "ac6950ae6f11efcc69c29d6bb13e8881c001e27d36434660d59444a1414f712c"

HIDDEN, EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY = 16, 40, 256, 1e-2, 0.1
SEED = 0
N_FOLDS = 5
TEST_SHARE = 0.2

WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
WEATHER = {"clear": "clear", "cloudy/misty": "cloudy", "light rain/snow": "rain or snow",
           "heavy rain/snow": "rain or snow"}  # fmt: skip
"""A single hour of heavy rain is too little to learn from."""


@dataclass(frozen=True)
class Figures:
    """Mean absolute error and share of variance, on hours of days that weren't trained on."""

    error: np.ndarray
    error_boosting: np.ndarray
    error_average: np.ndarray
    error_test: float
    rmse_test: float
    r2_test: float


@dataclass(frozen=True)
class Bikes:
    """Everything the bundle is made of."""

    module: torch.nn.Module
    background: pd.DataFrame
    features: list[dict[str, Any]]
    examples: list[dict[str, Any]]
    card: list[dict[str, Any]]
    figures: Figures


def read() -> tuple[pd.DataFrame, np.ndarray, np.ndarray, list[dict[str, Any]]]:
    """The hours in people's words, how many rode in each, the day of the year, and what the columns mean."""
    try:
        files = metadata.distribution(PACKAGE).files or []
        path = Path(str(next(file for file in files if file.name == "Bikeshare.csv").locate()))
        data = path.read_bytes()
    except (metadata.PackageNotFoundError, StopIteration, OSError) as error:
        raise InputError(
            "the bike sharing data isn't installed",
            where="export/bikes.py",
            next="Install it with: pip install --no-deps islp==0.6.0 (only its CSV file is read).",
            code="data-missing",
        ) from error
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise InputError(
            "the bike sharing data isn't the file this recipe was written for",
            where=str(path),
            next="Install islp==0.6.0.",
            code="data-changed",
        )
    features = json.loads((HERE / "bikes.features.json").read_text(encoding="utf-8"))
    table = pd.read_csv(path)
    months = dict(zip(table["mnth"].unique(), _words(features, "month"), strict=True))
    frame = pd.DataFrame(
        {
            "hour": table["hr"].map(lambda hour: f"{hour}:00").astype(object),
            "weekday": table["weekday"].map(dict(enumerate(WEEKDAYS))).astype(object),
            "holiday": table["holiday"].map({0: "no", 1: "yes"}).astype(object),
            "month": table["mnth"].map(months).astype(object),
            "weather": table["weathersit"].map(WEATHER).astype(object),
            "temperature": (47 * table["temp"] - 8).round(1),
            "humidity": (100 * table["hum"]).round(),
            "wind": (67 * table["windspeed"]).round(),
        }
    )
    return frame, table["bikers"].to_numpy(np.float32), table["day"].to_numpy(), features


def _words(features: list[dict[str, Any]], name: str) -> list[str]:
    return [level["name"] for feature in features if feature["name"] == name for level in feature["levels"]]


def encode(frame: pd.DataFrame, features: list[dict[str, Any]]) -> np.ndarray:
    """Raw rows as the model takes them: numbers as they are, a category as its level's index."""
    columns = []
    for feature in features:
        column = frame[feature["name"]]
        if "levels" in feature:
            column = column.map({level["name"]: index for index, level in enumerate(feature["levels"])})
        columns.append(column.to_numpy(np.float32))
    return np.stack(columns, axis=1)


def train(rows: np.ndarray, riders: np.ndarray, features: list[dict[str, Any]]) -> torch.nn.Module:
    """An MLP over raw rows that gives the riders of an hour; the same rows give the same model.

    It gives the logarithm of the expected count, and is fitted by the likelihood of counts (Poisson).
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the order of a sum depends on the number of threads
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(SEED)
            preprocess = Preprocess(features, rows.mean(axis=0), rows.std(axis=0))
            score = torch.nn.Sequential(
                torch.nn.Linear(preprocess.width, HIDDEN),
                torch.nn.ReLU(),
                torch.nn.Linear(HIDDEN, HIDDEN),
                torch.nn.ReLU(),
                torch.nn.Linear(HIDDEN, 1),
            )
            torch.nn.init.constant_(score[-1].bias, float(np.log(riders.mean())))
            x, y = preprocess(torch.from_numpy(rows)), torch.from_numpy(riders)
            optimizer = torch.optim.AdamW(score.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
            steps = EPOCHS * -(-len(x) // BATCH)
            schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps)
            for _ in range(EPOCHS):
                for some in torch.randperm(len(x)).split(BATCH):
                    optimizer.zero_grad()
                    loss = torch.nn.functional.poisson_nll_loss(score(x[some])[:, 0], y[some]) / y.mean()
                    torch.autograd.backward(loss)
                    optimizer.step()
                    schedule.step()
    finally:
        torch.set_num_threads(threads)
    return torch.nn.Sequential(preprocess, *score, Exp()).eval()


class Exp(torch.nn.Module):
    """From the logarithm of a count to the count."""

    def forward(self, logarithm: torch.Tensor) -> torch.Tensor:
        """The count, of the same shape."""
        return torch.exp(logarithm)


def predict(module: torch.nn.Module, rows: np.ndarray) -> np.ndarray:
    """Riders, one number per row."""
    with torch.no_grad():
        riders: np.ndarray = module(torch.from_numpy(rows))[:, 0].numpy()
    return riders


def split(day: np.ndarray) -> np.ndarray:
    """For each hour its fold 0 to 4, or -1 in the test set; whole days stay together, and weather lasts for hours."""
    days = np.random.default_rng(SEED).permutation(np.unique(day))
    n_test = round(len(days) * TEST_SHARE)
    fold_of = {d: -1 for d in days[:n_test]} | {d: k % N_FOLDS for k, d in enumerate(days[n_test:])}
    return np.array([fold_of[d] for d in day])


def averages(frame: pd.DataFrame, riders: np.ndarray) -> pd.Series:
    """The simple answer to beat: the mean of each hour, apart for working days and days off."""
    return pd.Series(riders).groupby(_clock(frame)).mean()


def _clock(frame: pd.DataFrame) -> list[np.ndarray]:
    off = frame["weekday"].isin(["Saturday", "Sunday"]) | (frame["holiday"] == "yes")
    return [frame["hour"].to_numpy(), off.to_numpy()]


def boosting(features: list[dict[str, Any]]) -> Any:
    """Gradient boosting with the same loss and common settings, for comparison."""
    words = [feature["name"] for feature in features if "levels" in feature]
    order = OrdinalEncoder(categories=[_words(features, name) for name in words])
    trees = XGBRegressor(objective="count:poisson", n_estimators=400, learning_rate=0.08, max_depth=5, n_jobs=1)
    return make_pipeline(make_column_transformer((order, words), remainder="passthrough"), trees)


def measure(frame: pd.DataFrame, riders: np.ndarray, fold: np.ndarray, features: list[dict[str, Any]]) -> np.ndarray:
    """Mean absolute error by fold, (3, n_folds): the MLP, gradient boosting, and averages."""
    rows = encode(frame, features)
    errors = np.zeros((3, N_FOLDS))
    for k in range(N_FOLDS):
        fit, held = (fold != k) & (fold >= 0), fold == k
        guesses = (
            predict(train(rows[fit], riders[fit], features), rows[held]),
            boosting(features).fit(frame[fit], riders[fit]).predict(frame[held]),
            averages(frame[fit], riders[fit]).loc[list(zip(*_clock(frame[held]), strict=True))],
        )
        errors[:, k] = [mean_absolute_error(riders[held], guess) for guess in guesses]
    return errors


def make() -> Bikes:
    """Train, measure and choose, everything but the writing of the bundle.

    Raises:
        ModelError: The MLP doesn't clearly beat averages.
    """
    frame, riders, day, features = read()
    fold = split(day)
    errors = measure(frame, riders, fold, features)
    rows, test = encode(frame, features), fold < 0
    module = train(rows[~test], riders[~test], features)
    guess = predict(module, rows[test])
    found = Figures(
        *errors,
        error_test=float(mean_absolute_error(riders[test], guess)),
        rmse_test=float(root_mean_squared_error(riders[test], guess)),
        r2_test=float(r2_score(riders[test], guess)),
    )
    if found.error.mean() > found.error_average.mean() / 2:
        raise ModelError(
            f"the MLP's error ({found.error.mean():.1f}) isn't half of that of averages"
            f" ({found.error_average.mean():.1f})",
            where="export/bikes.py",
            next="Change the training, not the folds.",
            code="bikes-error",
        )
    background = frame[~test].reset_index(drop=True)
    return Bikes(module, background, features, examples(frame, test, guess), card(found), found)


STORIES: list[tuple[str, dict[str, str], dict[str, str]]] = [
    (
        "rush-hour",
        {"weekday": "Tuesday", "hour": "8:00", "weather": "clear"},
        {"en": "To work: a clear Tuesday, 8 a.m.", "de": "Zur Arbeit: ein klarer Dienstag, 8 Uhr"},
    ),
    (
        "rain",
        {"hour": "17:00", "weather": "rain or snow", "weekday": "Tuesday"},
        {"en": "Home in the rain: a Tuesday, 5 p.m.", "de": "Im Regen nach Hause: ein Dienstag, 17 Uhr"},
    ),
    (
        "sunday",
        {"weekday": "Sunday", "hour": "14:00", "month": "May", "weather": "clear"},
        {"en": "For pleasure: a clear Sunday in May", "de": "Zum Vergnügen: ein klarer Sonntag im Mai"},
    ),
    (
        "night",
        {"weekday": "Saturday", "hour": "1:00", "month": "May"},
        {"en": "After midnight: a Saturday in May", "de": "Nach Mitternacht: ein Samstag im Mai"},
    ),
    (
        "winter",
        {"hour": "8:00", "month": "January", "weekday": "Wednesday"},
        {"en": "Winter: a Wednesday in January, 8 a.m.", "de": "Winter: ein Mittwoch im Januar, 8 Uhr"},
    ),
    (
        "holiday",
        {"hour": "8:00", "holiday": "yes"},
        {"en": "A public holiday, 8 a.m.", "de": "Ein Feiertag, 8 Uhr"},
    ),
]
"""Hours worth a look: what must be true of them, and their titles."""


def examples(frame: pd.DataFrame, test: np.ndarray, guess: np.ndarray) -> list[dict[str, Any]]:
    """One test hour for each story: of those it is true of, the one with the middle prediction."""
    held = frame[test].reset_index(drop=True)
    result = []
    for name, wanted, title in STORIES:
        fits = np.flatnonzero(np.logical_and.reduce([held[column] == word for column, word in wanted.items()]))
        if not len(fits):
            raise ModelError(
                f"no test hour fits the story {name}",
                where="export/bikes.py",
                next="Choose a story that the test days tell.",
                code="bikes-story",
            )
        pick = fits[np.argsort(guess[fits], kind="stable")[len(fits) // 2]]
        values = {column: value if isinstance(value, str) else float(value) for column, value in held.loc[pick].items()}
        result.append({"id": name, "title": title, "values": values})
    return result


def card(found: Figures) -> list[dict[str, Any]]:
    """The model card: what a reader should know, with the figures as measured."""
    entries = json.loads((HERE / "bikes.card.json").read_text(encoding="utf-8"))
    values = {
        "mlp": _spread(found.error),
        "boosting": _spread(found.error_boosting),
        "average": _spread(found.error_average),
        "test": f"{found.error_test:.1f}",
        "rmse": f"{found.rmse_test:.1f}",
        "r2": f"{found.r2_test:.2f}",
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
            f"Mean absolute error, {N_FOLDS} fixed folds of days: MLP {_spread(found.error)}, gradient boosting"
            f" {_spread(found.error_boosting)}, averages by the clock {_spread(found.error_average)} riders per hour",
            f"The test days: mean absolute error {found.error_test:.1f}, root mean squared {found.rmse_test:.1f},"
            f" R² {found.r2_test:.3f}",
        ]
    )


def _spread(error: np.ndarray) -> str:
    return f"{error.mean():.1f} ± {error.std():.1f}"


def export(out: Path) -> Any:
    """Write the bike sharing bundle to ``out``; called by ``xaiweb export export/bikes.py``."""
    import xaiweb

    bikes = make()
    print(report(bikes.figures))
    return xaiweb.export(
        bikes.module,
        background=bikes.background,
        features=bikes.features,
        outputs=[
            {
                "name": "riders",
                "label": {"en": "riders in this hour", "de": "Fahrten in dieser Stunde"},
                "unit": {"en": "riders", "de": "Fahrten"},
                "kind": "number",
            }
        ],
        out=out,
        name="bikes",
        title={"en": "Bike sharing", "de": "Leihräder"},
        description={
            "en": "How many people ride in this hour? A very small neural network answers, trained on 2011's hours in"
            " Washington, D.C.; see what the clock, the calendar and the weather do.",
            "de": "Wie viele fahren in dieser Stunde? Ein sehr kleines neuronales Netz antwortet, trainiert mit den"
            " Stunden von 2011 in Washington, D.C.; man sieht, was Uhr, Kalender und Wetter ausmachen.",
        },
        subject={"en": "This hour", "de": "Diese Stunde"},
        card=bikes.card,
        examples=bikes.examples,
        background_kind="sample",
        background_size=100,
        background_label={"en": "100 other hours of the year", "de": "100 anderen Stunden des Jahres"},
        seed=SEED,
    )


if __name__ == "__main__":
    export(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("bundles/bikes"))
