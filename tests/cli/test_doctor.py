"""What the doctor says of the compiled core: in use, left alone on purpose, or damaged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from xaiweb import doctor
from xaiweb.core import compiled
from xaiweb.site import runtime


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(compiled, "LIBRARY", tmp_path / "kernels.native")
    compiled.loaded.cache_clear()
    yield tmp_path / "kernels.native"
    monkeypatch.undo()
    compiled.loaded.cache_clear()


def finding() -> doctor.Finding:
    return next(one for one in doctor._machine() if one.what == "compiled core")


def test_what_was_compiled_from_other_sources_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "kernels_of", lambda checkout: "another hash")
    assert finding().state == "broken"
    assert "wasm/kernels/build.py" in finding().next


def test_it_is_in_use() -> None:
    assert (finding().state, finding().found) == ("fine", str(compiled.LIBRARY))


def test_what_is_not_built_is_not_needed(library: Path) -> None:
    assert (finding().state, finding().found) == ("optional", "it isn't built")


def test_what_is_switched_off_is_meant_so(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library.write_bytes(b"")
    monkeypatch.setenv(compiled.SWITCH, "no")
    assert (finding().state, finding().found) == ("optional", "XAIWEB_COMPILED=no")


def test_what_is_there_and_does_not_load_is_broken(library: Path) -> None:
    library.write_bytes(b"\0asm\1\0\0\0")  # of another machine
    assert finding().state == "broken"
    assert "can't be loaded" in finding().found
    assert "pip install" in finding().next
