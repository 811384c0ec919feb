"""Drives many running methods in lockstep, so that what they ask is answered together."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.drive import checked
from xaiweb.core.explanation import Explanation
from xaiweb.core.requests import MethodRun, Partial, Progress, Request, SharingRun, Work
from xaiweb.errors import XaiwebError

Reply: TypeAlias = "NDArray[np.float64] | XaiwebError"
"""What an engine for one run replies, or why there is no such reply."""

Together: TypeAlias = Generator[Any, Any, "list[Explanation | XaiwebError]"]
"""Many running methods: yields progress and whatever is asked of an engine, returns what each of them returned."""


def together(
    runs: Sequence[SharingRun],
    answer: Callable[[Sequence[tuple[int, Request]]], Generator[Any, Any, Mapping[int, Reply]]],
) -> Together:
    """What each of the methods returns, or the error that ended it; one that ends doesn't stop the others.

    Each run goes on until it asks something; then all that is asked is answered. Messages are for those who watch one
    run, and nobody watches many: only how far shared work has come is told.

    Args:
        runs: The running methods.
        answer: A generator that takes numbers of runs, each with its request, and returns a reply for each of them.
    """
    found: dict[int, Explanation | XaiwebError] = {}
    replies: dict[int, object] = dict.fromkeys(range(len(runs)))
    try:
        while replies:
            requests: dict[int, Request] = {}
            work: dict[tuple[int, ...], dict[int, Work]] = {}
            for number, reply in replies.items():
                asked = _next(runs[number], reply)
                if isinstance(asked, Work):
                    work.setdefault(tuple(map(id, asked.shared)), {})[number] = asked
                elif isinstance(asked, Explanation | XaiwebError):
                    found[number] = asked
                else:
                    requests[number] = asked
            replies = {}
            answers = (yield from answer(list(requests.items()))) if requests else {}
            for number, given in answers.items():
                try:
                    if isinstance(given, XaiwebError):
                        raise given
                    replies[number] = checked(requests[number], given)
                except XaiwebError as error:
                    found[number] = error
            for same in work.values():
                first = next(iter(same.values()))
                done = yield from first.do([one.given for one in same.values()])
                replies |= zip(same, done, strict=True)
    finally:
        for run in runs:
            run.close()
    return [found[number] for number in range(len(runs))]


def alone(run: SharingRun) -> MethodRun:
    """A running method that does its work itself."""
    reply = None
    try:
        while True:
            asked = run.send(reply)
            if isinstance(asked, Work):
                (reply,) = yield from asked.do([asked.given])
            else:
                reply = yield asked
    except StopIteration as stop:
        explanation: Explanation = stop.value
        return explanation
    finally:
        run.close()


def _next(run: SharingRun, reply: object) -> Request | Work | Explanation | XaiwebError:
    try:
        while isinstance(asked := run.send(reply), Progress | Partial):
            reply = None
        return asked
    except StopIteration as stop:
        explanation: Explanation = stop.value
        return explanation
    except XaiwebError as error:
        return error
