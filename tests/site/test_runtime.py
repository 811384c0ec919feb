from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

import xaiweb
from wasm.kernels import build
from xaiweb.errors import SiteError
from xaiweb.site import runtime
from xaiweb.site.runtime import Assets, core_sources, read_runtime, stale, wheel_sources


def test_parts_that_are_not_built_name_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "python" / "xaiweb"
    package.mkdir(parents=True)
    monkeypatch.setattr(xaiweb, "__file__", str(package / "__init__.py"))
    with pytest.raises(SiteError, match="make setup") as caught:
        runtime.assets()
    assert "npm run build" in caught.value.next
    (tmp_path / "web" / "dist").mkdir(parents=True)
    (tmp_path / "web" / "dist" / "web.json").write_text("{}", "utf-8")
    with pytest.raises(SiteError, match=r"wasm/lockfile\.py"):
        runtime.assets()


def test_an_installed_package_uses_what_it_carries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    carried = tmp_path / "site-packages" / "xaiweb" / "_assets"
    for name in ("web/web.json", "wasm/runtime.json"):
        (carried / name).parent.mkdir(parents=True)
        (carried / name).write_text("{}", "utf-8")
    monkeypatch.setattr(xaiweb, "__file__", str(carried.parent / "__init__.py"))
    assert runtime.assets() == Assets(carried / "web", carried / "wasm", None)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"core_version": "1", "files": {"a": {}}}', "\0"])
def test_a_damaged_record_is_refused(text: str, parts: Assets) -> None:
    (parts.wasm / "runtime.json").write_text(text, "utf-8")
    with pytest.raises(SiteError, match=r"runtime\.json.*can't be read"):
        read_runtime(parts.wasm)


def test_the_doctor_finds_a_damaged_runtime_file(monkeypatch: pytest.MonkeyPatch, parts: Assets) -> None:
    monkeypatch.setattr(runtime, "assets", lambda: parts)
    tool = {"tool": "pyodide-build", "python": "3.13.0", "versions": {"a": "1"}, "why": "found"}
    made: dict[str, Any] = {"tool": tool, "auditwheel": {"numpy-2.whl": "nothing needed"}}
    (parts.wasm / "lockfile.json").write_text(json.dumps(made), "utf-8")
    before = {finding.name: finding for finding in runtime.check_runtime()}
    assert all(finding.ok for finding in before.values())
    assert before["pyodide lockfile"].text == (
        "pyodide-build made it under Python 3.13.0 (a 1): found; numpy: nothing needed"
    )
    (parts.wasm / "lockfile.json").write_text(json.dumps(made | {"auditwheel": None}), "utf-8")
    assert "not audited" in runtime.check_runtime()[0].text
    (parts.wasm / "runtime/ort/ort.webgl.min.mjs").write_bytes(b"changed")
    (parts.wasm / "runtime/pyodide/pyodide.mjs").unlink()
    after = {finding.name: finding for finding in runtime.check_runtime()}["runtime files"]
    assert not after.ok
    assert "ort.webgl.min.mjs: hash-mismatch" in after.text
    assert "pyodide.mjs: file-missing" in after.text
    assert after.next


def test_the_doctor_says_when_nothing_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "python" / "xaiweb"
    package.mkdir(parents=True)
    monkeypatch.setattr(xaiweb, "__file__", str(package / "__init__.py"))
    (finding,) = runtime.check_runtime()
    assert not finding.ok
    assert "make setup" in finding.next


@pytest.fixture
def checkout(tmp_path: Path, parts: Assets) -> Assets:
    """A checkout whose wheel holds its core, and whose lock names what was collected."""
    root = tmp_path / "checkout"
    core = root / "python" / "xaiweb" / "core"
    core.mkdir(parents=True)
    (core / "__init__.py").write_text("", "utf-8")
    (core / "sums.py").write_text("ONE = 1\n", "utf-8")
    (core.parent / "errors.py").write_text("", "utf-8")
    (core.parent / "__init__.py").write_text('__version__ = "0.1.0"\n', "utf-8")
    record = json.loads((parts.wasm / "runtime.json").read_bytes())
    with zipfile.ZipFile(parts.wasm / "runtime/pyodide/xaiweb_core-0.1.0-py3-none-any.whl", "w") as wheel:
        for name, data in core_sources(core.parent).items():
            wheel.writestr(name, data)
        wheel.writestr(runtime.SIDE_MODULE, f"\0asm {build.digest()}")
    shutil.copytree(build.HERE, root / "wasm" / "kernels", ignore=shutil.ignore_patterns("__pycache__"))
    lock = {"files": {path: entry for path, entry in record["files"].items() if entry["role"] == "onnxruntime"}}
    (root / "wasm" / "runtime.lock.json").write_text(json.dumps(lock), "utf-8")
    return Assets(parts.web, parts.wasm, root)


def test_a_core_that_changed_since_is_stale(checkout: Assets) -> None:
    record = read_runtime(checkout.wasm)
    assert stale(checkout, record) == ""
    assert checkout.checkout is not None
    (checkout.checkout / "python" / "xaiweb" / "core" / "sums.py").write_text("ONE = 2\n", "utf-8")
    assert "its core is not the one" in stale(checkout, record)


def test_a_compiled_core_of_other_sources_is_stale(checkout: Assets) -> None:
    assert checkout.checkout is not None
    source = checkout.checkout / "wasm" / "kernels" / "rows.c"
    source.write_text(source.read_text("utf-8") + "\n", "utf-8")
    assert "its compiled core is not the one" in stale(checkout, read_runtime(checkout.wasm))


def test_a_lock_that_changed_since_is_stale(checkout: Assets) -> None:
    assert checkout.checkout is not None
    lock = checkout.checkout / "wasm" / "runtime.lock.json"
    document = json.loads(lock.read_bytes())
    document["files"]["runtime/ort/ort.webgl.min.mjs"]["sha256"] = "1" * 64
    lock.write_text(json.dumps(document), "utf-8")
    assert "another runtime.lock.json" in stale(checkout, read_runtime(checkout.wasm))


def test_the_core_in_a_wheel_is_the_core_and_its_errors_alone() -> None:
    sources = core_sources(Path(xaiweb.__file__).parent)
    assert "xaiweb/core/requests.py" in sources
    assert all(name.startswith(("xaiweb/core/", "xaiweb/errors.py", "xaiweb/__init__.py")) for name in sources)
    names: dict[str, str] = {}
    exec(sources["xaiweb/__init__.py"], names)
    assert names["__version__"] == xaiweb.__version__


def test_what_is_no_wheel_has_no_sources(tmp_path: Path) -> None:
    (tmp_path / "broken.whl").write_bytes(b"not a zip file")
    assert wheel_sources(tmp_path / "broken.whl") == {}
    assert wheel_sources(tmp_path / "missing.whl") == {}
