"""The bike sharing recipe: its data in their own units, its days, figures and examples."""

from __future__ import annotations

import re
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
import torch

import xaiweb
from tests.exporters import recipes
from xaiweb.bundle.read import Bundle
from xaiweb.errors import InputError
from xaiweb.exporters.parity import check, edge_rows
from xaiweb.exporters.torch import reference, to_onnx
from xaiweb.graph.model import describe
from xaiweb.graph.operators import unsupported


@pytest.fixture(scope="module")
def bikes() -> ModuleType:
    return recipes.load("bikes")


@pytest.fixture(scope="module")
def made() -> Bundle:
    return recipes.bundle("bikes")


@pytest.fixture(scope="module")
def data(bikes: ModuleType) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, list]:
    return bikes.read()


def test_features_keep_their_schema_and_rows_keep_to_them(data) -> None:
    frame, riders, _, features = data
    recipes.check_features(features)
    assert frame.shape == (8645, 8)
    assert riders.min() == 1
    for feature in features:
        column = frame[feature["name"]]
        if "levels" in feature:
            assert set(column) == {level["name"] for level in feature["levels"]}, feature["name"]
        else:
            assert column.between(feature["min"], feature["max"]).all()


def test_a_row_reads_as_in_the_file_in_its_own_units(data) -> None:
    """The first: season 1, January, hour 0, Saturday, clear, t 0.24, humidity 0.81, no wind, 16 riders."""
    frame, riders, day, _ = data
    assert frame.iloc[0].tolist() == ["0:00", "Saturday", "no", "January", "clear", 3.3, 81, 0]
    assert (riders[0], day[0]) == (16, 1)
    assert pd.Timestamp(2011, 1, 1).day_name() == "Saturday"


def test_holidays_are_washington_s(data) -> None:
    frame, _, day, _ = data
    found = {
        str(pd.Timestamp(2011, 1, 1) + pd.Timedelta(days=int(d) - 1))[5:10] for d in day[frame["holiday"] == "yes"]
    }
    assert {"01-17", "04-15", "05-30", "07-04", "09-05", "11-11", "11-24", "12-26"} <= found  # Emancipation Day, too


def test_whole_days_stay_together(bikes: ModuleType, data) -> None:
    day = data[2]
    fold = bikes.split(day)
    assert set(fold) == {-1, 0, 1, 2, 3, 4}
    assert len(set(zip(day, fold, strict=True))) == 365
    assert abs((fold < 0).mean() - 0.2) < 0.01


def test_training_is_deterministic_and_leaves_torch_alone(bikes: ModuleType, data, monkeypatch) -> None:
    monkeypatch.setattr(bikes, "EPOCHS", 2)
    frame, riders, _, features = data
    rows = bikes.encode(frame[:600], features)
    state, threads = torch.random.get_rng_state(), torch.get_num_threads()
    first, second = (bikes.train(rows, riders[:600], features) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    for one, other in zip(first.state_dict().values(), second.state_dict().values(), strict=True):
        assert torch.equal(one, other)
    graph = to_onnx(first, rows[:2])
    assert unsupported(graph) == {"wasm": None, "webgpu": None, "webgl": None}
    assert describe(graph, 8).n_outputs == 1
    check(reference(first), graph, np.concatenate([rows, edge_rows(features, rows)]))


def test_the_card_tells_figures_that_beat_averages(made: Bundle, data, bikes: ModuleType) -> None:
    text = recipes.check_card(made)
    mlp, average, boosting = map(float, re.findall(r"\d+\.\d(?= ±)", text)[:3])
    assert mlp < average / 2
    assert mlp < boosting + 2
    assert "CC BY 4.0" in text
    frame, riders, day, _ = data
    held = bikes.split(day) < 0
    columns = [feature.name for feature in made.manifest.features]
    guess = xaiweb.open(made.path).predict(frame.loc[held, columns])[:, 0]
    assert f"On the test days: {np.abs(guess - riders[held]).mean():.1f}" in text


def test_examples_are_test_hours_that_tell_their_stories(bikes: ModuleType, data, made: Bundle) -> None:
    frame, _, day, _ = data
    held = frame[bikes.split(day) < 0]
    assert [example.id for example in made.manifest.examples] == [name for name, _, _ in bikes.STORIES]
    for example, (_, wanted, title) in zip(made.manifest.examples, bikes.STORIES, strict=True):
        assert wanted.items() <= example.values.items()
        assert example.title == title
        assert (held == pd.Series(example.values)).all(axis=1).any()


@pytest.mark.parametrize(
    ("name", "value", "code"), [("PACKAGE", "a-package-nobody-has", "data-missing"), ("SHA256", "0", "data-changed")]
)
def test_missing_or_changed_data_is_refused(
    bikes: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: str
) -> None:
    monkeypatch.setattr(bikes, name, value)
    with pytest.raises(InputError) as refusal:
        bikes.read()
    assert refusal.value.code == code
    assert "islp==0.6.0" in refusal.value.next
