"""XGBoost and LightGBM as they are found: the booster inside, its columns, categories and link, its own answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.errors import ModelError
from xaiweb.exporters.nodes import Column, Columns

_XGBOOST_LINKS = {
    "binary:logistic": "Sigmoid",
    "reg:logistic": "Sigmoid",
    "binary:logitraw": "",
    "multi:softprob": "Softmax",
    "multi:softmax": "Softmax",
    "count:poisson": "Exp",
    "reg:gamma": "Exp",
    "reg:tweedie": "Exp",
    **dict.fromkeys(
        (
            "reg:squarederror",
            "reg:squaredlogerror",
            "reg:absoluteerror",
            "reg:pseudohubererror",
            "reg:quantileerror",
            "rank:ndcg",
            "rank:map",
            "rank:pairwise",
        ),
        "",
    ),
}
_LIGHTGBM_LINKS = {
    "binary": "Sigmoid",
    "cross_entropy": "Sigmoid",
    "multiclass": "Softmax",
    "multiclassova": "Sigmoid",
    **dict.fromkeys(("poisson", "gamma", "tweedie"), "Exp"),
    **dict.fromkeys(
        ("regression", "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank", "rank_xendcg"), ""
    ),
}


def library(model: Any) -> str | None:
    """``xgboost`` or ``lightgbm`` where the model is one of theirs, the scikit-learn interface included."""
    for cls in type(model).__mro__:
        top = cls.__module__.partition(".")[0]
        if top in ("xgboost", "lightgbm"):
            return top
    return None


def booster(model: Any) -> Any:
    """The library's own Booster inside a scikit-learn-like model; a Booster is returned as it is.

    XGBoost's early stopping is applied, as its scikit-learn interface does; LightGBM's own dump does it.
    """
    if library(model) == "lightgbm":
        return getattr(model, "booster_", model)
    if not hasattr(model, "get_booster"):
        return model
    inner = model.get_booster()
    best = inner.attr("best_iteration")
    return inner if best is None else inner[: int(best) + 1]


def feature_names(model: Any, given: Sequence[str]) -> list[str]:
    """The columns it was fitted on, as ``given`` spells them; all of ``given`` where it knows no names."""
    inner = booster(model)
    names = inner.feature_names if library(model) == "xgboost" else inner.feature_name()
    spelled = {"_".join(name.split(" ")): name for name in given}  # LightGBM writes no spaces
    found = [spelled.get("_".join(name.split(" "))) for name in names or ()]
    if found and all(found):
        return [str(name) for name in found]
    invented = not names or all(name == f"Column_{j}" for j, name in enumerate(names))
    return list(given) if invented else list(names)


def link(model: Any) -> str:
    """What turns the trees' sum into the prediction: Sigmoid, Softmax, Exp or nothing.

    Raises:
        ModelError: The objective's link isn't known.
    """
    name = _objective(model)
    known = _XGBOOST_LINKS if library(model) == "xgboost" else _LIGHTGBM_LINKS
    if name.partition(" ")[0] not in known or " sqrt" in name:
        raise ModelError(
            f"its objective {name!r} isn't supported",
            where=type(model).__name__,
            next=f"Train with one of {', '.join(known)}.",
            code="boosted-objective",
        )
    return known[name.partition(" ")[0]]


def categories(model: Any, columns: Columns) -> dict[int, list[str]]:
    """For each column of words its categories, in the order of the codes that the trees split by.

    Raises:
        ModelError: It was fitted with other columns of pandas' category type.
    """
    inner = booster(model)
    words = [j for j, column in enumerate(columns.columns) if column.words is not None]
    lightgbm = library(model) == "lightgbm"
    stored = (inner.pandas_categorical or []) if lightgbm else words
    if len(stored) != len(words) or not all(hasattr(columns.columns[j].dtype, "categories") for j in words):
        raise ModelError(
            "it takes words in columns of pandas' category type alone, the ones it was fitted with",
            where=type(model).__name__,
            next='Give the rows with the column types it was fitted with: column.astype("category").',
            code="boosted-categories",
        )
    if lightgbm:
        return dict(zip(words, stored, strict=True))
    encoded = document(inner)["learner"]["gradient_booster"]
    encoded = encoded.get("gbtree", encoded)["model"].get("cats", {}).get("enc") or []
    return {j: _xgboost_words(encoded[j]) if encoded else _own_words(columns.columns[j]) for j in words}


def missing_mark(model: Any) -> float:
    """The number that stands for a missing value besides NaN; NaN where there is none."""
    mark = getattr(model, "missing", None) if library(model) == "xgboost" else None
    return float("nan") if mark is None else float(mark)


def predict(model: Any, rows: Any) -> NDArray[np.float64]:
    """The Booster's or estimator's own answer to a data frame or array: probabilities or predictions."""
    if hasattr(model, "predict_proba"):
        return np.asarray(model.predict_proba(rows), np.float64)
    if type(model).__name__ == "Booster" and library(model) == "xgboost":
        import xgboost

        rows = xgboost.DMatrix(rows, enable_categorical=True)
    return np.asarray(model.predict(rows), np.float64)


def document(inner: Any) -> dict[str, Any]:
    """All that XGBoost writes of a Booster."""
    found: dict[str, Any] = json.loads(bytes(inner.save_raw("json")))
    return found


def _objective(model: Any) -> str:
    inner = booster(model)
    if library(model) == "xgboost":
        return str(document(inner)["learner"]["objective"]["name"])
    return str(inner.dump_model(num_iteration=1).get("objective", "custom"))


def _own_words(column: Column) -> list[str]:
    return [str(word) for word in column.dtype.categories]


def _xgboost_words(entry: Mapping[str, Any]) -> list[str]:
    text, ends = bytes(value % 256 for value in entry["values"]), entry["offsets"]
    return [text[start:end].decode() for start, end in pairwise(ends)]
