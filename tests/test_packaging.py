"""What an installed package can do that no checkout stands beside, and what it owes to others."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LICENCES = (ROOT / "web" / "public" / "licences.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site-packages")
    return folder / "site-packages"


def ask(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What the installed command says where neither Node nor the checkout is to be found."""
    environment = {"PYTHONPATH": str(installed), "PATH": str(folder), "HOME": str(folder)} | {
        name: value for name, value in os.environ.items() if name.startswith(("SYSTEM", "TEMP"))
    }
    command = [sys.executable, "-m", "xaiweb.cli", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_a_wheel_builds_sites_without_node(installed: Path, loan: Path, tmp_path: Path) -> None:
    done = ask(installed, tmp_path, "build", str(loan), "--out", "site")
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "site" / "files.json").read_bytes())["files"]
    (core,) = (path for path in found if "xaiweb_core" in path)
    for path in ("xaiweb.js", core):
        part = "wasm" if path.startswith("runtime") else "web"
        assert (tmp_path / "site" / path).read_bytes() == (ROOT / part / "dist" / path).read_bytes()


def test_the_wheel_carries_this_machine_s_compiled_core(installed: Path) -> None:
    (wheel,) = installed.parent.glob("*.whl")
    assert wheel.stem.endswith(sysconfig.get_platform().replace("-", "_").replace(".", "_"))
    code = "from xaiweb.core.compiled import loaded; print(loaded()[1])"
    environment = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(installed / "xaiweb" / "core" / "kernels.native")


def test_a_package_without_the_browser_s_half_says_so(installed: Path, loan: Path, tmp_path: Path) -> None:
    bare = shutil.copytree(installed, tmp_path / "bare", ignore=shutil.ignore_patterns("_assets"))
    done = ask(bare, tmp_path, "build", str(loan), "--out", "site")
    assert done.returncode == 1
    assert "Install xaiweb again" in done.stderr
    assert "make setup" not in done.stderr


def test_a_source_distribution_carries_the_browser_s_half(tmp_path: Path) -> None:
    from hatchling.builders.sdist import SdistBuilder

    carried = {file.path for file in SdistBuilder(str(ROOT)).recurse_included_files()}
    for file in ("web/dist/xaiweb.js", "wasm/dist/runtime.json", "wasm/kernels/build.py", "hatch_build.py"):
        assert str(ROOT / file) in carried


def _words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    "package",
    [*json.loads((ROOT / "package.json").read_bytes())["dependencies"], "fzstd", "d3-array"],
)
def test_the_licence_of_everything_in_the_scripts_is_carried(package: str) -> None:
    folder = ROOT / "node_modules" / package
    texts = [file.read_text("utf-8") for file in folder.glob("LICENSE*")]
    for text in texts:
        assert _words(text) in _words(LICENCES)
    licence = json.loads((folder / "package.json").read_bytes())["license"]
    assert licence in LICENCES
    assert licence in re.search('^license = "(.+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.M)[1]
