"""The card's picture is of the output that the page shows first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from xaiweb.bundle.manifest import Manifest
from xaiweb.site.thumbnail import thumbnail


def described(kinds: list[str], decides: str | None = None) -> Manifest:
    """A manifest of one player and outputs a, b, c of these kinds, as far as a card reads it."""
    outputs = [SimpleNamespace(name=name, kind=kind) for name, kind in zip("abc", kinds, strict=False)]
    decision = SimpleNamespace(output=decides) if decides else None
    player = SimpleNamespace(name="p", label=None)
    return cast(Manifest, SimpleNamespace(outputs=outputs, decision=decision, players=[player], features=[]))


def explained(prediction: list[float]) -> dict[str, Any]:
    """An explanation whose player alone leads from 0.4 to the prediction."""
    values = [[end - 0.4 for end in prediction]]
    return {
        "players": [{"name": "p"}],
        "outputs": list("abc")[: len(prediction)],
        "base_values": [0.4] * len(prediction),
        "prediction": prediction,
        "values": values,
    }


@pytest.mark.parametrize(
    ("kinds", "decides", "prediction", "sign"),
    [
        (["probability"] * 3, None, [0.1, 0.7, 0.2], "positive"),  # the likeliest class
        (["probability"] * 2, "a", [0.1, 0.9], "negative"),  # the one that decides
        (["number"] * 2, None, [0.1, 9.0], "negative"),  # numbers don't compete: the first
    ],
)
def test_the_output_shown(kinds: list[str], decides: str | None, prediction: list[float], sign: str) -> None:
    picture = thumbnail(explained(prediction), described(kinds, decides))
    assert [bar.sign for bar in picture.bars] == [sign]
