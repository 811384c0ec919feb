"""The README's and the docs' code runs, and everything public has a documented line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.conftest import ROOT
from xaiweb import describe
from xaiweb.bundle import schemas
from xaiweb.cli import main

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(language: str) -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for i, code in enumerate(re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)):
            yield f"{page.relative_to(ROOT)}#{i + 1}", code


@pytest.mark.parametrize("code", [pytest.param(code, id=name) for name, code in blocks("python")])
def test_python_blocks_run(code: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    promised = re.findall(r"^print\(.*#\s*(\([\d, ]+\))", code, re.M)
    for line in promised:
        assert line in done.stdout


@pytest.mark.parametrize("code", [pytest.param(code, id=name) for name, code in blocks("bash")])
def test_make_blocks_name_targets_that_exist(code: str) -> None:
    for line in code.splitlines():
        command = line.partition("#")[0].split()
        assert command[0] == "make", "only make is promised; test other commands before writing them down"
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
        done = subprocess.run(["make", "-n", *command[1:]], cwd=ROOT, capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("document", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", document.read_text("utf-8")):
        if not target.startswith(("http:", "https:")):
            assert (document.parent / target).exists(), target


def test_every_command_and_flag_is_documented() -> None:
    text = (ROOT / "docs" / "cli.md").read_text("utf-8")
    for name, command in main.commands.items():
        section = re.search(rf"^## `xaiweb {name}\b.*?(?=^## |\Z)", text, re.M | re.S)
        assert section, f"docs/cli.md has no section for xaiweb {name}"
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                for flag in parameter.opts:
                    assert f"`{flag}`" in section[0], f"xaiweb {name} {flag}"


def test_every_method_and_parameter_is_documented() -> None:
    for method in describe.methods():
        text = (ROOT / "docs" / "methods" / f"{method['name']}.md").read_text("utf-8")
        for parameter in method["parameters"]:
            assert f"`{parameter['name']}`" in text, parameter["name"]
            assert all(f"`{choice}`" in text for choice in parameter["choices"])


def test_every_way_to_cut_and_hide_is_documented() -> None:
    text = (ROOT / "docs" / "players.md").read_text("utf-8")
    for parameters in describe.kinds().values():
        for parameter in parameters:
            assert f"`{parameter['name']}`" in text, parameter["name"]
            assert all(f"`{choice}`" in text for choice in parameter["choices"])


def test_every_key_of_the_contracts_is_documented() -> None:
    bundle = (ROOT / "docs" / "bundle.md").read_text("utf-8")
    manifest = schemas.schema("manifest")
    kinds = [manifest["$defs"][f"{kind}Manifest"]["properties"] for kind in ("Tabular", "Image", "Text")]
    parts = [kinds[1]["image"]["properties"], kinds[2]["text"]["properties"]]
    keys = [key for properties in (*kinds, *parts) for key in properties]
    for key in [*keys, *schemas.schema("features")["$defs"]["Feature"]["properties"]]:
        assert f"`{key}`" in bundle, key
    explanation = schemas.schema("explanation")
    text = (ROOT / "docs" / "explanation.md").read_text("utf-8")
    for key in [*explanation["properties"], *explanation["properties"]["provenance"]["properties"]]:
        assert f"`{key}`" in text, key


def test_every_view_is_documented() -> None:
    text = (ROOT / "docs" / "page.md").read_text("utf-8")
    parts = "contributions csv unit value-text waterfall-layout drawing plan poster reading"  # of views
    for view in (ROOT / "web" / "src" / "views").rglob("*.ts"):
        assert view.stem in parts.split() or f"`{view.relative_to(ROOT / 'web' / 'src').as_posix()}`" in text, view.name


def test_the_policy_is_quoted_as_it_is() -> None:
    from xaiweb.site.policy import CSP

    text = (ROOT / "docs" / "privacy.md").read_text("utf-8")
    assert CSP in " ".join(text.split())


def test_the_version_is_one() -> None:
    import xaiweb

    assert json.loads((ROOT / "package.json").read_text())["version"] == xaiweb.__version__
    for name in ("pyproject.toml", "CITATION.cff"):
        assert xaiweb.__version__ in (ROOT / name).read_text()
