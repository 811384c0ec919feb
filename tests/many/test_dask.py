"""On Dask: the bytes of one process, whoever is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

import xaiweb
from tests.many.conftest import NAMES
from xaiweb.bundle.packed import Packed
from xaiweb.errors import BundleError, InputError, XaiwebError
from xaiweb.many.part import Worker

dd = pytest.importorskip("dask.dataframe")
distributed = pytest.importorskip("distributed")

ASKED = {"budget": 24, "estimator": "least_squares"}


@pytest.fixture(scope="module")
def cluster() -> Iterator[distributed.LocalCluster]:
    """Two workers, each a process."""
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as found:
        yield found


def test_one_and_two_workers_give_the_bytes_of_one_process(
    cluster: distributed.LocalCluster, curved: Path, rows: NDArray[np.float32], tmp_path: Path
) -> None:
    gaps = rows.copy()
    gaps[[3, 30], 1] = np.nan

    def explain(name: str, **how: str) -> tuple[bytes, str]:
        summary = xaiweb.explain_dataset(curved, gaps, out=tmp_path / name, part_rows=4, **ASKED, **how)
        return (tmp_path / name).read_bytes(), summary.refused_file.read_text()

    alone = explain("alone.parquet")
    assert alone[1].count("the value is missing") == 2, "what is refused is listed, whoever refused it"
    assert explain("two.parquet", dask=cluster.scheduler_address) == alone
    assert explain("local.parquet", dask="local") == alone


def test_four_workers_give_the_same_bytes_and_open_the_bundle_once_each(
    curved: Path, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, travelled, explained = [], [], []
    monkeypatch.setattr(Worker, "__init__", _telling(opened, Worker.__init__))
    monkeypatch.setattr(Packed, "unpack", _telling(travelled, Packed.unpack))
    monkeypatch.setattr(Worker, "__call__", _telling(explained, Worker.__call__))
    with distributed.LocalCluster(
        n_workers=4, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0"
    ) as four:
        address = four.scheduler_address
        xaiweb.explain_dataset(curved, file, out=tmp_path / "four.parquet", part_rows=2, dask=address, **ASKED)
    assert len(opened) == len(travelled) == 4
    assert len(explained) == 25
    assert len(set(explained)) > 1
    xaiweb.explain_dataset(curved, file, out=tmp_path / "one.parquet", part_rows=2, **ASKED)
    assert (tmp_path / "four.parquet").read_bytes() == (tmp_path / "one.parquet").read_bytes()


def _telling(told: list[int], plain: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: object, *given: Any, **named: Any) -> Any:
        told.append(id(self))
        return plain(self, *given, **named)

    return call


class Doubles:
    """Answers at once."""

    def __init__(self, bundle: Path) -> None:
        self.bundle = bundle

    def __call__(self, task: int) -> bytes:
        return bytes([2 * task])


def test_short_tasks_travel_together(
    cluster: distributed.LocalCluster, linear: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xaiweb.engine import dask

    monkeypatch.setattr(dask, "MOST_LOADED", 5)
    loads: list[int] = []
    plain = distributed.Client.submit

    def submit(self: Any, do: Any, name: str, load: list[int], **named: Any) -> Any:
        loads.append(len(load))
        return plain(self, do, name, load, **named)

    monkeypatch.setattr(distributed.Client, "submit", submit)
    with dask.Cluster(cluster.scheduler_address, xaiweb.open(linear).bundle, Doubles) as pool:
        answers = dict(pool.map(iter(range(60))))
    assert answers == {task: bytes([2 * task]) for task in range(60)}
    assert sum(loads) == 60
    assert loads[0] == 1
    assert max(loads) == 5


def test_a_lost_worker_loses_nothing(
    cluster: distributed.LocalCluster, curved: Path, rows: NDArray[np.float32], tmp_path: Path
) -> None:
    many = np.concatenate([rows + i for i in range(4)])
    xaiweb.explain_dataset(curved, many, out=tmp_path / "whole.parquet", part_rows=4)
    killed = []

    def kill_half_way(done: int, total: int, _: int) -> None:
        if done >= total // 2 and not killed:
            worker = next(iter(cluster.workers.values()))
            killed.append(worker.process.process._process.pid)
            worker.process.process._process.kill()

    out = tmp_path / "out.parquet"
    address = cluster.scheduler_address
    summary = xaiweb.explain_dataset(curved, many, out=out, part_rows=4, dask=address, on_progress=kill_half_way)
    assert killed
    assert summary.n_rows == 200
    assert out.read_bytes() == (tmp_path / "whole.parquet").read_bytes()


def test_a_run_whose_scheduler_ends_goes_on_with_another(
    curved: Path, rows: NDArray[np.float32], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xaiweb.engine import dask

    monkeypatch.setattr(dask, "PATIENCE", 1)
    xaiweb.explain_dataset(curved, rows, out=tmp_path / "whole.parquet", part_rows=4, **ASKED)
    out = tmp_path / "out.parquet"
    told: list[tuple[int, int, int]] = []

    def how() -> distributed.LocalCluster:
        return distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0", protocol="tcp"
        )

    with how() as first:

        def end(done: int, total: int, _: int) -> None:
            if done >= total // 2:
                first.close()

        with pytest.raises(XaiwebError, match="the cluster was lost"):
            xaiweb.explain_dataset(
                curved, rows, out=out, part_rows=4, dask=first.scheduler_address, on_progress=end, **ASKED
            )
    assert not out.exists()
    with how() as second:
        xaiweb.explain_dataset(
            curved,
            rows,
            out=out,
            part_rows=4,
            dask=second.scheduler_address,
            on_progress=lambda *state: told.append(state),
            **ASKED,
        )
    assert told[-1][2] >= 24, "finished parts are kept"
    assert out.read_bytes() == (tmp_path / "whole.parquet").read_bytes()


def test_a_frame_of_dask_is_explained_where_it_lies(curved: Path, rows: NDArray[np.float32]) -> None:
    frame = pd.DataFrame(rows, columns=NAMES, index=np.arange(50) * 10)
    frame.loc[70, "x1"] = np.nan
    found = xaiweb.explain_dataset(curved, dd.from_pandas(frame, npartitions=3), **ASKED)
    assert isinstance(found, dd.DataFrame)
    lines = found.compute(scheduler="synchronous")
    assert list(lines.columns) == list(found.columns)
    expected = xaiweb.explain_dataset(curved, frame, **ASKED)
    explained = lines[lines["refused"].isna()]
    assert explained.index.tolist() == [10 * row for row in expected["row"]]
    np.testing.assert_array_equal(np.stack(explained["values"]), np.stack(expected["values"]))
    assert "missing" in lines.loc[70, "refused"]


def test_a_frame_of_dask_with_other_columns_is_refused_before_it_is_computed(
    curved: Path, rows: NDArray[np.float32]
) -> None:
    frame = dd.from_pandas(pd.DataFrame(rows, columns=[*NAMES[:-1], "y"]), npartitions=2)
    with pytest.raises(InputError, match="x4"):
        xaiweb.explain_dataset(curved, frame)


def test_a_frame_of_dask_is_written_whatever_its_partitions(
    curved: Path, rows: NDArray[np.float32], tmp_path: Path
) -> None:
    frame = pd.DataFrame(rows, columns=NAMES)
    for n in (1, 4):
        given = dd.from_pandas(frame, npartitions=n)
        xaiweb.explain_dataset(curved, given, out=tmp_path / f"{n}.parquet", part_rows=7, **ASKED)
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "4.parquet").read_bytes()


def test_no_scheduler_is_a_clear_refusal(
    linear: Path, rows: NDArray[np.float32], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xaiweb.engine import dask

    monkeypatch.setattr(dask, "PATIENCE", 0.3)
    with pytest.raises(InputError, match="no Dask worker answers") as refused:
        xaiweb.explain_dataset(linear, rows, dask="tcp://127.0.0.1:9")
    assert refused.value.where == "--dask tcp://127.0.0.1:9"


def test_a_bundle_that_is_harmed_on_its_way_is_refused(
    cluster: distributed.LocalCluster, linear: Path, rows: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Packed.of

    def harmed(bundle: object) -> Packed:
        files = dict(plain(bundle).files)  # type: ignore[arg-type]
        name = next(name for name in files if name.endswith(".npy"))
        return Packed(files | {name: files[name][:-1] + bytes([files[name][-1] ^ 1])})

    monkeypatch.setattr(Packed, "of", harmed)
    with pytest.raises(BundleError, match="hash"):
        xaiweb.explain_dataset(linear, rows, dask=cluster.scheduler_address)


def test_what_no_row_can_be_asked_stops_at_once(
    cluster: distributed.LocalCluster, linear: Path, rows: NDArray[np.float32]
) -> None:
    with pytest.raises(InputError, match="sum of trees"):
        xaiweb.explain_dataset(linear, rows, estimator="tree", dask=cluster.scheduler_address)
