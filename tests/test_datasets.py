"""Data out of a package: fetched once, kept, and refused where they aren't what was asked for."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from xaiweb.datasets import npm_package
from xaiweb.errors import InputError

ARCHIVE = b"an archive"
SHA256 = hashlib.sha256(ARCHIVE).hexdigest()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XAIWEB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Npm:
    """A registry with one package; ``failures`` requests go wrong before one works."""

    def __init__(self, failures: int = 0) -> None:
        self.commands: list[list[str]] = []
        self.failures = failures

    def __call__(self, command: list[str], **_: object) -> None:
        self.commands.append(command)
        if len(self.commands) <= self.failures:
            raise subprocess.CalledProcessError(1, command)
        Path(command[-1], "toys-1.0.0.tgz").write_bytes(ARCHIVE)


def test_a_package_is_fetched_once_even_at_a_second_try(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    npm = Npm(failures=1)
    monkeypatch.setattr(subprocess, "run", npm)
    for _ in range(2):
        assert npm_package("toys@1.0.0", SHA256).read_bytes() == ARCHIVE
    assert [command[:3] for command in npm.commands] == 2 * [["npm", "pack", "toys@1.0.0"]]
    assert [path.name for path in cache.iterdir()] == [f"{SHA256}.tgz"]


def test_another_package_is_refused_and_not_kept(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setattr(subprocess, "run", Npm())
    with pytest.raises(InputError, match="written for") as refusal:
        npm_package("toys@1.0.0", "0" * 64)
    assert refusal.value.code == "data-changed"
    assert not list(cache.iterdir())


def test_without_npm_it_says_what_to_check(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setenv("PATH", str(cache))
    with pytest.raises(InputError, match=r"npm pack toys@1\.0\.0") as refusal:
        npm_package("toys@1.0.0", SHA256)
    assert refusal.value.code == "data-missing"
    assert not list(cache.iterdir())
