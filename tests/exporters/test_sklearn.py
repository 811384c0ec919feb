"""scikit-learn estimators as one-input graphs, compared with the estimators themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor, RandomForestClassifier
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, RidgeClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from tests.graph.models import masked
from xaiweb.errors import InputError, ModelError
from xaiweb.exporters import sklearn as exporter
from xaiweb.exporters.parity import check, edge_rows
from xaiweb.graph.model import describe
from xaiweb.graph.value_function import value_function

RNG = np.random.default_rng(0)
N = 150
JOBS, HOMES = ["no job", "clerk", "boss"], ["own", "rent"]
FRAME = pd.DataFrame(
    {
        "age (years)": RNG.integers(18, 80, N),
        "job-kind": RNG.choice(JOBS, N),
        "amount": RNG.normal(size=N),
        "home": RNG.choice(HOMES, N),
        "ignored": RNG.choice(["x", "y"], N),
    }
)
REPAID = (FRAME["amount"] + (FRAME["home"] == "own") + FRAME["age (years)"] / 50 > 1.4).astype(int)
# Another order than the frame's, and levels in another order than the alphabet's.
FEATURES: list[dict[str, Any]] = [
    {"name": "home", "kind": "category", "levels": [{"name": "rent"}, {"name": "own"}]},
    {"name": "amount"},
    {"name": "ignored", "protected": True, "levels": ["x", "y"]},
    {"name": "job-kind", "levels": ["clerk", "no job", "boss"]},
    {"name": "age (years)", "min": 18, "max": 80},
]
SEEN = FRAME.drop(columns="ignored")


def encoded(features: list[dict[str, Any]] = FEATURES) -> np.ndarray:
    columns = []
    for feature in features:
        if feature.get("protected"):
            continue
        words = exporter.level_words(feature)
        column = FRAME[feature["name"]]
        columns.append([words.index(word) for word in column] if words else column.to_numpy())
    return np.stack(columns, axis=1).astype(np.float32)


ROWS = encoded()


def pipeline(last: Any, scale: bool = True) -> Pipeline:
    encoder = OneHotEncoder(handle_unknown="ignore")
    numbers = StandardScaler() if scale else "passthrough"
    columns = ColumnTransformer([("c", encoder, ["job-kind", "home"]), ("n", numbers, ["age (years)", "amount"])])
    return make_pipeline(columns, last)


@pytest.mark.parametrize(
    ("last", "target"),
    [
        (LogisticRegression(), REPAID),
        (LogisticRegression(), FRAME["job-kind"]),
        (RandomForestClassifier(10, random_state=0), REPAID),
        (GradientBoostingClassifier(n_estimators=10, random_state=0), FRAME["home"]),
        (LinearRegression(), FRAME["amount"] * 1e5),
        (GradientBoostingRegressor(n_estimators=10, random_state=0), FRAME["amount"]),
    ],
    ids=["logistic", "three words", "forest", "boosting", "linear", "boosted regression"],
)
def test_a_pipeline_over_words_equals_itself(last: Any, target: Any) -> None:
    fitted = pipeline(last, scale="Linear" in type(last).__name__ or "Logistic" in type(last).__name__).fit(
        SEEN, target
    )
    model = exporter.to_onnx(fitted, FRAME, FEATURES)
    onnx.checker.check_model(model)
    info = describe(model, 4)
    named = exporter.outputs(fitted, info.n_outputs)
    assert info.n_outputs == len(named)
    visible = [feature for feature in FEATURES if not feature.get("protected")]
    rows = np.concatenate([ROWS, edge_rows(visible, ROWS)])
    check(exporter.reference(fitted, FRAME, FEATURES), model, rows, [feature["name"] for feature in visible])
    # the reference itself, against the estimator on the frame of words
    wanted = fitted.predict_proba(SEEN) if named[0][1] == "probability" else fitted.predict(SEEN)
    np.testing.assert_allclose(exporter.reference(fitted, FRAME, FEATURES)(ROWS), wanted, rtol=1e-5, atol=1e-6)


def test_the_value_function_goes_around_it() -> None:
    fitted = pipeline(LogisticRegression()).fit(SEEN, REPAID)
    model = exporter.to_onnx(fitted, FRAME, FEATURES)
    import onnxruntime as ort

    graph = value_function(model, describe(model), "output")
    masks = np.eye(4, dtype=bool)
    feeds = {"x": ROWS[:1], "background": ROWS[:9], "masks": masks}
    values = ort.InferenceSession(graph.SerializeToString()).run(["values"], feeds)[0]
    wanted, _ = masked(exporter.reference(fitted, FRAME, FEATURES), ROWS[:1], ROWS[:9], masks)
    np.testing.assert_allclose(values, wanted, atol=1e-6)


def test_a_column_that_the_pipeline_drops() -> None:
    columns = ColumnTransformer([("c", OneHotEncoder(), ["job-kind"]), ("n", StandardScaler(), ["amount"])])
    fitted = make_pipeline(columns, LogisticRegression()).fit(SEEN, REPAID)
    check(exporter.reference(fitted, FRAME, FEATURES), exporter.to_onnx(fitted, FRAME, FEATURES), ROWS)


def test_whole_numbers_one_hot_encoded() -> None:
    frame = pd.DataFrame({"rooms": RNG.integers(1, 5, N), "home": FRAME["home"]})
    features = [{"name": "rooms"}, {"name": "home", "levels": HOMES}]
    columns = ColumnTransformer([("c", OneHotEncoder(handle_unknown="ignore"), ["rooms"]),
                                 ("o", OrdinalEncoder(), ["home"])])  # fmt: skip
    fitted = make_pipeline(columns, LogisticRegression()).fit(frame, REPAID)
    rows = np.stack([frame["rooms"], [HOMES.index(word) for word in frame["home"]]], axis=1).astype(np.float32)
    check(exporter.reference(fitted, frame, features), exporter.to_onnx(fitted, frame, features), rows)


@pytest.mark.parametrize("last", [LogisticRegression(), RandomForestClassifier(5, random_state=0), Ridge()])
def test_arrays_of_numbers(last: Any) -> None:
    data = FRAME[["age (years)", "amount"]].to_numpy()
    fitted = make_pipeline(StandardScaler(), last).fit(data, REPAID)
    model = exporter.to_onnx(fitted, data)
    assert describe(model).n_features == 2
    check(exporter.reference(fitted, data), model, data.astype(np.float32))


def test_output_names_are_the_classes() -> None:
    assert exporter.outputs(LogisticRegression().fit(ROWS, FRAME["home"]), 2) == [
        ("own", "probability"), ("rent", "probability"),
    ]  # fmt: skip
    assert exporter.outputs(Ridge().fit(ROWS, REPAID), 1) == [("prediction", "number")]


def test_refusals_say_what_to_do() -> None:
    fitted = pipeline(LogisticRegression()).fit(SEEN, REPAID)
    cases = [
        (lambda: exporter.to_onnx(LogisticRegression(), ROWS), ModelError, "sklearn-not-fitted"),
        (lambda: exporter.to_onnx(RidgeClassifier().fit(ROWS, REPAID), ROWS), ModelError, "sklearn-no-probabilities"),
        (lambda: exporter.to_onnx(fitted, FRAME.drop(columns="home"), FEATURES), InputError, "sklearn-columns"),
        (lambda: exporter.to_onnx(fitted, FRAME, FEATURES[1:]), InputError, "sklearn-columns"),
        (lambda: exporter.to_onnx(fitted, FRAME, [*FEATURES, {"name": "new"}]), InputError, "sklearn-columns"),
    ]
    for call, kind, code in cases:
        with pytest.raises(kind) as refusal:
            call()
        assert refusal.value.code == code
        assert refusal.value.next


def test_an_estimator_without_converter_is_refused() -> None:
    with pytest.raises(ModelError) as refusal:
        exporter.to_onnx(KernelRidge().fit(ROWS, REPAID), ROWS)
    assert refusal.value.code == "sklearn-export"
    assert refusal.value.where == "KernelRidge"
