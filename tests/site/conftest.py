"""A runtime, scripts and bundles of a few bytes each: what `build` does with them is what it does with real ones."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bundle.conftest import FILES, MANIFEST
from xaiweb.bundle.files import identity
from xaiweb.bundle.tabular import TabularManifest
from xaiweb.bundle.write import write
from xaiweb.site.build import build
from xaiweb.site.runtime import Assets

RUNTIME = {
    "runtime/pyodide/pyodide.mjs": (b"export const loadPyodide = 1;\n", "python", ["python"]),
    "runtime/pyodide/pyodide.asm.wasm": (b"\0asm-python", "python", ["python"]),
    "runtime/pyodide/xaiweb_core-0.1.0-py3-none-any.whl": (b"a wheel", "core", ["python"]),
    "runtime/ort/ort.wasm.min.mjs": (b"export default 1;\n", "onnxruntime", ["wasm"]),
    "runtime/ort/ort-wasm-simd-threaded.wasm": (b"\0asm-ort", "onnxruntime", ["wasm"]),
    "runtime/ort/ort.webgpu.min.mjs": (b"export default 2;\n", "onnxruntime", ["webgpu"]),
    "runtime/ort/ort.webgl.min.mjs": (b"export default 3;\n", "onnxruntime", ["webgl"]),
}
WEB = {
    "xaiweb.js": 'export const BUILD = "web-build-1";\n',
    "start.js": 'await import("./page.js");\n',
    "page.js": 'import "./xaiweb.js";\n',
    "page.css": "main { display: block; }\n",
    "worker.js": "self.onmessage = () => {};\n",
    "parquet.js": "export {};\n",
    "sw.js": 'const BUILD = "__XAIWEB_BUILD__";\n',
    "licences.txt": "MIT and others\n",
    "icon.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>\n',
    "web.json": '{"web": "web-build-1"}\n',
}


@pytest.fixture
def parts(tmp_path: Path) -> Assets:
    web, wasm = tmp_path / "parts" / "web", tmp_path / "parts" / "wasm"
    web.mkdir(parents=True)
    for name, text in WEB.items():
        (web / name).write_text(text, "utf-8")
    files: dict[str, Any] = {}
    for path, (data, role, used_by) in RUNTIME.items():
        (wasm / path).parent.mkdir(parents=True, exist_ok=True)
        (wasm / path).write_bytes(data)
        files[path] = {**vars(identity(data)), "role": role, "used_by": used_by, "origin": "stand-in 1"}
    (wasm / "runtime.json").write_text(json.dumps({"version": 1, "core_version": "0.1.0", "files": files}), "utf-8")
    return Assets(web, wasm, None)


@pytest.fixture
def make_bundle(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str = "tiny", **changes: Any) -> Path:
        document = copy.deepcopy(MANIFEST) | {"name": name} | changes
        document["files"] = {path: vars(identity(data)) for path, data in FILES.items()}
        folder = tmp_path / "exported" / name
        write(folder, TabularManifest.from_dict(document), FILES)
        return folder

    return make


@pytest.fixture
def site(tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path]) -> Path:
    return build([make_bundle("tiny"), make_bundle("other")], tmp_path / "site", parts=parts)


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by path."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
