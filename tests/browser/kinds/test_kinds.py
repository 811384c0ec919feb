"""Photos and texts by the page's module alone: what it computes is what `xaiweb explain` computes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.browser.conftest import Visit
from tests.browser.kinds.conftest import ASK, KINDS, Opened
from xaiweb.core.requests import Coalitions
from xaiweb.core.segments.grid import grid
from xaiweb.site.serve import serving


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("digit", {"nSegments": 12, "budget": 100}),
        ("digit", {"segments": "grid", "nSegments": 16, "hidden": "inpaint", "scale": "logit", "budget": 80}),
        ("digit", {"method": "lime", "budget": 60, "outputs": ["8", 3], "hidden": "colour", "colour": "#80ff00"}),
        ("digit", {"method": "occlusion"}),
        ("digit", {"method": "rise", "budget": 40, "seed": 3}),
        ("photo", {"budget": 50, "hidden": "colour", "colour": "#00ff00"}),
        ("spam", {"budget": 60}),
        ("spam", {"method": "occlusion", "units": "sentences", "hidden": "delete", "scale": "margin"}),
    ],
    ids=str,
)
def test_the_result_equals_xaiweb_explain(
    asked: Opened, native: dict[str, Any], inputs: dict[str, Any], name: str, options: dict[str, Any]
) -> None:
    here, there = inputs[name]
    words = {"nSegments": "n_segments"}
    explanation = native[name](there, **{words.get(key, key): value for key, value in options.items()})[0]
    expected = explanation.to_dict()
    events = asked(name, "explain", here, options)
    assert isinstance(events, list), events
    assert [event["type"] for event in events].count("result") == 1
    found = events[-1]["explanation"]
    told = np.concatenate([expected["base_values"], expected["prediction"]])
    atol = (1e-4 if name == "photo" else 1e-5) * max(1.0, np.ptp(told))
    for key in ("values", "base_values", "prediction"):
        np.testing.assert_allclose(found[key], expected[key], atol=atol)
    if name != "spam":
        assert events[-1]["segments"] == explanation.segments.labels.ravel().tolist()
    for key in ("players", "outputs", "segments"):
        assert found.get(key) == expected.get(key), key
    for key in ("method", "estimator", "plan", "parameters", "seed", "scale", "n_coalitions", "n_model_rows"):
        assert found["provenance"][key] == expected["provenance"][key], key
    if name == "photo":  # few photos a run, and every run is told
        assert len([event for event in events if event["type"] == "progress"]) > 3


@pytest.mark.parametrize("name", ["digit", "photo"])
def test_a_photo_is_cut_as_in_python(asked: Opened, native: dict[str, Any], inputs: dict[str, Any], name: str) -> None:
    here, there = inputs[name]
    found = asked(name, "prepare", here, {"nSegments": 20})
    image = native[name].prepare(native[name].encode(there)[0], "output", {"n_segments": 20})
    assert found["segments"] == image.segments.ravel().tolist()
    assert found["players"] == [player.to_dict() for player in image.players]
    seen = np.array(found["pixels"]).reshape(-1, 4)
    np.testing.assert_allclose(
        seen[:, :3], np.broadcast_to(image.pixels.reshape(len(image.pixels), -1).T, seen[:, :3].shape), atol=0.51
    )
    masks = np.random.default_rng(0).random((5, len(image.players))) < 0.5
    expected = native[name].engine(image, "output", lambda done: None).answer(Coalitions(masks))
    values = asked(name, "coalitions", here, {"nSegments": 20}, masks.tolist())
    np.testing.assert_allclose(values, expected, atol=1e-5)


def test_thousands_of_squares_are_hidden_one_by_one(
    asked: Opened, native: dict[str, Any], inputs: dict[str, Any]
) -> None:
    """As a method with squares of its own leaves them: more than a photo may be cut into."""
    here, there = inputs["photo"]
    cut = {"n_segments": 20, "hidden": "inpaint"}
    image = native["photo"].prepare(native["photo"].encode(there)[0], "output", cut)
    squares = grid(image.segments.shape, 56 * 56)
    masks = np.ones((2, 56 * 56), dtype=bool)
    masks[0, 1500:1540] = masks[1] = False
    expected = native["photo"].engine(image, "output", lambda done: None).answer(Coalitions(masks, segments=squares))
    more = {"masks": masks.tolist(), "map": squares.ravel().tolist()}
    found = asked("photo", "squares", here, {"nSegments": 20, "hidden": "inpaint"}, more)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_users_own_regions(asked: Opened, native: dict[str, Any], inputs: dict[str, Any]) -> None:
    regions = np.full((28, 28), -1, dtype=np.int32)
    regions[4:14, 6:20], regions[14:, 6:20] = 0, 1
    answer = asked.page.evaluate(
        """async ([root, input, labels]) => {
          const { open } = await import(root + "xaiweb.js");
          const explainer = await open(root + "bundles/digit/", { provider: "wasm", kind: "image" });
          const options = { segments: "given", regions: Int32Array.from(labels) };
          const { players, segments } = await explainer.prepare(input, options);
          explainer.close();
          return [players.length, [...segments]];
        }""",
        [asked.root, inputs["digit"][0], regions.ravel().tolist()],
    )
    assert answer == [3, np.where(regions < 0, 2, regions).ravel().tolist()]


@pytest.mark.parametrize("units", ["words", "sentences"])
def test_a_text_is_cut_as_in_python(asked: Opened, native: dict[str, Any], inputs: dict[str, Any], units: str) -> None:
    text = f"Gr\u00fc\u00dfe \U0001f600! {inputs['spam'][0][:300]}\n\nSee\u00a0you?"
    passage = native["spam"].prepare(native["spam"].encode(text)[0], "output", {"units": units})
    found = asked("spam", "prepare", text, {"units": units})
    assert found["players"] == [player.to_dict() for player in passage.players]
    masks = np.random.default_rng(0).random((9, len(passage.players))) < 0.5
    expected = native["spam"].engine(passage, "output", lambda done: None).answer(Coalitions(masks))
    values = asked("spam", "coalitions", text, {"units": units}, masks.tolist())
    np.testing.assert_allclose(values, expected, atol=1e-6)
    np.testing.assert_allclose(asked("spam", "predict", text), native["spam"].predict(text), atol=1e-6)


@pytest.mark.parametrize("provider", ["webgpu", "webgl"])
def test_other_providers_agree(asked: Opened, native: dict[str, Any], inputs: dict[str, Any], provider: str) -> None:
    here, there = inputs["digit"]
    options = {"nSegments": 6, "budget": 70}  # one chunk of WebGL's and a bit
    events = asked("digit", "explain", here, options, provider=provider)
    asked("digit", "close", provider=provider)
    assert isinstance(events, list), events
    found = events[-1]["explanation"]
    assert found["provenance"]["provider"] == provider
    expected = native["digit"](there, n_segments=6, budget=70)[0]
    np.testing.assert_allclose(found["values"], expected.values, atol=1e-4)
    np.testing.assert_allclose(found["prediction"], expected.prediction, atol=1e-4)


@pytest.mark.parametrize("provider", ["webgpu", "webgl"])
def test_other_providers_see_the_same_in_a_photo(
    asked: Opened, native: dict[str, Any], inputs: dict[str, Any], provider: str
) -> None:
    here, there = inputs["photo"]
    found = asked("photo", "predict", here, provider=provider)
    asked("photo", "close", provider=provider)
    np.testing.assert_allclose(found, native["photo"].predict(there), atol=1e-4)


@pytest.mark.parametrize("name", KINDS)
def test_the_first_prediction_needs_no_python(
    visit: Callable[..., Visit], root: str, native: dict[str, Any], inputs: dict[str, Any], name: str
) -> None:
    here, there = inputs[name]
    cold = visit()
    cold.page.goto(f"{root}files.json")
    found = cold.page.evaluate(ASK, [root, name, "wasm", "predict", here, {}, None])
    assert found["core"] != "ready"
    np.testing.assert_allclose(found["answer"], native[name].predict(there), atol=1e-5)


def test_a_slow_model_runs_on_threads_where_the_page_is_isolated(
    visit: Callable[..., Visit], folder: Path, asked: Opened, inputs: dict[str, Any]
) -> None:
    options = {"nSegments": 4, "budget": 8}
    with serving(folder) as url:
        isolated = visit()
        isolated.page.goto(url)
        assert isolated.page.evaluate("crossOriginIsolated")
        cores = isolated.page.evaluate("navigator.hardwareConcurrency")
        found = isolated.page.evaluate(ASK, [url, "photo", "wasm", "explain", inputs["photo"][0], options, None])
    many = found["answer"][-1]["explanation"]
    one = asked("photo", "explain", inputs["photo"][0], options)[-1]["explanation"]
    threads = min(4, -(-cores // 2))
    assert many["provenance"]["engine"].endswith(f", {threads} threads") == (threads > 1)
    assert "threads" not in one["provenance"]["engine"]
    np.testing.assert_allclose(many["values"], one["values"], atol=1e-6)


def test_a_bundle_of_another_kind_is_refused(asked: Opened) -> None:
    code = asked.page.evaluate(
        """async (root) => {
          const { open } = await import(root + "xaiweb.js");
          return open(root + "bundles/spam/", { kind: "image" }).then(() => null, ({ code }) => code);
        }""",
        asked.root,
    )
    assert code == "wrong-kind"
