"""From a model to a bundle: convert, check, write the graphs and the ready designs, say what becomes public."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import xaiweb
from xaiweb.bundle import background as backgrounds
from xaiweb.bundle import rows as bundle_rows
from xaiweb.bundle import table
from xaiweb.bundle.files import npy_bytes
from xaiweb.bundle.manifest import (
    Background,
    CardEntry,
    Checkpoint,
    Decision,
    Example,
    Feature,
    Manifest,
    Model,
    Output,
    Player,
    Protected,
    ReadyDesign,
    Scale,
    Text,
    WebglGraph,
    load_features,
)
from xaiweb.bundle.read import Bundle, read
from xaiweb.bundle.write import write
from xaiweb.core.shapley import design
from xaiweb.errors import InputError, ModelError
from xaiweb.graph import model as graph_model
from xaiweb.graph import operators, webgl, weights
from xaiweb.graph.value_function import scales, value_function

if TYPE_CHECKING:
    import onnx

LARGEST_CHUNK_ROWS = 4096
WASM_SLOWDOWN = 4
MOST_DESIGN_BYTES = 4_000_000
FRAME_SECONDS = 0.016
WEBGL_ROWS = 1024
"""Model rows of one WebGL run: its graph has fixed sizes, and the last chunk is padded."""
PARITY_ROWS = 1000


@dataclass(frozen=True)
class Converted:
    """A model as ONNX, and how it was proved equal to the original."""

    model: onnx.ModelProto
    source: str
    outputs: tuple[Output, ...] | None = None
    parity: float | None = None


def export_bundle(
    model: Any,
    *,
    background: Any,
    features: Sequence[dict[str, Any]] | None = None,
    outputs: Sequence[dict[str, Any]] | None = None,
    out: Path | str,
    name: str | None = None,
    title: Text | None = None,
    description: Text | None = None,
    subject: Text | None = None,
    decision: dict[str, Any] | None = None,
    card: Sequence[dict[str, Any]] = (),
    examples: Sequence[dict[str, Any]] | None = None,
    background_kind: str = "sample",
    background_size: int = 100,
    background_label: Text | None = None,
    seed: int = 0,
    report: Callable[[str], None] | None = print,
) -> Bundle:
    """Write a bundle for ``model``, and return it as a reader will see it.

    Args:
        model: A ``torch.nn.Module`` over raw columns, a fitted scikit-learn estimator, or a path to an ONNX file.
        background: Raw rows to compare with: a path, data frame or array; categories as words. Protected columns
            stand among the others.
        features: What the columns mean (``features.v1.schema.json``); None takes the names from the background.
        outputs: ``{"name", "kind": "probability" | "number", "label"?, "unit"?}`` each; None finds out.
        out: The bundle's folder.
        name: Short name in addresses; None takes the folder's.
        title: What the page calls it.
        description: One or two sentences.
        subject: Whom or what a row is about ("The applicant").
        decision: ``{"output", "threshold", "above", "below", "meaning"}``.
        card: What a reader should know of the model: ``{"title", "text"}`` each.
        examples: Rows to start from: ``{"id", "title", "values"}``; None takes three rows of the table given.
        background_kind: ``sample``, ``kmeans``, ``median`` or ``given``.
        background_size: Rows of a sample, or centres.
        background_label: What a row is compared with ("100 other applicants").
        seed: Of the background's choice and of the ready designs.
        report: Told what was checked and what becomes public; None for silence.

    Raises:
        InputError: If the rows or features can't be used.
        ModelError: If the model can't be used, disagrees with its export, or isn't finite on the rows given.
    """
    say = report or (lambda _: None)
    given = table.from_data(background, "background")
    visible, hidden = _features(features, given)
    ignore = [f.name for f in hidden]
    rows = bundle_rows.encode(given, visible, ignore=ignore)
    converted = _convert(model, background, rows, visible)
    info = graph_model.describe(converted.model, len(visible))
    plain = graph_model.plain(converted.model, info)
    if converted.parity is not None:
        say(f"Parity: the ONNX graph is within {converted.parity:.1e} of the original, on real rows and at the edges.")

    chosen, positions, rule = backgrounds.choose(rows, visible, background_kind, background_size, seed)
    protected, protected_rows = _protected(given, visible, hidden, positions)
    label = background_label or _background_label(background_kind, len(chosen))
    if examples is None:
        examples = _some_examples(rows, visible)
    example_rows = bundle_rows.encode(
        table.from_data([dict(e["values"]) for e in examples], "examples"), visible, allow_empty=True
    )

    probe = np.concatenate([rows[:PARITY_ROWS], chosen, example_rows])
    predictions = _predict(plain, info, probe)
    declared = _outputs(outputs, converted, info, predictions)

    graphs: dict[str, onnx.ModelProto] = {"model.onnx": plain}
    webgl_graphs: dict[str, bytes] = {}
    providers = dict(operators.unsupported(plain))
    if any(feature.missing for feature in visible):
        providers["webgl"] = providers["webgl"] or "WebGL masks by multiplication, and a missing value would spread"
    units = []
    for scale in scales(plain, info, probability=all(o.kind == "probability" for o in declared)):
        graphs[f"value.{scale}.onnx"] = value_function(plain, info, scale)
        variant = None
        if providers["webgl"] is None:
            n_coalitions = max(1, WEBGL_ROWS // len(chosen))
            try:
                proto = webgl.webgl_value_function(plain, info, scale, n_coalitions, len(chosen))
                webgl_graphs[f"value.{scale}.webgl.onnx"] = proto.SerializeToString(deterministic=True)
                variant = WebglGraph(f"value.{scale}.webgl.onnx", n_coalitions, len(chosen))
            except ModelError as reason:
                if scale == "output":
                    providers["webgl"] = str(reason)
        units.append(Scale(scale, f"value.{scale}.onnx", variant))

    files, shared = weights.share_weights(graphs)
    files |= webgl_graphs
    if shared is not None:
        files["weights.bin"] = shared
    files["background.npy"] = npy_bytes(chosen)
    if protected_rows is not None:
        files["protected.npy"] = npy_bytes(protected_rows)
    players = _players(visible)
    designs = _designs(chosen, players, visible, seed, files)

    folder = Path(out)
    manifest = Manifest(
        version=1,
        kind="tabular",
        name=_name(name or folder.resolve().name),
        title=title or name or folder.resolve().name,
        description=description,
        subject=subject,
        created_by=f"xaiweb {xaiweb.__version__}",
        model=Model(
            file="model.onnx",
            sha256=hashlib.sha256(files["model.onnx"] + (shared or b"")).hexdigest(),
            source=converted.source,
            opset={o.domain: o.version for o in converted.model.opset_import},
            card=tuple(CardEntry(**entry) for entry in card) or None,
        ),
        features=visible,
        protected=protected,
        players=players,
        outputs=declared,
        decision=Decision(**decision) if decision else None,
        scales=tuple(units),
        weights="weights.bin" if shared is not None else None,
        background=Background("background.npy", background_kind, len(chosen), seed, rule, label),
        examples=tuple(Example(**example) for example in examples),
        designs=designs,
        chunk_rows=_chunk_rows(plain, info, rows),
        providers=providers,
        files={},
    )
    write(folder, manifest, files)
    bundle = read(folder)
    for line in public(manifest, sum(map(len, files.values()))):
        say(line)
    return bundle


def public(manifest: Manifest, n_bytes: int) -> list[str]:
    """What anyone who can open a site with this bundle can read, a sentence each."""
    lines = [
        f"Public: the model and its weights ({n_bytes / 1e3:,.0f} kB with everything else in the bundle).",
        f"Public: the background, {manifest.background.n_rows} rows. {manifest.background.rule}",
    ]
    if manifest.protected:
        names = ", ".join(f.name for f in manifest.protected.features)
        lines.append(f"Public: beside each background row, columns that the model never sees: {names}.")
    if manifest.examples:
        lines.append(f"Public: {len(manifest.examples)} example rows.")
    return lines


def _features(
    features: Sequence[dict[str, Any]] | None, given: table.Table
) -> tuple[tuple[Feature, ...], tuple[Feature, ...]]:
    if features is not None:
        return load_features(list(features))
    if given.columns is not None:
        return tuple(Feature(name) for name in given.columns), ()
    if len(given.rows) == 0:
        raise InputError("the background is empty.", where=given.origin, next="Give at least one row.", code="empty")
    return tuple(Feature(f"x{i}") for i in range(len(given.rows[0]))), ()


def _convert(model: Any, background: Any, rows: NDArray[np.float32], features: tuple[Feature, ...]) -> Converted:
    """The model as ONNX, with the original compared on real rows and at the edges where there is an original."""
    if isinstance(model, str | Path):
        return Converted(graph_model.load(Path(model)), "onnx")
    from xaiweb.exporters import parity

    kind = {cls.__module__.partition(".")[0] for cls in type(model).__mro__}
    described = [
        {"name": f.name, "levels": list(f.words) if f.words else None, "min": f.min, "max": f.max} for f in features
    ]
    if "torch" in kind:
        from xaiweb.exporters import torch as exporter

        proto = exporter.to_onnx(model, rows[:2])
        reference: Callable[[NDArray[np.float32]], NDArray[Any]] = exporter.reference(model)
        source, outputs = "torch", None
    elif "sklearn" in kind:
        from xaiweb.exporters import sklearn as sk

        proto = sk.to_onnx(model, background, described)
        reference = sk.reference(model, background, described)
        source = "sklearn"
        outputs = tuple(Output(n, k) for n, k in sk.outputs(model))
    else:
        raise ModelError(
            f"a {type(model).__name__} can't be exported.",
            where="model",
            next="Give a torch.nn.Module, a fitted scikit-learn estimator, or the path of an ONNX file.",
        )
    edges = parity.edge_rows(described, rows)
    n_rows = np.concatenate([rows[:PARITY_ROWS], edges])
    gap = parity.check(reference, proto, n_rows, [f.name for f in features])
    return Converted(proto, source, outputs, gap)


def _protected(
    given: table.Table,
    visible: tuple[Feature, ...],
    hidden: tuple[Feature, ...],
    positions: NDArray[np.int64] | None,
) -> tuple[Protected | None, NDArray[np.float32] | None]:
    """The protected columns beside the chosen rows; centres and medians have none."""
    if not hidden or positions is None:
        return None, None
    values = bundle_rows.encode(given, hidden, ignore=[f.name for f in visible])
    return Protected(hidden, "protected.npy"), values[positions]


def _background_label(kind: str, n: int) -> Text:
    if kind == "median":
        return {"en": "a typical row (the median)", "de": "einer typischen Zeile (dem Median)"}
    if kind == "kmeans":
        return {"en": f"{n} typical rows", "de": f"{n} typischen Zeilen"}
    return {"en": f"{n} other rows", "de": f"{n} anderen Zeilen"}


def _some_examples(rows: NDArray[np.float32], features: tuple[Feature, ...]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(i + 1),
            "title": {"en": f"Row {i + 1}", "de": f"Zeile {i + 1}"},
            "values": bundle_rows.decode(row, features),
        }
        for i, row in enumerate(rows[:3])
    ]


def _predict(model: onnx.ModelProto, info: graph_model.ModelInfo, rows: NDArray[np.float32]) -> NDArray[np.float64]:
    import onnxruntime

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    out = np.asarray(session.run([info.output], {info.input: rows})[0], dtype=np.float64)
    bad = np.argwhere(~np.isfinite(out.reshape(len(rows), -1)))
    if len(bad):
        raise ModelError(
            f"the model answers {out.reshape(len(rows), -1)[tuple(bad[0])]} for one of the rows given.",
            where=f"row {bad[0][0] + 1}, output {bad[0][1]}",
            next="Repair the model or the row: an explanation needs finite numbers.",
            code="model-not-finite",
        )
    return out.reshape(len(rows), -1)


def _outputs(
    outputs: Sequence[dict[str, Any]] | None,
    converted: Converted,
    info: graph_model.ModelInfo,
    predictions: NDArray[np.float64],
) -> tuple[Output, ...]:
    if outputs is not None:
        declared: tuple[Output, ...] = tuple(Output(**entry) for entry in outputs)
    elif converted.outputs is not None:
        declared = converted.outputs
    else:
        n = info.n_outputs
        bounded = bool(((predictions >= 0) & (predictions <= 1)).all())
        # A number between 0 and 1 may be anything; after a Sigmoid, or among others that sum to 1, it is a probability.
        linked = info.ends_in_link
        shares = n > 1 and bool(np.allclose(predictions.sum(axis=1), 1, atol=1e-4))
        kind = "probability" if bounded and (linked or shares) else "number"
        names = ["output"] if n == 1 else [f"output {i}" for i in range(n)]
        declared = tuple(Output(name, kind) for name in names)
    if len(declared) != info.n_outputs:
        raise InputError(
            f"the model has {info.n_outputs} outputs, {len(declared)} were described.",
            where="outputs",
            next="Describe each of them, in order.",
        )
    return declared


def _players(features: tuple[Feature, ...]) -> tuple[Player, ...]:
    """One player per group, or per column that is in none, in the order of their first column."""
    columns: dict[str, list[str]] = {}
    labels: dict[str, Text | None] = {}
    for feature in features:
        key = feature.group or feature.name
        columns.setdefault(key, []).append(feature.name)
        labels[key] = None if feature.group else feature.label
    return tuple(Player(name, tuple(names), labels[name]) for name, names in columns.items())


def _designs(
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


def _chunk_rows(model: onnx.ModelProto, info: graph_model.ModelInfo, rows: NDArray[np.float32]) -> dict[str, int]:
    """Model rows per run, measured natively.

    ``cpu``: the smallest size whose time per row is within a tenth of the best. ``wasm``: the largest that stays under
    a frame, a row costing about four times as much there: few runs, and a visitor's cancel is obeyed at once. WebGPU
    pays more per run and takes the largest; WebGL's graph has a fixed size.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    costs = {}
    for size in (256, 1024, 2048, LARGEST_CHUNK_ROWS):
        block = np.resize(rows, (size, rows.shape[1]))
        best = float("inf")
        for _ in range(5):
            start = time.perf_counter()
            session.run([info.output], {info.input: block})
            best = min(best, time.perf_counter() - start)
        costs[size] = best / size
    native = next(size for size, cost in costs.items() if cost <= 1.1 * min(costs.values()))
    smooth = [size for size, cost in costs.items() if WASM_SLOWDOWN * cost * size <= FRAME_SECONDS]
    return {
        "cpu": native,
        "wasm": max(smooth, default=min(costs)),
        "webgpu": LARGEST_CHUNK_ROWS,
        "webgl": WEBGL_ROWS,
    }


def _name(text: str) -> str:
    name = re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")[:64]
    if not name:
        raise InputError(f"{text!r} can't be used as a name.", where="name", next="Use letters a-z, digits and dashes.")
    return name
