from __future__ import annotations

import numpy as np
import pytest

from tests.bundle.conftest import MANIFEST
from xaiweb.bundle.background import choose
from xaiweb.bundle.tabular import load_features
from xaiweb.errors import InputError

FEATURES = load_features(MANIFEST["features"])[0]
RNG = np.random.default_rng(1)
ROWS = np.stack([RNG.integers(18, 90, 500), RNG.integers(0, 2, 500), RNG.normal(1000, 300, 500)], axis=1).astype(
    np.float32
)


def test_a_sample_is_seeded_and_made_of_distinct_real_rows() -> None:
    first, positions, rule = choose(ROWS, FEATURES, "sample", 100, 3)
    again, _, _ = choose(ROWS, FEATURES, "sample", 100, 3)
    other, _, _ = choose(ROWS, FEATURES, "sample", 100, 4)
    assert positions is not None
    assert len(set(positions.tolist())) == 100
    np.testing.assert_array_equal(first, ROWS[positions])
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert "100 of the 500" in rule


def test_a_median_row_has_a_level_that_exists() -> None:
    chosen, positions, _ = choose(ROWS, FEATURES, "median", 100, 0)
    assert positions is None
    assert chosen.shape == (1, 3)
    assert chosen[0, 0] == np.median(ROWS[:, 0])
    assert chosen[0, 1] == float(np.mean(ROWS[:, 1]) > 0.5)


def test_centres_never_average_a_category() -> None:
    chosen, positions, _ = choose(ROWS, FEATURES, "kmeans", 10, 0)
    assert positions is None
    assert chosen.shape == (10, 3)
    assert set(chosen[:, 1]) <= {0.0, 1.0}
    assert ROWS[:, 0].min() < chosen[:, 0].min() < chosen[:, 0].max() < ROWS[:, 0].max()


def test_given_rows_stay_as_they_are() -> None:
    np.testing.assert_array_equal(choose(ROWS, FEATURES, "given", 7, 0)[0], ROWS)


@pytest.mark.parametrize(("kind", "size", "n"), [("sample", 100, 0), ("mode", 100, 5), ("sample", 0, 5)])
def test_what_cannot_be_chosen_is_refused(kind: str, size: int, n: int) -> None:
    with pytest.raises(InputError):
        choose(ROWS[:n], FEATURES, kind, size, 0)
