"""Explaining a photo natively against bare runs over the very images that it evaluates, ready-made."""

from __future__ import annotations

import statistics
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

import xaiweb
from tests.bench.part import Goal, Part, table
from tests.bench.ratios import Ratio
from xaiweb.core.drive import run
from xaiweb.core.methods import start
from xaiweb.core.requests import Coalitions, Fields, Request
from xaiweb.core.spec import Spec
from xaiweb.core.subjects.blend import blend
from xaiweb.core.subjects.image import Image
from xaiweb.explaining.images import PhotoExplainer

MOST = 1.05
BATCHES = (1, 2, 4, 8, 16)
JOBS: dict[str, tuple[str, dict[str, Any]]] = {
    "Owen values, 50": ("shapley", {"estimator": "owen", "budget": 50}),
    "LIME, 65": ("lime", {"budget": 65}),
    "RISE, 65": ("rise", {"budget": 65}),
    "as it comes (Owen values, 256)": ("shapley", {}),
}
QUICK = ("Owen values, 50",)


def report(photo: Path, jobs: tuple[str, ...], repeats: int) -> Part:
    """The ratio for the first photo of a bundle."""
    explainer = xaiweb.open(photo)
    assert isinstance(explainer, PhotoExplainer)
    encoded = explainer.encode(photo / explainer.manifest.examples[0].file)[0]
    session = onnxruntime.InferenceSession(
        str(photo / explainer.manifest.model.file), providers=["CPUExecutionProvider"]
    )
    speeds = {batch: _speed(session, np.repeat(encoded[None], batch, axis=0), repeats) for batch in BATCHES}
    best = max(BATCHES, key=lambda batch: speeds[batch])
    found = {job: _beside(explainer, encoded, session, best, *JOBS[job], repeats) for job in jobs}
    rows = [
        [
            job,
            str(n_images),
            f"{loop.ours:.0f} ms",
            f"{loop.bare:.0f} ms",
            f"{loop.middle:.3f} ({loop.low:.3f}–{loop.high:.3f})",
            f"{preparing:.0f} ms",
        ]
        for job, (n_images, loop, preparing) in found.items()
    ]
    lines = [
        f"EfficientNet-lite0 under onnxruntime, in chunks of {explainer.chunk_rows} as the bundle says: an explanation"
        f" of a photo that is cut and ready, in turns with bare runs over the very images that it evaluates, ready-made"
        f" and in the best batch ({best}). Medians of {repeats} pairs. Preparing is what comes before, once for each"
        " photo: the segments, what stands for hidden ones, and the hierarchy.",
        "",
        *table(["", "images", "explanation", "bare runs", "ratio (quartiles)", "preparing"], rows),
        "",
        *table(
            ["batch", *map(str, BATCHES)],
            [["images a second, bare", *(f"{speeds[batch]:.1f}" for batch in BATCHES)]],
        ),
        "",
    ]
    goals = [
        Goal(f"Natively at most {MOST} times the bare runs, a photo: {job}", f"{loop.middle:.3f}", loop.middle <= MOST)
        for job, (_, loop, _) in found.items()
    ]
    return Part("Overhead over bare inference, photos, native", lines, goals)


def _speed(session: onnxruntime.InferenceSession, images: NDArray[np.float32], repeats: int) -> float:
    name = session.get_inputs()[0].name
    taken = []
    for _ in range(repeats + 1):
        begun = perf_counter()
        session.run(None, {name: images})
        taken.append(perf_counter() - begun)
    return len(images) / statistics.median(taken[1:])


def _beside(
    explainer: PhotoExplainer,
    encoded: NDArray[np.float32],
    session: onnxruntime.InferenceSession,
    batch: int,
    method: str,
    parameters: dict[str, Any],
    repeats: int,
) -> tuple[int, Ratio, float]:
    """The number of images, the times in turns, and the median ms of preparing."""
    scale = explainer.scale(None).name
    spec = Spec(
        outputs=tuple(output.name for output in explainer.manifest.outputs),
        selected=tuple(explainer.selected(encoded, scale, None)),
        chunk_rows=explainer.chunk_rows,
    )
    subject = explainer.prepare(encoded, scale, {})
    images = _ready_made(explainer, subject, spec, method, parameters)
    name = session.get_inputs()[0].name

    def bare() -> float:
        begun = perf_counter()
        for at in range(0, len(images), batch):
            session.run(None, {name: images[at : at + batch]})
        return 1e3 * (perf_counter() - begun)

    def prepared() -> float:
        begun = perf_counter()
        made = explainer.prepare(encoded, scale, {})
        made.hierarchy()
        return 1e3 * (perf_counter() - begun)

    def loop() -> float:
        begun = perf_counter()
        found = run(start(method, spec, subject, parameters), explainer.engine(subject, scale, lambda done: None))
        assert found.provenance.n_model_rows == len(images)
        return 1e3 * (perf_counter() - begun)

    preparing = statistics.median(prepared() for _ in range(3))
    return len(images), Ratio.of([(loop(), bare()) for _ in range(repeats)]), preparing


def _ready_made(
    explainer: PhotoExplainer, subject: Image, spec: Spec, method: str, parameters: dict[str, Any]
) -> NDArray[np.float32]:
    """The images that an explanation evaluates, float32 ``(n, C, H, W)``."""
    engine = explainer.engine(subject, spec.scale, lambda done: None)
    seen = []

    class Recording:
        def answer(self, request: Request) -> NDArray[np.float64]:
            assert isinstance(request, Coalitions | Fields)
            segments, masks = blend(subject, request)
            shown = masks[:, None, segments]
            seen.append(shown * subject.pixels + (1 - shown) * subject.hidden)
            return engine.answer(request)

    run(start(method, spec, subject, parameters), Recording())
    return np.concatenate(seen).astype(np.float32)
