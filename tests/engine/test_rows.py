"""The native engine against plain numpy over the same network, and its memory by counting."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import xaiweb
from xaiweb.errors import InputError, ModelError
from xaiweb.explaining.rows import TableExplainer

D, B = 6, 40


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Linear(D, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3), torch.nn.Softmax(dim=1))


@pytest.fixture(scope="module")
def rows() -> NDArray[np.float32]:
    return np.random.default_rng(2).normal(size=(B, D)).astype(np.float32)


@pytest.fixture(scope="module")
def bundle(network: torch.nn.Module, rows: NDArray[np.float32], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundle") / "softmax"
    xaiweb.export(network, background=rows, background_kind="given", out=out, report=None)
    return out


def forward(network: torch.nn.Module, rows: NDArray[np.float32], scale: str) -> NDArray[np.float64]:
    with torch.no_grad():
        x = torch.from_numpy(np.ascontiguousarray(rows, dtype=np.float32)).double()
        layers = list(network.double())
        margin = torch.nn.Sequential(*layers[:-1])(x)
        p = layers[-1](margin)
        network.float()
    return {"output": p, "margin": margin, "logit": torch.log(p / (1 - p))}[scale].numpy()


def brute_force(network: torch.nn.Module, x: NDArray[Any], rows: NDArray[np.float32], scale: str) -> NDArray[Any]:
    """Shapley values by their definition, over all 2^d coalitions."""
    from itertools import combinations
    from math import factorial

    def value(coalition: tuple[int, ...]) -> NDArray[np.float64]:
        hybrid = rows.copy()
        hybrid[:, list(coalition)] = x[list(coalition)]
        return forward(network, hybrid, scale).mean(axis=0)

    phi = np.zeros((D, 3))
    for i in range(D):
        others = [j for j in range(D) if j != i]
        for size in range(D):
            weight = factorial(size) * factorial(D - size - 1) / factorial(D)
            for coalition in combinations(others, size):
                phi[i] += weight * (value((*coalition, i)) - value(coalition))
    return phi


@pytest.mark.parametrize("scale", ["output", "margin", "logit"])
def test_values_are_the_definition_s_in_every_scale(
    network: torch.nn.Module, rows: NDArray[np.float32], bundle: Path, scale: str
) -> None:
    x = rows[0] + 1
    explanation = xaiweb.open(bundle)(x, scale=scale)[0]
    np.testing.assert_allclose(explanation.values, brute_force(network, x, rows, scale), atol=5e-6)
    np.testing.assert_allclose(explanation.prediction, forward(network, x[None], scale)[0], atol=5e-6)
    assert explanation.provenance.scale == scale
    assert explanation.provenance.estimator == "exact"


def test_another_chunk_gives_the_same_to_one_part_in_a_million(bundle: Path, rows: NDArray[np.float32]) -> None:
    whole = xaiweb.open(bundle)(rows[:2]).values
    for chunk_rows in (1, 7, 41, 100_000):  # smaller than the background, odd, just larger, everything
        part = TableExplainer(bundle, chunk_rows)(rows[:2]).values
        np.testing.assert_allclose(part, whole, atol=1e-6)


def test_the_same_inputs_give_the_same_bytes(bundle: Path, rows: NDArray[np.float32]) -> None:
    first, again = (xaiweb.open(bundle)(rows[:1], budget=40, estimator="least_squares") for _ in range(2))
    assert first.values.tobytes() == again.values.tobytes()
    assert first.std_error.tobytes() == again.std_error.tobytes()


@pytest.mark.parametrize("chunk_rows", [16, 64, 256])
def test_no_run_holds_more_rows_than_a_chunk(bundle: Path, rows: NDArray[np.float32], chunk_rows: int) -> None:
    explainer = TableExplainer(bundle, chunk_rows)
    graph = explainer._graph("output")
    session, sizes = graph._session, []

    class Counting:
        def run(self, names: list[str], feeds: dict[str, Any]) -> Any:
            sizes.append(len(feeds["masks"]) * len(feeds["background"]))
            return session.run(names, feeds)

    graph._session = Counting()
    explanation = explainer(rows[:1])[0]
    assert max(sizes) <= chunk_rows
    assert sum(sizes) >= explanation.provenance.n_model_rows > 0


def test_shapes_are_those_of_shap(bundle: Path, rows: NDArray[np.float32]) -> None:
    e = xaiweb.open(bundle)(rows[:4])
    assert e.values.shape == (4, D, 3)
    assert e.base_values.shape == (4, 3)
    assert e.data.shape == (4, D)
    assert e.feature_names == [f"x{i}" for i in range(D)]
    one = xaiweb.open(bundle)(rows[:4], outputs=[1])
    assert one.values.shape == (4, D)
    np.testing.assert_allclose(one.values, e.values[..., 1], atol=1e-12)
    np.testing.assert_allclose(e.base_values + e.values.sum(axis=1), xaiweb.open(bundle).predict(rows[:4]), atol=1e-6)


def test_progress_counts_to_the_end(bundle: Path, rows: NDArray[np.float32]) -> None:
    told: list[tuple[int, int]] = []
    TableExplainer(bundle, 200)(rows[:2], on_progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(told) > 10


def test_an_unknown_scale_is_refused(bundle: Path, rows: NDArray[np.float32]) -> None:
    with pytest.raises(InputError, match="no scale"):
        xaiweb.open(bundle)(rows[:1], scale="decibel")


def test_an_answer_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    class Reciprocal(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return 1 / x.sum(dim=1, keepdim=True)

    rows = np.array([[1, 1], [2, 3]], dtype=np.float32)
    xaiweb.export(Reciprocal(), background=rows, background_kind="given", out=tmp_path / "r", report=None)
    explainer = xaiweb.open(tmp_path / "r")
    for ask in (explainer, explainer.predict):
        with pytest.raises(ModelError) as raised:
            ask([1, -1])
        assert raised.value.code == "model-not-finite"


def test_a_row_that_the_model_cannot_be_run_on_is_refused(tmp_path: Path) -> None:
    class Embedding(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = torch.nn.Embedding(3, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.table(x[:, 0].long()) + x[:, 1:]

    rows = np.array([[0, 1], [2, 3]], dtype=np.float32)
    xaiweb.export(Embedding(), background=rows, background_kind="given", out=tmp_path / "e", report=None)
    explainer = xaiweb.open(tmp_path / "e")
    assert explainer([1, 5]).values.shape == (1, 2)
    for ask in (explainer, explainer.predict):
        with pytest.raises(ModelError, match="out of data bounds") as raised:
            ask([7, 5])
        assert raised.value.code == "model-failed"


@pytest.mark.parametrize("names", [["a", "b"], ["a", "b", "c", "d"]])
def test_a_manifest_with_other_outputs_than_its_graph_is_refused(
    bundle: Path, tmp_path: Path, names: list[str]
) -> None:
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["outputs"] = [manifest["outputs"][0] | {"name": name} for name in names]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match=f"answers 3 numbers for a row; its manifest names {len(names)} outputs"):
        xaiweb.open(copy).predict(np.zeros(D))


def test_groups_are_players(network: torch.nn.Module, rows: NDArray[np.float32], tmp_path: Path) -> None:
    features = [{"name": f"f{i}", **({"group": "pair"} if i in (1, 4) else {})} for i in range(D)]
    xaiweb.export(network, background=rows, features=features, background_kind="given", out=tmp_path / "g", report=None)
    e = xaiweb.open(tmp_path / "g")(rows[3] - 1)
    assert e.feature_names == ["f0", "pair", "f2", "f3", "f5"]
    assert e.values.shape == (1, 5, 3)
    assert list(e[0].players[1].columns) == ["f1", "f4"]
    np.testing.assert_allclose(e.base_values + e.values.sum(axis=1), xaiweb.open(tmp_path / "g").predict(rows[3] - 1))


def test_a_background_row_equal_to_the_row_costs_one_evaluation(
    network: torch.nn.Module, rows: NDArray[np.float32], bundle: Path
) -> None:
    # The explained row stands in the background itself: against it no player matters, against each other one all do.
    e = xaiweb.open(bundle)(rows[0])[0]
    assert e.provenance.n_model_rows == (B - 1) * 2**D + 1
    np.testing.assert_allclose(e.values, brute_force(network, rows[0], rows, "output"), atol=5e-6)
