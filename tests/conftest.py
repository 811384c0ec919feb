"""What every suite shares: the loan bundle that `make site` writes."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def loan() -> Path:
    """The loan bundle's folder."""
    folder = ROOT / "build" / "bundles" / "loan"
    if not (folder / "manifest.json").is_file():
        pytest.fail("there is no loan bundle: run `make site` first (`make test` does)", pytrace=False)
    return folder
