from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from click.testing import CliRunner, Result
from onnx import TensorProto, helper, numpy_helper
from tqdm import tqdm

import xaiweb
from tests.conftest import recipe
from xaiweb.bars import Bars
from xaiweb.bundle import schemas
from xaiweb.cli import main
from xaiweb.many.journal import Journal

WEIGHTS = np.array([[0.5], [-1.0], [2.0]], dtype=np.float32)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def onnx_model(
    path: Path, inputs: Sequence[tuple[str, int]] = (("x", TensorProto.FLOAT),), weights: Any = WEIGHTS
) -> Path:
    nodes = [helper.make_node("MatMul", [inputs[0][0], "w"], ["y"])]
    kind = inputs[0][1] if inputs[0][1] != TensorProto.STRING else TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "linear",
        [helper.make_tensor_value_info(name, kind, [None, 3]) for name, kind in inputs],
        [helper.make_tensor_value_info("y", kind, [None, 1])],
        [numpy_helper.from_array(weights.astype(helper.tensor_dtype_to_np_dtype(kind)), "w")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


@pytest.fixture
def linear(tmp_path: Path) -> Path:
    """A bundle of a linear model, whose Shapley values are known in closed form."""
    model = onnx_model(tmp_path / "model.onnx")
    rows = tmp_path / "rows.csv"
    rows.write_text("a,b,c\n0,0,0\n2,4,6\n4,8,0\n")
    result = run("export", model, "--background", rows, "--background-kind", "given", "--out", tmp_path / "linear")
    assert result.exit_code == 0, result.output
    return tmp_path / "linear"


def write_csv(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_linear_model_is_explained_as_the_closed_form_says(linear: Path, tmp_path: Path) -> None:
    row = write_csv(tmp_path / "row.csv", [{"c": 1, "a": 1, "b": 1}])
    result = run("explain", linear, "--input", row)
    assert result.exit_code == 0, result.output
    (document,) = json.loads(result.stdout)
    schemas.check("explanation", document)
    background = np.array([[0, 0, 0], [2, 4, 6], [4, 8, 0]])
    expected = WEIGHTS[:, 0] * (1 - background.mean(axis=0))
    np.testing.assert_allclose(np.array(document["values"])[:, 0], expected, atol=1e-6)
    assert document["provenance"]["estimator"] == "linear"
    assert document["interactions"]["index"] == "SII"


def test_export_says_what_becomes_public(tmp_path: Path) -> None:
    model = onnx_model(tmp_path / "model.onnx")
    rows = write_csv(tmp_path / "rows.csv", [{"a": i, "b": 2 * i, "c": 3} for i in range(20)])
    result = run("export", model, "--background", rows, "--background-size", 7, "--out", tmp_path / "out")
    assert "the model and its weights" in result.stderr
    assert "background, 7 rows" in result.stderr
    assert "of 7 of the 20 rows" in result.stderr
    inspected = run("inspect", tmp_path / "out")
    assert inspected.exit_code == 0
    assert "background, 7 rows" in inspected.stdout


def test_out_writes_json_or_parquet(linear: Path, tmp_path: Path) -> None:
    rows = write_csv(tmp_path / "rows.csv", [{"a": 1, "b": 1, "c": 1}, {"a": 2, "b": 0, "c": 1}])
    for name in ("e.json", "e.parquet"):
        result = run("explain", linear, "--input", rows, "--out", tmp_path / name)
        assert result.exit_code == 0, result.output
        assert result.stdout == ""
    documents = json.loads((tmp_path / "e.json").read_text())
    assert len(documents) == 2
    from pyarrow import parquet

    table = parquet.read_table(tmp_path / "e.parquet")
    assert table.column_names == ["row", "output", "base_value", "prediction", "values", "std_error"]
    assert table.column("row").to_pylist() == [0, 1]
    np.testing.assert_array_equal(table.column("values").to_pylist()[1], np.array(documents[1]["values"])[:, 0])
    players = [{"name": player["name"], "columns": player["columns"]} for player in documents[1]["players"]]
    assert json.loads(table.schema.metadata[b"players"]) == players


def test_methods_can_be_read_by_a_program() -> None:
    shapley, *others = json.loads(run("methods", "--json").stdout)
    assert [method["name"] for method in others] == ["lime", "occlusion", "rise"]
    assert shapley["name"] == "shapley"
    assert {p["name"] for p in shapley["parameters"]} == {
        "estimator",
        "budget",
        "seed",
        "interactions",
        "interaction_order",
    }
    assert all(p["help"] for p in shapley["parameters"])


def test_inspect_reads_a_plain_model(tmp_path: Path) -> None:
    result = run("inspect", onnx_model(tmp_path / "model.onnx"))
    assert result.exit_code == 0, result.output
    assert "(n_rows, 3)" in result.stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("loan", "rows (n_rows, 18), answers outputs (1 numbers)"),
        ("digit", "pixels (n_rows, 1, 28, 28), answers network/outputs (10 numbers)"),
        ("spam", "ids (n_rows, length), answers network/outputs (1 numbers)"),
    ],
)
def test_inspect_reads_models_of_every_kind(name: str, words: str) -> None:
    result = run("inspect", recipe(name) / "model.onnx")
    assert result.exit_code == 0, result.output
    assert words in result.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,1\n", 'missing column "c"'),
        ("a,b,c,d\n1,1,1,1\n", 'no column "d"'),
        ("a,b,c\n1,one,1\n", '"one" is not a number'),
        ("a,b,c\n1,nan,1\n", "the value is missing"),
        ("a,b,c\n1,inf,1\n", "not a finite number"),
        ("a,b,c\n", "no rows"),
    ],
)
def test_a_bad_row_is_refused_without_a_stack_trace(linear: Path, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "row.csv").write_text(text)
    result = run("explain", linear, "--input", tmp_path / "row.csv")
    assert result.exit_code == 1
    assert words in result.stderr
    assert "row.csv" in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--method", "tarot"], "tarot"),
        (["--scale", "margin"], "margin"),
        (["--output", "9"], "9"),
        (["--estimator", "guess"], "guess"),
        (["--seed", "-1"], "-1"),
        (["--interactions", "all"], "all"),
        (["--interaction-order", "4"], "4"),
        (["--estimator", "tree"], "sum of trees"),
        *((["--" + name, "3"], f'"{name.replace("-", "_")}"') for name in ("data", "on-progress", "self", "inputs")),
        *((["--" + name, "3", "--out", "rows.parquet"], f'"{name}"') for name in ("rows", "bundle")),
        (["--budget", "3"], "5"),  # three players of an additive model: the empty set, the full one and each alone
    ],
)
def test_a_bad_parameter_is_refused(linear: Path, tmp_path: Path, options: list[str], words: str) -> None:
    row = write_csv(tmp_path / "row.csv", [{"a": 1, "b": 1, "c": 1}])
    result = run("explain", linear, "--input", row, *options)
    assert result.exit_code == 1, result.output
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_the_folder_of_a_result_is_made(linear: Path, tmp_path: Path) -> None:
    row = write_csv(tmp_path / "row.csv", [{"a": 1, "b": 1, "c": 1}])
    for name in ("results.json", "results.parquet"):
        assert run("explain", linear, "--input", row, "--out", tmp_path / "new" / "deep" / name).exit_code == 0
        assert (tmp_path / "new" / "deep" / name).is_file()


def test_what_the_system_refuses_is_told_without_a_stack_trace(linear: Path, tmp_path: Path) -> None:
    row = write_csv(tmp_path / "row.csv", [{"a": 1, "b": 1, "c": 1}])
    for arguments in (
        ("explain", linear, "--input", row, "--out", row / "below-a-file.json"),
        ("export", tmp_path / "model.onnx", "--background", tmp_path / "rows.csv", "--out", row / "below-a-file"),
        ("export", tmp_path / "model.onnx", "--background", tmp_path / "rows.csv", "--features", tmp_path),
    ):
        result = run(*arguments)
        assert result.exit_code == 1
        assert result.stderr.splitlines()[-1].startswith(f"xaiweb: {tmp_path}")


@pytest.mark.parametrize("option", [("--seed", "0"), ("--background-kind", "sample"), ("--background", "rows.csv")])
def test_options_that_a_script_would_pass_over_are_refused(tmp_path: Path, option: tuple[str, str]) -> None:
    (tmp_path / "recipe.py").write_text("def export(out):\n    raise AssertionError('it was run')\n")
    result = run("export", tmp_path / "recipe.py", "--out", tmp_path / "out", *option)
    assert result.exit_code == 2
    assert option[0] in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [[], ["explain"], ["explain", "x", "--budget", "many"], ["export", "m.onnx"], ["nonsense"], ["export", "--nope"]],
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_model_with_two_inputs_is_refused(tmp_path: Path) -> None:
    model = onnx_model(tmp_path / "m.onnx", [("x", TensorProto.FLOAT), ("z", TensorProto.FLOAT)])
    rows = write_csv(tmp_path / "rows.csv", [{"a": 1, "b": 2, "c": 3}])
    result = run("export", model, "--background", rows, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "2 inputs" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_float64_model_is_refused(tmp_path: Path) -> None:
    model = onnx_model(tmp_path / "m.onnx", [("x", TensorProto.DOUBLE)])
    rows = write_csv(tmp_path / "rows.csv", [{"a": 1, "b": 2, "c": 3}])
    result = run("export", model, "--background", rows, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "float32" in result.stderr


def test_a_model_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    weights = np.array([[np.inf], [0], [0]])
    model = onnx_model(tmp_path / "m.onnx", weights=weights)
    rows = write_csv(tmp_path / "rows.csv", [{"a": 1, "b": 2, "c": 3}])
    result = run("export", model, "--background", rows, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "finite" in result.stderr


def test_an_empty_background_is_refused(tmp_path: Path) -> None:
    model = onnx_model(tmp_path / "m.onnx")
    (tmp_path / "rows.csv").write_text("a,b,c\n")
    result = run("export", model, "--background", tmp_path / "rows.csv", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "no rows" in result.stderr


@pytest.mark.parametrize("content", [b"", b"not onnx at all", b"\x08\x09"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.onnx").write_bytes(content)
    rows = write_csv(tmp_path / "rows.csv", [{"a": 1, "b": 2, "c": 3}])
    for command in (["export", tmp_path / "m.onnx", "--background", rows], ["inspect", tmp_path / "m.onnx"]):
        result = run(*command)
        assert result.exit_code == 1
        assert "m.onnx" in result.stderr
        assert "Traceback" not in result.output


def test_a_script_without_export_is_refused(tmp_path: Path) -> None:
    (tmp_path / "recipe.py").write_text("x = 1\n")
    result = run("export", tmp_path / "recipe.py", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "export(out: Path)" in result.stderr


def test_a_tampered_bundle_is_refused(linear: Path, tmp_path: Path) -> None:
    graph = linear / "value.output.onnx"
    data = bytearray(graph.read_bytes())
    data[len(data) // 2] ^= 1
    graph.write_bytes(bytes(data))
    row = write_csv(tmp_path / "row.csv", [{"a": 1, "b": 1, "c": 1}])
    result = run("explain", linear, "--input", row)
    assert result.exit_code == 1
    assert "value.output.onnx" in result.stderr


def test_build_makes_a_site_and_serve_refuses_what_is_none(linear: Path, tmp_path: Path) -> None:
    result = run("build", linear, "--out", tmp_path / "site")
    assert result.exit_code == 0, result.output
    listed = json.loads((tmp_path / "site" / "files.json").read_text())
    assert [bundle["name"] for bundle in listed["bundles"]] == ["linear"]
    refused = run("serve", tmp_path / "linear")
    assert refused.exit_code == 1
    assert "Traceback" not in refused.output
    assert run("serve", tmp_path / "site", "--port", "70000").exit_code == 2


def test_the_doctor_looks_at_machine_runtime_and_browser() -> None:
    # In a process of its own: the browser suite's Playwright may be running in this one.
    command = [sys.executable, "-m", "xaiweb.cli", "doctor"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    for what in (
        "Python",
        "compiled core",
        "onnxruntime",
        "runtime files",
        "core wheel",
        "Chromium",
        "WebAssembly SIMD",
        "crypto.subtle",
    ):
        assert what in done.stdout
    assert "✗" not in done.stdout


def test_the_version_is_told() -> None:
    assert xaiweb.__version__ in run("--version").stdout


def test_a_table_is_explained_in_parts_that_another_run_goes_on_with(linear: Path, tmp_path: Path) -> None:
    rows = write_csv(
        tmp_path / "rows.csv", [{"a": i, "b": 1, "c": i % 3} for i in range(20)] + [{"a": "", "b": 1, "c": 1}]
    )
    out = tmp_path / "e.parquet"
    result = run("explain", linear, "--input", rows, "--out", out, "--part-rows", 6, "--seed", 0)
    assert result.exit_code == 0, result.output
    assert result.stderr == f"Explanations: {out}, 20 rows, 1 refused: see {tmp_path / 'e.refused.csv'}\n"
    journal = Journal(out, {"input": "something else"})
    journal.keep(0, b"")
    journal.close()
    result = run("explain", linear, "--input", rows, "--out", out)
    assert result.exit_code == 1
    assert "was begun with another" in result.stderr
    assert "--fresh" in result.stderr
    assert run("explain", linear, "--input", rows, "--out", out, "--fresh").exit_code == 0


def test_ways_to_share_rows_need_a_table_of_them(linear: Path, tmp_path: Path) -> None:
    rows = write_csv(tmp_path / "rows.csv", [{"a": 1, "b": 2, "c": 3}])
    for option in (("--jobs", 2), ("--dask", "local"), ("--part-rows", 9), ("--fresh",)):
        result = run("explain", linear, "--input", rows, *option)
        assert result.exit_code == 2
        assert "--out FILE.parquet" in result.stderr


def test_the_remaining_time_is_told_from_rows_of_this_run() -> None:
    now = [0.0]
    with Bars(file=io.StringIO(), disable=False, mininterval=0) as bars:
        bars.rows(0, 1000, 0)
        bars.bar._time = lambda: now[0]
        bars.bar.start_t = bars.bar.last_print_t = 0.0
        bars.rows(900, 1000, 900)  # kept from an earlier run, at once
        for done in (910, 920, 930):
            now[0] += 5
            bars.rows(done, 1000, 900)
        told = bars.bar.format_dict
        assert told["rate"] == pytest.approx(2, rel=0.01)
        assert "00:35" in tqdm.format_meter(**told)  # 70 rows left


def test_a_bar_tells_what_is_being_done() -> None:
    shown = io.StringIO()
    with Bars(file=shown, disable=False, mininterval=0, miniters=0) as bars:
        bars.step("reading", 3 << 20, 12 << 20)
        bars.rows(5, 10, 0)
        bars.step("joining", 1, 2)
    lines = shown.getvalue()
    for told in ("reading:  25%", "3.15M/12.6M", "explaining:  50%", "5/10", "joining:  50%", "1/2"):
        assert told in lines


def test_jobs_beside_a_cluster_are_refused(linear: Path, tmp_path: Path) -> None:
    rows = write_csv(tmp_path / "rows.csv", [{"a": 1, "b": 2, "c": 3}])
    out = tmp_path / "e.parquet"
    result = run("explain", linear, "--input", rows, "--out", out, "--dask", "tcp://127.0.0.1:1", "--jobs", 2)
    assert result.exit_code == 1
    assert "--jobs" in result.stderr
    assert "whoever runs the cluster" in result.stderr
    assert not out.with_name("e.parquet.parts").exists()
