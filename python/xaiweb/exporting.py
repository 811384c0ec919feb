"""From a model to a bundle: convert, check, write the graphs and the ready designs, say what becomes public."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import xaiweb
from xaiweb.bundle import background as backgrounds
from xaiweb.bundle import rows as bundle_rows
from xaiweb.bundle import table
from xaiweb.bundle.documents import entry
from xaiweb.bundle.files import npy_bytes
from xaiweb.bundle.manifest import CardEntry, Decision, Manifest, Model, Text
from xaiweb.bundle.read import Bundle, read
from xaiweb.bundle.tabular import (
    Background,
    Feature,
    Player,
    Protected,
    RowExample,
    TabularManifest,
    TabularScale,
    Trees,
    WebglGraph,
    load_features,
)
from xaiweb.bundle.write import write
from xaiweb.converting import PARITY_ROWS, Converted, convert, describe_outputs, origin, predict
from xaiweb.errors import InputError, ModelError
from xaiweb.graph import model as graph_model
from xaiweb.graph import operators, webgl, weights
from xaiweb.graph.closed_form import Linear as LinearForm
from xaiweb.graph.closed_form import Trees as TreeForm
from xaiweb.graph.value_function import scales, value_function
from xaiweb.preparing import WEBGL_ROWS, chunk_rows, closed_form, ready_designs

if TYPE_CHECKING:
    import onnx


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
        model: A ``torch.nn.Module`` over raw columns, a fitted scikit-learn, XGBoost or LightGBM estimator, or a path
            to an ONNX file.
        background: Raw rows to compare with: a path, data frame or array; categories as words. Protected columns
            stand among the others.
        features: What the columns mean (``features.v1.schema.json``); None takes the names from the background and,
            for an estimator that was fitted on words itself, the words that stand there as levels.
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
    # Which number stands for a word in a network or an ONNX file, only its owner knows; an estimator reads words.
    reads_words = origin(model) in ("sklearn", "xgboost", "lightgbm")
    visible, hidden = _features(features, given, reads_words)
    ignore = [f.name for f in hidden]
    rows = bundle_rows.encode(given, visible, ignore=ignore)
    converted = convert(model, background, rows, visible)
    info = graph_model.describe(converted.model, len(visible))
    plain = graph_model.plain(converted.model, info)
    if converted.parity is not None:
        say(f"Parity: the ONNX graph is within {converted.parity:.1e} of the original, on real rows and at the edges.")

    chosen, positions, rule = backgrounds.choose(rows, visible, background_kind, background_size, seed)
    protected, protected_rows = _protected(given, visible, hidden, positions)
    label = background_label or _background_label(background_kind, len(chosen))
    if examples is None:
        examples = _some_examples(rows, visible)
    shown = tuple(entry(RowExample, given, f"examples[{i}]") for i, given in enumerate(examples))
    example_rows = bundle_rows.encode(
        table.from_data([example.values for example in shown], "examples"), visible, allow_empty=True
    )

    probe = np.concatenate([rows[:PARITY_ROWS], chosen, example_rows])
    predictions = predict(plain, info, probe)
    declared = describe_outputs(outputs, converted, info, predictions)

    graphs: dict[str, onnx.ModelProto] = {"model.onnx": plain}
    webgl_graphs: dict[str, bytes] = {}
    tables: dict[str, bytes] = {}
    providers = dict(operators.unsupported(plain))
    if any(feature.missing for feature in visible):
        providers["webgl"] = providers["webgl"] or "WebGL masks by multiplication, and a missing value would spread"
    units = []
    players = _players(visible)
    groups = [[visible.index(f) for f in visible if f.name in player.columns] for player in players]
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
        form = closed_form(plain, info, scale, groups, probe, say)
        trees = None
        if isinstance(form, TreeForm):
            nodes = npy_bytes(form.nodes)
            # The margin and the logit of two classes are often the same sum: one file then serves both.
            file = next((name for name, known in tables.items() if known == nodes), f"trees.{scale}.npy")
            tables[file] = nodes
            trees = Trees(file, "trees.features.onnx" if form.features else None, tuple(form.columns))
            if form.features is not None:
                graphs["trees.features.onnx"] = form.features  # the same in every scale
        units.append(TabularScale(scale, f"value.{scale}.onnx", variant, isinstance(form, LinearForm), trees))
        if form is not None:
            structure = "the trees' nodes" if trees else "one function per player"
            say(f"Scale {scale}: Shapley values are exact, from {structure}.")

    files, shared = weights.share_weights(graphs)
    files |= webgl_graphs | tables
    if shared is not None:
        files[weights.WEIGHTS_FILE] = shared
    files["background.npy"] = npy_bytes(chosen)
    if protected_rows is not None:
        files["protected.npy"] = npy_bytes(protected_rows)
    designs = ready_designs(chosen, players, visible, seed, files)

    folder = Path(out)
    manifest = TabularManifest(
        **described("tabular", folder, name, title, description, subject),
        model=described_model(converted, files["model.onnx"], shared, card),
        features=visible,
        protected=protected,
        players=players,
        outputs=declared,
        decision=entry(Decision, decision, "decision") if decision else None,
        scales=tuple(units),
        weights=weights.WEIGHTS_FILE if shared is not None else None,
        background=Background("background.npy", background_kind, len(chosen), seed, rule, label),
        examples=shown,
        designs=designs,
        chunk_rows=chunk_rows(plain, info, rows),
        providers=providers,
        files={},
    )
    return written(folder, manifest, files, say)


def described(
    kind: str, folder: Path, name: str | None, title: Text | None, description: Text | None, subject: Text | None
) -> dict[str, Any]:
    """What a manifest of any kind says first; the folder's name where there is no other."""
    own = folder.resolve().name
    return {
        "version": 1,
        "kind": kind,
        "name": bundle_name(name or own),
        "title": title or name or own,
        "description": description,
        "subject": subject,
        "created_by": f"xaiweb {xaiweb.__version__}",
    }


def described_model(converted: Converted, file: bytes, shared: bytes | None, card: Sequence[dict[str, Any]]) -> Model:
    """The entry of the plain model, ``model.onnx``, whose weights lie in a file of their own where they are shared."""
    return Model(
        file="model.onnx",
        sha256=hashlib.sha256(file + (shared or b"")).hexdigest(),
        source=converted.source,
        opset={found.domain: found.version for found in converted.model.opset_import},
        card=tuple(entry(CardEntry, given, f"card[{i}]") for i, given in enumerate(card)) or None,
    )


def written(folder: Path, manifest: Manifest, files: dict[str, bytes], say: Callable[[str], None]) -> Bundle:
    """The bundle in its folder, as a reader will see it; what becomes public is said."""
    write(folder, manifest, files)
    bundle = read(folder)
    for line in public(manifest, sum(map(len, files.values()))):
        say(line)
    return bundle


def public(manifest: Manifest, n_bytes: int) -> list[str]:
    """What anyone who can open a site with this bundle can read, a sentence each."""
    lines = [f"Public: the model and its weights ({n_bytes / 1e3:,.0f} kB with everything else in the bundle)."]
    if isinstance(manifest, TabularManifest):
        lines.append(f"Public: the background, {manifest.background.n_rows} rows. {manifest.background.rule}")
        if manifest.protected:
            names = ", ".join(f.name for f in manifest.protected.features)
            lines.append(f"Public: beside each background row, columns that the model never sees: {names}.")
    if manifest.examples:
        what = {"tabular": "rows", "image": "photos", "text": "texts"}[manifest.kind]
        lines.append(f"Public: {len(manifest.examples)} example {what}.")
    return lines


def _features(
    features: Sequence[dict[str, Any]] | None, given: table.Table, reads_words: bool
) -> tuple[tuple[Feature, ...], tuple[Feature, ...]]:
    if features is not None:
        return load_features(list(features))
    if given.columns is not None and reads_words:
        return bundle_rows.seen(given), ()
    if given.columns is not None:
        return tuple(Feature(name) for name in given.columns), ()
    if len(given.rows) == 0:
        raise InputError("the background is empty.", where=given.origin, next="Give at least one row.", code="empty")
    return tuple(Feature(f"x{i}") for i in range(len(given.rows[0]))), ()


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


def _players(features: tuple[Feature, ...]) -> tuple[Player, ...]:
    """One player per group, or per column that is in none, in the order of their first column.

    Raises:
        InputError: A column that is in no group has a group's name.
    """
    groups = {feature.group for feature in features if feature.group}
    for feature in features:
        if feature.name in groups and feature.group != feature.name:
            raise InputError(
                f"\"{feature.name}\" is a group's name and a column's that isn't in it.",
                where="features",
                next="Rename the group, or put the column into it.",
            )
    columns: dict[str, list[str]] = {}
    labels: dict[str, Text | None] = {}
    for feature in features:
        key = feature.group or feature.name
        columns.setdefault(key, []).append(feature.name)
        labels[key] = None if feature.group else feature.label
    return tuple(Player(name, tuple(names), labels[name]) for name, names in columns.items())


def bundle_name(text: str) -> str:
    """A short name for addresses made of any text: letters a-z, digits and dashes."""
    name = re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")[:64]
    if not name:
        raise InputError(f"{text!r} can't be used as a name.", where="name", next="Use letters a-z, digits and dashes.")
    return name
