"""The architecture as a test: imports only go down, the core is numpy alone, torch stays in the exporters."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "python" / "xaiweb"

# The rooms of one floor that are one room: the public functions and what they are made of.
SHARED = {
    "api",
    "converting",
    "describe",
    "doctor",
    "explaining",
    "exporting",
    "exporting_image",
    "exporting_text",
    "many",
    "preparing",
    "previewing",
    "segment_maps",
    "tables",
}
# Each floor may import what stands after it; those on one line don't know each other.
FLOORS = [
    {"cli"},
    {"bars"},
    SHARED,
    {"engine", "site"},
    {"bundle"},
    {"core", "graph", "exporters", "datasets"},
    {"errors"},
]
CORE_MAY = ("xaiweb.core", "xaiweb.errors", "xaiweb.__version__")
HEAVY = {"torch", "sklearn", "skl2onnx", "onnxscript", "pandas", "xgboost", "lightgbm"}


def modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if "_assets" not in p.parts)


def room(path: Path) -> str:
    inside = path.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            module = node.module or ""
            if module == "xaiweb":
                yield from ((f"xaiweb.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield module, node.lineno


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_only_go_down(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        return  # the public names, imported when first used
    floor = next(i for i, rooms in enumerate(FLOORS) if here in rooms)
    for name, line in imports(path):
        parts = name.split(".")
        if parts[0] != "xaiweb" or len(parts) == 1 or parts[1] == "__version__":
            continue
        there = parts[1]
        if there == here or {here, there} <= SHARED:
            continue
        below = set().union(*FLOORS[floor + 1 :])
        assert there in below, f"{path}:{line}: {here} must not import {there}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "core").rglob("*.py")), ids=lambda p: p.stem)
def test_the_core_needs_numpy_and_nothing_else(path: Path) -> None:
    for name, line in imports(path):
        top = name.split(".")[0]
        assert top in sys.stdlib_module_names or top == "numpy" or name.startswith(CORE_MAY), f"{path}:{line}: {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_heavy_libraries_stay_where_they_belong(path: Path) -> None:
    allowed = room(path) == "exporters" or path.name == "background.py"
    for name, line in imports(path):
        assert allowed or name.split(".")[0] not in HEAVY, f"{path}:{line}: {name}"


def test_every_room_stands_on_a_floor() -> None:
    rooms = {room(path) for path in modules()} - {"__init__"}
    assert rooms == set().union(*FLOORS)


def test_public_names_are_not_submodules() -> None:
    import xaiweb

    submodules = {p.stem for p in PACKAGE.glob("*.py")} | {p.name for p in PACKAGE.iterdir() if p.is_dir()}
    assert not submodules & set(xaiweb.__all__)


def test_the_public_names_are_these() -> None:
    import xaiweb

    assert sorted(xaiweb.__all__) == [
        "Explanation",
        "__version__",
        "build",
        "explain_dataset",
        "export",
        "export_image",
        "export_text",
        "open",
        "serve",
        "shapley_values",
    ]
    for name in xaiweb.__all__:
        assert getattr(xaiweb, name) is not None


def test_importing_xaiweb_is_cheap() -> None:
    import subprocess

    code = "import sys, xaiweb; print([m for m in ('onnx', 'torch', 'numpy', 'onnxruntime') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
