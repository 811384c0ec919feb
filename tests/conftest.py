"""What every suite shares: the bundles that `make site` writes."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def loan() -> Path:
    """The loan bundle's folder."""
    return recipe("loan")


def recipe(name: str) -> Path:
    """The folder of the bundle that the recipe of this name makes."""
    folder = ROOT / "build" / "bundles" / name
    if not (folder / "manifest.json").is_file():
        pytest.fail(f"there is no {name} bundle: run `make site` first (`make test` does)", pytrace=False)
    return folder
