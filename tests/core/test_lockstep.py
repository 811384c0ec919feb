"""Many methods driven in lockstep: each returns what it returns alone, and what ends one doesn't stop another."""

from collections import Counter

import numpy as np
import pytest

from tests.core.model import Model, without_time
from xaiweb.core import drive
from xaiweb.core.lockstep import alone, together
from xaiweb.core.methods import start, start_sharing
from xaiweb.core.requests import Predict, Progress, Work
from xaiweb.errors import InputError, ModelError


class All:
    """Many models that answer backwards and count the rounds."""

    def __init__(self, models):
        self.models, self.rounds = models, []

    def answer(self, asked):
        self.rounds.append([number for number, _ in asked])
        found = {}
        for number, request in reversed(asked):
            found[number] = yield number, request
        return found

    def together(self, runs):
        """What the runs return, driven to their end."""
        going, reply = together(runs, self.answer), None
        try:
            while True:
                asked = going.send(reply)
                reply = None if isinstance(asked, Progress) else self.models[asked[0]].answer(asked[1])
        except StopIteration as stop:
            return stop.value


@pytest.mark.parametrize("parameters", [{}, {"budget": 60, "estimator": "least_squares"}, {"budget": 24}])
def test_each_returns_what_it_returns_alone(parameters):
    # Of other sizes, so that some are exact, some are sampled, and they end after other numbers of requests.
    models = [Model(4, 3), Model(9, 5), Model(9, 5, equal=0.7), Model(9, 5, equal=1.0), Model(12, 1)]
    if parameters.get("budget") == 24:
        models = [model for model in models if len(model.x) < 12]
    engine = All(models)
    found = engine.together([start_sharing("shapley", model.spec, model.row, parameters) for model in models])
    for model, explanation in zip(models, found, strict=True):
        expected = drive.run(start("shapley", model.spec, model.row, parameters), model)
        assert without_time(explanation.to_dict()) == without_time(expected.to_dict())
    assert len(engine.rounds) == max(Counter(number for one in engine.rounds for number in one).values())


def test_an_error_ends_its_own_run_only():
    models = [Model(4, 3, seed=seed) for seed in range(4)]
    parameters = [{}, {"budget": 2}, {}, {}]  # the second is too small to begin with
    plain = models[2].answer
    models[2].answer = lambda request: plain(request) * np.nan
    runs = [start_sharing("shapley", m.spec, m.row, one) for m, one in zip(models, parameters, strict=True)]
    first, second, third, fourth = All(models).together(runs)
    assert second.code == "budget-too-small"
    assert third.code == "model-not-finite"
    for model, found in ((models[0], first), (models[3], fourth)):
        assert np.array_equal(found.values, drive.run(start("shapley", model.spec, model.row, {}), model).values)


def test_an_engine_may_say_why_there_is_no_answer():
    model = Model(4, 3)
    model.answer = lambda request: ModelError("no", next="", code="model-failed")
    (found,) = All([model]).together([start_sharing("shapley", model.spec, model.row, {})])
    assert found.code == "model-failed"


def test_a_failure_of_another_kind_ends_and_closes_all():
    closed = []

    def running(number):
        try:
            yield Predict(np.zeros((1, 1), dtype=np.float32))
        finally:
            closed.append(number)

    model = Model(4, 3)
    model.answer = lambda request: 1 / 0
    with pytest.raises(ZeroDivisionError):
        All([model, model]).together([running(0), running(1)])
    assert closed == [0, 1]

    closed.clear()
    going = together([running(0), running(1)], All([model, model]).answer)
    next(going)
    going.close()
    assert closed == [0, 1]


def adding(done, given, shared):
    """A run that wants its number added to a shared one."""

    def work(numbers):
        yield Progress(0, 1)
        done.append(numbers)
        return [number + shared[0] for number in numbers]

    sum_ = yield Work(work, given, shared)
    raise InputError(f"{sum_}.", where="", next="")


def test_work_with_the_same_things_is_done_at_once():
    ten, done = (10,), []
    found = All([]).together([adding(done, 1, ten), adding(done, 2, ten), adding(done, 3, (20,))])
    assert [one.message for one in found] == ["11.", "12.", "23."]
    assert done == [[1, 2], [3]]


def test_a_run_alone_does_its_work_itself_and_tells_of_it():
    done = []
    run = alone(adding(done, 1, (10,)))
    assert isinstance(next(run), Progress)
    with pytest.raises(InputError, match="11"):
        next(run)
    assert done == [[1]]
