"""The bundles of the recipes, as `make site` builds them."""

from __future__ import annotations

from pathlib import Path

import pytest

import xaiweb
from xaiweb.explaining.images import PhotoExplainer
from xaiweb.explaining.texts import TextExplainer

BUNDLES = Path(__file__).parents[2] / "build" / "bundles"


@pytest.fixture(scope="session")
def digit() -> PhotoExplainer:
    return xaiweb.open(BUNDLES / "digit")


@pytest.fixture(scope="session")
def photo() -> PhotoExplainer:
    return xaiweb.open(BUNDLES / "photo")


@pytest.fixture(scope="session")
def spam() -> TextExplainer:
    return xaiweb.open(BUNDLES / "spam")
