from __future__ import annotations

import sys
from pathlib import Path

import pytest

from wasm import tools


def script(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    file.chmod(0o755)
    return file


def test_a_broken_shim_is_found_out_by_running_it(tmp_path: Path) -> None:
    assert tools.run_version(str(script(tmp_path / "python3.13", "echo 'command not found' >&2; exit 127"))) is None
    assert tools.run_version(str(script(tmp_path / "python3.12", "exit 0"))) is None
    assert tools.run_version(str(tmp_path / "missing")) is None
    assert tools.run_version(str(tmp_path)) is None
    assert tools.run_version(sys.executable) == sys.version_info[:3]


def test_an_interpreter_without_ssl_does_not_count(tmp_path: Path) -> None:
    without = script(tmp_path / "python3.13", f"exec {sys.executable} -c \"raise ModuleNotFoundError('_ssl')\"")
    assert tools.run_version(str(without)) is None


@pytest.mark.parametrize(("version", "found"), [("3.11.9", False), ("3.12.0", True), ("3.14.1", True)])
def test_the_first_that_runs_and_is_new_enough_is_taken(
    version: str, found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = script(tmp_path / "shims" / "python3.13", "exit 127")
    real = script(tmp_path / "real" / "python3.13", f"echo {version}")
    monkeypatch.setattr(tools, "candidates", lambda: iter(["", str(shim), str(tmp_path / "missing"), str(real)]))
    assert tools.find_python() == ((str(real), version) if found else None)


def test_version_managers_folders_are_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = script(tmp_path / ".pyenv" / "versions" / "3.12.1" / "bin" / "python3.12", "")
    new = script(tmp_path / ".pyenv" / "versions" / "3.13.0" / "bin" / "python3.13", "")
    uv = script(tmp_path / ".local" / "share" / "uv" / "python" / "cpython-3.13" / "bin" / "python3.13", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setenv("XAIWEB_PYTHON312", str(uv))
    names = list(tools.candidates())
    assert names[0] == str(uv)
    assert names.index(str(new)) < names.index(str(old))
    assert names.count(str(uv)) == 2  # asked for by name, and found


def test_without_a_python_the_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "candidates", lambda: iter([sys.executable] if sys.version_info < tools.LEAST else []))
    record, why = tools.with_pyodide_build(tmp_path / ".venv-wasm")
    assert record is None
    assert why == "no Python >= 3.12 on this machine starts"


def test_a_broken_environment_counts_as_none(tmp_path: Path) -> None:
    assert tools.installed(tmp_path / "bin" / "python", "pip") is None
    assert tools.installed(script(tmp_path / "bin" / "python", "exit 1"), "pip") is None
    assert tools.installed(Path(sys.executable), "no-such-package-here") is None
    assert set(tools.installed(Path(sys.executable), "pip") or ()) == {"pip"}
