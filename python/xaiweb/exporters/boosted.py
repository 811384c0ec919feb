"""XGBoost and LightGBM: their trees read from the library's own dump."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.errors import ModelError
from xaiweb.exporters.ensemble import CODES_AFTER_THE_KNOWN, Trees
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
    encoded = _document(inner)["learner"]["gradient_booster"]
    encoded = encoded.get("gbtree", encoded)["model"].get("cats", {}).get("enc") or []
    return {j: _xgboost_words(encoded[j]) if encoded else _own_words(columns.columns[j]) for j in words}


def trees(model: Any, n_features: int) -> Trees:
    """The model's sum of trees before its link.

    Raises:
        ModelError: It isn't a sum of trees with one number per leaf.
    """
    return (_xgboost if library(model) == "xgboost" else _lightgbm)(model, n_features)


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


def _document(inner: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(bytes(inner.save_raw("json")))
    return document


def _objective(model: Any) -> str:
    inner = booster(model)
    if library(model) == "xgboost":
        return str(_document(inner)["learner"]["objective"]["name"])
    return str(inner.dump_model(num_iteration=1).get("objective", "custom"))


def _own_words(column: Column) -> list[str]:
    return [str(word) for word in column.dtype.categories]


def _xgboost_words(entry: Mapping[str, Any]) -> list[str]:
    text, ends = bytes(value % 256 for value in entry["values"]), entry["offsets"]
    return [text[start:end].decode() for start, end in pairwise(ends)]


def _refuse(model: Any, what: str) -> ModelError:
    return ModelError(
        f"{what} can't be exported",
        where=type(model).__name__,
        next="Train trees with one number per leaf (booster gbtree, one_output_per_tree, no linear leaves).",
        code="boosted-trees",
    )


def _xgboost(model: Any, n_features: int) -> Trees:
    learner = _document(booster(model))["learner"]
    grown = learner["gradient_booster"]
    weights = grown.get("weight_drop")  # dart
    grown = grown.get("gbtree", grown)["model"]
    if "trees" not in grown:
        raise _refuse(model, "a linear booster")
    shape = learner["learner_model_param"]
    n_outputs = max(int(shape["num_class"]), int(shape.get("num_target", 1)), 1)
    base = np.atleast_1d(np.asarray(json.loads(shape["base_score"]), np.float64))
    of = link(model)
    if of == "Exp":
        base = np.log(base)
    elif of == "Sigmoid":
        base = np.log(base / (1 - base))
    result = Trees(n_features, np.broadcast_to(base, (n_outputs,)), "float32 <")
    for position, (tree, output) in enumerate(zip(grown["trees"], grown["tree_info"], strict=True)):
        if int(tree["tree_param"]["size_leaf_vector"]) > 1:
            raise _refuse(model, "a tree with several numbers per leaf")
        feature = np.array(tree["split_indices"], np.int64)
        numbers = np.array(tree["split_conditions"], np.float32)
        left = np.array(tree["left_children"])
        missing_left = np.array(tree["default_left"], bool)
        threshold = numbers.astype(np.float64)
        for k, node in enumerate(tree["categories_nodes"]):
            start = tree["categories_segments"][k]
            chosen = tree["categories"][start : start + tree["categories_sizes"][k]]
            goes_left = np.ones(max([*chosen, 0]) + 1, bool)
            goes_left[chosen] = False
            feature[node] = result.category(int(feature[node]), np.append(goes_left, [True, missing_left[node]]))
            threshold[node] = 0.5
        values = np.zeros((len(left), n_outputs))
        values[:, output] = numbers * (1.0 if weights is None else weights[position])
        result.add(feature, threshold, left, np.array(tree["right_children"]), missing_left, values)
    return result


def _lightgbm(model: Any, n_features: int) -> Trees:
    inner = booster(model)
    document = inner.dump_model()
    n_outputs = document["num_tree_per_iteration"]
    grown = document["tree_info"]
    objective = str(document.get("objective", "")).split()
    steepness = next((float(part.partition(":")[2]) for part in objective if part.startswith("sigmoid:")), 1.0)
    share = n_outputs / max(len(grown), 1) if document.get("average_output") else 1.0
    result = Trees(n_features, np.zeros(n_outputs), "float64 <=")
    for position, tree in enumerate(grown):
        nodes, left, right = _flat(tree["tree_structure"])
        feature, threshold = np.zeros(len(nodes), np.int64), np.zeros(len(nodes))
        missing_left, values = np.zeros(len(nodes), bool), np.zeros((len(nodes), n_outputs))
        for k, node in enumerate(nodes):
            if "leaf_coeff" in node:
                raise _refuse(model, "a tree with linear leaves")
            if "leaf_value" in node:
                values[k, position % n_outputs] = node["leaf_value"] * steepness * share
            elif node["decision_type"] == "==":
                chosen = [int(code) for code in str(node["threshold"]).split("||")]
                goes_left = np.zeros(max(chosen) + 1 + CODES_AFTER_THE_KNOWN, bool)  # no other code goes left
                goes_left[chosen] = True
                feature[k], threshold[k] = result.category(int(node["split_feature"]), goes_left), 0.5
            else:
                feature[k], threshold[k] = node["split_feature"], node["threshold"]
                missing_left[k] = _missing_left(model, node)
        result.add(feature, threshold, left, right, missing_left, values)
    return result


def _flat(root: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], NDArray[np.int64], NDArray[np.int64]]:
    """A nested tree's nodes level by level, and the places of their children; -1 at a leaf."""
    nodes, left, right = [root], [], []
    for node in nodes:  # which grows on the way
        inner = "leaf_value" not in node
        left.append(len(nodes) if inner else -1)
        right.append(len(nodes) + 1 if inner else -1)
        nodes += [node["left_child"], node["right_child"]] if inner else []
    return nodes, np.array(left), np.array(right)


def _missing_left(model: Any, node: Mapping[str, Any]) -> bool:
    """Where no value was missing in training, LightGBM takes a missing one for 0."""
    zero_left = float(node["threshold"]) >= 0
    if node["missing_type"] == "NaN":
        return bool(node["default_left"])
    if node["missing_type"] == "Zero" and zero_left != node["default_left"]:
        raise _refuse(model, "a model that takes 0 for a missing value (zero_as_missing)")
    return zero_left
