"""Scaling and one-hot encoding against numpy written out column by column."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from xaiweb.errors import InputError
from xaiweb.exporters.preprocess import Preprocess

FEATURES = [
    {"name": "age", "min": 18, "max": 90},
    {"name": "job", "kind": "category", "levels": [{"name": "none"}, {"name": "worker"}, {"name": "boss"}]},
    {"name": "sex", "protected": True, "kind": "category", "levels": ["f", "m"]},
    {"name": "amount"},
    {"name": "home", "levels": ["own", "rent"]},
]
MEAN, SCALE = {"age": 40.0, "amount": 3000.0}, {"age": 12.0, "amount": 2500.0}


def rows(n: int = 50) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.stack(
        [rng.integers(18, 91, n), rng.integers(0, 3, n), rng.uniform(0, 20000, n), rng.integers(0, 2, n)], axis=1
    ).astype(np.float32)


def by_hand(data: np.ndarray) -> np.ndarray:
    encoded = []
    for age, job, amount, home in data.astype(np.float64):
        one_hot = [float(job == level) for level in range(3)] + [float(home == level) for level in range(2)]
        encoded.append([(age - 40) / 12, (amount - 3000) / 2500, *one_hot])
    return np.array(encoded)


def test_equals_numpy() -> None:
    module = Preprocess(FEATURES, MEAN, SCALE)
    assert module.width == 7
    found = module(torch.from_numpy(rows())).numpy()
    np.testing.assert_allclose(found, by_hand(rows()), atol=1e-6)
    assert set(np.unique(found[:, 2:])) == {0.0, 1.0}


def test_mean_and_scale_may_be_arrays_over_all_columns() -> None:
    mean, scale = [40.0, 9.0, 3000.0, 9.0], np.array([12.0, 9.0, 2500.0, 9.0])
    module = Preprocess(FEATURES, mean, scale)
    np.testing.assert_allclose(module(torch.from_numpy(rows())).numpy(), by_hand(rows()), atol=1e-6)


def test_a_column_without_spread_is_centred_only() -> None:
    module = Preprocess([{"name": "age"}], {"age": 40.0}, {"age": 0.0})
    assert module(torch.tensor([[41.0]])).item() == 1.0


def test_numbers_alone_and_categories_alone() -> None:
    assert Preprocess([{"name": "a"}], [0.0], [2.0])(torch.tensor([[3.0]])).tolist() == [[1.5]]
    only = Preprocess([{"name": "c", "levels": ["x", "y"]}], {}, {})
    assert only(torch.tensor([[1.0]])).tolist() == [[0.0, 1.0]]


def test_missing_values_are_refused() -> None:
    with pytest.raises(InputError) as refusal:
        Preprocess([{"name": "a", "missing": True}], [0.0], [1.0])
    assert refusal.value.code == "preprocess-missing"
    assert '"a"' in refusal.value.where
