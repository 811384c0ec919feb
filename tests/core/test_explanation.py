"""The explanation as a document."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from jsonschema import Draft202012Validator

import xaiweb
from tests.core.model import Model, without_time
from xaiweb.core.drive import run
from xaiweb.core.explanation import Explanation, Interactions, Player, Provenance
from xaiweb.core.methods import start
from xaiweb.core.shapley.game import shapley_values
from xaiweb.errors import InputError

SCHEMA = Path(xaiweb.__file__).parent / "bundle" / "schema" / "explanation.v1.schema.json"
VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_text()))
PROVENANCE = Provenance(
    "shapley", "exact", "Because.", {"budget": 4}, 0, "output", 4, 4, None, 1.5, None, None, None, "0", "numpy"
)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
CELLS = st.none() | st.text() | FINITE


@st.composite
def explanations(draw):
    names = draw(st.lists(st.text(min_size=1, max_size=9), min_size=1, max_size=4))
    shape = (len(names), draw(st.integers(1, 3)))
    players = tuple(
        Player(name, ("c",), draw(CELLS | st.lists(CELLS).map(tuple)), draw(st.none() | st.integers(0, 9)))
        for name in names
    )
    sets = tuple(tuple(members) for members in draw(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=3))))
    errors = st.floats(0, 1) | st.just(np.nan)
    interactions = Interactions(
        draw(st.sampled_from(["SII", "k-SII", "STII", "FSII"])),
        draw(st.integers(2, 3)),
        sets,
        draw(arrays(np.float64, (len(sets), shape[1]), elements=FINITE)),
        draw(arrays(np.float64, (len(sets), shape[1]), elements=errors)),
    )
    return Explanation(
        players=players,
        outputs=tuple(f"o{index}" for index in range(shape[1])),
        base_values=draw(arrays(np.float64, shape[1:], elements=FINITE)),
        prediction=draw(arrays(np.float64, shape[1:], elements=FINITE)),
        values=draw(arrays(np.float64, shape, elements=FINITE)),
        std_error=draw(arrays(np.float64, shape, elements=st.floats(0, 1) | st.just(np.nan))),
        provenance=PROVENANCE,
        interactions=draw(st.none() | st.just(interactions)),
    )


def test_intervals_are_normal_and_unknown_where_the_error_is():
    explanation = shapley_values(lambda masks: np.tanh(masks @ np.linspace(-1, 2, 12)), 12, budget=64)
    lower, upper = explanation.interval()
    np.testing.assert_allclose(upper - explanation.values, 1.959964 * explanation.std_error, rtol=1e-6)
    np.testing.assert_allclose(upper - explanation.values, explanation.values - lower, rtol=1e-9)
    assert (explanation.interval(0.99)[1] > upper).all()
    assert np.isnan(shapley_values(lambda masks: masks[:, 0] * 1.0, 12, budget=24).interval()).all()


def test_pairs_as_a_matrix():
    # Worth 1 where both of the first two are there: an interaction of 1, and no other.
    found = shapley_values(lambda masks: masks[:, 0] & masks[:, 1], 4).interactions
    expected = np.zeros((4, 4))
    expected[0, 1] = expected[1, 0] = 1
    np.testing.assert_allclose(found.pairs(4), expected, atol=1e-12)


@given(explanations())
def test_documents_are_valid_and_read_back_the_same(explanation):
    document = explanation.to_dict()
    VALIDATOR.validate(document)
    text = explanation.to_json()
    assert json.loads(text) == document
    again = Explanation.from_dict(json.loads(text))
    assert again.to_json() == text
    np.testing.assert_array_equal(again.std_error, explanation.std_error)
    assert again.players == explanation.players


def test_there_is_no_minus_zero_and_no_nan():
    explanation = shapley_values(lambda masks: -masks[:, 0].astype(float), 2)
    unknown = replace(explanation, values=np.array([-0.0, -1.0]), std_error=np.array([np.nan, -0.0]))
    document = unknown.to_dict()
    assert "-0.0" not in unknown.to_json()
    assert document["std_error"] == [[None], [0.0]]
    with pytest.raises(ValueError, match="JSON compliant"):
        replace(explanation, values=np.array([np.nan, 1.0])).to_json()


def test_spans_survive():
    player = Player("word", (), None, None, (3, 7))
    assert Player.from_dict(json.loads(json.dumps(player.to_dict()))) == player


@pytest.mark.parametrize("broken", [{"version": 2}, {"version": None}])
def test_another_version_is_refused(broken):
    with pytest.raises(InputError, match="version"):
        Explanation.from_dict(shapley_values(lambda masks: masks.sum(axis=1), 2).to_dict() | broken)


def test_a_missing_key_is_named():
    document = shapley_values(lambda masks: masks.sum(axis=1), 2).to_dict()
    del document["provenance"]["seed"]
    with pytest.raises(InputError, match="seed"):
        Explanation.from_dict(document)


@pytest.mark.parametrize(
    ("n_features", "n_background", "equal", "parameters"),
    [
        (12, 6, 0.0, {"budget": 300, "seed": 5}),
        (5, 6, 0.0, {}),
        (12, 6, 0.8, {}),
        (4, 3, 1.0, {"estimator": "least_squares"}),
    ],
)
def test_same_inputs_same_bytes(n_features, n_background, equal, parameters):
    texts = []
    for _ in range(2):
        model = Model(n_features, n_background, equal=equal)
        explanation = run(start("shapley", model.spec, model.row, parameters), model)
        document = explanation.to_dict()
        VALIDATOR.validate(document)
        assert document["provenance"]["elapsed_ms"] > 0
        assert document["provenance"]["n_model_rows"] == model.rows_asked()
        texts.append(json.dumps(without_time(document)))
    assert texts[0] == texts[1]
