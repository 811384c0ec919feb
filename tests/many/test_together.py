"""Rows of a part are explained together: fewer runs of the model, and the numbers of a row alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import xaiweb
from tests.many.conftest import D, model
from tests.many.test_dataset import values
from xaiweb.bundle.packed import manifest_sha256
from xaiweb.core.shapley import design, exact, trees
from xaiweb.engine.rows import RowGraph
from xaiweb.errors import XaiwebError
from xaiweb.explaining.rows import TableExplainer
from xaiweb.many.part import Asked, Part, Worker

NO_COPIES = np.zeros((0, 2), dtype=np.int64)


@pytest.fixture(scope="module")
def one_row(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network, with a background of one row."""
    folder = tmp_path_factory.mktemp("one")
    made = model(folder / "model.onnx", curved=True)
    background = np.full((1, D), 0.25, dtype=np.float32)
    xaiweb.export(made, background=background, background_kind="given", out=folder / "bundle", report=None)
    return folder / "bundle"


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trees behind a scaler."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, D)).astype(np.float32)
    fitted = make_pipeline(StandardScaler(), GradientBoostingClassifier(n_estimators=5, random_state=0))
    out = tmp_path_factory.mktemp("trees") / "bundle"
    xaiweb.export(fitted.fit(x, x[:, 0] * x[:, 1] > 0), background=x[:12], out=out, report=None)
    return out


def runs(patch: pytest.MonkeyPatch) -> list[int]:
    """Filled with the rows of each call of the model."""
    seen = []
    plain = RowGraph.predict

    def predict(self: RowGraph, rows: NDArray[np.float32], *given: Any) -> NDArray[np.float64]:
        seen.append(len(rows))
        return plain(self, rows, *given)

    patch.setattr(RowGraph, "predict", predict)
    return seen


@pytest.mark.parametrize("asked", [{}, {"budget": 20, "estimator": "least_squares"}, {"estimator": "permutation"}])
def test_coalitions_on_one_background_row_are_run_together(
    one_row: Path, rows: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch, asked: Any
) -> None:
    alone = xaiweb.open(one_row)(rows, **asked)
    seen = runs(monkeypatch)
    frame = xaiweb.explain_dataset(one_row, rows, **asked)
    assert sum(seen) == sum(one.provenance.n_model_rows for one in alone)
    assert len(seen) <= 4 < len(rows)
    np.testing.assert_allclose(values(frame).reshape(50, 2, D).swapaxes(1, 2), alone.values, rtol=1e-12)


def test_what_is_held_for_a_run_is_bounded_by_the_chunk(
    one_row: Path, rows: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = runs(monkeypatch)
    explainer = TableExplainer(one_row, chunk_rows=100)
    expected = [one.values for one in TableExplainer(one_row).stream(rows, interactions="none")]
    seen.clear()
    found = list(explainer.together(rows, interactions="none"))
    assert max(seen) < 100 + 32  # a chunk and a request
    np.testing.assert_allclose([one.values for one in found], expected, rtol=1e-6, atol=1e-7)  # type: ignore[union-attr]


def test_a_row_that_a_common_run_fails_on_is_refused_alone(
    one_row: Path, rows: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    explainer = TableExplainer(one_row)
    expected = [one.values for one in explainer.stream(rows[:5], interactions="none")]
    plain = onnxruntime.InferenceSession.run

    def run(self: Any, names: Any, feeds: Any) -> Any:
        if any((rows[3, 0] == array[:, 0]).any() for array in (feeds["x"], feeds["background"])):
            raise onnxruntime.capi.onnxruntime_pybind11_state.Fail("too hot")
        return plain(self, names, feeds)

    monkeypatch.setattr(onnxruntime.InferenceSession, "run", run)
    found = list(explainer.together(rows[:5], interactions="none"))
    refused = found.pop(3)
    assert isinstance(refused, XaiwebError)
    assert refused.code == "model-failed"
    assert "too hot" in refused.message
    np.testing.assert_array_equal([one.values for one in found], np.delete(expected, 3, axis=0))  # type: ignore[union-attr]


def test_a_part_of_trees_is_one_piece_of_work(
    pipeline: Path, rows: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"scale": "margin", "estimator": "tree"}
    alone = xaiweb.open(pipeline)(rows, interactions="none", **asked)
    worked, prepared = [], []
    plain, features = trees.Paths.fails, RowGraph.tree_features
    monkeypatch.setattr(trees.Paths, "fails", lambda *given: worked.append(len(given[3])) or plain(*given))
    monkeypatch.setattr(
        RowGraph, "tree_features", lambda self, x: prepared.append(x is self.background) or features(self, x)
    )
    frame = xaiweb.explain_dataset(pipeline, rows, **asked)
    assert set(worked) == {12, 50}, "the background and the part, each at once"
    assert len(worked) == 2
    np.testing.assert_array_equal(values(frame)[:, None].reshape(50, -1, D).swapaxes(1, 2).squeeze(), alone.values)
    np.testing.assert_array_equal(frame["prediction"], np.ravel([one.prediction for one in alone]))
    assert frame.attrs["provenance"][0]["n_model_rows"] == 50 * 13


@pytest.mark.parametrize("part_rows", [1, 7, 50])
def test_the_size_of_a_part_does_not_show_in_exact_values_of_trees(
    pipeline: Path, rows: NDArray[np.float32], part_rows: int
) -> None:
    asked = {"scale": "margin", "estimator": "tree"}
    whole = xaiweb.explain_dataset(pipeline, rows, **asked)
    parts = xaiweb.explain_dataset(pipeline, rows, part_rows=part_rows, **asked)
    np.testing.assert_array_equal(values(parts), values(whole))


@pytest.mark.parametrize(
    ("which", "asked"),
    [
        ("one_row", {}),
        ("curved", {"budget": 20, "estimator": "gaussian_process"}),
        ("curved", {"estimator": "permutation", "budget": 16}),
        ("pipeline", {"scale": "margin", "estimator": "tree"}),
        ("pipeline", {"scale": "output"}),
    ],
)
def test_what_a_worker_did_before_does_not_show(
    request: pytest.FixtureRequest, rows: NDArray[np.float32], which: str, asked: Any
) -> None:
    folder: Path = request.getfixturevalue(which)
    question = Asked(scale=asked.get("scale"), parameters={k: v for k, v in asked.items() if k != "scale"})

    def worker() -> Worker:
        caches_clear()
        return Worker(folder, manifest_sha256(folder), question)

    parts = [Part(i, np.arange(i * 9, i * 9 + 9), rows[i * 9 : i * 9 + 9], NO_COPIES, []) for i in range(5)]
    one = worker()
    expected = [one(part) for part in parts]
    for order in ([4, 3, 2, 1, 0], [2]):
        other = worker()
        assert [other(parts[i]) for i in order] == [expected[i] for i in order]


def caches_clear() -> None:
    """As in a new process."""
    for module in (design, exact, trees):
        for function in vars(module).values():
            if hasattr(function, "cache_clear"):
                function.cache_clear()
