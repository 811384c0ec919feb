"""A photo is cut and hidden in the Pyodide that sites ship as in CPython: the same segments, to the pixel."""

from __future__ import annotations

import json
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.core.segments.photos import photo

RUNTIME = ROOT / "wasm" / "dist" / "runtime" / "pyodide"
PIXELS = photo("motorcycle")[:, 40:136, 60:156]
HIDDEN = ("blur", "mean", "inpaint")

PROGRAM = """
from base64 import b64decode
import numpy as np
from xaiweb.core.subjects.image import read

pixels = np.frombuffer(b64decode(INPUT), dtype=np.uint8).reshape(3, 96, 96).astype(np.float32)
images = [read(pixels, {"n_segments": 40, "hidden": hidden}) for hidden in ("blur", "mean", "inpaint")]
OUTPUT = {
    "segments": images[0].segments.tolist(),
    "hierarchy": repr(images[0].hierarchy()),
    "hidden": [image.hidden.tolist() for image in images],
}
"""


@pytest.fixture(scope="module")
def pyodide() -> dict[str, Any]:
    job = {"program": PROGRAM, "input": b64encode(PIXELS.astype(np.uint8).tobytes()).decode()}
    script = Path(__file__).with_name("pyodide.mjs")
    done = subprocess.run(
        ["node", str(script), str(RUNTIME)], input=json.dumps(job), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def here() -> dict[str, Any]:
    space: dict[str, Any] = {"INPUT": b64encode(PIXELS.astype(np.uint8).tobytes())}
    exec(PROGRAM, space)
    output: dict[str, Any] = space["OUTPUT"]
    return output


def test_segments_and_their_hierarchy_are_identical(pyodide: dict[str, Any], here: dict[str, Any]) -> None:
    assert np.max(here["segments"]) > 30
    assert pyodide["segments"] == here["segments"]
    assert pyodide["hierarchy"] == here["hierarchy"]


@pytest.mark.parametrize("kind", range(3), ids=HIDDEN)
def test_hidden_images_agree(pyodide: dict[str, Any], here: dict[str, Any], kind: int) -> None:
    np.testing.assert_allclose(pyodide["hidden"][kind], here["hidden"][kind], atol=1e-3)
