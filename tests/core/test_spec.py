"""Parameters checked, and a spec on its way to the worker and back."""

import json

import numpy as np
import pytest

from tests.core.model import Model
from xaiweb.core.methods import METHODS, start
from xaiweb.core.methods.shapley import METHOD
from xaiweb.core.spec import Parameter, Spec
from xaiweb.errors import InputError

SPEC = Spec(
    outputs=("good", "bad"),
    selected=(1,),
    scale="logit",
    model_sha256="ab",
    engine="onnxruntime",
    provider="cpu",
    chunk_rows=64,
)


def test_absent_and_none_mean_the_default():
    assert METHOD.read({}) == {
        "estimator": "auto",
        "budget": None,
        "seed": 0,
        "interactions": "auto",
        "interaction_order": 2,
    }
    assert METHOD.read({"budget": None, "seed": None}) == METHOD.read({})


def test_numbers_of_numpy_are_numbers():
    read = METHOD.read({"budget": np.int64(512), "seed": 2**70})
    assert (read["budget"], read["seed"]) == (512, 2**70)


@pytest.mark.parametrize(
    "given",
    [
        {"budget": "512"},
        {"budget": "many"},
        {"budget": 512.5},
        {"budget": float("nan")},
        {"budget": True},
        {"budget": [512]},
        {"seed": -1},
        {"seed": "0"},
        {"seed": 0.5},
        {"estimator": "kernel"},
        {"estimator": 3},
        {"estimator": ""},
        {"interactions": "sii"},
        {"interaction_order": 1},
        {"interaction_order": 4},
        {"buget": 512},
        {"n_samples": 1},
    ],
    ids=str,
)
def test_what_can_not_be_used_is_refused_with_a_place_and_a_way_on(given):
    with pytest.raises(InputError) as caught:
        METHOD.read(given)
    assert caught.value.where == f'parameter "{next(iter(given))}"'
    assert caught.value.next
    assert caught.value.message


def test_a_number_may_have_a_fraction_but_must_be_one():
    parameter = Parameter("width", "number", "Width", "How wide.", 0.25, minimum=0.0)
    assert [parameter.read(value) for value in (None, 1, 0.5, np.float32(2))] == [0.25, 1, 0.5, 2.0]
    for value in (-0.1, float("nan"), float("inf"), "0.5", True, [0.5]):
        with pytest.raises(InputError):
            parameter.read(value)


def test_a_parameter_has_a_range():
    parameter = Parameter("k", "int", "K", "How many.", 3, minimum=1, maximum=5)
    assert [parameter.read(value) for value in (None, 1, 5)] == [3, 1, 5]
    for value in (0, 6):
        with pytest.raises(InputError):
            parameter.read(value)


def test_a_colour_is_written_in_six_hexadecimal_digits():
    parameter = Parameter("colour", "colour", "Colour", "Which.", None)
    assert [parameter.read(value) for value in (None, "#00ff80", "#00FF80")] == [None, "#00ff80", "#00ff80"]
    for value in ("green", "#0f0", "00ff80", "#00ff8g", "#00ff80 ", "#00ff8000", "", 0, 0xFF80):
        with pytest.raises(InputError, match="not a colour") as caught:
            parameter.read(value)
        assert "#rrggbb" in (caught.value.next or "")


def test_methods_describe_themselves_as_json():
    described = json.loads(json.dumps([method.to_dict() for method in METHODS]))
    assert described[0]["name"] == "shapley"
    for method in described:
        assert method["reference"]
        assert all(parameter["help"] and parameter["title"] for parameter in method["parameters"])


def test_an_unknown_method_is_refused():
    with pytest.raises(InputError, match="magic") as caught:
        start("magic", SPEC, Model(3, 1).row, {})
    assert "shapley" in caught.value.next


def test_a_spec_survives_json():
    document = json.loads(json.dumps(SPEC.to_dict()))
    assert Spec.from_dict(document) == SPEC


@pytest.mark.parametrize(
    "broken",
    [
        {"selected": []},
        {"selected": [2]},
        {"selected": [-1]},
        {"scale": "percent"},
    ],
    ids=str,
)
def test_a_broken_spec_is_refused(broken):
    with pytest.raises(InputError):
        Spec.from_dict(SPEC.to_dict() | broken)
