"""A recipe of ``export/`` as a module, and the bundle that ``make site`` made of it."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest

from xaiweb.bundle.read import Bundle, read

ROOT = Path(__file__).parents[2]


def load(name: str) -> ModuleType:
    """The recipe ``export/NAME.py``."""
    spec = importlib.util.spec_from_file_location(f"{name}_recipe", ROOT / "export" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def bundle(name: str) -> Bundle:
    """The recipe's bundle."""
    folder = ROOT / "build" / "bundles" / name
    if not (folder / "manifest.json").is_file():
        pytest.fail(f"there is no {name} bundle: run `make site` first (`make test` does)", pytrace=False)
    return read(folder)


def check_features(features: list[dict[str, Any]]) -> None:
    """The features keep their schema, and everything has words in both languages."""
    schema = json.loads((ROOT / "python/xaiweb/bundle/schema/features.v1.schema.json").read_text("utf-8"))
    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(features)] == []
    for feature in features:
        for text in (feature["label"], feature["help"], *(level["label"] for level in feature.get("levels", ()))):
            assert set(text) == {"en", "de"}
            assert all(text.values())


def check_card(made: Bundle) -> str:
    """Every entry of the card is written in both languages, no figure left open; the card's text."""
    entries = made.manifest.model.card
    assert entries
    for entry in entries:
        for text in (entry.title, entry.text):
            assert isinstance(text, dict)
            assert set(text) == {"en", "de"}
            assert "{" not in "".join(text.values())
    return "\n".join(str(entry.text) for entry in entries)
