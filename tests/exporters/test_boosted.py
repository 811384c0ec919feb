"""XGBoost and LightGBM equal themselves as graphs: links, categories, gaps, early stopping, and thresholds' edges."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler

import xaiweb
from tests.exporters.frames import ABOVE, AMOUNT, CLASS, FEATURES, FRAME, WITH_GAPS, categories, gaps, numbers
from xaiweb.errors import ModelError
from xaiweb.exporters import sklearn as exporter
from xaiweb.exporters.parity import check, edge_rows
from xaiweb.graph.model import describe
from xaiweb.graph.value_function import scales

YES = (ABOVE == "yes").astype(int)
SHARE = AMOUNT / (2 * AMOUNT.max())
PLAIN, PLAIN_FEATURES = (
    FRAME[["age (years)", "amount", "member"]].astype(float),
    [FEATURES[4], FEATURES[1], FEATURES[2]],
)


def xgb(kind: Any = xgboost.XGBClassifier, **options: Any) -> Any:
    return kind(**({"n_estimators": 12, "max_depth": 4, "enable_categorical": True, "n_jobs": 1} | options))


def lgb(kind: Any = lightgbm.LGBMClassifier, **options: Any) -> Any:
    small = {"min_child_samples": 5, "min_data_per_group": 5, "verbose": -1, "n_jobs": 1}
    return kind(**({"n_estimators": 12} | small | options))


def regressor(library: str, **options: Any) -> Any:
    return xgb(xgboost.XGBRegressor, **options) if library == "xgboost" else lgb(lightgbm.LGBMRegressor, **options)


def compared(model: Any, frame: pd.DataFrame, answer: Any, features: Any = FEATURES) -> Any:
    """The graph, after comparing it with the model on the frame itself and on the edges."""
    graph = exporter.to_onnx(model, frame, features)
    rows = numbers(frame, features)
    check(lambda _: answer, graph, rows)
    check(exporter.reference(model, frame, features), graph, np.concatenate([rows, edge_rows(features, rows)]))
    assert len(exporter.outputs(model, describe(graph).n_outputs)) == describe(graph).n_outputs
    return graph


CLASSIFIERS = {
    "XGBoost, sets of categories": xgb(max_cat_to_onehot=1),
    "XGBoost, one category against the others": xgb(max_cat_to_onehot=50),
    "XGBoost, dart": xgb(booster="dart", rate_drop=0.5),
    "XGBoost, forest": xgb(xgboost.XGBRFClassifier),
    "XGBoost, another start": xgb(base_score=0.2),
    "LightGBM, sets of categories": lgb(max_cat_to_onehot=1),
    "LightGBM, one category against the others": lgb(max_cat_to_onehot=50),
    "LightGBM, dart": lgb(boosting_type="dart"),
    "LightGBM, one against the others": lgb(objective="multiclassova"),
    "LightGBM, steeper": lgb(sigmoid=2.0),
}


TWO_ONLY, THREE_ONLY = "XGBoost, another start", "LightGBM, one against the others"
CASES = [
    pytest.param(model, target, id=f"{name}, {classes}")
    for name, model in CLASSIFIERS.items()
    for classes, target, other in (("two classes", YES, THREE_ONLY), ("three", CLASS, TWO_ONLY))
    if name != other
]


@pytest.mark.parametrize("frame", [categories(), gaps(frame=categories())], ids=["complete", "with gaps"])
@pytest.mark.parametrize(("model", "target"), CASES)
def test_a_classifier_takes_words_and_gives_probabilities(model: Any, target: np.ndarray, frame: pd.DataFrame) -> None:
    features = WITH_GAPS if frame["home"].isna().any() else FEATURES
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(frame, target)
    graph = compared(model, frame, model.predict_proba(frame), features)
    assert scales(graph, describe(graph), probability=True) == ("output", "margin", "logit")


def test_categories_get_features_of_their_own() -> None:
    """Else the tests above would prove nothing about splits by category."""
    for model in (xgb(max_cat_to_onehot=1), lgb(max_cat_to_onehot=1)):
        graph = exporter.to_onnx(model.fit(categories(), YES), categories(), FEATURES)
        node = next(node for node in graph.graph.node if node.op_type == "TreeEnsembleRegressor")
        assert max(next(a.ints for a in node.attribute if a.name == "nodes_featureids")) >= len(FEATURES)


@pytest.mark.parametrize(
    ("library", "objective", "target"),
    [
        *[("xgboost", f"reg:{name}", AMOUNT) for name in ("squarederror", "absoluteerror", "gamma", "tweedie")],
        ("xgboost", "reg:pseudohubererror", SHARE),
        ("xgboost", "reg:logistic", SHARE),
        ("xgboost", "count:poisson", AMOUNT),
        *[("lightgbm", name, AMOUNT) for name in ("regression", "regression_l1", "huber", "quantile", "mape")],
        *[("lightgbm", name, AMOUNT) for name in ("poisson", "gamma", "tweedie")],
        ("lightgbm", "cross_entropy", SHARE),
    ],
)
def test_a_regressor_with_each_of_its_links(library: str, objective: str, target: np.ndarray) -> None:
    model = regressor(library, objective=objective).fit(categories(), target)
    compared(model, categories(), model.predict(categories()))


@pytest.mark.parametrize("options", [{"boosting_type": "rf", "bagging_freq": 1, "bagging_fraction": 0.7}, {}])
def test_a_forest_is_a_mean(options: dict[str, Any]) -> None:
    model = regressor("lightgbm", **options) if options else xgb(xgboost.XGBRFRegressor)
    model.fit(categories(), AMOUNT)
    compared(model, categories(), model.predict(categories()))


def test_several_targets() -> None:
    model = regressor("xgboost").fit(categories(), np.stack([AMOUNT, -2 * AMOUNT], axis=1))
    assert describe(compared(model, categories(), model.predict(categories()))).n_outputs == 2
    quantiles = regressor("xgboost", objective="reg:quantileerror", quantile_alpha=[0.1, 0.9]).fit(categories(), AMOUNT)
    compared(quantiles, categories(), quantiles.predict(categories()))


def test_early_stopping_counts() -> None:
    frame, (late, early) = categories(), (slice(200, None), slice(0, 200))
    model = xgb(n_estimators=100, learning_rate=1.0, early_stopping_rounds=3)
    model.fit(frame[early], YES[early], eval_set=[(frame[late], YES[late])], verbose=False)
    assert model.best_iteration < 90
    compared(model, frame, model.predict_proba(frame))
    other = lgb(n_estimators=100, learning_rate=0.5)
    stop = lightgbm.early_stopping(3, verbose=False)
    other.fit(frame[early], YES[early], eval_X=frame[late], eval_y=YES[late], callbacks=[stop])
    assert other.best_iteration_ < 90
    compared(other, frame, other.predict_proba(frame))


@pytest.mark.parametrize("target", [YES, CLASS, AMOUNT], ids=["two classes", "three", "regression"])
def test_boosters_alone(target: np.ndarray) -> None:
    frame, n = categories(), len(set(target))
    kind = {2: ("binary:logistic", "binary"), 3: ("multi:softprob", "multiclass")}.get(
        n, ("reg:squarederror", "regression")
    )
    many = {"num_class": 3} if n == 3 else {}
    data = xgboost.DMatrix(frame, target, enable_categorical=True)
    one = xgboost.train({"objective": kind[0]} | many, data, 8)
    other = lightgbm.train({"objective": kind[1], "verbose": -1} | many, lightgbm.Dataset(frame, target), 8)
    compared(one, frame, one.predict(data))
    compared(other, frame, other.predict(frame))
    wanted = {2: [("probability", "probability")], 3: [(f"class {k}", "probability") for k in range(3)]}
    for model in (one, other):
        assert exporter.outputs(model, n if n == 3 else 1) == wanted.get(n, [("prediction", "number")])


@pytest.mark.parametrize("kind", [xgb, lgb])
def test_trained_on_arrays_and_described_by_a_frame(kind: Any) -> None:
    model = kind().fit(PLAIN.to_numpy(), YES)
    frame = PLAIN.assign(sex="x")
    features = [*PLAIN_FEATURES, {"name": "sex", "levels": ["x"], "protected": True}]
    graph = exporter.to_onnx(model, frame, features)
    check(lambda _: model.predict_proba(PLAIN.to_numpy()), graph, numbers(PLAIN, PLAIN_FEATURES))


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_a_gap_in_a_column_that_had_none_in_training(library: str) -> None:
    whole = PLAIN.fillna(0)
    model = regressor(library).fit(whole, AMOUNT)
    compared(model, PLAIN, model.predict(PLAIN), PLAIN_FEATURES)


def test_a_number_that_marks_a_gap() -> None:
    marked = PLAIN.fillna(-1)
    model = xgb(missing=-1.0).fit(marked, YES)
    graph = compared(model, marked, model.predict_proba(marked), PLAIN_FEATURES)
    gap, mark = (np.array([[30, value, 0]], np.float32) for value in (np.nan, -1))
    found = [exporter_rows(graph, row) for row in (gap, mark)]
    np.testing.assert_array_equal(*found)


def exporter_rows(graph: Any, rows: np.ndarray) -> np.ndarray:
    import onnxruntime

    answer: np.ndarray = onnxruntime.InferenceSession(graph.SerializeToString()).run(None, {"rows": rows})[0]
    return answer


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_thresholds_are_kept_to_the_last_bit(library: str) -> None:
    rows = np.random.default_rng(1).normal(size=(400, 2)).astype(np.float32)
    target = np.sin(3 * rows[:, 0]) + rows[:, 1] ** 2
    model = regressor(library, n_estimators=30).fit(rows, target)
    graph = exporter.to_onnx(model, rows)
    node = next(node for node in graph.graph.node if node.op_type == "TreeEnsembleRegressor")
    found = np.array(next(a.floats for a in node.attribute if a.name == "nodes_values"), np.float32)
    edges = np.concatenate([found, np.nextafter(found, np.float32(-np.inf)), np.nextafter(found, np.float32(np.inf))])
    edges = np.concatenate([edges[np.abs(edges) > 1e-30], rows[:, 0], rows[:, 1]])  # LightGBM takes less for zero
    check(exporter.reference(model, rows), graph, np.stack([edges, edges[::-1]], axis=1))
    check(exporter.reference(model, rows), graph, np.stack([edges[::-1], edges], axis=1))


@pytest.mark.parametrize("scaler", [StandardScaler(), MinMaxScaler((-3, 5))], ids=["standard", "min and max"])
@pytest.mark.parametrize(
    "words", [OneHotEncoder(handle_unknown="ignore"), OrdinalEncoder()], ids=["one-hot", "ordinal"]
)
@pytest.mark.parametrize("model", [xgb(), lgb()], ids=["xgboost", "lightgbm"])
def test_the_last_step_of_a_pipeline(model: Any, words: Any, scaler: Any) -> None:
    """XGBoost's thresholds are values of the data: behind a scaler every row lies on some."""
    columns = make_column_transformer(
        (words, ["job", "home"]), (scaler, ["amount", "age (years)"]), remainder="passthrough"
    )
    pipeline = make_pipeline(columns, model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # LightGBM tells that arrays have no names
        pipeline.fit(FRAME, YES)
        compared(pipeline, FRAME, pipeline.predict_proba(FRAME))


def test_calibrated() -> None:
    model = CalibratedClassifierCV(xgb(), cv=2).fit(categories(), YES)
    compared(model, categories(), model.predict_proba(categories()))


@pytest.mark.parametrize("kind", [xgb, lgb])
def test_words_must_have_the_type_they_were_fitted_with(kind: Any) -> None:
    model = kind().fit(categories(), YES)
    with pytest.raises(ModelError) as refusal:
        exporter.to_onnx(model, FRAME, FEATURES)
    assert refusal.value.code == "boosted-categories"
    assert "astype" in refusal.value.next


REFUSED = {
    "a linear booster": (xgb(booster="gblinear", enable_categorical=False), "boosted-trees"),
    "several numbers per leaf": (regressor("xgboost", multi_strategy="multi_output_tree"), "boosted-trees"),
    "linear leaves": (regressor("lightgbm", linear_tree=True), "boosted-trees"),
    "zero for a gap": (regressor("lightgbm", zero_as_missing=True), "boosted-trees"),
    "an objective of another link": (regressor("lightgbm", reg_sqrt=True), "boosted-objective"),
    "hinge": (xgb(objective="binary:hinge"), "boosted-objective"),
}


@pytest.mark.parametrize(("model", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_exported_is_refused(model: Any, code: str) -> None:
    several = model.get_params().get("multi_strategy") is not None
    target = np.stack([AMOUNT, AMOUNT], axis=1) if several else YES
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(PLAIN.fillna(0) - 50, target)
    with pytest.raises(ModelError) as refusal:
        exporter.to_onnx(model, PLAIN, PLAIN_FEATURES)
    assert refusal.value.code == code
    assert refusal.value.next


@pytest.mark.parametrize(("model", "source"), [(xgb(), "xgboost"), (lgb(), "lightgbm")], ids=["xgboost", "lightgbm"])
def test_a_bundle_tells_where_the_model_came_from(model: Any, source: str, tmp_path: Path) -> None:
    frame = gaps(frame=categories())
    model.fit(frame, YES)
    described = [
        feature | ({"levels": [{"name": level} for level in feature["levels"]]} if "levels" in feature else {})
        for feature in WITH_GAPS
    ]
    bundle = xaiweb.export(model, background=frame, features=described, out=tmp_path / "b", report=None)
    assert bundle.manifest.model.source == source
    assert [output.name for output in bundle.manifest.outputs] == ["0", "1"]
    found = xaiweb.open(bundle).predict(frame[:50])
    np.testing.assert_allclose(found, model.predict_proba(frame[:50]), atol=1e-5)


@pytest.mark.parametrize("model", [xgb(max_cat_to_onehot=1), lgb(max_cat_to_onehot=1)], ids=["xgboost", "lightgbm"])
def test_values_from_the_trees_are_those_of_every_coalition(model: Any, tmp_path: Path) -> None:
    frame = gaps(frame=categories())
    described = [
        feature | ({"levels": [{"name": level} for level in feature["levels"]]} if "levels" in feature else {})
        for feature in WITH_GAPS
    ]
    bundle = xaiweb.export(
        model.fit(frame, YES), background=frame[:40], features=described, out=tmp_path / "b", report=None
    )
    explainer = xaiweb.open(bundle)
    one = explainer(frame[50:60], scale="margin", estimator="tree").values
    other = explainer(frame[50:60], scale="margin", estimator="exact").values
    np.testing.assert_allclose(one, other, atol=2e-5)
    assert np.abs(one).max() > 0.1


def test_sums_that_cancel_are_compared_with_the_size_of_their_terms() -> None:
    # Targets in the thousands and answers near 0: float32 adds 200 leaves up in another order than XGBoost.
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(800, 3)).astype(np.float32)
    target = 1000 * np.exp(2.5 * rows[:, 0]) * (rows[:, 1] > -1)
    model = xgboost.XGBRegressor(n_estimators=200, max_depth=5).fit(rows, target)
    gap = check(exporter.reference(model, rows), exporter.to_onnx(model, rows), rows)
    assert 0 < gap < 1e-5 * target.max()
