"""A small table of words, numbers, truth values and gaps, and its rows as a model gets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

N = 300
RNG = np.random.default_rng(3)
# Decimals that float32 doesn't have, whole numbers, and a column with gaps.
FRAME = pd.DataFrame(
    {
        "age (years)": RNG.integers(18, 80, N),
        "job": RNG.choice(["cook", "clerk", "boss", "nurse", "pilot", "tailor"], N),
        "amount": RNG.normal(100, 30, N).round(2),
        "home": RNG.choice(["own", "rent", "other"], N),
        "member": RNG.random(N) < 0.4,
    }
)
FRAME.loc[RNG.random(N) < 0.1, "amount"] = np.nan
AMOUNT = (
    FRAME["amount"].fillna(60)
    + FRAME["age (years)"]
    + 50 * FRAME["job"].isin(["clerk", "pilot", "cook"])
    + 20 * FRAME["member"]
    + RNG.normal(0, 5, N)
).to_numpy()
MEDIAN = np.median(AMOUNT)
ABOVE = np.where(AMOUNT > MEDIAN, "yes", "no")
CLASS = np.digitize(AMOUNT, np.percentile(AMOUNT, [30, 70]))

# Another order than the frame's, and levels in another order than the alphabet's.
FEATURES: list[dict[str, Any]] = [
    {"name": "home", "levels": ["rent", "own", "other"]},
    {"name": "amount", "missing": True},
    {"name": "member"},
    {"name": "job", "levels": ["tailor", "pilot", "nurse", "boss", "clerk", "cook"]},
    {"name": "age (years)"},
]
WITH_GAPS = [feature | ({"missing": True} if feature["name"] == "home" else {}) for feature in FEATURES]


def categories(frame: pd.DataFrame = FRAME) -> pd.DataFrame:
    """The frame with pandas categories for words."""
    return frame.astype({"home": "category", "job": "category"})


def gaps(mark: Any = np.nan, frame: pd.DataFrame = FRAME) -> pd.DataFrame:
    """The frame with some homes missing."""
    result = frame.copy()
    if result["home"].dtype != "category":
        result["home"] = result["home"].astype(object)
    result.loc[np.arange(N) % 9 == 4, "home"] = mark
    return result


def numbers(frame: pd.DataFrame, features: Sequence[dict[str, Any]] = FEATURES) -> np.ndarray:
    """Rows as the graph gets them: a level's position, NaN for a gap."""
    columns = []
    for feature in features:
        column = frame[feature["name"]]
        if "levels" in feature:
            column = column.astype(object).map({word: index for index, word in enumerate(feature["levels"])})
        columns.append(column.astype(float).to_numpy())
    return np.stack(columns, axis=1).astype(np.float32)
