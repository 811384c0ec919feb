"""Line charts in small panels, as SVG that reads in light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT, COLUMNS = 300, 230, 3
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 30, 34
ENTRY, LINE = 225, 20
STYLES = (
    ("#e8175d", "", 2.6),
    ("#2f8fe8", "", 1.6),
    ("#2fa36b", "", 1.6),
    ("#b8860b", "", 1.6),
    ("#8f6fe0", "", 1.6),
    ("#2f8fe8", "5 3", 1.6),
    ("#2fa36b", "5 3", 1.6),
    ("#b8860b", "5 3", 1.6),
    ("#8f6fe0", "5 3", 1.6),
    ("#808890", "2 3", 1.6),
    ("#808890", "", 1.6),
)
CSS = """text{font:12px system-ui,sans-serif;fill:#24292f}.t{font-weight:600}.s{font-size:11px;fill:#57606a}
.g{stroke:#8b949e;stroke-opacity:.35}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.s{fill:#9da7b1}}"""


@dataclass(frozen=True)
class Line:
    """One line: ``y`` over ``x`` with an optional band from ``low`` to ``high``."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()


@dataclass(frozen=True)
class Panel:
    """One small chart with its title."""

    title: str
    lines: Sequence[Line]


def chart(label: str, panels: Sequence[Panel], x_name: str, y_name: str, least: float = 0.0) -> str:
    """An SVG of panels that share a legend; both axes are logarithmic.

    Args:
        label: What a reader who can't see it is told.
        panels: The panels; a name keeps its style in all of them.
        x_name: What the x axes count.
        y_name: What the y axes measure.
        least: Smaller values are drawn here.
    """
    names = list(dict.fromkeys(line.name for panel in panels for line in panel.lines))
    columns = min(COLUMNS, len(panels))
    width = max(columns * WIDTH, ENTRY)
    per_row = max(1, width // ENTRY)
    legend = LINE * ceil(len(names) / per_row) + 8
    height = legend + HEIGHT * ceil(len(panels) / columns)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-label="{escape(label)}"><style>{CSS}</style>'
    ]
    for i, name in enumerate(names):
        x, y = 8 + i % per_row * ENTRY, 14 + i // per_row * LINE
        out.append(f'<path d="M{x} {y}h26" {_stroke(i)}/><text x="{x + 32}" y="{y + 4}">{escape(name)}</text>')
    for i, panel in enumerate(panels):
        out.append(f'<g transform="translate({i % columns * WIDTH} {legend + i // columns * HEIGHT})">')
        out += _panel(panel, names, x_name, y_name, least)
        out.append("</g>")
    return "\n".join([*out, "</svg>", ""])


def _panel(panel: Panel, names: list[str], x_name: str, y_name: str, least: float) -> list[str]:
    xs = [x for line in panel.lines for x in line.x]
    ys = [max(y, least) for line in panel.lines for y in (*line.y, *line.high)]
    ys = [y for y in ys if y > 0]
    if not ys:
        return []
    x_low, x_high = log10(min(xs)), log10(max(xs)) + 1e-9
    y_low, y_high = floor(log10(min(ys)) + 1e-9), ceil(log10(max(ys)) - 1e-9)
    y_high = max(y_high, y_low + 1)
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        across = (log10(x) - x_low) / (x_high - x_low) if x_high - x_low > 1e-6 else 0.5
        up = (log10(max(y, least, 10**y_low)) - y_low) / (y_high - y_low)
        return LEFT + across * (right - LEFT), bottom - up * (bottom - TOP)

    out = [f'<text class="t" x="{LEFT}" y="16">{escape(panel.title)}</text>']
    every = max(1, ceil((y_high - y_low) / 5))
    for power in range(y_low, y_high + 1, every):
        y = at(min(xs), 10**power)[1]
        out.append(f'<path class="g" d="M{LEFT} {y:.1f}H{right}"/>')
        out.append(f'<text class="s" x="{LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{10**power:g}</text>')
    last = -1e9
    for x in sorted(set(xs)):
        px = at(x, 1)[0]
        if px - last > 38:
            anchor = "end" if px > right - 12 else "middle"
            out.append(f'<text class="s" x="{px:.1f}" y="{bottom + 15}" text-anchor="{anchor}">{x:g}</text>')
            last = px
    out.append(f'<text class="s" x="{right}" y="{bottom + 28}" text-anchor="end">{escape(x_name)}</text>')
    out.append(f'<text class="s" x="{right}" y="16" text-anchor="end">{escape(y_name)}</text>')
    for line in reversed(panel.lines):  # the first on top
        index = names.index(line.name)
        if line.low:
            there = [at(x, y) for x, y in zip(line.x, line.high, strict=True)]
            back = [at(x, y) for x, y in zip(line.x, line.low, strict=True)]
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*there, *reversed(back)])
            out.append(f'<polygon points="{points}" fill="{STYLES[index % len(STYLES)][0]}" fill-opacity=".18"/>')
        points = " ".join("{:.1f},{:.1f}".format(*at(x, y)) for x, y in zip(line.x, line.y, strict=True))
        out.append(f'<polyline points="{points}" {_stroke(index)}><title>{escape(line.name)}</title></polyline>')
    return out


def _stroke(index: int) -> str:
    colour, dash, width = STYLES[index % len(STYLES)]
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'fill="none" stroke="{colour}" stroke-width="{width}"{dashes}'
