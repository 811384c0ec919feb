"""The games by name, and which of them are sealed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SEALED = Path(__file__).parent / "sealed.toml"


@dataclass(frozen=True)
class Setup:
    """What a game is made of.

    Attributes:
        data: The table's name.
        model: The model's kind; see :func:`tests.bench.accuracy.models.fit`.
        truth: ``enumeration`` or ``trees``.
        columns: The columns that play; None for all of them.
        target: The class whose chance is explained.
        margin: Whether the score before the last link is explained.
    """

    data: str
    model: str
    truth: str = "enumeration"
    columns: tuple[int, ...] | None = None
    target: int = 1
    margin: bool = False


GAMES: dict[str, Setup] = {
    "credit-mlp": Setup("credit", "mlp"),
    "credit-boosting": Setup("credit", "xgboost", "trees", margin=True),
    "credit-forest": Setup("credit", "forest", "trees"),
    "adult-mlp": Setup("adult", "mlp"),
    "adult-boosting": Setup("adult", "lightgbm"),
    "bikes-mlp": Setup("bikes", "mlp"),
    # Season, day of the year and felt temperature say again what month and temperature say.
    "bikes-boosting": Setup("bikes", "xgboost", columns=(1, 3, 4, 5, 6, 7, 8, 10, 11)),
    "college-mlp": Setup("college", "mlp"),
    "college-boosting": Setup("college", "lightgbm", "trees"),
    # The ten worst cells' measures.
    "breast-mlp": Setup("breast", "mlp", columns=tuple(range(20, 30))),
    "breast-boosting": Setup("breast", "sklearn", "trees", margin=True),
    "breast-forest": Setup("breast", "forest", "trees"),
    "diabetes-mlp": Setup("diabetes", "mlp"),
    "diabetes-forest": Setup("diabetes", "forest"),
    "wine-mlp": Setup("wine", "mlp"),
    "wine-boosting": Setup("wine", "sklearn"),
    "digits-forest": Setup("digits", "forest", "trees"),
}


def split() -> dict[str, list[str]]:
    """The names of the open and of the sealed games."""
    return {key: names for key, names in tomllib.loads(SEALED.read_text("utf-8")).items() if key != "seed"}


def draw(seed: int) -> dict[str, list[str]]:
    """Half of the games of either kind of truth, at random; how ``sealed.toml`` came about."""
    rng = np.random.Generator(np.random.PCG64(seed))
    sealed: set[str] = set()
    for truth in ("enumeration", "trees"):
        names = [name for name, setup in GAMES.items() if setup.truth == truth]
        sealed |= set(rng.permutation(names)[: len(names) // 2].tolist())
    return {"open": [n for n in GAMES if n not in sealed], "sealed": [n for n in GAMES if n in sealed]}
