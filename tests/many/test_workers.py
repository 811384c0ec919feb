"""However the parts are shared, the result has the same bytes, and only a few parts are held."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import xaiweb
from tests.many.conftest import D
from xaiweb.engine.processes import Processes
from xaiweb.errors import InputError, XaiwebError
from xaiweb.many import run as running
from xaiweb.many.part import Part, Worker

ASKED = {"budget": 24, "estimator": "least_squares", "part_rows": 8}


def explain(bundle: Path, file: Path, out: Path, **asked: Any) -> bytes:
    xaiweb.explain_dataset(bundle, file, out=out, **ASKED | asked)
    return out.read_bytes()


def test_processes_give_the_same_bytes_as_one(curved: Path, file: Path, tmp_path: Path) -> None:
    alone = explain(curved, file, tmp_path / "alone.parquet")
    assert explain(curved, file, tmp_path / "two.parquet", jobs=2) == alone
    assert explain(curved, file, tmp_path / "other.parquet", seed=1) != alone


def test_a_process_says_what_is_wrong(curved: Path, file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sum of trees") as refused:
        explain(curved, file, tmp_path / "out.parquet", jobs=2, estimator="tree", budget=None)
    assert refused.value.where == 'parameter "estimator"'
    assert refused.value.next


class Dies:
    """Ends its process at the second task."""

    def __call__(self, task: int) -> bytes:
        if task:
            os.kill(os.getpid(), signal.SIGKILL)
        return b"done"


def test_a_process_that_is_killed_ends_the_run(tmp_path: Path) -> None:
    answers = []
    with Processes(Dies, 1) as pool, pytest.raises(XaiwebError, match="finished parts are kept"):
        answers += pool.map(iter([0, 1, 2]))
    assert len(answers) <= 1


class Slow:
    """Takes its time, and tells of it."""

    def __call__(self, told: Path) -> bytes:
        threading.Event().wait(20)
        told.touch()
        return b""


def test_a_run_that_is_stopped_waits_for_nothing(tmp_path: Path) -> None:
    def stop() -> Iterator[Path]:
        yield tmp_path / "told"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Processes(Slow, 1) as pool:
        list(pool.map(stop()))
    assert not (tmp_path / "told").exists()


def test_only_a_part_is_held(linear: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: weakref.WeakSet[Part] = weakref.WeakSet()
    most = 0
    plain = running.encode

    def encode(*given: Any) -> Part:
        nonlocal most
        gc.collect()
        most = max(most, sum(len(part.x) for part in held))
        part = plain(*given)
        held.add(part)
        return part

    monkeypatch.setattr(running, "encode", encode)
    np.save(tmp_path / "rows.npy", np.random.default_rng(0).normal(size=(60, D)).astype(np.float32))
    explain(linear, tmp_path / "rows.npy", tmp_path / "out.parquet", part_rows=10, estimator="auto", budget=None)
    assert most <= 10


class Echo:
    """Answers at once."""

    def __call__(self, task: int) -> bytes:
        return bytes([task])


def test_processes_draw_only_as_many_tasks_as_there_is_room_for() -> None:
    drawn = 0

    def tasks() -> Iterator[int]:
        nonlocal drawn
        for task in range(40):
            drawn += 1
            yield task

    with Processes(Echo, 1) as pool:
        for answered, (task, answer) in enumerate(pool.map(tasks()), start=1):
            assert answer == bytes([task])
            assert drawn - answered < pool.ahead
    assert drawn == 40


def test_a_run_that_is_killed_at_any_moment_loses_and_doubles_nothing(
    curved: Path, file: Path, rows: NDArray[np.float32], tmp_path: Path
) -> None:
    whole = explain(curved, file, tmp_path / "whole.parquet", part_rows=2)
    out = tmp_path / "out.parquet"
    script = (
        "import sys, time\n"
        "import xaiweb\n"
        "from xaiweb.many.part import Worker\n"
        "plain = Worker.__call__\n"
        "Worker.__call__ = lambda self, part: (time.sleep(0.02), plain(self, part))[1]\n"
        f"xaiweb.explain_dataset({str(curved)!r}, {str(file)!r}, out={str(out)!r}, **{ASKED | {'part_rows': 2}!r})\n"
    )
    journal = tmp_path / "out.parquet.parts" / "journal.jsonl"
    moments = np.random.default_rng().uniform(0, 0.2, size=3)
    kept = 0
    for moment in moments:
        process = subprocess.Popen([sys.executable, "-c", script])
        while process.poll() is None and (not journal.exists() or journal.read_bytes().count(b"\n") <= kept + 1):
            time.sleep(0.005)  # until it has finished a part of its own
        time.sleep(moment)
        process.kill()
        process.wait()
        assert not out.exists() or out.read_bytes() == whole, moments
        kept = journal.read_bytes().count(b"\n") if journal.exists() else 0
    asked: list[int] = []
    plain = Worker.__call__
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Worker, "__call__", lambda self, part: asked.append(part.number) or plain(self, part))
        assert explain(curved, file, out, part_rows=2) == whole
    assert len(asked) <= len(rows) // 2 - 3 or not kept, "every killed run had finished a part"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.parquet", "rows.npy", "whole.parquet"]
