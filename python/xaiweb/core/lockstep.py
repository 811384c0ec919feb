"""Drives many running methods in lockstep, so that what they ask is answered together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.drive import checked
from xaiweb.core.explanation import Explanation
from xaiweb.core.requests import MethodRun, Partial, Progress, Request, SharingRun, Work
from xaiweb.errors import XaiwebError


class Engine(Protocol):
    """Answers the requests of several methods."""

    def answer(self, asked: Sequence[tuple[int, Request]]) -> Iterable[tuple[int, NDArray[np.float64] | XaiwebError]]:
        """For each run its reply, as of an engine for one, or why there is none, in any order.

        Args:
            asked: Numbers of runs, each with its request.
        """
        ...


def together(runs: Sequence[SharingRun], engine: Engine) -> list[Explanation | XaiwebError]:
    """What each of the methods returns, or the error that ended it; one that ends doesn't stop the others.

    Each run goes on until it asks something; then all that is asked is answered. Messages are for those who watch one
    run, and nobody watches many.

    Args:
        runs: The running methods.
        engine: Answers their requests.
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
            for number, answer in engine.answer(list(requests.items())) if requests else ():
                try:
                    if isinstance(answer, XaiwebError):
                        raise answer
                    replies[number] = checked(requests[number], answer)
                except XaiwebError as error:
                    found[number] = error
            for same in work.values():
                replies |= zip(same, _done(list(same.values())), strict=True)
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


def _done(work: Sequence[Work]) -> list[object]:
    doing = work[0].do([one.given for one in work])
    try:
        while True:
            next(doing)
    except StopIteration as stop:
        replies: list[object] = stop.value
        return replies
