"""Driving a method natively and step by step."""

import json
import tracemalloc

import numpy as np
import pytest

from tests.core.model import Model, without_time
from xaiweb.core import drive, worker
from xaiweb.core.methods import start
from xaiweb.core.requests import Coalitions, Partial, Predict, Progress
from xaiweb.errors import ModelError


def job(model, **parameters):
    return json.dumps({"method": "shapley", "spec": model.spec.to_dict(), "parameters": parameters})


def fill(model, step):
    """What the worker does with a step that asks for numbers."""
    if step["type"] == "values":
        assert step["masks"].dtype == np.uint8
        assert step["masks"].flags.c_contiguous
        step["reply"][:] = model.values(step["masks"].astype(bool))
    elif step["type"] == "rows":
        assert step["rows"].dtype == np.float32
        assert step["rows"].flags.c_contiguous
        step["reply"][:] = model.predict(step["rows"])
    if "reply" in step:
        assert step["reply"].dtype == np.float64
        assert step["reply"].flags.c_contiguous


def steps(model, **parameters):
    going = worker.Run(job(model, **parameters), model.prepared())
    seen = []
    while not seen or seen[-1]["type"] not in ("result", "error"):
        seen.append(going.step())
        fill(model, seen[-1])
    return seen


@pytest.mark.parametrize(
    ("equal", "parameters"),
    [(0.0, {"budget": 300, "seed": 1}), (0.0, {}), (0.7, {}), (1.0, {}), (0.0, {"estimator": "least_squares"})],
)
@pytest.mark.parametrize("slice_cells", [1 << 20, 99])
def test_stepping_tells_the_same_as_running(monkeypatch, equal, parameters, slice_cells):
    monkeypatch.setattr(worker, "SLICE_CELLS", slice_cells)
    model = Model(9, 5, equal=equal)
    told = []
    result = drive.run(start("shapley", model.spec, model.row, parameters), model, told.append)
    told = [
        {"type": "progress", "done": message.done, "total": message.total, "unit": message.unit}
        if isinstance(message, Progress)
        else {"type": "partial", "explanation": without_time(message.explanation.to_dict())}
        for message in told
    ]
    seen = [step for step in steps(model, **parameters) if "reply" not in step]
    for step in seen:
        if "explanation" in step:
            step["explanation"] = without_time(json.loads(step["explanation"]))
    assert seen == [*told, {"type": "result", "explanation": without_time(result.to_dict())}]


def test_slices_are_bounded(monkeypatch):
    monkeypatch.setattr(worker, "SLICE_CELLS", 90)
    for equal, kind in ((0.0, "values"), (0.7, "rows")):
        sizes = [step["reply"].shape[0] for step in steps(Model(9, 5, equal=equal)) if step["type"] == kind]
        assert max(sizes) == 10
        assert len(sizes) > 5


def test_rows_are_made_slice_by_slice():
    """A request of 4096 rows of 3000 columns is 49 MB as rows; a slice is 4 MB."""
    model = Model(3000, 400)
    # Every background row changes its own ten of the columns.
    background = np.tile(model.x, (400, 1))
    for row in range(400):
        background[row, 7 * row : 7 * row + 10] += 1
    going = worker.Run(job(model, budget=12000), model.prepared(background=background))
    tracemalloc.start()
    try:
        for _ in range(20):
            step = going.step()
            if step["type"] == "rows":
                assert step["rows"].nbytes <= 4 << 20
                step["reply"][:] = 0
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        going.close()
    assert step["type"] in ("rows", "progress")
    # The masks of one request, 12 MB, and a few slices.
    assert peak < 40e6


def test_what_is_not_filled_is_refused():
    model = Model(6, 4)
    going = worker.Run(job(model), model.prepared())
    assert going.step()["type"] == "progress"
    assert going.step()["type"] == "values"
    error = going.step()
    assert error["type"] == "error"
    assert json.loads(error["error"])["code"] == "model-not-finite"
    with pytest.raises(RuntimeError, match="over"):
        going.step()


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"budget": 3}, "budget-too-small"),
        ({"budget": "many"}, "parameter"),
        ({"seed": -1}, "parameter"),
        ({"bugdet": 3}, "parameter-unknown"),
    ],
)
def test_a_users_mistake_is_told_as_an_error(parameters, code):
    model = Model(6, 4)
    (step,) = steps(model, **parameters)
    error = json.loads(step["error"])
    assert error["code"] == code
    assert set(error) == {"code", "message", "where", "next"}
    assert all(error.values())


def test_a_broken_job_is_told_as_an_error_too():
    model = Model(6, 4)
    broken = json.loads(job(model))
    broken["method"] = "magic"
    assert json.loads(worker.Run(json.dumps(broken), model.prepared()).step()["error"])["code"] == "method-unknown"
    broken["method"] = "rise"
    assert json.loads(worker.Run(json.dumps(broken), model.prepared()).step()["error"])["code"] == "method-unfit"
    for x, background in (("abc", model.background), (model.x, model.background.ravel()[:-1]), (model.x[:-1], [])):
        assert worker.Run(job(model), model.prepared(x, background)).step()["type"] == "error"


def test_buffers_and_javascripts_arrays_are_read():
    model = Model(6, 4)

    class TypedArray:
        """What Pyodide shows of a Float32Array."""

        def __init__(self, array):
            self._array = array

        def to_py(self):
            return memoryview(self._array)

    expected = json.loads(steps(model)[-1]["explanation"])
    going = worker.Run(job(model), model.prepared(TypedArray(model.x), TypedArray(model.background.ravel())))
    while (step := going.step())["type"] != "result":
        fill(model, step)
    assert without_time(json.loads(step["explanation"])) == without_time(expected)


def test_closing_ends_the_method():
    model = Model(6, 4)
    going = worker.Run(job(model), model.prepared())
    going.step()
    going.close()
    with pytest.raises(RuntimeError, match="over"):
        going.step()


@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("equal", "parameters"),
    [(0.0, {}), (0.0, {"estimator": "least_squares", "budget": 24}), (0.6, {}), (1.0, {})],
)
def test_an_answer_that_is_not_finite_is_refused(poison, equal, parameters):
    model = Model(6, 4, equal=equal)
    clean = model.answer

    def answer(request):
        reply = clean(request)
        reply[-1, 1] = poison
        return reply

    model.answer = answer
    with pytest.raises(ModelError) as caught:
        drive.run(start("shapley", model.spec, model.row, parameters), model)
    assert caught.value.code == "model-not-finite"
    assert caught.value.where.startswith("output 1, coalition")
    assert caught.value.next


@pytest.mark.parametrize("reply", [np.zeros(3), np.zeros((2, 1)), np.zeros((3, 1, 1)), 0.0])
def test_an_answer_of_another_shape_is_refused(reply):
    with pytest.raises(ModelError, match="shape"):
        drive.checked(Coalitions(np.zeros((3, 2), dtype=bool)), reply)
    with pytest.raises(ModelError, match="shape"):
        drive.checked(Predict(np.zeros((3, 2), dtype=np.float32)), reply)


def test_a_method_that_predicts_is_driven_too():
    rows = np.arange(6, dtype=np.float32).reshape(3, 2)
    model = Model(2, 4)

    def method():
        seen.append((yield Predict(rows)))
        return (yield from start("shapley", model.spec, model.row, {}))

    seen = []
    drive.run(method(), model)
    np.testing.assert_array_equal(seen[0], model.predict(rows))


def test_the_method_is_closed_when_the_engine_fails():
    closed = []

    def method():
        try:
            yield Predict(np.zeros((1, 1), dtype=np.float32))
        finally:
            closed.append(True)

    class Broken:
        def answer(self, request):
            raise KeyError("engine")

    running = method()  # held here, so that it isn't closed by being forgotten
    with pytest.raises(KeyError):
        drive.run(running, Broken())
    assert closed


def test_partials_carry_their_own_time():
    model = Model(9, 2)
    told = []
    drive.run(start("shapley", model.spec, model.row, {"budget": 300}), model, told.append)
    times = [message.explanation.provenance.elapsed_ms for message in told if isinstance(message, Partial)]
    assert times == sorted(times)
    assert times[0] > 0
