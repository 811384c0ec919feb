"""Drives a running method to its end: asks an engine, and passes on what is told."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Explanation
from xaiweb.core.requests import Activations, Coalitions, Fields, Message, MethodRun, Partial, Progress, Request
from xaiweb.errors import ModelError


class Engine(Protocol):
    """Answers the requests of a method."""

    def answer(self, request: Request) -> NDArray[np.float64]:
        """The reply, ``(n, n_outputs)`` for all outputs of the graph, in the scale of the explanation."""
        ...


def run(generator: MethodRun, engine: Engine, on_message: Callable[[Message], None] | None = None) -> Explanation:
    """The explanation a method returns, its requests answered by an engine.

    Args:
        generator: The running method.
        engine: Answers its requests.
        on_message: Told every progress and partial.

    Raises:
        ModelError: A reply isn't finite, or has another number of rows than were asked for.
    """
    started = perf_counter()
    reply: NDArray[np.float64] | None = None
    try:
        while True:
            asked = generator.send(reply)
            if isinstance(asked, Progress | Partial):
                reply = None
                if on_message is not None:
                    on_message(_timed(asked, started))
            else:
                reply = checked(asked, engine.answer(asked))
    except StopIteration as stop:
        explanation: Explanation = stop.value
        return explanation.with_elapsed(since(started))
    finally:
        generator.close()


def checked(request: Request, reply: NDArray[np.float64]) -> NDArray[np.float64]:
    """The reply as float64, if it answers the request.

    Raises:
        ModelError: It isn't finite, or isn't ``(n, n_outputs)`` for the n that were asked for.
    """
    values = np.asarray(reply, dtype=np.float64)
    n = length(request)
    if values.ndim != 2 or len(values) != n:
        raise ModelError(
            f"The model answered with the shape {values.shape} to {n} rows.",
            where="model",
            next="It must give one row of outputs for each row.",
            code="model-shape",
        )
    # What the trees see may be missing; no answer of the model may.
    finite = np.isfinite(values) | isinstance(request, Activations)
    if not finite.all():
        row, output = np.argwhere(~finite)[0]
        raise ModelError(
            f"The model answered {values[row, output]} where a number was needed.",
            where=f"output {output}, {'coalition' if isinstance(request, Coalitions) else 'row'} {row} of a request",
            next="Check the row and the background for values the model can't take, or choose another scale.",
            code="model-not-finite",
        )
    return values


def length(request: Request) -> int:
    """Rows of the reply to a request."""
    if isinstance(request, Coalitions):
        return len(request.masks)
    return len(request.fields if isinstance(request, Fields) else request.rows)


def _timed(message: Message, started: float) -> Message:
    if isinstance(message, Progress):
        return message
    elapsed = since(started)
    return Partial(lambda: message.explanation.with_elapsed(elapsed))


def since(started: float) -> float:
    """Milliseconds since a moment of ``perf_counter``."""
    return round((perf_counter() - started) * 1000, 3)
