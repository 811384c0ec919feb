"""Rows explained together, step by step as the browser's worker does: each as alone, some at a time."""

import json
import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest

from tests.core.model import Model
from xaiweb.core import drive, rows_worker, worker
from xaiweb.core.methods import start
from xaiweb.core.requests import Activations
from xaiweb.core.subjects.row import Row
from xaiweb.errors import ModelError


class Worker:
    """A RowsWorker of a model, and the rows it is to explain."""

    def __init__(self, model, rows, **parameters):
        self.model, self.rows = model, rows
        job = json.dumps({"method": "shapley", "spec": model.spec.to_dict(), "parameters": parameters})
        self.going = rows_worker.RowsWorker(job, json.dumps(model.row.table.to_dict()), model.background)
        self.asked = []

    def found(self, answer=None):
        self.going.begin(self.rows.ravel())
        while (step := self.going.step())["type"] not in ("found", "error"):
            self.asked.append(step)
            if "reply" in step:
                (answer or self.fill)(step)
        return json.loads(step[step["type"]])

    def fill(self, step):
        assert step["reply"].flags.c_contiguous
        self.model.x = step["x"]
        if step["type"] == "values":
            step["reply"][:] = self.model.values(step["masks"].astype(bool))
        else:
            step["reply"][:] = self.model.predict(step["rows"])

    def alone(self, x, **parameters):
        self.model.x = x
        return drive.run(start("shapley", self.model.spec, self.model.row, parameters), self.model)


def several(model, n):
    return np.random.default_rng(1).normal(size=(n, len(model.x))).astype(np.float32)


@pytest.mark.parametrize(
    ("n_background", "parameters"),
    [
        (1, {}),
        (1, {"estimator": "permutation", "budget": 64}),
        (5, {}),
        (5, {"budget": 60}),
        (4, {"estimator": "owen"}),
    ],
)
@pytest.mark.parametrize("slice_cells", [1 << 20, 99])
def test_each_row_gets_what_it_gets_alone(monkeypatch, n_background, parameters, slice_cells):
    monkeypatch.setattr(worker, "SLICE_CELLS", slice_cells)
    model = Model(9, n_background)
    rows = several(model, 7)
    found = Worker(model, rows, **parameters).found()
    assert found["outputs"] == ["good", "bad"]
    for x, one in zip(rows, found["rows"], strict=True):
        expected = Worker(model, rows).alone(x, **parameters)
        assert one["n_coalitions"] == expected.provenance.n_coalitions
        assert found["provenance"][one["estimator"]]["seed"] == 0
        for name in ("base_values", "prediction", "values"):
            np.testing.assert_allclose(one[name], getattr(expected, name), rtol=1e-12, atol=1e-12)


def test_rows_on_one_background_row_fill_the_chunk_together():
    model = Model(4, 1)
    asked = Worker(model, several(model, 40))
    asked.found()
    runs = [len(step["rows"]) for step in asked.asked if step["type"] == "rows"]
    assert not [step for step in asked.asked if step["type"] == "values"]
    assert len(runs) < 10
    assert max(runs) < 128 + 16, "a chunk and a request"


def test_what_is_held_does_not_grow_with_the_rows_asked_before():
    model = Model(18, 30)
    asked = Worker(model, several(model, 8), budget=128, estimator="least_squares")
    asked.found()
    tracemalloc.start()
    try:
        asked.found()
        asked.asked.clear()
        first = tracemalloc.get_traced_memory()[0]
        for _ in range(5):
            asked.found()
            asked.asked.clear()
        assert tracemalloc.get_traced_memory()[0] < first + 50_000
    finally:
        tracemalloc.stop()


def test_a_row_the_model_has_no_number_for_is_refused_alone():
    model = Model(4, 1)
    rows = several(model, 6)
    asked = Worker(model, rows)

    def answer(step):
        if (step.get("rows", step["x"][None])[:, 0] == rows[2, 0]).any():
            error = ModelError("no number", where="output", next="-", code="model-not-finite")
            asked.going.refuse(json.dumps(error.to_dict()))
        else:
            asked.fill(step)

    found = asked.found(answer)["rows"]
    assert found.pop(2)["error"]["code"] == "model-not-finite"
    expected = [asked.alone(x).values for x in np.delete(rows, 2, axis=0)]
    np.testing.assert_allclose([one["values"] for one in found], expected, rtol=1e-12)


def test_a_row_that_is_not_finite_is_refused_and_what_is_asked_wrongly_is_an_error():
    model = Model(4, 3)
    rows = several(model, 3)
    rows[1, 2] = np.inf
    found = Worker(model, rows).found()["rows"]
    assert [one.get("error", {}).get("code") for one in found] == [None, "infinite", None]
    assert Worker(model, rows, bugdet=3).found()["code"] == "parameter-unknown"
    assert [one["error"]["code"] for one in Worker(model, rows[:1], budget=3).found()["rows"]] == ["budget-too-small"]


def test_what_was_begun_is_dropped_for_other_rows():
    model = Model(4, 3)
    asked = Worker(model, several(model, 2))
    asked.going.begin(asked.rows.ravel())
    asked.going.step()
    assert len(asked.found()["rows"]) == 2
    with pytest.raises(RuntimeError, match="over"):
        asked.going.step()
    asked.going.close()


def test_what_trees_see_is_asked_together_and_of_the_background_once(monkeypatch):
    def method(spec, row, asked):
        background = yield Activations(row.background)
        seen = yield Activations(row.x[None])
        plain = Row(model.row.table, row.x + seen[0] - background[0], row.background)
        return (yield from start("shapley", spec, plain, {}))

    monkeypatch.setattr("xaiweb.core.rows_together.start_sharing", lambda name, *given: method(*given))
    model = Model(4, 3)
    asked = Worker(model, several(model, 5))
    object.__setattr__(asked.going._table, "trees", SimpleNamespace(columns=range(4)))

    def answer(step):
        if step["type"] == "activations":
            step["reply"][:] = 1
        else:
            asked.fill(step)

    for _ in range(2):
        asked.found(answer)
    sizes = [len(step["rows"]) for step in asked.asked if step["type"] == "activations"]
    assert sizes == [3, 5, 5]
