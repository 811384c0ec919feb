"""Who explains parts: this process, several processes, or a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Protocol

from xaiweb.bundle.read import TabularBundle
from xaiweb.engine.processes import Processes
from xaiweb.errors import InputError
from xaiweb.many.part import Asked, Part, Worker


class Pool(Protocol):
    """Explains parts."""

    def map(self, tasks: Iterator[Part]) -> Iterator[tuple[Part, bytes]]:
        """Each part with its file's bytes, in the order they are finished; only a few parts are held."""
        ...


class Alone:
    """Explains parts in this process, one after the other."""

    def __init__(self, worker: Callable[[Part], bytes]) -> None:
        self._worker = worker

    def map(self, tasks: Iterator[Part]) -> Iterator[tuple[Part, bytes]]:
        """Each part with its file's bytes."""
        return ((part, self._worker(part)) for part in tasks)


def workers(
    bundle: TabularBundle, sha256: str, asked: Asked, jobs: int, dask: str | None
) -> AbstractContextManager[Pool]:
    """Those who explain, opened.

    Args:
        bundle: A verified bundle.
        sha256: Of its manifest.
        asked: What is asked of every row.
        jobs: Processes on this machine.
        dask: ``local``, a scheduler's address, or None for no Dask.

    Raises:
        InputError: Dask is not installed, or its scheduler doesn't answer.
    """
    make = partial(Worker, sha256=sha256, asked=asked)
    if dask is not None:
        try:
            from xaiweb.engine.dask import Cluster
        except ImportError:
            raise InputError(
                "Dask is not installed.", where=f"--dask {dask}", next="Run `pip install xaiweb[dask]`."
            ) from None
        return Cluster(dask, bundle, make, jobs)
    if jobs > 1:
        return Processes(partial(make, bundle.path), jobs)
    return nullcontext(Alone(make(bundle.path)))
