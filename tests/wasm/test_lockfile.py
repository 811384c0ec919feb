from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

import xaiweb
from wasm import lockfile
from xaiweb.errors import SiteError
from xaiweb.site.runtime import USERS, read_runtime

ROOT = Path(lockfile.__file__).resolve().parent.parent


def locked(dist: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((dist / "runtime/pyodide/pyodide-lock.json").read_bytes())
    return document


def test_the_lock_names_numpy_and_the_core_in_its_own_folder(dist: Path) -> None:
    packages = locked(dist)["packages"]
    assert set(packages) == {"numpy", "xaiweb-core"}
    assert packages["xaiweb-core"]["depends"] == ["numpy"]
    assert packages["xaiweb-core"]["version"] == xaiweb.__version__
    for package in packages.values():
        data = (dist / "runtime" / "pyodide" / package["file_name"]).read_bytes()
        assert package["sha256"] == hashlib.sha256(data).hexdigest()
    assert b"://" not in (dist / "runtime/pyodide/pyodide-lock.json").read_bytes()


def test_the_record_names_every_file_with_its_hash(dist: Path) -> None:
    runtime = read_runtime(dist)
    there = {file.relative_to(dist).as_posix() for file in (dist / "runtime").rglob("*") if file.is_file()}
    assert {item.path for item in runtime.files} == there
    for item in runtime.files:
        assert hashlib.sha256((dist / item.path).read_bytes()).hexdigest() == item.file.sha256
    assert runtime.core_version == xaiweb.__version__
    assert all(runtime.used_by(user) for user in USERS)
    assert [item.path for item in runtime.files if item.role == "core"] == [
        f"runtime/pyodide/xaiweb_core-{xaiweb.__version__}-py3-none-any.whl"
    ]


def test_numpys_wheel_needs_no_shared_library(dist: Path) -> None:
    audit = json.loads((dist / "lockfile.json").read_bytes())["auditwheel"]
    if json.loads((dist / "tools.json").read_bytes())["tool"] == "pyodide-lock":
        assert audit is None  # said so, where auditwheel can't run
    else:
        assert "compiled modules, no shared library needed" in next(audit[name] for name in audit if "numpy" in name)


def copy_of(dist: Path, folder: Path) -> Path:
    """The inputs of a lockfile, linked rather than copied."""
    shutil.copytree(dist, folder, copy_function=lambda a, b: Path(b).hardlink_to(a))
    return folder


def test_the_same_inputs_give_the_same_bytes(dist: Path, tmp_path: Path) -> None:
    again = copy_of(dist, tmp_path / "again")
    for name in ("lockfile.json", "runtime.json", "runtime/pyodide/pyodide-lock.json"):
        (again / name).unlink()
    assert "made with" in lockfile.build(again)
    for name in ("runtime.json", "runtime/pyodide/pyodide-lock.json"):
        assert (again / name).read_bytes() == (dist / name).read_bytes()
    assert "already there" in lockfile.build(again)


def test_the_library_alone_writes_the_same_lock(dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of a machine without Python 3.12, with the library of .venv-wasm."""
    tool = json.loads((dist / "tools.json").read_bytes())
    if tool["environment"] is None:
        return  # this machine's `dist` was made that way
    monkeypatch.setattr(sys, "executable", str(ROOT / tool["environment"] / "bin" / "python"))
    other = copy_of(dist, tmp_path / "other")
    (other / "tools.json").unlink()
    (other / "tools.json").write_text(json.dumps(tool | {"tool": "pyodide-lock", "environment": None}), "utf-8")
    assert lockfile.build(other).endswith("made with pyodide-lock")
    name = "runtime/pyodide/pyodide-lock.json"
    assert (other / name).read_bytes() == (dist / name).read_bytes()
    assert json.loads((other / "lockfile.json").read_bytes())["auditwheel"] is None


def test_a_lock_changed_by_hand_is_written_anew(dist: Path, tmp_path: Path) -> None:
    other = copy_of(dist, tmp_path / "other")
    file = other / "runtime/pyodide/pyodide-lock.json"
    file.unlink()
    file.write_text('{"packages": {}}', "utf-8")
    lockfile.build(other)
    assert file.read_bytes() == (dist / "runtime/pyodide/pyodide-lock.json").read_bytes()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"file_name": "https://elsewhere.example/numpy.whl"}, "isn't in the runtime's folder"),
        ({"file_name": "../numpy.whl"}, "isn't in the runtime's folder"),
        ({"file_name": "missing.whl"}, "isn't in the runtime's folder"),
        ({"sha256": "0" * 64}, "disagree"),
    ],
)
def test_a_lock_that_points_elsewhere_is_refused(change: dict[str, str], reason: str, dist: Path) -> None:
    document = locked(dist)
    document["packages"]["numpy"] |= change
    with pytest.raises(SiteError, match=reason):
        lockfile.check_self_hosted(document, dist / "runtime" / "pyodide")


def test_trimming_keeps_what_is_needed_and_nothing_else() -> None:
    needs = {"a": ["b"], "b": ["c"], "c": [], "d": []}
    packages = {name: {"depends": names, "tool": {}} for name, names in needs.items()}
    trimmed = lockfile.trim({"info": {"python": "3.14.0", "version": "0"}, "packages": packages}, "a")
    assert trimmed["info"] == {"python": "3.14.0"}
    assert trimmed["packages"] == {name: {"depends": needs[name]} for name in "abc"}


@pytest.mark.parametrize(
    ("line", "refused"), [("libblas.so", True), ("libblas.so => a.libs/libblas.so", False), ("", False)]
)
def test_a_wheel_that_needs_a_library_is_refused(
    line: str, refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = f"a/one.so:\n\t{line}\n\na/two.so:\n\n"
    monkeypatch.setattr(lockfile, "_run", lambda tool, command: said)
    wheel = tmp_path / "a-1-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
    tool = {"environment": ".venv-wasm"}
    if refused:
        with pytest.raises(SiteError, match=r"libblas\.so"):
            lockfile.audit_wheels(tool, [wheel])
    else:
        audit = lockfile.audit_wheels(tool, [wheel])
        assert audit is not None
        assert audit[wheel.name].startswith("2 compiled modules")


@pytest.mark.parametrize("missing", ["tools.json", "runtime/pyodide/xaiweb_core-{}-py3-none-any.whl"])
def test_a_missing_step_is_named(missing: str, dist: Path, tmp_path: Path) -> None:
    other = copy_of(dist, tmp_path / "other")
    (other / missing.format(xaiweb.__version__)).unlink()
    with pytest.raises(SiteError, match=r"Run `python wasm/(tools|core_wheel)\.py` first"):
        lockfile.build(other)


def test_a_broken_tool_is_told_with_the_way_out(dist: Path, tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"python wasm/tools\.py"):
        lockfile.add_wheel({"environment": "no-such-environment"}, tmp_path / "a.whl", tmp_path / "lock.json")
