"""Work shared by many machines: Dask's workers, each with the bundle and one session."""

from __future__ import annotations

import logging
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import islice
from pathlib import Path
from time import thread_time
from typing import Any, Generic, TypeVar

from dask import config
from distributed import CancelledError, Client, KilledWorker, LocalCluster, TimeoutError, WorkerPlugin, as_completed
from distributed import get_worker as _get_worker

import xaiweb
from xaiweb.bundle.packed import Packed
from xaiweb.bundle.read import Bundle
from xaiweb.engine.processes import AHEAD
from xaiweb.engine.session import VERSIONS
from xaiweb.errors import InputError, XaiwebError

Task = TypeVar("Task")
THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), 1)
"""Environment of the workers we start: without Dask's MALLOC_TRIM_THRESHOLD_, with which a Gaussian process takes more
than twice the CPU time, because each of its matrices is mapped from the system and given back."""
LOAD, MOST_LOADED = 0.2, 64
"""CPU seconds of work that travel in one message, and how many tasks at most: a message takes some 5 ms of the driver
and the worker, and its work is what a lost worker costs."""
LOCAL = {
    "distributed.nanny.pre-spawn-environ": THREADS,
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
}
"""Settings of the workers we start: nobody looks at what Dask would measure 50 to 100 times a second."""
PATIENCE = 30
"""Seconds to wait for the scheduler, and for its first worker."""


class Cluster(Generic[Task]):
    """Workers of a Dask cluster that each hold one worker of ours; a context manager.

    The bundle travels once to each worker, also to those that come later, and is verified there by its hashes. A task
    whose worker is lost is given to another.

    Args:
        address: ``local`` starts workers on this machine; else a scheduler's address, ``tcp://host:8786``.
        bundle: What workers need.
        make: Makes the worker from the bundle's folder there; it is pickled.
        jobs: Workers to start where ``address`` is ``local``.

    Raises:
        InputError: There is no scheduler at that address, or no worker.
        XaiwebError: The workers can't run this.
    """

    def __init__(
        self, address: str, bundle: Bundle, make: Callable[[Path], Callable[[Task], bytes]], jobs: int = 1
    ) -> None:
        self._stack = ExitStack()
        with ExitStack() as stack:
            stack.enter_context(
                config.set({"distributed.comm.timeouts.connect": PATIENCE} | (LOCAL if address == "local" else {}))
            )
            if address == "local":
                cluster = LocalCluster(
                    n_workers=jobs,
                    threads_per_worker=1,
                    dashboard_address="127.0.0.1:0",
                    silence_logs=logging.CRITICAL,
                )
                target: Any = stack.enter_context(cluster)
            else:
                target = address
            try:
                self.client = stack.enter_context(Client(target, timeout=PATIENCE, set_as_default=False))
                self.client.wait_for_workers(1, timeout=PATIENCE)
            except (OSError, TimeoutError, ValueError) as reason:
                raise InputError(
                    f"no Dask worker answers ({reason}).",
                    where=f"--dask {address}",
                    next="Check the scheduler's address, and that its workers run.",
                    code="dask-unreachable",
                ) from None
            plugin = Holder(bundle, make)
            self._name = plugin.name
            try:
                self.client.register_plugin(plugin)
            except XaiwebError:
                raise
            except Exception as reason:  # whatever a worker's interpreter says
                raise XaiwebError(
                    f"the workers can't run this ({type(reason).__name__}: {reason}).",
                    where=f"--dask {address}",
                    next=f"Install xaiweb {xaiweb.__version__} with its dask extra on every worker.",
                    code="dask-worker",
                ) from None
            stack.callback(self._forget)
            self._stack = stack.pop_all()

    def __enter__(self) -> Cluster[Task]:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def map(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, bytes]]:
        """Each task with its answer, in the order they are finished; tasks are drawn as there is room for them.

        Short tasks travel together, as many as are work for :data:`LOAD` seconds going by the last answers.

        Raises:
            XaiwebError: A worker's own, the cluster is gone, or a task's workers were lost again and again.
        """
        under_way: dict[Any, list[Task]] = {}
        size = 1
        finished = as_completed(loop=self.client.loop)
        try:
            while True:
                room = AHEAD * max(1, len(self.client.nthreads()))
                while len(under_way) < room and (load := list(islice(tasks, size))):
                    future = self.client.submit(_answer, self._name, load, pure=False)
                    under_way[future] = load
                    finished.add(future)
                if not under_way:
                    return
                done = next(finished)
                answers, seconds = done.result()
                load = under_way.pop(done)
                size = max(1, min(2 * size, MOST_LOADED, int(LOAD * len(load) / max(seconds, 1e-9))))
                yield from zip(load, answers, strict=True)
        except (CancelledError, KilledWorker, OSError, TimeoutError) as reason:
            raise XaiwebError(
                f"the cluster was lost ({type(reason).__name__}: {reason}).",
                where="--dask",
                next="Run the same again when it is back: finished parts are kept.",
                code="dask-lost",
            ) from None

    def _forget(self) -> None:
        with suppress(CancelledError, OSError, TimeoutError):  # a scheduler that is gone has forgotten already
            self.client.unregister_worker_plugin(self._name)


class Holder(WorkerPlugin):  # type: ignore[misc]
    """Brings a bundle to a Dask worker and holds what is made of it there.

    Args:
        bundle: The bundle, whose bytes travel.
        make: Makes the worker from the bundle's folder.
    """

    def __init__(self, bundle: Bundle, make: Callable[[Path], Callable[[Any], bytes]]) -> None:
        self._packed = Packed.of(bundle)
        self._make = make
        self._versions = VERSIONS
        self.name = f"xaiweb-{uuid.uuid4()}"

    def setup(self, worker: Any) -> None:
        """Write the bundle beside the worker's own files and open it.

        Raises:
            XaiwebError: Other versions run here, or a file isn't what the manifest says.
        """
        if self._versions != VERSIONS:
            raise XaiwebError(
                f"this worker runs {VERSIONS}, not {self._versions}: its numbers could differ in the last digit.",
                where=worker.address,
                next="Install the same versions on every machine.",
                code="dask-versions",
            )
        self._folder = tempfile.TemporaryDirectory(prefix="xaiweb-", dir=worker.local_directory)
        self._packed.unpack(Path(self._folder.name))
        self._work = self._make(Path(self._folder.name))  # reading a bundle verifies every file
        self._one = threading.Lock()

    def teardown(self, worker: Any) -> None:
        """Remove the bundle."""
        self._folder.cleanup()

    def answer(self, load: list[Any]) -> tuple[list[bytes], float]:
        """The answers to tasks, and the CPU seconds they took; one at a time: there is one session."""
        with self._one:
            started = thread_time()
            return [self._work(task) for task in load], thread_time() - started


def _answer(name: str, load: list[Any]) -> tuple[list[bytes], float]:
    holder: Holder = _get_worker().plugins[name]
    return holder.answer(load)
