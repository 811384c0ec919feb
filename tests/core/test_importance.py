"""The mean size of values over many rows."""

import json

import numpy as np
import pytest

from xaiweb.core.importance import Importance


def test_it_is_the_mean_of_absolute_values_however_rows_are_parted() -> None:
    values = np.random.default_rng(0).normal(size=(50, 4, 2))
    whole = Importance(4, 2)
    whole.add(values.ravel(), 50)
    np.testing.assert_allclose(whole.mean, np.abs(values).mean(axis=0), rtol=1e-12)

    state = ""
    for part in np.split(values, [1, 7, 8, 30]):
        gone_on = Importance(4, 2, state)
        gone_on.add(part.ravel().tolist(), len(part))
        state = gone_on.to_json()
    assert state == whole.to_json()
    assert json.loads(state)["n_rows"] == 50


def test_before_there_is_a_row_all_are_zero() -> None:
    assert Importance(3, 1).mean.tolist() == [[0.0], [0.0], [0.0]]


def test_values_of_another_shape_are_no_values() -> None:
    with pytest.raises(ValueError, match="reshape"):
        Importance(3, 1).add([1.0, 2.0], 1)
