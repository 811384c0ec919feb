"""Models whose structure gives exact values: what export finds, and that the values are those of every coalition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import xaiweb
from xaiweb.errors import InputError

WORDS = ("blue", "green", "red")
FEATURES = [
    {"name": "size"},
    {"name": "colour", "kind": "category", "levels": [{"name": word} for word in WORDS]},
    {"name": "width", "group": "shape"},
    {"name": "height", "group": "shape"},
]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    columns = {name: rng.normal(size=80).astype(np.float32) for name in ("size", "width", "height")}
    return pd.DataFrame({"size": columns.pop("size"), "colour": rng.choice(WORDS, 80), **columns})


def target(frame: pd.DataFrame) -> pd.Series:
    return frame["size"] * (frame["colour"] == "red") + frame["width"] * frame["height"] + frame["size"]


def pipeline(model: Any) -> Any:
    numbers = ["size", "width", "height"]
    return make_pipeline(
        ColumnTransformer([("words", OneHotEncoder(), ["colour"]), ("numbers", StandardScaler(), numbers)]), model
    )


MODELS = {
    "forest": (RandomForestClassifier(15, max_depth=4, random_state=0), {"output": "tree", "logit": "exact"}),
    "boosting": (GradientBoostingRegressor(n_estimators=20, random_state=0), {"output": "tree"}),
    "logistic": (LogisticRegression(), {"output": "exact", "margin": "linear", "logit": "linear"}),
    "ridge": (Ridge(), {"output": "linear"}),
    "network": (MLPRegressor(hidden_layer_sizes=(8,), random_state=0, max_iter=50), {"output": "exact"}),
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("name", MODELS)
def test_structure_gives_what_every_coalition_gives(frame: pd.DataFrame, name: str, tmp_path: Path) -> None:
    model, expected = MODELS[name]
    y = target(frame)
    fitted = pipeline(model).fit(frame, y if name in ("boosting", "ridge", "network") else y > 0)
    xaiweb.export(fitted, background=frame, features=FEATURES, background_size=20, out=tmp_path / "b", report=None)
    explainer = xaiweb.open(tmp_path / "b")
    assert [scale.name for scale in explainer.manifest.scales] == list(expected)
    for scale, estimator in expected.items():
        found = explainer(frame[:3], scale=scale)
        every = explainer(frame[:3], scale=scale, estimator="least_squares")  # all 2^3 coalitions
        reach = np.abs(every.values).max()
        np.testing.assert_allclose(found.values, every.values, rtol=0, atol=2e-6 * reach)
        np.testing.assert_allclose(found.base_values, every.base_values, rtol=0, atol=2e-6 * reach)
        for one in found:
            assert one.provenance.estimator == estimator
            assert one.provenance.scale == scale
            assert not one.std_error.any()
            assert one.interactions is not None


def test_pairs_from_trees_are_those_of_every_coalition(frame: pd.DataFrame, tmp_path: Path) -> None:
    fitted = pipeline(MODELS["boosting"][0]).fit(frame, target(frame))
    xaiweb.export(fitted, background=frame, features=FEATURES, background_size=20, out=tmp_path / "b", report=None)
    explainer = xaiweb.open(tmp_path / "b")
    for index in ("SII", "k-SII"):
        (found,) = explainer(frame[:1], interactions=index)
        (every,) = explainer(frame[:1], interactions=index, estimator="least_squares")
        assert found.provenance.estimator == "tree"
        assert found.interactions.sets == every.interactions.sets
        np.testing.assert_allclose(found.interactions.values, every.interactions.values, rtol=0, atol=1e-5)
    # Trees give pairs by SII; other indices come from coalitions, unless the trees are insisted on.
    (other,) = explainer(frame[:1], interactions="FSII")
    assert (other.provenance.estimator, other.interactions.index) == ("exact", "FSII")
    with pytest.raises(InputError, match="from the trees' nodes") as caught:
        explainer(frame[:1], interactions="FSII", estimator="tree")
    assert caught.value.code == "interactions-unavailable"


def test_an_additive_model_has_no_interactions(frame: pd.DataFrame, tmp_path: Path) -> None:
    fitted = pipeline(Ridge()).fit(frame, target(frame))
    xaiweb.export(fitted, background=frame, features=FEATURES, background_size=20, out=tmp_path / "b", report=None)
    (found,) = xaiweb.open(tmp_path / "b")(frame[:1])
    assert found.provenance.n_coalitions == 5
    assert not found.interactions.pairs(3).any()
    scaled, ridge = fitted[0], fitted[1]
    seen = scaled.transform(frame)
    weights = ridge.coef_ * (seen[0] - scaled.transform(_background(tmp_path / "b", frame)).mean(axis=0))
    by_player = [weights[3], weights[:3].sum(), weights[4:].sum()]  # words come first in the transformer
    np.testing.assert_allclose(found.values[:, 0], by_player, atol=1e-5)


def _background(bundle: Path, frame: pd.DataFrame) -> pd.DataFrame:
    rows = xaiweb.open(bundle).bundle.background
    read = pd.DataFrame(rows, columns=list(frame.columns))
    read["colour"] = [WORDS[int(level)] for level in read["colour"]]
    return read


def test_trees_that_disagree_with_the_graph_are_left_out(
    frame: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xaiweb.core.shapley.ensemble import WEIGHT
    from xaiweb.graph import closed_form as forms

    honest = forms.closed_form

    def wrong(*arguments: Any) -> Any:
        found = honest(*arguments)
        found.nodes[:, WEIGHT:] *= 1.01
        return found

    monkeypatch.setattr(forms, "closed_form", wrong)
    said: list[str] = []
    fitted = pipeline(MODELS["boosting"][0]).fit(frame, target(frame))
    bundle = xaiweb.export(fitted, background=frame, features=FEATURES, out=tmp_path / "b", report=said.append)
    assert bundle.manifest.scales[0].trees is None
    assert any("differs from the graph's answer" in line for line in said)


def test_an_estimator_s_words_need_no_description(frame: pd.DataFrame, tmp_path: Path) -> None:
    fitted = pipeline(MODELS["forest"][0]).fit(frame, target(frame) > 0)
    described, plain = tmp_path / "described", tmp_path / "plain"
    ungrouped = [{key: value for key, value in feature.items() if key != "group"} for feature in FEATURES]
    xaiweb.export(fitted, background=frame, features=ungrouped, out=described, report=None)
    bundle = xaiweb.export(fitted, background=frame, out=plain, report=None)
    assert [feature.words for feature in bundle.manifest.features] == [None, WORDS, None, None]
    np.testing.assert_array_equal(xaiweb.open(plain)(frame[:4]).values, xaiweb.open(described)(frame[:4]).values)
