"""A visit as a waterfall: what `ready` waits for, as SVG that reads in light and dark."""

from __future__ import annotations

from html import escape
from math import ceil

from tests.bench.start.visit import Request, Stage, Visit

WIDTH, LEFT, RIGHT, ROW, TOP = 940, 290, 70, 17, 46
BAR = 9
CSS = """text{font:11px system-ui,sans-serif;fill:#24292f}.t{font-weight:600;font-size:12px}.s{fill:#57606a}
.g{stroke:#8b949e;stroke-opacity:.3}.page{fill:#8f6fe0}.worker{fill:#2f8fe8}.python{fill:#2fa36b}
.wait{fill:#8b949e;fill-opacity:.35}.file{fill:#b8860b}.mark{stroke:#e8175d;stroke-width:1.5}.m{fill:#d6004a}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.s{fill:#9da7b1}.m{fill:#ff6f9c}}"""

# What a stage's name says to someone who doesn't know the code.
STAGES = {
    "list": "files.json, read and checked",
    "worker": "the worker, checked and started",
    "policy": "guards, and what the policy allows",
    "onnxruntime": "onnxruntime: loaded, checked, compiled",
    "manifest": "the bundle's manifest, read and checked",
    "session": "onnxruntime started, the model's session",
    "predict": "the prediction",
    "first estimates": "the first estimates",
    "python files": "Python's files: loaded, checked, compiled",
    "python scripts": "Pyodide's scripts",
    "interpreter": "the interpreter",
    "packages": "numpy and the core, unpacked",
    "core": "numpy and the core, imported",
}
MOST_TICKS = 15
PYTHON = {"python files", "python scripts", "interpreter", "packages", "core"}


def waterfall(visit: Visit, label: str) -> str:
    """The SVG: each stage, and below it the requests that were sent while it was the last one to begin."""
    rows = ordered(visit)
    end = max(visit.ready, *(item.end for item in rows)) * 1.01
    across = (WIDTH - LEFT - RIGHT) / end
    height = TOP + ROW * len(rows) + 8

    def x(time: float) -> float:
        return LEFT + time * across

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' role="img" aria-label="{escape(label)}"><style>{CSS}</style>'
    ]
    step = next(step for step in (250, 500, 1000, 2000, 5000, 10_000) if end / step < MOST_TICKS)
    for time in range(0, ceil(end), step):
        out.append(f'<path class="g" d="M{x(time):.1f} {TOP - 8}V{height - 4}"/>')
        out.append(f'<text class="s" x="{x(time):.1f}" y="{TOP - 12}" text-anchor="middle">{time}</text>')
    for name, time in (("first picture", visit.first_picture), ("ready", visit.ready)):
        out.append(f'<path class="mark" d="M{x(time):.1f} {TOP - 8}V{height - 4}"/>')
        out.append(f'<text class="m t" x="{x(time):.1f}" y="14" text-anchor="middle">{name} {time:.0f} ms</text>')
    for i, item in enumerate(rows):
        y = TOP + i * ROW
        out += _stage(item, x, y) if isinstance(item, Stage) else _request(item, x, y)
    return "\n".join([*out, "</svg>", ""])


def ordered(visit: Visit) -> list[Stage | Request]:
    """Stages and requests in the order in which they began, without those that came after `ready`."""
    items: list[Stage | Request] = [*visit.stages, *visit.requests]
    return sorted((item for item in items if item.start < visit.ready), key=lambda item: (item.start, item.end))


def _stage(stage: Stage, x, y: float) -> list[str]:  # type: ignore[no-untyped-def]
    kind = "python" if stage.name in PYTHON else stage.where
    return [
        f'<text class="t" x="8" y="{y + BAR}">{escape(STAGES.get(stage.name, stage.name))}</text>',
        _bar(kind, x(stage.start), x(stage.end), y),
        f'<text class="s" x="{x(stage.end) + 4:.1f}" y="{y + BAR}">{stage.end - stage.start:.0f}</text>',
    ]


def _request(request: Request, x, y: float) -> list[str]:  # type: ignore[no-untyped-def]
    name = request.path if len(request.path) <= 44 else f"…{request.path[-43:]}"
    size = f"{request.bytes / 1e6:.1f} MB" if request.bytes >= 1e5 else f"{request.bytes / 1e3:.0f} kB"
    return [
        f'<text class="s" x="18" y="{y + BAR}">{escape(name)}</text>',
        _bar("wait", x(request.start), x(request.response), y),
        _bar("file", x(request.response), x(request.end), y),
        f'<text class="s" x="{x(request.end) + 4:.1f}" y="{y + BAR}">{size}</text>',
    ]


def _bar(kind: str, start: float, end: float, y: float) -> str:
    return f'<rect class="{kind}" x="{start:.1f}" y="{y:.1f}" width="{max(end - start, 1):.1f}" height="{BAR}"/>'
