"""XGBoost's and LightGBM's trees, read from the library's own dump."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.errors import ModelError
from xaiweb.exporters.boosted import booster, document, library, link
from xaiweb.exporters.ensemble import CODES_AFTER_THE_KNOWN, Trees


def trees(model: Any, n_features: int) -> Trees:
    """The model's sum of trees before its link.

    Raises:
        ModelError: It isn't a sum of trees with one number per leaf.
    """
    return (_xgboost if library(model) == "xgboost" else _lightgbm)(model, n_features)


def _refuse(model: Any, what: str) -> ModelError:
    return ModelError(
        f"{what} can't be exported",
        where=type(model).__name__,
        next="Train trees with one number per leaf (booster gbtree, one_output_per_tree, no linear leaves).",
        code="boosted-trees",
    )


def _xgboost(model: Any, n_features: int) -> Trees:
    learner = document(booster(model))["learner"]
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
    dump = inner.dump_model()
    n_outputs = dump["num_tree_per_iteration"]
    grown = dump["tree_info"]
    objective = str(dump.get("objective", "")).split()
    steepness = next((float(part.partition(":")[2]) for part in objective if part.startswith("sigmoid:")), 1.0)
    share = n_outputs / max(len(grown), 1) if dump.get("average_output") else 1.0
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
