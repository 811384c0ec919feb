"""Work shared by several processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from xaiweb.errors import XaiwebError

Task = TypeVar("Task")
AHEAD = 2
"""Tasks under way per worker: one is worked on, one waits, so that no worker does."""

_work: Callable[[Any], bytes]


class Processes(Generic[Task]):
    """Processes that each hold one worker; a context manager.

    Args:
        make: Makes the worker in each process; it is pickled.
        jobs: How many processes.
    """

    def __init__(self, make: Callable[[], Callable[[Task], bytes]], jobs: int) -> None:
        self.ahead = AHEAD * jobs
        context = multiprocessing.get_context("spawn")  # a fork would copy onnxruntime's locks
        # Workers end when nobody holds the other end any more: it was closed, or this process was killed.
        watched, self._held = context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(make, watched))

    def __enter__(self) -> Processes[Task]:
        return self

    def __exit__(self, *reason: object) -> None:
        if reason[0] is not None:
            self._held.close()  # what is under way isn't waited for
        self._pool.shutdown(cancel_futures=True)
        self._held.close()

    def map(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, bytes]]:
        """Each task with its answer, in the order they are finished; tasks are drawn as there is room for them.

        Raises:
            XaiwebError: A worker's own, or a process ended.
        """
        under_way: dict[Future[bytes], Task] = {}
        try:
            while True:
                while len(under_way) < self.ahead and (task := next(tasks, None)) is not None:
                    under_way[self._pool.submit(_answer, task)] = task
                if not under_way:
                    return
                for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                    yield under_way.pop(done), done.result()
        except BrokenProcessPool:
            raise XaiwebError(
                "a process ended before its work was done; the system may have been short of memory.",
                where="--jobs",
                next="Run the same again, with fewer jobs if need be: finished parts are kept.",
                code="process-lost",
            ) from None


def _start(make: Callable[[], Callable[[Any], bytes]], watched: Connection) -> None:
    global _work
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this one stops it
    threading.Thread(target=_end_with_parent, args=(watched,), daemon=True).start()
    _work = make()


def _end_with_parent(watched: Connection) -> None:
    watched.poll(None)
    os._exit(1)  # nobody waits for an answer


def _answer(task: Any) -> bytes:
    return _work(task)
