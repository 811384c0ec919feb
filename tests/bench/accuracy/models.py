"""Models that play games: fitted once, asked for the mean over a background as fast as may be."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from lightgbm import LGBMClassifier, LGBMRegressor
from numpy.typing import NDArray
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.neural_network import MLPClassifier, MLPRegressor
from xgboost import XGBClassifier, XGBRegressor

from tests.bench.accuracy.data import Data

CELLS = 1 << 22
"""Numbers that one step of an evaluation may hold."""


class Model(Protocol):
    """A fitted model of one output."""

    def predict(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Its output for rows ``(n, d)``, ``(n,)``."""

    def values(
        self, x: NDArray[np.float32], background: NDArray[np.float32], masks: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """The mean output over the background with the players of each mask taken from ``x``, ``(n_masks,)``."""


class Network:
    """A perceptron of scikit-learn with standardised numbers and one-hot categories.

    What reaches its first layer is a sum over players, so a coalition costs a product with its mask.
    """

    def __init__(self, data: Data, columns: NDArray[np.intp], fit: NDArray[np.intp], target: int) -> None:
        x = data.x[fit][:, columns]
        self.mean, self.scale = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
        self.levels = {j: np.unique(x[:, j]) for j, column in enumerate(columns) if column in data.categories}
        self.classes = data.classes
        kind = MLPClassifier if data.classes else MLPRegressor
        self.fitted = kind(hidden_layer_sizes=(32, 16), alpha=1.0, max_iter=1000, random_state=0)
        # Numbers are fitted in units of their spread.
        self.unit = 1.0 if data.classes else float(data.y[fit].std())
        y = data.y[fit] == target if data.classes else data.y[fit] / self.unit
        self.fitted.fit(np.concatenate(self._encoded(x), axis=1), y)

    def _encoded(self, rows: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """What the perceptron takes, player by player, each ``(n, width)``."""
        return [
            (rows[:, [j]] == self.levels[j]).astype(np.float32)
            if j in self.levels
            else ((rows[:, [j]] - self.mean[j]) / self.scale[j]).astype(np.float32)
            for j in range(rows.shape[1])
        ]

    def _parts(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """What each player adds to the first layer, ``(n, d, width)``."""
        encoded = self._encoded(rows)
        ends = np.cumsum([part.shape[1] for part in encoded])[:-1]
        weights = np.split(self.fitted.coefs_[0].astype(np.float32), ends)
        return np.stack([part @ weight for part, weight in zip(encoded, weights, strict=True)], axis=1)

    def _after(self, hidden: NDArray[np.float32]) -> NDArray[np.float64]:
        """The output from the sums that reach the first layer, ``(n, width)``."""
        for coefficients, intercept in zip(self.fitted.coefs_[1:], self.fitted.intercepts_[1:], strict=True):
            hidden = np.maximum(hidden, 0, out=hidden) @ coefficients.astype(np.float32) + intercept.astype(np.float32)
        output = hidden[:, 0].astype(np.float64)
        return 1 / (1 + np.exp(-output)) if self.classes else output * self.unit

    def predict(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        return self._after(self._parts(rows).sum(axis=1) + self.fitted.intercepts_[0].astype(np.float32))

    def values(
        self, x: NDArray[np.float32], background: NDArray[np.float32], masks: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        own, others = self._parts(x[None])[0], self._parts(background)
        intercept = self.fitted.intercepts_[0].astype(np.float32)
        result = np.zeros(len(masks))
        step = CELLS // own.shape[1]
        for start in range(0, len(masks), step):
            part = masks[start : start + step].astype(np.float32)
            for other in others:
                result[start : start + step] += self._after(part @ (own - other) + other.sum(axis=0) + intercept)
        return result / len(background)


class Trees:
    """A tree ensemble: its probability, its number, or (``margin``) the sum of its trees before the last link."""

    def __init__(
        self, fitted: Any, data: Data, columns: NDArray[np.intp], fit: NDArray[np.intp], target: int, margin: bool
    ) -> None:
        self.margin, self.classes = margin, data.classes
        y = data.y[fit] == target if data.classes else data.y[fit]
        self.fitted = fitted.fit(data.x[fit][:, columns], y)

    def predict(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        if not self.classes:
            return self.fitted.predict(rows).astype(np.float64)
        if not self.margin:
            return self.fitted.predict_proba(rows)[:, 1].astype(np.float64)
        if isinstance(self.fitted, XGBClassifier):
            return self.fitted.predict(rows, output_margin=True).astype(np.float64)
        if isinstance(self.fitted, LGBMClassifier):
            return self.fitted.predict(rows, raw_score=True).astype(np.float64)
        return self.fitted.decision_function(rows)

    def values(
        self, x: NDArray[np.float32], background: NDArray[np.float32], masks: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        step = max(1, CELLS // background.size)
        result = np.zeros(len(masks))
        for start in range(0, len(masks), step):
            rows = np.where(masks[start : start + step, None], x, background)
            predicted = self.predict(rows.reshape(-1, len(x)))
            result[start : start + step] = predicted.reshape(-1, len(background)).mean(axis=1)
        return result


def fit(kind: str, data: Data, columns: NDArray[np.intp], rows: NDArray[np.intp], target: int, margin: bool) -> Model:
    """A model of a kind, fitted to some rows and columns.

    Args:
        kind: ``mlp``, ``forest``, ``sklearn``, ``xgboost`` or ``lightgbm``, the last three for boosting.
        data: The table.
        columns: Columns that are the players.
        rows: Rows to learn from.
        target: The class whose chance is the output; numbers have none.
        margin: Whether the output of a classifier is its score before the last link.
    """
    if kind == "mlp":
        return Network(data, columns, rows, target)
    classifiers, regressors = {
        "forest": (RandomForestClassifier, RandomForestRegressor),
        "sklearn": (GradientBoostingClassifier, GradientBoostingRegressor),
        "xgboost": (XGBClassifier, XGBRegressor),
        "lightgbm": (LGBMClassifier, LGBMRegressor),
    }[kind]
    settings: dict[str, Any] = {"n_estimators": 100, "max_depth": 4, "random_state": 0}
    if kind == "forest":
        settings["max_depth"] = 8
    if kind != "sklearn":
        settings["n_jobs"] = 1
    if kind == "lightgbm":
        settings["verbose"] = -1
    made = (classifiers if data.classes else regressors)(**settings)
    return Trees(made, data, columns, rows, target, margin)
