"""Writes tests/golden/trees: tree models as their libraries' converters write them, with shap's interventional values.

Run by hand: python -m tests.golden.make_trees, with shap, scikit-learn, skl2onnx, xgboost, lightgbm and onnxmltools.
Each model is <name>.onnx beside <name>.json: {"scale", "x", "background", "values", "base_values", "oracle"}, the
values (n_rows, n_columns, n_outputs) in raw scores; of a binary classifier with a link those of its second class alone.
Where shap refuses (several classes of scikit-learn's boosting) or is silently wrong (LightGBM's categorical splits),
the oracle is the library's own raw score of every hybrid row. It gives the base values of all models, since those of
shap are wrong where XGBoost has a base score per class.
"""

import json
import warnings
from itertools import product
from math import factorial
from pathlib import Path

import lightgbm
import numpy as np
import onnx
import shap
import xgboost
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType as SklearnFloats
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier

HERE = Path(__file__).parent / "trees"
N_COLUMNS = 6
RNG = np.random.Generator(np.random.PCG64(0))
ROWS = RNG.normal(size=(400, N_COLUMNS)).astype(np.float32)
ROWS[:, 5] = RNG.integers(0, 9, size=400)
SCORE = ROWS[:, 0] * ROWS[:, 1] + np.sin(2 * ROWS[:, 2]) + np.isin(ROWS[:, 5], [1, 4, 6]) * (1 + ROWS[:, 3])
HOLES = np.where(RNG.random(ROWS.shape) < 0.15, np.float32(np.nan), ROWS)
HOLES[:, 5] = ROWS[:, 5]
TWO, THREE = (SCORE > 0.5).astype(int), np.digitize(SCORE, [0, 1.2])
SIZE = {"n_estimators": 8, "max_depth": 4}


def by_sklearn(estimator):
    options = {id(estimator): {"zipmap": False}} if hasattr(estimator, "classes_") else None
    kind = [("X", SklearnFloats([None, N_COLUMNS]))]
    return convert_sklearn(estimator, initial_types=kind, target_opset={"": 18, "ai.onnx.ml": 3}, options=options)


def by_xgboost(estimator):
    return convert_xgboost(estimator, initial_types=[("X", FloatTensorType([None, N_COLUMNS]))], target_opset=15)


def by_lightgbm(estimator):
    kind = [("X", FloatTensorType([None, N_COLUMNS]))]
    return convert_lightgbm(estimator, initial_types=kind, target_opset=15, zipmap=False)


def lightgbm_of(kind, **more):
    return kind(**SIZE, verbose=-1, random_state=0, **more)


CATEGORIES = {"min_data_per_group": 5, "cat_smooth": 1, "max_cat_to_onehot": 1, "categorical_feature": [5]}
CASES = {
    "sklearn-forest": (RandomForestClassifier(**SIZE, random_state=0), ROWS, TWO, by_sklearn, "output"),
    "sklearn-forest-3": (RandomForestClassifier(**SIZE, random_state=0), ROWS, THREE, by_sklearn, "output"),
    "sklearn-forest-number": (RandomForestRegressor(**SIZE, random_state=0), ROWS, SCORE, by_sklearn, "output"),
    "sklearn-extra": (ExtraTreesClassifier(**SIZE, random_state=0), ROWS, TWO, by_sklearn, "output"),
    "sklearn-tree": (DecisionTreeClassifier(max_depth=7, random_state=0), ROWS, TWO, by_sklearn, "output"),
    "sklearn-boosting": (GradientBoostingClassifier(**SIZE, random_state=0), ROWS, TWO, by_sklearn, "margin"),
    "sklearn-boosting-3": (GradientBoostingClassifier(**SIZE, random_state=0), ROWS, THREE, by_sklearn, "margin"),
    "sklearn-boosting-number": (GradientBoostingRegressor(**SIZE, random_state=0), ROWS, SCORE, by_sklearn, "output"),
    "xgboost": (xgboost.XGBClassifier(**SIZE), HOLES, TWO, by_xgboost, "margin"),
    "xgboost-3": (xgboost.XGBClassifier(**SIZE), HOLES, THREE, by_xgboost, "margin"),
    "xgboost-number": (xgboost.XGBRegressor(**SIZE), HOLES, SCORE, by_xgboost, "output"),
    "lightgbm": (lightgbm_of(lightgbm.LGBMClassifier), HOLES, TWO, by_lightgbm, "margin"),
    "lightgbm-3": (lightgbm_of(lightgbm.LGBMClassifier), HOLES, THREE, by_lightgbm, "margin"),
    "lightgbm-number": (lightgbm_of(lightgbm.LGBMRegressor), HOLES, SCORE, by_lightgbm, "output"),
    "lightgbm-categories": (lightgbm_of(lightgbm.LGBMRegressor, **CATEGORIES), ROWS, SCORE, by_lightgbm, "output"),
}  # fmt: skip
NOT_BY_SHAP = ("lightgbm-categories", "sklearn-boosting-3")


def raw_scores(estimator, rows):
    """The library's own raw scores, (n_rows, n_outputs)."""
    if isinstance(estimator, lightgbm.LGBMModel):
        scores = estimator.predict(rows, raw_score=True)
    elif isinstance(estimator, xgboost.XGBModel):
        scores = estimator.predict(rows, output_margin=True)
    else:
        ask = next(name for name in ("decision_function", "predict_proba", "predict") if hasattr(estimator, name))
        scores = getattr(estimator, ask)(rows)
    return np.asarray(scores, dtype=np.float64).reshape(len(rows), -1)


def by_definition(estimator, x, background):
    """Shapley values from every coalition of columns, one hybrid background after the other."""
    table = {
        mask: raw_scores(estimator, np.where(mask, x, background)).mean(0) for mask in product((0, 1), repeat=len(x))
    }
    values = np.zeros((len(x), len(next(iter(table.values())))))
    for mask, value in table.items():
        size = sum(mask)
        for column in np.flatnonzero(np.array(mask) == 0):
            weight = factorial(size) * factorial(len(x) - size - 1) / factorial(len(x))
            values[column] += weight * (table[(*mask[:column], 1, *mask[column + 1 :])] - value)
    return values


def by_shap(estimator, x, background):
    explainer = shap.TreeExplainer(
        estimator, shap.maskers.Independent(background, max_samples=len(background)),
        feature_perturbation="interventional", model_output="raw",
    )  # fmt: skip
    values = np.asarray(explainer.shap_values(x, check_additivity=False), dtype=np.float64)
    return values.reshape(len(x), N_COLUMNS, -1)


def numbers(array):
    """Nested lists with null for NaN."""
    return json.loads(json.dumps(np.asarray(array, np.float64).tolist()).replace("NaN", "null"))


def main():
    HERE.mkdir(exist_ok=True)
    for name, (estimator, rows, target, convert, scale) in CASES.items():
        estimator.fit(rows, target)
        model = convert(estimator)
        x, background = rows[:4], rows[100:117]
        oracle = "definition" if name in NOT_BY_SHAP else "shap"
        if oracle == "shap":
            values = by_shap(estimator, x, background)
        else:
            values = np.array([by_definition(estimator, row, background) for row in x])
        base = raw_scores(estimator, background).mean(axis=0)
        document = {"oracle": oracle, "scale": scale, "x": x, "background": background, "values": values}
        document["base_values"] = base
        document = {key: value if isinstance(value, str) else numbers(value) for key, value in document.items()}
        onnx.save(model, HERE / f"{name}.onnx")
        (HERE / f"{name}.json").write_text(json.dumps(document, allow_nan=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
