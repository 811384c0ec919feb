"""`xaiweb.export` from end to end: words in, words out, and the original model as the oracle."""

from __future__ import annotations

import itertools
from math import factorial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import xaiweb
from xaiweb.errors import BundleError, InputError, ModelError, ParityError

RNG = np.random.default_rng(5)
FRAME = pd.DataFrame(
    {
        "age": RNG.integers(18, 80, 120),
        "home": RNG.choice(["rents", "owns", "free"], 120),
        "income": RNG.normal(2000, 500, 120).round(2),
        "job": RNG.choice(["none", "clerk"], 120),
    }
)
LABELS = (FRAME["income"] + 500 * (FRAME["home"] == "owns") + RNG.normal(0, 300, 120) > 2100).astype(int)
FEATURES: list[dict[str, Any]] = [
    {"name": "age", "min": 18, "max": 80},
    {"name": "home", "levels": [{"name": n} for n in ("rents", "owns", "free")]},
    {"name": "income"},
    {"name": "job", "levels": [{"name": n} for n in ("none", "clerk")]},
]


@pytest.fixture(scope="module")
def pipeline() -> Any:
    columns = make_column_transformer((OneHotEncoder(), ["home", "job"]), (StandardScaler(), ["age", "income"]))
    return make_pipeline(columns, LogisticRegression()).fit(FRAME, LABELS)


def shapley_by_definition(answer: Any, x: pd.Series, background: pd.DataFrame) -> np.ndarray:
    names = list(background.columns)
    d = len(names)

    def value(kept: tuple[str, ...]) -> np.ndarray:
        hybrid = background.copy()
        for name in kept:
            hybrid[name] = x[name]
        mean: np.ndarray = answer(hybrid).mean(axis=0)
        return mean

    phi = []
    for name in names:
        others = [other for other in names if other != name]
        phi.append(
            sum(
                factorial(size) * factorial(d - size - 1) / factorial(d) * (value((*kept, name)) - value(kept))
                for size in range(d)
                for kept in itertools.combinations(others, size)
            )
        )
    return np.array(phi)


def test_a_pipeline_fitted_on_words_is_explained_by_its_raw_columns(pipeline: Any, tmp_path: Path) -> None:
    background = FRAME[:30]
    bundle = xaiweb.export(
        pipeline, background=background, features=FEATURES, background_kind="given", out=tmp_path / "b", report=None
    )
    assert [o.name for o in bundle.manifest.outputs] == ["0", "1"]
    assert {o.kind for o in bundle.manifest.outputs} == {"probability"}
    x = FRAME.iloc[50]
    e = xaiweb.open(bundle)(x)
    np.testing.assert_allclose(e.values[0], shapley_by_definition(pipeline.predict_proba, x, background), atol=1e-5)
    assert e.data[0].tolist() == [x["age"], x["home"], pytest.approx(x["income"], rel=1e-6), x["job"]]


def test_a_regression_is_explained_in_its_own_unit(tmp_path: Path) -> None:
    numbers = FRAME[["age", "income"]]
    model = LinearRegression().fit(numbers, FRAME["income"] * 2 + FRAME["age"])
    bundle = xaiweb.export(model, background=numbers, background_size=50, out=tmp_path / "b", report=None)
    assert [s.name for s in bundle.manifest.scales] == ["output"]
    e = xaiweb.open(bundle)(numbers[:3])
    expected = model.coef_ * (numbers[:3].to_numpy() - bundle.background.mean(axis=0))
    np.testing.assert_allclose(e.values, expected, rtol=1e-3, atol=1e-2)


def test_columns_may_be_described_in_another_order_than_the_estimator_s(tmp_path: Path) -> None:
    numbers = FRAME[["age", "income"]]
    model = LinearRegression().fit(numbers, FRAME["income"] * 2 + FRAME["age"])
    features = [{"name": "income"}, {"name": "age"}]
    bundle = xaiweb.export(model, background=numbers, features=features, out=tmp_path / "b", report=None)
    row = {"age": 40, "income": 1500}
    assert xaiweb.open(bundle)(row).feature_names == ["income", "age"]
    np.testing.assert_allclose(xaiweb.open(bundle).predict(row), [model.predict(pd.DataFrame([row]))], rtol=1e-5)


def test_protected_columns_lie_beside_the_background(tmp_path: Path) -> None:
    numbers = FRAME[["age", "income"]].copy()
    model = LinearRegression().fit(numbers, FRAME["income"])
    numbers["sex"] = RNG.choice(["f", "m"], 120)
    features = [
        {"name": "age"},
        {"name": "sex", "levels": [{"name": "f"}, {"name": "m"}], "protected": True},
        {"name": "income"},
    ]
    bundle = xaiweb.export(model, background=numbers, features=features, out=tmp_path / "b", report=None)
    assert [f.name for f in bundle.manifest.features] == ["age", "income"]
    assert bundle.protected is not None
    for row, (sex,) in zip(bundle.background, bundle.protected, strict=True):
        same = numbers[(numbers["age"] == row[0]) & np.isclose(numbers["income"], row[1])]
        assert (same["sex"] == ("f", "m")[int(sex)]).any()
    assert "sex" not in xaiweb.open(bundle)(numbers[:1]).feature_names
    for kind in ("median", "kmeans"):
        aggregated = xaiweb.export(
            model, background=numbers, features=features, background_kind=kind, out=tmp_path / kind, report=None
        )
        assert aggregated.protected is None


def test_two_exports_differ_in_nothing_but_what_was_timed(tmp_path: Path) -> None:
    numbers = FRAME[["age", "income"]]
    model = LinearRegression().fit(numbers, FRAME["income"])
    first, again = (
        xaiweb.export(model, background=numbers, out=tmp_path / name, name="same", report=None) for name in "ab"
    )
    assert first.manifest.files == again.manifest.files


def test_an_export_that_disagrees_stops_and_says_where(tmp_path: Path) -> None:
    class Moody(torch.nn.Module):
        """Answers otherwise once it has been exported."""

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.sum(dim=1, keepdim=True) * (1.0 if torch.compiler.is_exporting() else 1.01)

    with pytest.raises(ParityError) as raised:
        xaiweb.export(Moody(), background=FRAME[["age", "income"]], out=tmp_path / "b", report=None)
    assert "row" in raised.value.where
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"background": FRAME[["age", "income"]][:0]}, InputError),
        ({"background": FRAME[["age", "home"]]}, InputError),
        ({"outputs": [{"name": "a", "kind": "number"}, {"name": "b", "kind": "number"}]}, InputError),
        ({"features": [{"name": "age"}]}, InputError),
        ({"features": [{"name": "age", "kind": "colour"}, {"name": "income"}]}, BundleError),
        ({"background_kind": "guess"}, InputError),
        ({"background_size": 0}, InputError),
        ({"model": object()}, ModelError),
        ({"examples": [{"id": "1", "title": "t", "values": {"age": 3}}]}, InputError),
        ({"decision": {"output": "x", "threshold": 0, "above": "a", "below": "b", "meaning": "m"}}, BundleError),
        ({"name": "!!!"}, InputError),
        ({"outputs": [{"nam": "a"}]}, InputError),
        ({"outputs": ["a"]}, InputError),
        ({"decision": {"output": "x"}}, InputError),
        ({"card": [{"titel": "t", "text": "t"}]}, InputError),
        ({"examples": [{"id": "1", "values": {"age": 3, "income": 1}}]}, InputError),
        ({"examples": [{"id": "1", "title": "t", "values": 3}]}, InputError),
        ({"features": [{"name": "age", "max": float("inf")}, {"name": "income"}]}, BundleError),
        ({"features": [{"name": "age", "group": "income"}, {"name": "income"}]}, InputError),
        ({"seed": -1}, InputError),
        ({"seed": 2**32, "background_kind": "kmeans"}, InputError),
        ({"seed": 1.5}, InputError),
        ({"background_size": 2.5}, InputError),
        ({"background": np.array(3.0)}, InputError),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_cannot_be_exported_is_refused_and_nothing_is_written(
    tmp_path: Path, change: dict[str, Any], error: type[Exception]
) -> None:
    numbers = FRAME[["age", "income"]]
    arguments: dict[str, Any] = {"model": LinearRegression().fit(numbers, FRAME["income"]), "background": numbers}
    with pytest.raises(error):
        xaiweb.export(**(arguments | change), out=tmp_path / "b", report=None)
    assert not (tmp_path / "b").exists()


def test_an_export_says_nothing_that_its_owner_cannot_act_on(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    numbers = FRAME[["age", "income"]]
    xaiweb.export(GaussianNB().fit(numbers, LABELS), background=numbers, out=tmp_path / "b", report=None)
    assert capfd.readouterr() == ("", "")


def test_a_narrow_background_has_designs_for_every_number_of_active_players(tmp_path: Path) -> None:
    weights = torch.nn.Linear(14, 1)
    rows = RNG.normal(size=(20, 14)).astype(np.float32)
    rows[:, [2, 9]] = 1  # two players may equal the whole background
    wide = xaiweb.export(weights, background=rows, background_kind="given", out=tmp_path / "wide", report=None)
    assert [d.n_players for d in wide.manifest.designs] == [12, 13, 14]
    single = xaiweb.export(weights, background=rows, background_kind="median", out=tmp_path / "one", report=None)
    # Fewer than five players are enumerated by any budget a design could have.
    assert [d.n_players for d in single.manifest.designs] == list(range(5, 15))
    for design in single.manifest.designs:
        budgets = [c.budget for c in design.checkpoints]
        assert budgets == sorted(set(budgets))
        assert 4 * design.n_players <= budgets[0]
        assert budgets[-1] < 2**design.n_players
