"""Explaining many rows: the numbers are those of one row at a time, whatever the rows come from."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from pyarrow import parquet

import xaiweb
from tests.many.conftest import NAMES, WEIGHTS
from xaiweb.engine.rows import RowGraph
from xaiweb.errors import InputError
from xaiweb.many.equal import Firsts, memory


def values(frame: Any) -> NDArray[np.float64]:
    return np.stack(frame["values"].to_numpy())


def test_a_linear_model_is_explained_as_the_closed_form_says(linear: Path, rows: NDArray[np.float32]) -> None:
    frame = xaiweb.explain_dataset(linear, rows)
    background = xaiweb.open(linear).bundle.background.astype(np.float64)  # type: ignore[attr-defined]
    np.testing.assert_allclose(values(frame), (rows - background.mean(axis=0)) * WEIGHTS[:, 0], atol=2e-6)
    assert frame["row"].tolist() == list(range(50))
    assert frame["std_error"][0].tolist() == [0.0] * 5
    (told,) = frame.attrs["provenance"]
    assert told["estimator"] == "linear"
    assert told["n_rows"] == 50
    assert [player["name"] for player in frame.attrs["players"]] == NAMES


@pytest.mark.parametrize("asked", [{}, {"budget": 24, "estimator": "least_squares", "seed": 3}])
def test_numbers_are_those_of_a_row_explained_alone(curved: Path, rows: NDArray[np.float32], asked: Any) -> None:
    frame = xaiweb.explain_dataset(curved, rows[:9], part_rows=4, **asked)
    alone = xaiweb.open(curved)(rows[:9], **asked)
    np.testing.assert_array_equal(values(frame).reshape(9, 2, 5).swapaxes(1, 2), alone.values)
    np.testing.assert_array_equal(frame["prediction"], np.ravel([one.prediction for one in alone]))
    np.testing.assert_array_equal(frame["base_value"], np.ravel(alone.base_values))
    assert frame["output"].tolist() == list(alone[0].outputs) * 9


def test_one_output_in_one_scale_can_be_asked_for(curved: Path, rows: NDArray[np.float32]) -> None:
    frame = xaiweb.explain_dataset(curved, rows[:2], outputs=[1], scale="output")
    assert len(frame) == 2
    np.testing.assert_array_equal(values(frame), xaiweb.open(curved)(rows[:2], outputs=[1]).values)


@pytest.mark.parametrize(
    "kind", ["csv", "semicolons", "json", "parquet", "row groups", "frame", "list", "protected order"]
)
def test_rows_come_in_many_kinds(linear: Path, rows: NDArray[np.float32], tmp_path: Path, kind: str) -> None:
    frame = pd.DataFrame(rows, columns=NAMES)
    given: Any = tmp_path / f"rows.{kind.split()[0]}"
    match kind:
        case "csv":
            frame.to_csv(given, index=False)
        case "semicolons":
            given = tmp_path / "rows.csv"
            frame.to_csv(given, index=False, sep=";", decimal=",")
        case "json":
            frame.to_json(given, orient="records", double_precision=15)
        case "parquet":
            frame[NAMES[::-1]].to_parquet(given)
        case "row groups":
            given = tmp_path / "rows.parquet"
            frame.to_parquet(given, row_group_size=7)
        case "frame":
            given = frame
        case "list":
            given = frame.to_dict("records")
        case _:
            given = frame[NAMES[::-1]]
    found = xaiweb.explain_dataset(linear, given, part_rows=8)
    np.testing.assert_allclose(values(found), values(xaiweb.explain_dataset(linear, rows)), atol=1e-6)


def test_equal_rows_are_computed_once_in_a_part(
    curved: Path, rows: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    plain = RowGraph.values
    monkeypatch.setattr(RowGraph, "values", lambda *given: seen.append(given[1]) or plain(*given))
    again = rows[[0, 1, 0, 2, 1, 0]]
    frame = xaiweb.explain_dataset(curved, again)
    assert len(seen) == 3
    np.testing.assert_array_equal(
        values(frame)[::2], values(xaiweb.explain_dataset(curved, rows[:3]))[[0, 2, 0, 4, 2, 0]]
    )
    (told,) = frame.attrs["provenance"]
    assert told["n_rows"] == 6
    assert told["n_coalitions"] == 3 * 32


@pytest.mark.parametrize("most", [1, 7, 1000])
def test_equal_rows_are_computed_once_in_a_file(
    curved: Path, rows: NDArray[np.float32], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("xaiweb.many.run.memory", lambda *sizes: most)
    monkeypatch.setattr("xaiweb.many.equal.PIECES", 3)
    drawn = np.random.default_rng(0).integers(0, 12, size=60)
    many = rows[drawn].copy()
    many[[5, 33], 2] = np.nan
    bad = rows[drawn[20]]
    asked: list[NDArray[np.float32]] = []
    plain = RowGraph.values

    def answer(self: RowGraph, x: Any, *given: Any) -> Any:
        asked.append(x)
        return plain(self, x, *given) * (np.nan if x[0] == bad[0] else 1)

    monkeypatch.setattr(RowGraph, "values", answer)
    monkeypatch.setattr("xaiweb.many.joining.GROUP", 1000)
    summary = xaiweb.explain_dataset(curved, many, out=tmp_path / "out.parquet", part_rows=8)
    table = parquet.read_table(tmp_path / "out.parquet")
    refused = sorted({5, 33, *np.flatnonzero((many == bad).all(axis=1)).tolist()})
    kept = [row for row in range(60) if row not in refused]
    alone = xaiweb.open(curved)(many[kept])
    assert table["row"].to_pylist() == [row for row in kept for _ in range(2)]
    assert table["output"].to_pylist() == list(alone[0].outputs) * len(kept)
    found = np.stack(table["values"].to_numpy()).reshape(-1, 2, 5).swapaxes(1, 2)
    np.testing.assert_array_equal(found, alone.values)
    listed = list(csv.DictReader((tmp_path / "out.refused.csv").read_text().splitlines()))
    assert [int(one["row"]) for one in listed] == refused
    assert [one["code"] for one in listed] == ["missing" if row in (5, 33) else "model-not-finite" for row in refused]
    (told,) = json.loads(table.schema.metadata[b"provenance"])
    assert told["n_rows"] == summary.n_rows == len(kept)
    distinct = {row.tobytes() for row in many[kept]}
    n_asked = len(asked) - len(kept)  # those of `alone`
    assert n_asked >= len(distinct) + 1
    assert n_asked == len(distinct) + 1 or most < 1000


def test_rows_are_remembered_in_bounded_memory() -> None:
    firsts = Firsts(3)
    x = np.arange(10, dtype=np.float32)[:, None]
    assert firsts.of(np.arange(10), x).tolist() == list(range(10))
    assert firsts.full
    assert firsts.of(np.arange(10, 20), x).tolist() == [0, 1, 2, *range(13, 20)]
    assert firsts.of(np.arange(20, 23), x[[7, 7, 1]]).tolist() == [20, 20, 1], "equal rows of one part are always found"
    assert 1 == memory(10**6, 10**6, 10) < memory(20, 20, 1) < 40_000


def test_a_refused_row_is_listed_and_the_others_are_explained(
    linear: Path, rows: NDArray[np.float32], tmp_path: Path
) -> None:
    file, out = tmp_path / "rows.csv", tmp_path / "out.parquet"
    lines = pd.DataFrame(rows[:12], columns=NAMES).to_csv(index=False).splitlines()
    lines[4], lines[9] = "1,2,x,4,5", "1,2"
    file.write_text("\n".join(lines) + "\n")
    summary = xaiweb.explain_dataset(linear, file, out=out, part_rows=5)
    assert (summary.n_rows, summary.n_refused) == (10, 2)
    table = parquet.read_table(out)
    assert table["row"].to_pylist() == [0, 1, 2, 4, 5, 6, 7, 9, 10, 11]
    listed = list(csv.DictReader((tmp_path / "out.refused.csv").read_text().splitlines()))
    assert [one["row"] for one in listed] == ["3", "8"]
    assert listed[0]["where"] == f'{file}, row 4, column "x2"'
    assert "not a number" in listed[0]["reason"]
    assert listed[1]["where"] == f"{file}, row 9"
    told = json.loads(table.schema.metadata[b"refused"])
    assert told["n_rows"] == 2
    assert told["first"][0]["row"] == 3
    again = xaiweb.explain_dataset(linear, rows[:3], out=out)
    assert again.refused_file is None
    assert not (tmp_path / "out.refused.csv").exists(), "a list of an earlier result would mislead"


def test_a_row_that_the_model_has_no_answer_to_is_refused(curved: Path, rows: NDArray[np.float32]) -> None:
    plain = RowGraph.values

    def answer(self: RowGraph, x: Any, *given: Any) -> Any:
        return plain(self, x, *given) * (np.nan if x[0] == rows[1, 0] else 1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RowGraph, "values", answer)
        frame = xaiweb.explain_dataset(curved, rows[:3])
    assert frame["row"].unique().tolist() == [0, 2]
    assert frame.attrs["refused"]["first"][0]["code"] == "model-not-finite"


def test_a_row_that_the_runtime_fails_on_is_refused(curved: Path, rows: NDArray[np.float32]) -> None:
    plain = RowGraph.values

    def answer(self: RowGraph, x: Any, *given: Any) -> Any:
        return plain(self, x[:3] if x[0] == rows[1, 0] else x, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RowGraph, "values", answer)
        frame = xaiweb.explain_dataset(curved, rows[:3])
    assert frame["row"].unique().tolist() == [0, 2]
    assert "onnxruntime" in frame.attrs["refused"]["first"][0]["reason"]


def test_where_every_row_is_refused_nothing_was_explained(linear: Path, tmp_path: Path) -> None:
    rows = np.full((3, 5), np.nan)
    with pytest.raises(InputError, match=r"all 3 rows are refused; the first: .*row 1.*missing"):
        xaiweb.explain_dataset(linear, rows, out=tmp_path / "out.parquet")
    with pytest.raises(InputError, match="with `out` all are listed"):
        xaiweb.explain_dataset(linear, rows)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"estimator": "tree"}, "sum of trees"),
        ({"budget": "many"}, "budget"),
        ({"depth": 3}, "no such parameter"),
        ({"method": "rise"}, "doesn't explain tabular"),
        ({"scale": "logit"}, "no scale"),
        ({"outputs": ["z"]}, "no output"),
        ({"outputs": "y"}, "no list of outputs"),
        ({"seed": -1}, "seed"),
        ({"interactions": "SII"}, "no place"),
    ],
)
def test_what_no_row_can_be_asked_stops_at_once(
    linear: Path, rows: NDArray[np.float32], tmp_path: Path, asked: Any, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        xaiweb.explain_dataset(linear, rows, out=tmp_path / "out.parquet", **asked)
    assert list(tmp_path.iterdir()) == []


def test_columns_that_do_not_fit_are_refused_before_anything_is_explained(
    linear: Path, rows: NDArray[np.float32], tmp_path: Path
) -> None:
    frame = pd.DataFrame(rows, columns=[*NAMES[:4], "other"])
    with pytest.raises(InputError, match='missing column "x4"'):
        xaiweb.explain_dataset(linear, frame, out=tmp_path / "out.parquet")
    assert list(tmp_path.iterdir()) == []
    np.save(tmp_path / "narrow.npy", rows[:, :3])
    with pytest.raises(InputError, match="expected 5 values, found 3"):
        xaiweb.explain_dataset(linear, tmp_path / "narrow.npy")


def test_no_rows_are_refused(linear: Path, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(",".join(NAMES) + "\n")
    with pytest.raises(InputError, match="no rows"):
        xaiweb.explain_dataset(linear, tmp_path / "rows.csv")


@pytest.mark.parametrize(
    "counts",
    [{"jobs": 0}, {"jobs": "2"}, {"part_rows": 0}, {"part_rows": 0.5}, {"jobs": 2, "dask": "tcp://127.0.0.1:1"}],
)
def test_counts_that_mean_nothing_are_refused(linear: Path, rows: NDArray[np.float32], counts: Any) -> None:
    with pytest.raises(InputError, match=next(iter(counts)) if len(counts) == 1 else "cluster"):
        xaiweb.explain_dataset(linear, rows, **counts)


def test_a_result_does_not_take_a_folder_s_place(
    linear: Path, rows: NDArray[np.float32], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in (tmp_path, "."):
        with pytest.raises(InputError, match="folder"):
            xaiweb.explain_dataset(linear, rows, out=folder)


def test_it_is_told_how_much_is_read_and_joined(linear: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xaiweb.many.files.READ", 500)
    told: list[tuple[str, int, int]] = []
    xaiweb.explain_dataset(
        linear,
        file,
        part_rows=20,
        on_step=lambda *step: told.append(step),
        on_progress=lambda *rows: told.append(("explaining", *rows[:2])),
    )
    whats = [what for what, _, _ in told]
    assert whats == sorted(whats, key=["reading", "explaining", "joining"].index)
    size = file.stat().st_size
    assert [step for step in told if step[0] == "reading"] == [
        ("reading", min(done, size), size) for done in range(500, size + 500, 500)
    ]
    assert [step for step in told if step[0] == "joining"] == [("joining", done, 3) for done in (1, 2, 3)]
