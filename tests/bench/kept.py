"""Keeps what a section measured, with when and on which commit, so that sections can be measured one by one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.part import Goal, Part


@dataclass(frozen=True)
class Kept:
    """A section as it was measured.

    Attributes:
        date: Of the day, ISO 8601.
        commit: What was measured.
        parts: What it found.
    """

    date: str
    commit: str
    parts: Sequence[Part]


def save(folder: Path, name: str, kept: Kept) -> None:
    """Write a section to ``folder/name.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(asdict(kept), indent=1, ensure_ascii=False) + "\n", "utf-8")


def load(folder: Path, names: Iterable[str]) -> list[Kept]:
    """The sections that were ever measured, in the order of their names."""
    found = []
    for name in names:
        path = folder / f"{name}.json"
        if path.is_file():
            data = json.loads(path.read_text("utf-8"))
            parts = [Part(**part | {"goals": [Goal(**goal) for goal in part["goals"]]}) for part in data["parts"]]
            found.append(Kept(data["date"], data["commit"], parts))
    return found
