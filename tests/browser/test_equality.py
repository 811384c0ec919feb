"""What the browser shows is what `xaiweb explain` computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.browser.conftest import Server, Visit
from xaiweb.explaining.rows import TableExplainer


def examples(native: dict[str, TableExplainer], name: str) -> list[dict[str, Any]]:
    return [dict(example.values) for example in native[name].manifest.examples]


def assert_same(document: dict[str, Any], expected: Any, atol: float) -> None:
    np.testing.assert_allclose(document["values"], expected.values, atol=atol)
    np.testing.assert_allclose(document["base_values"], expected.base_values, atol=atol)
    np.testing.assert_allclose(document["prediction"], expected.prediction, atol=atol)
    std_error = np.array(document["std_error"], dtype=float)  # null is NaN
    np.testing.assert_allclose(std_error, expected.std_error, atol=atol)
    assert [player["value"] for player in document["players"]] == [player.value for player in expected.players]
    same = "method estimator plan parameters seed scale n_coalitions n_model_rows core_kernels"
    for key in same.split():
        assert document["provenance"][key] == expected.to_dict()["provenance"][key], key


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"seed": 7, "budget": 256},
        {"scale": "logit", "budget": 512},
        {"scale": "margin", "estimator": "least_squares", "budget": 100},
    ],
    ids=str,
)
def test_the_result_equals_xaiweb_explain(
    warm: Visit, server: Server, native: dict[str, TableExplainer], options: dict[str, Any]
) -> None:
    for row in examples(native, "loan")[:3]:
        events = warm.explain(f"{server.url}bundles/loan/", row, **options)
        assert [e["type"] for e in events].count("result") == 1
        assert events[-1]["type"] == "result"
        assert_same(events[-1]["explanation"], native["loan"](row, **options)[0], 1e-5)


def test_exact_plans_are_equal_and_have_no_first_estimate(
    warm: Visit, server: Server, native: dict[str, TableExplainer]
) -> None:
    # Against one background row only the players that differ take part; against many, each row has its own few.
    ways = set()
    for name in ("typical", "constant"):
        for row in examples(native, name):
            expected = native[name](row)[0]
            if expected.provenance.estimator != "exact":
                continue
            ways.add((name, "row by row" in expected.provenance.plan))
            events = warm.explain(f"{server.url}bundles/{name}/", row)
            assert "partial" not in {e["type"] for e in events}
            assert_same(events[-1]["explanation"], expected, 1e-5)
    assert {name for name, _ in ways} == {"typical", "constant"}
    assert ("constant", True) in ways


@pytest.mark.parametrize(
    ("name", "scale", "estimator"),
    [("forest", "output", "tree"), ("logistic", "margin", "linear"), ("logistic", "output", "gaussian_process")],
)
def test_other_models_equal_xaiweb_explain(
    warm: Visit, server: Server, native: dict[str, TableExplainer], name: str, scale: str, estimator: str
) -> None:
    row, options = examples(native, name)[0], {"scale": scale, "budget": 300}
    expected = native[name](row, **options)[0]
    assert expected.provenance.estimator == estimator
    events = warm.explain(f"{server.url}bundles/{name}/", row, **options)
    found = events[-1]["explanation"]
    assert_same(found, expected, 1e-5 * max(1.0, float(np.abs(expected.values).max())))
    assert found["provenance"]["provider"] == "wasm"  # whose build alone has the operators of ai.onnx.ml
    if estimator != "gaussian_process":
        assert [event["type"] for event in events if event["type"] != "progress"] == ["result"]
        assert found["interactions"]["sets"] == [list(members) for members in expected.interactions.sets]
        np.testing.assert_allclose(found["interactions"]["values"], expected.interactions.values, atol=1e-5)


@pytest.mark.parametrize("index", ["SII", "FSII"])
def test_interactions_are_those_of_xaiweb_explain(
    warm: Visit, server: Server, native: dict[str, TableExplainer], index: str
) -> None:
    row = next(r for r in examples(native, "typical") if native["typical"](r)[0].provenance.estimator == "exact")
    expected = native["typical"](row, interactions=index)[0].interactions
    events = warm.explain(f"{server.url}bundles/typical/", row, interactions=index)
    found = events[-1]["explanation"]["interactions"]
    assert (found["index"], found["sets"]) == (index, [list(members) for members in expected.sets])
    np.testing.assert_allclose(found["values"], expected.values, atol=1e-5)


@pytest.mark.parametrize("estimator", ["permutation", "gaussian_process", "owen"])
def test_every_estimator_runs_in_the_page(
    warm: Visit, server: Server, native: dict[str, TableExplainer], estimator: str
) -> None:
    row, options = examples(native, "loan")[0], {"estimator": estimator, "budget": 200}
    events = warm.explain(f"{server.url}bundles/loan/", row, **options)
    assert_same(events[-1]["explanation"], native["loan"](row, **options)[0], 1e-5)


def explain_cold(visit: Callable[..., Visit], server: Server, name: str, row: Any, **options: Any) -> list[Any]:
    """[event, whether the core was ready] of an explanation asked for before anything has loaded."""
    cold = visit()
    cold.page.goto(f"{server.url}files.json")  # the origin alone
    events: list[Any] = cold.page.evaluate(
        """async ([url, row, options]) => {
          const { open } = await import(new URL("../../xaiweb.js", url));
          const explainer = await open(url, { provider: "auto" });
          let ready = false;
          explainer.ready.then(() => (ready = true));
          const events = [];
          for await (const event of explainer.explain(row, options)) events.push([event, ready]);
          return events;
        }""",
        [f"{server.url}bundles/{name}/", row, options],
    )
    return events


@pytest.mark.parametrize("name", ["loan", "constant"])
def test_the_first_partial_comes_before_python_and_equals_least_squares(
    visit: Callable[..., Visit], server: Server, native: dict[str, TableExplainer], name: str
) -> None:
    # In `constant` the whole background has a telephone: for these applicants it takes no part.
    row = next(r for r in examples(native, name) if name == "loan" or r["telephone"] == "yes")
    options = {"budget": 1024}
    result = explain_cold(visit, server, name, row, **options)
    first, was_ready = next((e["explanation"], ready) for e, ready in result if e["type"] == "partial")
    assert not was_ready, "the first estimate came only after Python had loaded"
    expected = native[name](row, estimator="least_squares", budget=first["provenance"]["n_coalitions"])[0]
    n_active = int((np.abs(np.array(expected.values)).max(axis=1) > 0).sum())
    assert first["provenance"]["n_coalitions"] == 4 * n_active
    assert (n_active < len(first["players"])) == (name == "constant")
    np.testing.assert_allclose(first["values"], expected.values, atol=1e-6)
    np.testing.assert_allclose(first["std_error"], expected.std_error, atol=1e-6)
    assert first["provenance"]["estimator"] == "least_squares"
    assert first["provenance"]["core_kernels"] is None
    assert_same(result[-1][0]["explanation"], native[name](row, **options)[0], 1e-5)


def test_an_exact_plan_waits_for_the_core(
    visit: Callable[..., Visit], server: Server, native: dict[str, TableExplainer]
) -> None:
    row = next(r for r in examples(native, "typical") if native["typical"](r)[0].provenance.estimator == "exact")
    result = explain_cold(visit, server, "typical", row)
    assert {event["type"] for event, _ in result} == {"progress", "result"}
    assert_same(result[-1][0]["explanation"], native["typical"](row)[0], 1e-5)
