"""The manifest (contract 1): what a bundle holds, as dataclasses that mirror ``manifest.v1.schema.json``."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from xaiweb.bundle import schemas
from xaiweb.errors import BundleError

Text: TypeAlias = "str | dict[str, str]"
"""Words for people: one string, or one per language with English as the fallback."""


@dataclass(frozen=True)
class Level:
    """A category's level; its position is the number the model gets."""

    name: str
    label: Text | None = None


@dataclass(frozen=True)
class Feature:
    """A raw column of the model."""

    name: str
    kind: str = "number"
    label: Text | None = None
    unit: Text | None = None
    levels: tuple[Level, ...] | None = None
    min: float | None = None
    max: float | None = None
    step: float | None = None
    immutable: bool | None = None
    missing: bool | None = None
    group: str | None = None
    help: Text | None = None

    @property
    def words(self) -> tuple[str, ...] | None:
        """The level names in index order, None for a number."""
        return None if self.levels is None else tuple(level.name for level in self.levels)


@dataclass(frozen=True)
class CardEntry:
    """One thing a model's makers say of it."""

    title: Text
    text: Text


@dataclass(frozen=True)
class Model:
    """The plain model and where it came from."""

    file: str
    sha256: str
    source: str
    opset: dict[str, int]
    card: tuple[CardEntry, ...] | None = None


@dataclass(frozen=True)
class Protected:
    """Columns the model never sees, kept beside the background's rows."""

    features: tuple[Feature, ...]
    file: str


@dataclass(frozen=True)
class Player:
    """Who shares the credit: one column, or a group of them."""

    name: str
    columns: tuple[str, ...]
    label: Text | None = None


@dataclass(frozen=True)
class Output:
    """One number the model answers with."""

    name: str
    kind: str
    label: Text | None = None
    unit: Text | None = None


@dataclass(frozen=True)
class Decision:
    """How an output becomes a decision."""

    output: str
    threshold: float
    above: Text
    below: Text
    meaning: Text


@dataclass(frozen=True)
class WebglGraph:
    """The fixed-size variant of a value-function graph."""

    graph: str
    n_coalitions: int
    n_background: int


@dataclass(frozen=True)
class Trees:
    """A model that is a sum of trees, in one unit.

    Attributes:
        nodes: The trees' nodes, an ``.npy`` file; see :mod:`xaiweb.core.shapley.trees`.
        features: Graph from rows to what the trees see; None where they see the rows as they are.
        columns: For each tree feature the column it is made from.
    """

    nodes: str
    features: str | None
    columns: tuple[int, ...]


@dataclass(frozen=True)
class Scale:
    """A unit the model can be explained in, with the graph that answers in it.

    Attributes:
        name: ``output``, ``margin`` or ``logit``.
        graph: The value-function graph.
        webgl: The same with fixed sizes; None where it doesn't fit WebGL.
        additive: Whether the model is a sum of one function per player in this unit.
        trees: The model as a sum of trees; None where it is none in this unit.
    """

    name: str
    graph: str
    webgl: WebglGraph | None
    additive: bool
    trees: Trees | None


@dataclass(frozen=True)
class Background:
    """The rows an explanation compares with."""

    file: str
    kind: str
    n_rows: int
    seed: int
    rule: str
    label: Text


@dataclass(frozen=True)
class Example:
    """A row to start from."""

    id: str
    title: Text
    values: dict[str, float | str | None]


@dataclass(frozen=True)
class Checkpoint:
    """A ready design cut at a budget."""

    budget: int
    operator: str


@dataclass(frozen=True)
class ReadyDesign:
    """A sampling design made at export, for one number of active players."""

    n_players: int
    seed: int
    masks: str
    checkpoints: tuple[Checkpoint, ...]


@dataclass(frozen=True)
class File:
    """A file's identity."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """Everything a reader needs to know before it opens another file of the bundle."""

    version: int
    kind: str
    name: str
    title: Text
    created_by: str
    model: Model
    features: tuple[Feature, ...]
    protected: Protected | None
    players: tuple[Player, ...]
    outputs: tuple[Output, ...]
    decision: Decision | None
    scales: tuple[Scale, ...]
    weights: str | None
    background: Background
    examples: tuple[Example, ...]
    designs: tuple[ReadyDesign, ...]
    chunk_rows: dict[str, int]
    providers: dict[str, str | None]
    files: dict[str, File]
    description: Text | None = None
    subject: Text | None = None

    @classmethod
    def from_dict(cls, document: object) -> Manifest:
        """The manifest in a parsed JSON document.

        Raises:
            BundleError: With the path of the node at fault.
        """
        if isinstance(document, dict) and document.get("version") not in (None, 1):
            raise BundleError(
                f"this is version {document['version']!r} of the manifest; this release reads version 1.",
                where="manifest.version",
                next="Update xaiweb, or export the bundle again.",
                code="bundle-version",
            )
        schemas.check("manifest", document)
        manifest = _load(cls, document)
        for where, problem in _contradictions(manifest):
            raise BundleError(problem, where=where, next="Export the bundle again.")
        return manifest

    def to_dict(self) -> dict[str, Any]:
        """The manifest as JSON-ready objects; absent optional entries are left out."""
        document: dict[str, Any] = _dump(self)
        return document

    def scale(self, name: str) -> Scale | None:
        """The scale called ``name``, or None."""
        return next((scale for scale in self.scales if scale.name == name), None)


def _contradictions(m: Manifest) -> Iterator[tuple[str, str]]:
    """What a schema can't say: names that must be unique, known, or complete."""
    columns = [f.name for f in m.features]
    for list_name, names in (
        ("features", columns + ([f.name for f in m.protected.features] if m.protected else [])),
        ("players", [p.name for p in m.players]),
        ("outputs", [o.name for o in m.outputs]),
        ("scales", [s.name for s in m.scales]),
        ("examples", [e.id for e in m.examples]),
    ):
        if len(set(names)) < len(names):
            yield f"manifest.{list_name}", "two entries have the same name."
    for i, feature in enumerate(m.features):
        if feature.words is not None and len(set(feature.words)) < len(feature.words):
            yield f"manifest.features[{i}].levels", "two levels have the same name."
        if feature.min is not None and feature.max is not None and feature.min > feature.max:
            yield f"manifest.features[{i}].min", "the minimum lies above the maximum."
    if sorted(c for p in m.players for c in p.columns) != sorted(columns):
        yield "manifest.players", "every column must belong to exactly one player."
    if m.scales[0].name != "output":
        yield "manifest.scales[0].name", 'the first scale must be "output".'
    if m.decision and m.decision.output not in {o.name for o in m.outputs}:
        yield "manifest.decision.output", f"there is no output called {m.decision.output!r}."
    for i, example in enumerate(m.examples):
        if set(example.values) != set(columns):
            yield f"manifest.examples[{i}].values", "an example must name every column, and no other."
    for i, scale in enumerate(m.scales):
        if scale.trees and not all(column < len(columns) for column in scale.trees.columns):
            yield f"manifest.scales[{i}].trees.columns", f"the model has {len(columns)} columns."
    for path, where in _paths(m):
        if path not in m.files:
            yield where, f"{path!r} is not listed in manifest.files."


def _paths(m: Manifest) -> Iterator[tuple[str, str]]:
    yield m.model.file, "manifest.model.file"
    yield m.background.file, "manifest.background.file"
    if m.weights:
        yield m.weights, "manifest.weights"
    if m.protected:
        yield m.protected.file, "manifest.protected.file"
    for i, scale in enumerate(m.scales):
        yield scale.graph, f"manifest.scales[{i}].graph"
        if scale.webgl:
            yield scale.webgl.graph, f"manifest.scales[{i}].webgl.graph"
        if scale.trees:
            yield scale.trees.nodes, f"manifest.scales[{i}].trees.nodes"
            if scale.trees.features:
                yield scale.trees.features, f"manifest.scales[{i}].trees.features"
    for i, design in enumerate(m.designs):
        yield design.masks, f"manifest.designs[{i}].masks"
        for j, checkpoint in enumerate(design.checkpoints):
            yield checkpoint.operator, f"manifest.designs[{i}].checkpoints[{j}].operator"


T = TypeVar("T")


def _load(cls: type[T], data: Any) -> T:
    """A dataclass from schema-checked JSON, following its field types."""
    hints = typing.get_type_hints(cls, localns={"Text": Any})
    values = {key: _value(hints[key], data[key]) for key in data}
    return cls(**values)


def _value(hint: Any, data: Any) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if data is None or hint is Any:
        return data
    if origin in (typing.Union, types.UnionType):
        concrete = [a for a in args if a is not type(None)]
        return _value(concrete[0], data) if len(concrete) == 1 else data
    if origin is tuple:
        return tuple(_value(args[0], item) for item in data)
    if origin is dict:
        return {key: _value(args[1], item) for key, item in data.items()}
    return _load(hint, data) if isinstance(hint, type) and dataclasses.is_dataclass(hint) else data


# Entries whose null means something; every other None is left out.
_NULLABLE = {"protected", "decision", "weights", "webgl", "trees", "features"}


def _dump(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {key: _dump(item) for key, item in pairs if item is not None or key in _NULLABLE}
    if isinstance(value, tuple | list):
        return [_dump(item) for item in value]
    if isinstance(value, dict):
        return {key: _dump(item) for key, item in value.items()}
    return value


def load_features(document: object, *, where: str = "features") -> tuple[tuple[Feature, ...], tuple[Feature, ...]]:
    """(model columns, protected columns) from a ``--features`` document.

    Raises:
        BundleError: With the path of the node at fault.
    """
    schemas.check("features", document, where="" if where == "features" else where)
    seen: list[Feature] = []
    hidden: list[Feature] = []
    for i, item in enumerate(typing.cast("list[dict[str, Any]]", document)):
        entry = {key: value for key, value in item.items() if key != "protected"}
        entry.setdefault("kind", "category" if "levels" in entry else "number")
        if (entry["kind"] == "category") != ("levels" in entry):
            raise BundleError(
                "a category needs levels, and a number has none.",
                where=f"{where}[{i}]",
                next='Give "levels" or change "kind".',
            )
        (hidden if item.get("protected") else seen).append(_load(Feature, entry))
    return tuple(seen), tuple(hidden)
