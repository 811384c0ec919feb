"""Games of real models: one row explained against 32 others, with Shapley values that are exact.

The truth comes from every coalition, up to 20 players, or from shap's interventional TreeSHAP of tree
ensembles in the unit where that is exact. Where both exist they must agree.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import lightgbm
import numpy as np
import shap
import sklearn
import xgboost
from numpy.typing import NDArray

from tests.bench.accuracy import data as tables
from tests.bench.accuracy import models
from tests.bench.accuracy.cells import CACHE, digest, keep
from tests.bench.accuracy.enumeration import every, shapley
from tests.bench.accuracy.setups import GAMES, Setup

N_BACKGROUND = 32
TOLERANCE = 1e-4
"""How far two ways to the same numbers may differ, relatively; some models reckon in float32."""


@dataclass(frozen=True, eq=False)
class Game:
    """One explained row as a game.

    Attributes:
        n_players: Its number of players.
        truth: float64 ``(n_players,)``, its Shapley values.
        values: Values of coalitions, bool ``(n, n_players)`` in, float64 ``(n,)`` out.
        fingerprint: Tells this game from every other; results are kept under it.
    """

    n_players: int
    truth: NDArray[np.float64]
    values: Callable[[NDArray[np.bool_]], NDArray[np.float64]] = field(repr=False)
    fingerprint: str

    def __call__(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        return self.values(np.asarray(masks, dtype=np.bool_))


def games(name: str, n_instances: int) -> list[Game]:
    """The first games of a name, one per explained row."""
    setup = GAMES[name]
    table = tables.DATA[setup.data]()
    columns = np.arange(table.x.shape[1]) if setup.columns is None else np.array(setup.columns)
    order = np.random.Generator(np.random.PCG64(0)).permutation(len(table.x))
    fitted_on, held = order[: len(order) * 4 // 5], order[len(order) * 4 // 5 :]
    model = _fitted(name, setup, table, columns, fitted_on)
    background = table.x[fitted_on[:N_BACKGROUND]][:, columns]
    return [_game(setup, model, x, background) for x in table.x[held[:n_instances]][:, columns]]


def _fitted(
    name: str, setup: Setup, table: tables.Data, columns: NDArray[np.intp], rows: NDArray[np.intp]
) -> models.Model:
    versions = [module.__version__ for module in (np, sklearn, xgboost, lightgbm)]
    source = Path(models.__file__).read_text("utf-8") + Path(tables.__file__).read_text("utf-8")
    path = CACHE / "models" / f"{name}-{digest(setup, versions, source)}.pickle"
    if not path.is_file():
        model = models.fit(setup.model, table, columns, rows, setup.target, setup.margin)
        keep(path, pickle.dumps(model))
    result: models.Model = pickle.loads(path.read_bytes())
    return result


def _game(setup: Setup, model: models.Model, x: NDArray[np.float32], background: NDArray[np.float32]) -> Game:
    def values(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        return model.values(x, background, masks)

    d = len(x)
    probe = np.random.Generator(np.random.PCG64(d)).random((64, d)) < 0.5
    seen = values(probe)
    hybrids = np.where(probe[:4, None], x, background).reshape(-1, d)
    _agree("the game", seen[:4], model.predict(hybrids).reshape(4, -1).mean(axis=1))
    name = hashlib.sha256(x.tobytes() + background.tobytes() + np.float32(seen).tobytes()).hexdigest()[:16]
    if setup.truth == "trees":
        return Game(d, tree_truth(model, x, background), values, name)
    path = CACHE / "tables" / f"{name}.npy"
    if not path.is_file():
        keep(path, values(every(d)).tobytes())
    table = np.frombuffer(path.read_bytes())
    truth = shapley(table)
    if isinstance(model, models.Trees) and not model.classes:
        _agree("the truth", truth, tree_truth(model, x, background))
    powers = 1 << np.arange(d)
    return Game(d, truth, lambda masks: table[masks @ powers], name)


def _agree(what: str, one: NDArray[np.float64], other: NDArray[np.float64]) -> None:
    gap, size = np.abs(one - other).max(), np.abs(other).max()
    if gap > TOLERANCE * size:
        raise ValueError(f"Two ways to {what} differ by {gap}, where {size} is the largest.")


def tree_truth(model: models.Model, x: NDArray[np.float32], background: NDArray[np.float32]) -> NDArray[np.float64]:
    """Shapley values of a tree ensemble's own sum, by shap, ``(d,)``.

    Raises:
        ValueError: They don't add up to what the model says.
    """
    assert isinstance(model, models.Trees)
    explainer = shap.TreeExplainer(model.fitted, background, feature_perturbation="interventional")
    phi = np.asarray(explainer.shap_values(x[None], check_additivity=False), dtype=np.float64)[0]
    phi = phi[:, 1] if phi.ndim == 2 else phi
    ends = model.values(x, background, np.array([np.zeros(len(x)), np.ones(len(x))], dtype=np.bool_))
    _agree("what the trees say", np.append(phi, ends[0] + phi.sum()), np.append(phi, ends[1]))
    return phi
