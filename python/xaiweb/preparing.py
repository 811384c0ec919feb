"""What an export prepares: closed forms where the model has them, sampling designs that need no Python, chunk sizes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.files import npy_bytes
from xaiweb.bundle.tabular import Checkpoint, Feature, Player, ReadyDesign
from xaiweb.core.shapley import design
from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.core.shapley.paths import MOST_PLAYERS_ON_A_PATH
from xaiweb.graph import closed_form as closed_forms
from xaiweb.graph import model as graph_model
from xaiweb.graph.image_model import ImageInfo
from xaiweb.graph.value_function import value_function

if TYPE_CHECKING:
    import onnx

LARGEST_CHUNK_ROWS = 4096
WASM_SLOWDOWN = 4
"""About how many times longer a row takes in WASM on one thread than natively."""
FRAME_SECONDS = 0.016
ANSWER_SECONDS = 0.1
"""A cancel waits for one run; up to here it feels like at once."""
WEBGL_ROWS = 1024
"""Model rows of one WebGL run: its graph has fixed sizes, and the last chunk is padded."""
MOST_DESIGN_BYTES = 4_000_000
MOST_TREE_BYTES = 32_000_000
"""A visitor loads the trees' table to have exact values; above this size sampling is the better bargain."""
TREE_TOLERANCE = 1e-5
"""Of the range of the answers: how far the trees' sum may lie from the graph's, which adds up in float32."""


def closed_form(
    plain: onnx.ModelProto,
    info: graph_model.ModelInfo,
    scale: str,
    groups: Sequence[Sequence[int]],
    rows: NDArray[np.float32],
    say: Callable[[str], None],
) -> closed_forms.Linear | closed_forms.Trees | None:
    """The model's structure that makes Shapley values in a scale exact without sampling; None where there is none.

    Trees are compared with the graph on ``rows`` before they are trusted.

    Args:
        plain: The model.
        info: Its description.
        scale: The unit.
        groups: The columns of each player.
        rows: float32 ``(n_rows, n_features)``.
        say: Told why trees that were found aren't used.
    """
    import onnxruntime

    found = closed_forms.closed_form(plain, info, scale, groups)
    if not isinstance(found, closed_forms.Trees):
        return found
    if found.nodes.nbytes > MOST_TREE_BYTES:
        say(f"Scale {scale}: the trees' table would take {found.nodes.nbytes / 1e6:.0f} MB; it is left out.")
        return None
    ensemble = Ensemble.read(found.nodes)
    if min(len(ensemble.levels) - 1, len(groups)) > MOST_PLAYERS_ON_A_PATH:
        say(f"Scale {scale}: the trees are {len(ensemble.levels) - 1} questions deep; they are left out.")
        return None
    seen = rows.astype(np.float64)
    if found.features is not None:
        session = onnxruntime.InferenceSession(found.features.SerializeToString(), providers=["CPUExecutionProvider"])
        seen = np.asarray(session.run(None, {"rows": rows})[0], dtype=np.float64)
    graph = value_function(plain, info, scale).SerializeToString()
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    nothing = np.zeros((1, rows.shape[1]), dtype=bool)
    answers = session.run(["rows"], {"x": rows[:1], "background": rows, "masks": nothing})[0]
    gap = float(np.abs(ensemble.predict(seen) - answers).max())
    if gap > TREE_TOLERANCE * max(float(np.ptp(answers)), float(np.abs(answers).max())):
        say(f"Scale {scale}: the trees' sum differs from the graph's answer by {gap:.1e}; they are left out.")
        return None
    return found


def ready_designs(
    background: NDArray[np.float32],
    players: tuple[Player, ...],
    features: tuple[Feature, ...],
    seed: int,
    files: dict[str, bytes],
) -> tuple[ReadyDesign, ...]:
    """A ready design for each number of active players that can occur; their arrays go into ``files``.

    A player can only be inactive for some row if all its columns are constant over the background. The largest numbers
    come first, up to ``MOST_DESIGN_BYTES`` in all: a first picture isn't worth a long download.
    """
    position = {f.name: i for i, f in enumerate(features)}
    constant = sum(all(len(np.unique(background[:, position[c]])) == 1 for c in player.columns) for player in players)
    designs: list[ReadyDesign] = []
    room = MOST_DESIGN_BYTES
    for n in range(len(players), max(2, len(players) - constant) - 1, -1):
        budgets = design.checkpoints(n)
        room -= sum(8 * (n + 1) * budget // 2 for budget in budgets)
        if room < 0:
            break
        if budgets:
            designs.insert(0, _ready(n, budgets, seed, files))
    return tuple(designs)


def _ready(n: int, budgets: tuple[int, ...], seed: int, files: dict[str, bytes]) -> ReadyDesign:
    entries = []
    for budget in budgets:
        ready = design.design(n, budget, seed)
        a, c, h = design.operator(ready)
        path = f"designs/d{n}/operator-{budget}.npy"
        files[path] = npy_bytes(np.block([[a, c[:, None]], [h[None], np.zeros((1, 1))]]))
        entries.append(Checkpoint(budget, path))
    masks = f"designs/d{n}/masks.npy"
    files[masks] = npy_bytes(ready.masks)
    return ReadyDesign(n, seed, masks, tuple(entries))


def chunk_rows(model: onnx.ModelProto, info: graph_model.ModelInfo, rows: NDArray[np.float32]) -> dict[str, int]:
    """Model rows per run, measured natively.

    ``cpu``: the smallest size whose time per row is within a tenth of the best. ``wasm``: the largest that stays under
    a frame, a row costing about four times as much there: few runs, and a visitor's cancel is obeyed at once. WebGPU
    pays more per run and takes the largest; WebGL's graph has a fixed size.
    """
    sizes = (256, 1024, 2048, LARGEST_CHUNK_ROWS)
    costs = _costs(model, info, [np.resize(rows, (size, rows.shape[1])) for size in sizes])
    native = next(size for size, cost in costs.items() if cost <= 1.1 * min(costs.values()))
    smooth = [size for size, cost in costs.items() if WASM_SLOWDOWN * cost * size <= FRAME_SECONDS]
    return {
        "cpu": native,
        "wasm": max(smooth, default=min(costs)),
        "webgpu": LARGEST_CHUNK_ROWS,
        "webgl": WEBGL_ROWS,
    }


def chunk_images(model: onnx.ModelProto, info: ImageInfo, most: int) -> dict[str, int]:
    """Images per run, measured natively; at most ``most``, whose inner numbers are as large as memory allows.

    ``cpu``: the smallest number whose time per image is within a tenth of the best. ``wasm``: the largest for which a
    cancel is still obeyed at once, an image costing about four times as much there. WebGPU pays more per run and takes
    the largest.
    """
    sizes = [1 << power for power in range(most.bit_length())]
    costs = _costs(model, info, [np.zeros((size, *info.row_shape), np.float32) for size in sizes])
    native = next(size for size, cost in costs.items() if cost <= 1.1 * min(costs.values()))
    quick = [size for size, cost in costs.items() if WASM_SLOWDOWN * cost * size <= ANSWER_SECONDS]
    return {"cpu": native, "wasm": max(quick, default=1), "webgpu": max(costs)}


def _costs(
    model: onnx.ModelProto, info: graph_model.ModelInfo | ImageInfo, blocks: Sequence[NDArray[np.float32]]
) -> dict[int, float]:
    """Least seconds per row by the size of a block; sizes take turns, so that a busy moment is no single one's."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    seconds = {len(block): float("inf") for block in blocks}
    for _ in range(5):  # the first is slower than the rest
        for block in blocks:
            start = time.perf_counter()
            session.run([info.output], {info.input: block})
            seconds[len(block)] = min(seconds[len(block)], time.perf_counter() - start)
    return {size: best / size for size, best in seconds.items()}
