"""The collected runtime for real: Pyodide in Node, from the runtime's own folder."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import xaiweb
from xaiweb import shapley_values

CODE = """
import importlib, json, pkgutil, sys
import numpy as np
import xaiweb
from importlib.machinery import SourceFileLoader
import zipimport
def refuse(*_):
    raise AssertionError("compiled from source")
SourceFileLoader.source_to_code = zipimport._compile_source = refuse
modules = [m.name for m in pkgutil.walk_packages(xaiweb.__path__, "xaiweb.")]
for name in modules:
    importlib.import_module(name)
from xaiweb.core.shapley.game import shapley_values
weights = np.arange(1.0, 13.0)
result = shapley_values(lambda masks: np.sin(masks @ weights), 12, budget=256, seed=3)
try:
    import pdb
except ModuleNotFoundError as error:
    missing = str(error)
loaded = [m for m in list(sys.modules.values()) if (getattr(m, "__file__", None) or "").endswith(".py")]
from_source = [m.__name__ for m in loaded if m.__spec__.origin != "frozen" and not m.__name__.startswith("xaiweb")]
json.dumps({
    "missing": missing,
    "from_source": from_source,
    "python": sys.version_info[:2],
    "numpy": np.__version__,
    "core": xaiweb.__version__,
    "modules": modules,
    "values": np.asarray(result.values).tolist(),
})
"""


def test_the_core_boots_in_pyodide_and_answers_as_here(dist: Path) -> None:
    node = shutil.which("node")
    assert node, "Node >= 20 is needed"
    command = [node, str(Path(__file__).with_name("boot.mjs")), str(dist / "runtime" / "pyodide"), CODE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["errors"] == []
    assert told["packages"] == ["numpy", "xaiweb-core"]
    answer = told["answer"]
    assert answer["python"] == [3, 14]
    assert answer["core"] == xaiweb.__version__
    assert answer["from_source"] == []
    assert answer["missing"] == "No module named 'pdb'"
    assert "xaiweb.core.requests" in answer["modules"]
    assert "xaiweb.api" not in answer["modules"]
    weights = np.arange(1.0, 13.0)
    here = shapley_values(lambda masks: np.sin(masks @ weights), 12, budget=256, seed=3)
    assert answer["values"] == pytest.approx(np.asarray(here.values).tolist(), rel=1e-9, abs=1e-12)
