"""The real runtime, gathered and locked in a folder of the test run's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wasm import collect, core_wheel, lockfile, tools


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wasm")
    collect.collect(dist=folder)
    core_wheel.core_wheel(folder / "runtime" / "pyodide")
    record, why = tools.with_pyodide_build()
    (folder / "tools.json").write_text(json.dumps(record or tools.with_pyodide_lock(why)), "utf-8")
    lockfile.build(folder)
    return folder
