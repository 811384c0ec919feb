"""The TypeScript suites, one pytest test for each of their files."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

FILES = sorted(path.relative_to(ROOT).as_posix() for path in Path(__file__).parent.rglob("*.test.ts"))


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What vitest says of every file, from one run."""
    report = tmp_path_factory.mktemp("vitest") / "report.json"
    command = ["npx", "vitest", "run", "--config", "web/vite.config.ts", "--reporter=json", f"--outputFile={report}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert report.is_file(), done.stderr[-3000:]
    document = json.loads(report.read_text())
    return {Path(result["name"]).relative_to(ROOT).as_posix(): result for result in document["testResults"]}


@pytest.mark.parametrize("file", FILES)
def test_vitest(results: dict[str, Any], file: str) -> None:
    result = results[file]
    failed = [
        f"{test['fullName']}\n{chr(10).join(test['failureMessages'])}"
        for test in result["assertionResults"]
        if test["status"] not in ("passed", "skipped", "todo")
    ]
    assert result["status"] == "passed", "\n\n".join([*failed, result.get("message", "")])[:8000]
    assert any(test["status"] == "passed" for test in result["assertionResults"]), "no test ran"


def test_no_file_is_forgotten(results: dict[str, Any]) -> None:
    assert set(results) == set(FILES)
