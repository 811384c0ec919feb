from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bundle.conftest import MANIFEST
from xaiweb.bundle import cells, rows, table
from xaiweb.bundle.table import Columns, Table
from xaiweb.bundle.tabular import Feature, Level, load_features
from xaiweb.errors import InputError

FEATURES: tuple[Feature, ...] = load_features(MANIFEST["features"])[0]


def encode(data: Any, **options: Any) -> list[list[float]]:
    return rows.encode(table.from_data(data), FEATURES, **options).tolist()


def csv(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    file = tmp_path / "rows.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize(
    "data",
    [
        {"age": 30, "home": "owns", "income": 1.5},
        [30, "owns", 1.5],
        [[30, 1, 1.5]],
        np.array([[30, 1, 1.5]]),
        pd.DataFrame({"income": [1.5], "age": [30], "home": ["owns"]}),
        pd.DataFrame({"income": [1.5], "age": [30], "home": pd.Categorical(["owns"])}).iloc[0],
    ],
)
def test_a_row_is_an_object_or_an_array(data: Any) -> None:
    assert encode(data) == [[30, 1, 1.5]]


@pytest.mark.parametrize(
    "text",
    [
        "age,home,income\n30,owns,1.5\n",
        "\ufeffage,home,income\r\n30,owns,1.5\r\n",
        "income;home;age\n1,5;owns;30\n",
        'income;home;age\n"1,5";owns;30,0\n',
        'age,"home",income\n30,"owns",1.5\n',
        "age\thome\tincome\n30\towns\t1,5",
    ],
)
def test_csv_comes_in_many_dialects(tmp_path: Path, text: str) -> None:
    assert encode(csv(tmp_path, text)) == [[30, 1, 1.5]]


def test_thousands_with_decimal_commas(tmp_path: Path) -> None:
    assert encode(csv(tmp_path, "income;home;age\n1.234,5;owns;30\n")) == [[30, 1, 1234.5]]


def test_an_empty_cell_is_missing_where_the_feature_says_so(tmp_path: Path) -> None:
    assert math.isnan(encode(csv(tmp_path, "age,home,income\n30,owns,\n"))[0][2])
    assert math.isnan(encode({"age": 30, "home": "owns", "income": None})[0][2])
    assert math.isnan(encode(np.array([[30, 1, np.nan]]))[0][2])


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("age,home\n30,owns\n", "missing-columns", ""),
        ("age,home,incom\n30,owns,1\n", "missing-columns", ""),
        ("age,home,income,shoe\n30,owns,1,44\n", "extra-columns", ""),
        ("age,home,income\nthirty,owns,1\n", "not-a-number", 'row 1, column "age"'),
        ("age,home,income\n30,owns,1\n3_0,owns,1\n", "not-a-number", 'row 2, column "age"'),
        ("age,home,income\nNaN,owns,1\n", "missing", 'row 1, column "age"'),
        ("age,home,income\n,owns,1\n", "missing", 'row 1, column "age"'),
        ("age,home,income\n30,owns,inf\n", "not-finite", 'row 1, column "income"'),
        ("age,home,income\n30,owns,1e39\n", "not-finite", 'row 1, column "income"'),
        ("age,home,income\n30,castle,1\n", "unknown-level", 'row 1, column "home"'),
        ("age,home,income\n30,1,1\n", "unknown-level", 'row 1, column "home"'),
        ("age,home,income\n30,owns\n", "input", "row 1"),
        ("age,age,income\n30,owns,1\n", "input", "line 1"),
        ("age,home,income\n", "empty", ""),
        ("", "input", ""),
    ],
)
def test_a_csv_that_cannot_be_used_is_refused_with_its_place(tmp_path: Path, text: str, code: str, where: str) -> None:
    with pytest.raises(InputError) as raised:
        encode(csv(tmp_path, text))
    assert raised.value.code == code
    assert raised.value.where.endswith(where)
    assert "rows.csv" in raised.value.where
    assert raised.value.next


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ([[30, 2, 1.5]], "unknown-level"),
        (np.array([[30, 0.5, 1.5]]), "unknown-level"),
        (np.array([[30, -1, 1.5]]), "unknown-level"),
        (np.array([[np.inf, 1, 1.5]]), "not-finite"),
        (np.array([[np.nan, 1, 1.5]]), "missing"),
        (np.array([[30, 1]]), "missing-columns"),
        ([[30, 1, 2, 3]], "extra-columns"),
        ([{"age": 1, "home": 1, "income": 1}, {"age": 1}], "input"),
        (7, "input"),
        (np.array(7.0), "input"),
        ([[True, [1], 2]], "unknown-level"),
        ([[30, 1, 1.5], 5], "missing-columns"),
        ([[30, 1, 1.5], None], "missing-columns"),
        ([[30, 1, 1.5], "abc"], "missing-columns"),
        (np.array([[1e300, 1, 1.5]]), "not-finite"),
        (np.ma.masked_array([[30, 1, 1.5]], mask=[[True, False, False]]), "missing"),
        (pd.DataFrame([[30, 1, 1.5, 31]], columns=["age", "home", "income", "age"]), "input"),
        (pd.Series([30, 1, 1.5, 31], index=["age", "home", "income", "age"]), "input"),
        (pd.Series([30, 1, 1.5]), "missing-columns"),
        ({0: 30, 1: 1, 2: 1.5}, "missing-columns"),
    ],
)
def test_other_rows_that_cannot_be_used_are_refused(data: Any, code: str) -> None:
    with pytest.raises(InputError) as raised:
        encode(data)
    assert raised.value.code == code


def test_a_number_is_not_taken_for_the_index_of_one_level_where_it_is_the_word_of_another() -> None:
    features, _ = load_features([{"name": "stars", "levels": [{"name": word} for word in ("1", "2", "3")]}])

    def ask(data: Any) -> list[list[float]]:
        return rows.encode(table.from_data(data), features).tolist()

    frame = pd.DataFrame({"stars": [1, 2]})
    for data in (frame, table.Table(("stars",), frame.to_numpy(), "rows"), {"stars": 3}, [{"stars": 1.0}]):
        with pytest.raises(InputError, match=r'"[\d.]+" is the word of one level, not its index'):
            ask(data)
    assert ask(frame.astype(str)) == [[0], [1]]
    assert ask({"stars": 0}) == [[0]]  # no word
    assert ask([[1], [2]]) == ask(np.array([[1], [2]])) == [[1], [2]]  # an array has indices


def test_a_misspelt_column_and_level_are_guessed() -> None:
    with pytest.raises(InputError, match='Is "incom" meant'):
        encode({"age": 1, "home": "owns", "incom": 1})
    with pytest.raises(InputError, match='Is "owns" meant'):
        encode({"age": 1, "home": "ownes", "income": 1})


def test_protected_columns_are_passed_over() -> None:
    assert encode({"age": 30, "sex": "f", "home": "owns", "income": 1.5}, ignore=["sex"]) == [[30, 1, 1.5]]


@pytest.mark.parametrize("suffix", [".json", ".npy", ".parquet"])
def test_files_of_every_kind(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"rows{suffix}"
    frame = pd.DataFrame({"home": ["owns", "rents"], "age": [30, 40], "income": [1.5, None]})
    if suffix == ".json":
        file.write_text(frame.to_json(orient="records"))
    elif suffix == ".npy":
        np.save(file, np.array([[30, 1, 1.5], [40, 0, np.nan]]))
    else:
        frame.to_parquet(file)
    np.testing.assert_array_equal(encode(file), [[30, 1, 1.5], [40, 0, np.nan]])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b'[{"age": 1, "age": 2}]'),
        (
            "a.npy",
            b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (%d, 3), }".ljust(127) % 10**13,
        ),
        ("a.json", b"{"),
        ("a.json", b"3"),
        ("a.npy", b"PK"),
        ("a.parquet", b"x"),
        ("a.csv", b"\xff\xfe"),
        ("a.xls", b""),
    ],
)
def test_files_that_are_not_what_they_say(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as raised:
        table.from_path(tmp_path / name)
    assert name in raised.value.where


def test_a_folder_s_name_is_no_column(tmp_path: Path) -> None:
    file = tmp_path / "year=2020" / "rows.parquet"
    file.parent.mkdir()
    pd.DataFrame({"age": [30], "home": ["owns"], "income": [1.5]}).to_parquet(file)
    assert encode(file) == [[30, 1, 1.5]]


def test_npy_with_objects_is_never_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{"a": 1}]), allow_pickle=True)
    with pytest.raises(InputError):
        table.from_path(tmp_path / "a.npy")


@given(
    age=st.floats(width=32, allow_nan=False, allow_infinity=False),
    home=st.sampled_from(["rents", "owns"]),
    income=st.none() | st.floats(width=32, allow_nan=False, allow_infinity=False),
)
def test_decode_undoes_encode(age: float, home: str, income: float | None) -> None:
    encoded = rows.encode(table.from_data([age, home, income]), FEATURES)
    again = rows.encode(table.from_data(rows.decode(encoded[0], FEATURES)), FEATURES)
    np.testing.assert_array_equal(again, encoded)


WORDS = ["1.5", " 2 ", "1_000", "", "nan", "NAN", "inf", "1e39", "−3", "1,5", "1.234,5", "owns", " rents", "Owns"]
OTHERS = [None, True, 0, 1, 2, -1, 0.5, 10**400, 1e39, math.nan, np.float32(1), np.float64(2.5), pd.NA, [1]]
FLOATS = [0.0, 1.0, 0.1, -1.0, 3.5e38, math.nan]


@given(st.data(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_columns_are_read_as_one_cell_after_the_other(
    data: st.DataObject, text: bool, missing: bool, ragged: bool, by_column: bool
) -> None:
    levels = (Level("rents"), Level("owns"))
    features = [Feature("a", missing=missing), Feature("b", "category", levels=levels, missing=missing), Feature("c")]
    pools = [WORDS, WORDS[:3]] if text else [WORDS + OTHERS, [*WORDS, None], [0, 1, 2.5, None], FLOATS, [1, 0]]
    n = data.draw(st.integers(1, 6))
    columns = [
        [data.draw(st.sampled_from(pool)) for _ in range(n)] for pool in data.draw(st.permutations(pools * 3))[:3]
    ]
    given_rows: Any = list(zip(*columns, strict=True))
    if ragged:
        given_rows[data.draw(st.integers(0, n - 1))] = ("1",)
    elif by_column:
        given_rows = Columns([np.array(c) if all(type(one) is float for one in c) else c for c in columns])
    cut = Table(("c", "a", "b"), given_rows, "rows.csv", decimal_comma=text, words=text, first=7)
    x, faults = rows.read(cut, features)
    refused = {i: (error.message, error.where, error.next, error.code) for i, error in faults}
    for i in range(n):
        line: list[float] = []
        expected = None
        try:
            if len(given_rows[i]) != 3:
                raise InputError("expected 3 values, found 1.", code="missing-columns")
            for feature, cell in zip(features, np.roll(np.array([*given_rows[i], None], object)[:3], -1), strict=True):
                line.append(cells.number(cell, feature, cut))
        except InputError as error:
            column = f', column "{features[len(line)].name}"' if error.code != "missing-columns" else ""
            expected = error.message, f"rows.csv, row {i + 8}{column}", error.code
        if expected is None:
            np.testing.assert_array_equal(x[i], np.array(line, dtype=np.float32))
            assert i not in refused
        else:
            message, where, _, code = refused[i]
            assert (message, where, code) == expected


def test_a_table_shows_its_words_numbers_and_gaps(tmp_path: Path) -> None:
    given = [{"age": 41, "job": "cook", "pay": None}, {"age": 30, "job": "baker", "pay": 2.5}]
    age, job, pay = rows.seen(table.from_data(given))
    assert (age.kind, age.words, age.missing) == ("number", None, None)
    assert (job.kind, job.words, job.missing) == ("category", ("baker", "cook"), None)
    assert (pay.kind, pay.missing) == ("number", True)
    # In a file of text a column of numbers is no column of words, unless one cell is none.
    file = tmp_path / "rows.csv"
    file.write_text("age,job,code\n41,cook,7\n30,,x\n")
    age, job, code = rows.seen(table.from_path(file))
    assert (age.kind, job.words, job.missing, code.words) == ("number", ("cook",), True, ("7", "x"))
