"""A small waterfall for a card, as numbers that a template draws with attributes alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from xaiweb.bundle.manifest import Text
from xaiweb.bundle.tabular import TabularManifest

WIDTH, HEIGHT, ROWS = 240.0, 96.0, 6
POSITIVE, NEGATIVE = "#ff0051", "#008bfb"


@dataclass(frozen=True)
class Bar:
    """One row of the waterfall, in the picture's own units."""

    x: float
    y: float
    width: float
    height: float
    sign: str
    fill: str


@dataclass(frozen=True)
class Thumbnail:
    """A waterfall from the base value to the prediction.

    Attributes:
        bars: The largest contributions first, all the others as the last one.
        base: Where the line of the base value stands.
        prediction: Where the line of the prediction stands.
        label: What the picture shows, for screen readers.
    """

    template: ClassVar[str] = "waterfall_card.html"

    bars: tuple[Bar, ...]
    base: float
    prediction: float
    label: str
    width: float = WIDTH
    height: float = HEIGHT


def english(text: Text | None) -> str:
    """The English words of a text."""
    return text["en"] if isinstance(text, dict) else text or ""


def thumbnail(explanation: dict[str, Any], manifest: TabularManifest) -> Thumbnail:
    """The picture of an explanation (contract 2) for the output that the page shows first.

    Players are stacked from the prediction downwards as in a waterfall: the largest on top, so that each bar
    starts where the one below it ends, and the last one starts at the base value.
    """
    column = _shown(explanation, manifest)
    values = [row[column] for row in explanation["values"]]
    order = sorted(range(len(values)), key=lambda i: (-abs(values[i]), i))
    shown = order[: ROWS - 1] if len(order) > ROWS else order
    steps = [values[i] for i in shown]
    if len(shown) < len(order):
        steps.append(sum(values[i] for i in order[len(shown) :]))

    base, end = explanation["base_values"][column], explanation["prediction"][column]
    ends = [end]
    for step in steps:
        ends.append(ends[-1] - step)
    low, high = min(*ends, base), max(*ends, base)
    scale = (WIDTH - 8) / (high - low) if high > low else 0.0

    def at(value: float) -> float:
        return round(4 + (value - low) * scale, 2) if scale else WIDTH / 2

    pitch = HEIGHT / max(len(steps), 1)
    bars = tuple(
        Bar(
            x=min(at(ends[i]), at(ends[i + 1])),
            y=round(i * pitch + pitch * 0.15, 2),
            width=round(max(abs(at(ends[i]) - at(ends[i + 1])), 0.75), 2),
            height=round(pitch * 0.7, 2),
            sign="positive" if step >= 0 else "negative",
            fill=POSITIVE if step >= 0 else NEGATIVE,
        )
        for i, step in enumerate(steps)
    )
    return Thumbnail(bars, at(base), at(end), _label(explanation, manifest, values, order))


def _shown(explanation: dict[str, Any], manifest: TabularManifest) -> int:
    """The output that decides; of several classes the likeliest; else the first."""
    outputs = explanation["outputs"]
    if manifest.decision and manifest.decision.output in outputs:
        return int(outputs.index(manifest.decision.output))
    if all(output.kind == "probability" for output in manifest.outputs):
        return max(range(len(outputs)), key=lambda i: explanation["prediction"][i])
    return 0


def _label(explanation: dict[str, Any], manifest: TabularManifest, values: list[float], order: list[int]) -> str:
    labels = {player.name: english(player.label) or player.name for player in manifest.players}
    labels |= {f.name: english(f.label) for f in manifest.features if f.label and labels.get(f.name) == f.name}
    names = [labels.get(player["name"], player["name"]) for player in explanation["players"]]
    up = [names[i] for i in order if values[i] > 0][:2]
    down = [names[i] for i in order if values[i] < 0][:2]
    parts = [f"{words} {' and '.join(found)}" for words, found in (("raised by", up), ("lowered by", down)) if found]
    return f"An example's explanation: {', '.join(parts)}" if parts else "An example that nothing changes"
