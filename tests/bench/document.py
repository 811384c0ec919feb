"""Writes the document: the goals with their figures, the written part, every section, and the plots beside it."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import jinja2

from tests.bench.accuracy.data import DATA
from tests.bench.accuracy.setups import GAMES, split
from tests.bench.kept import Kept
from tests.bench.part import Part, goals_table
from tests.bench.pictures.torch_peer import installed

PACKAGES = ("numpy", "onnxruntime", "shap", "shapiq", "lime", "scikit-learn", "xgboost-cpu", "lightgbm")
TEMPLATE = Path(__file__).parent / "benchmarks.md.jinja"


def write(sections: Sequence[Kept], target: Path, *, quick: bool) -> None:
    """Write the document to ``target`` and its plots to the folder of the same name beside it.

    Args:
        sections: What was measured, in order.
        target: ``.../benchmarks.md``.
        quick: Whether with few rows and seeds.
    """
    plots = target.with_suffix("")
    plots.mkdir(parents=True, exist_ok=True)
    parts = [part for section in sections for part in section.parts]
    for part in parts:
        for name, svg in part.plots.items():
            (plots / name).write_text(svg, encoding="utf-8")
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False)
    text = environment.from_string(TEMPLATE.read_text("utf-8")).render(
        quick=quick,
        machine=machine(),
        versions=", ".join([*(f"{name} {metadata.version(name)}" for name in PACKAGES), f"captum {installed()}"]),
        goals="\n".join(goals_table([goal for part in parts for goal in part.goals])),
        games="\n".join(games_table()),
        losses="\n".join(line for part in parts for line in part.losses) or "Nowhere in this run.",
        parts="\n".join(told(part, section) for section in sections for part in section.parts),
    )
    target.write_text(text, encoding="utf-8")


MODELS = {
    "mlp": "perceptron, 32 and 16 wide",
    "forest": "random forest",
    "sklearn": "gradient boosting (scikit-learn)",
    "xgboost": "gradient boosting (XGBoost)",
    "lightgbm": "gradient boosting (LightGBM)",
}


def games_table() -> list[str]:
    """The games as a Markdown table."""
    rows = []
    sealed = split()["sealed"]
    for name, setup in GAMES.items():
        made = DATA[setup.data]
        data = made()
        about = (made.__doc__ or "").splitlines()[0]
        players = len(setup.columns) if setup.columns else data.x.shape[1]
        scale = "margin" if setup.margin else "probability" if data.classes else "number"
        rows.append([name, str(players), about, MODELS[setup.model], scale, setup.truth, "sealed" * (name in sealed)])
    heads = ["game", "d", "about", "model", "scale", "truth", ""]
    return ["| " + " | ".join(row) + " |" for row in (heads, ["---"] * len(heads), *rows)]


def told(part: Part, section: Kept) -> str:
    """A part as Markdown."""
    return "\n".join([f"## {part.title}", "", *part.lines, "", f"*{section.date}, commit {section.commit}*", ""])


def commit() -> str:
    """The commit that was run, and whether its files were changed."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "python", "tests/bench")
    return git("rev-parse", "--short=12", "HEAD") + (" with changes" if changed else "")


def machine() -> str:
    """Processor, cores, memory and system."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        models = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        name = models[0] if models else name
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{name}, {os.cpu_count()} cores, {memory:.0f} GiB; {system}"
