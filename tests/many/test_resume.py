"""A run that was stopped goes on where it was, and never with what belongs to another."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

import xaiweb
from tests.many.conftest import NAMES
from xaiweb.core.compiled import forced
from xaiweb.errors import BundleError, InputError, XaiwebError
from xaiweb.many.journal import Journal
from xaiweb.many.part import Worker


class Stopped(BaseException):
    """As sudden as a kill, but within this process."""


def stop_after(n_parts: int, patch: pytest.MonkeyPatch) -> list[int]:
    """Lets so many parts be explained; the numbers of those that were asked for are in the list."""
    plain, asked = Worker.__call__, []

    def call(self: Worker, part: Any) -> bytes:
        asked.append(part.number)
        if len(asked) > n_parts:
            raise Stopped
        return plain(self, part)

    patch.setattr(Worker, "__call__", call)
    return asked


@pytest.fixture
def stopped(linear: Path, file: Path, tmp_path: Path) -> Path:
    """The result of a run that was stopped after three of seven parts."""
    out = tmp_path / "out.parquet"
    with pytest.MonkeyPatch.context() as patch:
        stop_after(3, patch)
        with pytest.raises(Stopped):
            xaiweb.explain_dataset(linear, file, out=out, part_rows=8)
    return out


@pytest.fixture
def whole(linear: Path, file: Path, tmp_path: Path) -> bytes:
    """The bytes of the undisturbed run's result."""
    xaiweb.explain_dataset(linear, file, out=tmp_path / "whole.parquet", part_rows=8)
    return (tmp_path / "whole.parquet").read_bytes()


def resume(linear: Path, file: Path, out: Path, **asked: Any) -> list[int]:
    """Run again; the numbers of the parts that were explained."""
    with pytest.MonkeyPatch.context() as patch:
        parts = stop_after(1000, patch)
        xaiweb.explain_dataset(linear, file, out=out, **{"part_rows": 8} | asked)
    assert sorted(path.name for path in out.parent.iterdir() if path.suffix == ".parts") == []
    return parts


def test_finished_parts_are_kept(linear: Path, file: Path, stopped: Path, whole: bytes) -> None:
    assert not stopped.exists()
    told: list[tuple[int, int, int]] = []
    assert resume(linear, file, stopped, on_progress=lambda *state: told.append(state)) == [3, 4, 5, 6]
    assert stopped.read_bytes() == whole
    assert told[2] == (24, 50, 24)
    assert told[-1] == (50, 50, 24)


@pytest.mark.parametrize("most", [5, 1000])
def test_a_run_goes_on_with_the_rows_it_remembered(
    curved: Path, rows: NDArray[np.float32], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("xaiweb.many.run.memory", lambda *sizes: most)
    many = rows[np.random.default_rng(0).integers(0, 15, size=60)]
    asked = {"part_rows": 8, "budget": 20, "estimator": "least_squares"}
    xaiweb.explain_dataset(curved, many, out=tmp_path / "whole.parquet", **asked)
    xaiweb.explain_dataset(curved, many, out=tmp_path / "two.parquet", jobs=2, **asked)
    out = tmp_path / "out.parquet"
    with pytest.MonkeyPatch.context() as patch:
        stop_after(3, patch)
        with pytest.raises(Stopped):
            xaiweb.explain_dataset(curved, many, out=out, **asked)
    (tmp_path / "out.parquet.parts" / "000000001.arrow").unlink()
    xaiweb.explain_dataset(curved, many, out=out, **asked)
    assert out.read_bytes() == (tmp_path / "whole.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


@pytest.mark.parametrize(
    ("harm", "again"),
    [
        (lambda parts: (parts / "000000001.arrow").unlink(), [1, 3, 4, 5, 6]),
        (lambda parts: (parts / "000000001.arrow").write_bytes(b"ARROW half"), [1, 3, 4, 5, 6]),
        (
            lambda parts: os.truncate(parts / "journal.jsonl", (parts / "journal.jsonl").stat().st_size - 9),
            [2, 3, 4, 5, 6],
        ),
        (lambda parts: (parts / "000000003.arrow").write_bytes(b"not in the journal"), [3, 4, 5, 6]),
        (lambda parts: (parts / "journal.jsonl").unlink(), [0, 1, 2, 3, 4, 5, 6]),
        (lambda parts: (parts / "journal.jsonl").write_bytes(b'{"xaiweb": '), [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_what_is_unfinished_or_harmed_is_done_again(
    linear: Path, file: Path, stopped: Path, whole: bytes, harm: Callable[[Path], Any], again: list[int]
) -> None:
    harm(stopped.with_name("out.parquet.parts"))
    assert resume(linear, file, stopped) == again
    assert stopped.read_bytes() == whole


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"part_rows": 9}, "another number of rows per part: 8, now 9"),
        ({"seed": 1}, "other parameters"),
        ({"outputs": [0]}, "other parameters"),
    ],
)
def test_other_parameters_are_refused(linear: Path, file: Path, stopped: Path, asked: Any, words: str) -> None:
    with pytest.raises(InputError, match=words) as refused:
        resume(linear, file, stopped, **asked)
    assert refused.value.where.endswith("out.parquet.parts")
    assert "--fresh" in refused.value.next
    assert resume(linear, file, stopped, fresh=True, **asked) == list(range(-(-50 // asked.get("part_rows", 8))))


def test_another_input_schema_or_bundle_is_refused(
    linear: Path, curved: Path, file: Path, stopped: Path, rows: NDArray[np.float32]
) -> None:
    with pytest.raises(InputError, match="another bundle"):
        resume(curved, file, stopped)
    pd.DataFrame(rows, columns=NAMES).to_csv(file.with_suffix(".csv"), index=False)
    with pytest.raises(InputError, match="another schema"):
        resume(linear, file.with_suffix(".csv"), stopped)
    np.save(file, rows + 1)
    with pytest.raises(InputError, match="another input"):
        resume(linear, file, stopped)
    np.save(file, rows)  # the same bytes at another time
    assert resume(linear, file, stopped) == [3, 4, 5, 6]


def test_a_line_that_a_power_cut_left_empty_is_dropped(linear: Path, file: Path, stopped: Path, whole: bytes) -> None:
    journal = stopped.with_name("out.parquet.parts") / "journal.jsonl"
    journal.write_bytes(journal.read_bytes() + bytes(50) + b"\n")
    assert resume(linear, file, stopped) == [3, 4, 5, 6]
    assert stopped.read_bytes() == whole


def test_another_version_is_refused(linear: Path, file: Path, stopped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xaiweb, "__version__", "9.9.9")
    with pytest.raises(InputError, match=r"9\.9\.9"):
        resume(linear, file, stopped)


def test_numpy_does_not_go_on_with_what_the_compiled_core_began(linear: Path, file: Path, stopped: Path) -> None:
    with forced("numpy"), pytest.raises(InputError, match='another core: "compiled", now "numpy"'):
        resume(linear, file, stopped)


def test_two_runs_do_not_write_one_result(linear: Path, file: Path, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "out.parquet", {"a": 1})
    with pytest.raises(InputError, match="another run is writing"):
        xaiweb.explain_dataset(linear, file, out=tmp_path / "out.parquet")
    journal.keep(0, b"")
    journal.close()
    with pytest.raises(InputError, match="another a"):
        Journal(tmp_path / "out.parquet", {"a": 2})


@pytest.mark.parametrize("after", [0, 1, 4, 7])
def test_a_full_disk_loses_nothing(
    linear: Path, file: Path, tmp_path: Path, whole: bytes, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, room, plain = tmp_path / "out.parquet", [after], os.replace

    def replace(source: Path, target: Path) -> None:
        room[0] -= 1
        if room[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        plain(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        with pytest.raises(XaiwebError, match=r"No space left on device.*finished parts are kept") as refused:
            xaiweb.explain_dataset(linear, file, out=out, part_rows=8)
    assert refused.value.code == "write"
    assert not out.exists()
    assert resume(linear, file, out) == list(range(after, 7)), "there are seven parts, and then the result"
    assert out.read_bytes() == whole


def test_an_older_result_stays_until_the_new_one_is_whole(linear: Path, file: Path, stopped: Path) -> None:
    stopped.write_bytes(b"older")
    with pytest.MonkeyPatch.context() as patch:
        stop_after(1, patch)
        with pytest.raises(Stopped):
            xaiweb.explain_dataset(linear, file, out=stopped, part_rows=8)
    assert stopped.read_bytes() == b"older"


def test_an_input_that_changes_meanwhile_is_refused(
    linear: Path, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Worker.__call__

    def call(self: Worker, part: Any) -> bytes:
        if part.number == 2:
            with file.open("ab") as stream:
                stream.write(b"more")
        return plain(self, part)

    monkeypatch.setattr(Worker, "__call__", call)
    with pytest.raises(InputError, match="changed while it was being read") as refused:
        xaiweb.explain_dataset(linear, file, out=tmp_path / "out.parquet", part_rows=8)
    assert refused.value.code == "input-changed"
    assert not (tmp_path / "out.parquet").exists()


def test_a_bundle_that_changes_meanwhile_is_refused(
    linear: Path, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = shutil.copytree(linear, tmp_path / "bundle")
    plain = Worker.__init__

    def change(self: Worker, *given: Any, **named: Any) -> None:
        text = (mine / "manifest.json").read_text()
        (mine / "manifest.json").write_text(text.replace('"title": "', '"title": "Another '))
        plain(self, *given, **named)

    monkeypatch.setattr(Worker, "__init__", change)
    with pytest.raises(BundleError, match="changed since this run began"):
        xaiweb.explain_dataset(mine, file, out=tmp_path / "out.parquet")


def test_a_damaged_page_of_a_parquet_file_is_refused(linear: Path, rows: NDArray[np.float32], tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pd.DataFrame(rows, columns=NAMES).to_parquet(path, compression="gzip")
    data = bytearray(path.read_bytes())
    data[60:160] = bytes(100)
    path.write_bytes(data)
    with pytest.raises(InputError, match="can't be read"):
        xaiweb.explain_dataset(linear, path, out=tmp_path / "out.parquet")


@pytest.mark.parametrize("suffix", [".parquet", ".npy"])
def test_a_truncated_file_is_refused(linear: Path, rows: NDArray[np.float32], tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"rows{suffix}"
    pd.DataFrame(rows, columns=NAMES).to_parquet(path) if suffix == ".parquet" else np.save(path, rows)
    os.truncate(path, path.stat().st_size - 100)
    with pytest.raises(InputError, match=r"this is not a"):
        xaiweb.explain_dataset(linear, path, out=tmp_path / "out.parquet")
