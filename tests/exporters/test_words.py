"""Pipelines over words, gaps, truth values and pandas' own types: the raw columns go in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler, TargetEncoder

from tests.exporters.frames import ABOVE, AMOUNT, CLASS, FEATURES, FRAME, WITH_GAPS, categories, gaps, numbers
from xaiweb.errors import InputError, ModelError
from xaiweb.exporters import sklearn as exporter
from xaiweb.exporters.parity import check, edge_rows

WORDS, NUMBERS = ["job", "home"], ["age (years)", "amount"]


def encoded(words: Any, last: Any, numeric: Any = None) -> Any:
    """Words one way, numbers another, the truth value passed through."""
    numeric = numeric or make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    columns = ColumnTransformer([("w", words, WORDS), ("n", numeric, NUMBERS)], remainder="passthrough")
    return make_pipeline(columns, last)


def exported(estimator: Any, frame: pd.DataFrame, target: Any, features: Any = FEATURES) -> Any:
    """The graph, after comparing it with the estimator on the frame itself and on the edges."""
    estimator.fit(frame, target)
    graph = exporter.to_onnx(estimator, frame, features)
    rows = numbers(frame, features)
    answer = estimator.predict_proba if hasattr(estimator, "predict_proba") else estimator.predict
    check(lambda _: answer(frame), graph, rows)
    check(exporter.reference(estimator, frame, features), graph, edge_rows(features, rows))
    return graph


ENCODERS = {
    "one-hot": OneHotEncoder(),
    "one-hot without the first": OneHotEncoder(drop="first", sparse_output=False),
    "one-hot, rare ones together": OneHotEncoder(min_frequency=0.17),
    "in order": OrdinalEncoder(),
    "by the target": TargetEncoder(),
    "imputed first": make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()),
    "a function of words": FunctionTransformer(lambda frame: np.array([[len(a), len(b)] for a, b in frame.values])),
}


@pytest.mark.parametrize("words", ENCODERS.values(), ids=ENCODERS)
@pytest.mark.parametrize("target", [ABOVE, CLASS], ids=["two classes", "three"])
def test_words_become_what_the_encoder_makes_of_them(words: Any, target: np.ndarray) -> None:
    graph = exported(encoded(words, LogisticRegression()), FRAME, target)
    assert {node.domain for node in graph.graph.node} == {""}  # nothing a browser's GPU lacks


@pytest.mark.parametrize(
    "last",
    [
        RandomForestClassifier(6, random_state=0),
        ExtraTreesClassifier(6, random_state=0),
        HistGradientBoostingClassifier(max_iter=6),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("numeric", [None, StandardScaler(), "passthrough"], ids=["imputed", "scaled", "as they are"])
def test_trees_behind_encoders_and_scalers(last: Any, numeric: Any) -> None:
    exported(encoded(OneHotEncoder(), last, numeric), FRAME, CLASS)
    exported(encoded(OrdinalEncoder(), last, numeric), FRAME, CLASS)


@pytest.mark.parametrize("mark", [np.nan, None], ids=["NaN", "None"])
@pytest.mark.parametrize(
    "words",
    [
        OneHotEncoder(),
        make_pipeline(SimpleImputer(strategy="constant", fill_value="unknown", missing_values=np.nan), OneHotEncoder()),
        OrdinalEncoder(encoded_missing_value=-1),
    ],
    ids=["a category of its own", "a word for it", "a number for it"],
)
def test_a_missing_word_is_what_the_encoder_makes_of_it(words: Any, mark: Any) -> None:
    if mark is None and hasattr(words, "steps"):
        words = make_pipeline(words[0].set_params(missing_values=None), words[1])
    exported(encoded(words, LogisticRegression()), gaps(mark), ABOVE, WITH_GAPS)


@pytest.mark.parametrize("frame", [categories(), gaps(frame=categories())], ids=["complete", "with gaps"])
def test_histogram_boosting_takes_pandas_categories(frame: pd.DataFrame) -> None:
    features = WITH_GAPS if frame["home"].isna().any() else FEATURES
    exported(HistGradientBoostingClassifier(max_iter=8), frame, CLASS, features)
    exported(HistGradientBoostingRegressor(max_iter=8, loss="gamma"), frame, AMOUNT, features)


def test_pandas_own_types() -> None:
    frame = FRAME.astype({"age (years)": "Int64", "amount": "Float64", "member": "boolean"})
    exported(encoded(OneHotEncoder(), HistGradientBoostingClassifier(max_iter=4)), categories(frame), ABOVE)
    small = FRAME.astype({"age (years)": "int8", "amount": "float32"})
    exported(encoded(OneHotEncoder(), LogisticRegression()), small, ABOVE)


def test_estimators_in_estimators_each_with_their_own_columns() -> None:
    one = encoded(OneHotEncoder(), LogisticRegression())
    other = encoded(OrdinalEncoder(), HistGradientBoostingClassifier(max_iter=4))
    exported(CalibratedClassifierCV(other, cv=2), FRAME, ABOVE)
    exported(VotingClassifier([("a", one), ("b", other)], voting="soft"), FRAME, CLASS)
    exported(StackingClassifier([("a", one), ("b", other)], cv=2), FRAME, ABOVE)


def test_columns_may_be_chosen_in_many_ways() -> None:
    union = FeatureUnion([("a", OneHotEncoder()), ("b", OrdinalEncoder())])
    columns = ColumnTransformer(
        [
            ("a", union, make_column_selector(dtype_exclude=["number", "bool"])),
            ("b", make_pipeline(SimpleImputer(), StandardScaler()), [2]),
            ("c", "drop", ["age (years)"]),
        ],
        remainder="passthrough",
    )
    exported(make_pipeline(columns, LogisticRegression()), FRAME, ABOVE)


def test_a_frame_of_words_alone() -> None:
    frame, features = FRAME[WORDS], [FEATURES[3], FEATURES[0]]
    exported(make_pipeline(OneHotEncoder(), LinearRegression()), frame, AMOUNT, features)


def test_a_level_the_encoder_never_saw() -> None:
    more = [
        feature | ({"levels": [*feature["levels"], "king"]} if feature["name"] == "job" else {}) for feature in FEATURES
    ]
    exported(encoded(OneHotEncoder(handle_unknown="ignore"), LogisticRegression()), FRAME, ABOVE, more)
    with pytest.raises(InputError, match="king") as refusal:
        exported(encoded(OneHotEncoder(), LogisticRegression()), FRAME, ABOVE, more)
    assert refusal.value.code == "sklearn-levels"
    assert "handle_unknown" in refusal.value.next


def test_a_file_of_words_must_be_read_first() -> None:
    estimator = encoded(OneHotEncoder(), LogisticRegression()).fit(FRAME, ABOVE)
    with pytest.raises(InputError, match="read_csv"):
        exporter.to_onnx(estimator, "rows.csv", FEATURES)


CODES = FRAME.assign(home=FRAME["home"].map({"own": 1, "rent": 2, "other": 3}))
MIXED = ColumnTransformer([("all", OneHotEncoder(), ["job", "member"])])
TOGETHER = FunctionTransformer(lambda frame: ((frame["job"] == "cook") & (frame["home"] == "own")).to_frame())
REFUSED = {
    "no levels": (encoded(OneHotEncoder(), LogisticRegression()), FRAME, FRAME, None, "sklearn-levels"),
    "fitted on numbers": (
        HistGradientBoostingClassifier(max_iter=2),
        CODES[["home"]],
        FRAME,
        FEATURES[:1],
        "sklearn-words",
    ),
    "a mixture": (make_pipeline(MIXED, LogisticRegression()), FRAME, FRAME, FEATURES, "sklearn-words"),
    "two words in one number": (encoded(TOGETHER, LogisticRegression()), FRAME, FRAME, FEATURES, "sklearn-words"),
    "categories that aren't words": (
        HistGradientBoostingClassifier(max_iter=2),
        CODES[["home"]].astype("category"),
        CODES[["home"]].astype("category"),
        FEATURES[:1],
        "sklearn-levels",
    ),
}


@pytest.mark.parametrize(("estimator", "fitted_on", "frame", "features", "code"), REFUSED.values(), ids=REFUSED)
def test_what_words_cannot_do(
    estimator: Any, fitted_on: pd.DataFrame, frame: pd.DataFrame, features: Any, code: str
) -> None:
    estimator.fit(fitted_on, ABOVE)
    with pytest.raises((InputError, ModelError)) as refusal:
        exporter.to_onnx(estimator, frame, features)
    assert refusal.value.code == code
    assert refusal.value.next
