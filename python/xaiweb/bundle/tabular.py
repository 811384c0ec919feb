"""The manifest of a model of the rows of a table."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xaiweb.bundle import schemas
from xaiweb.bundle.documents import load
from xaiweb.bundle.manifest import Example, Manifest, Scale, Text
from xaiweb.errors import BundleError


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

    @cached_property
    def words(self) -> tuple[str, ...] | None:
        """The level names in index order, None for a number."""
        return None if self.levels is None else tuple(level.name for level in self.levels)


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
class TabularScale(Scale):
    """A unit the model can be explained in, and what the model is in it.

    Attributes:
        webgl: The same with fixed sizes; None where it doesn't fit WebGL.
        additive: Whether the model is a sum of one function per player in this unit.
        trees: The model as a sum of trees; None where it is none in this unit.
    """

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
class RowExample(Example):
    """A row to start from."""

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


@dataclass(frozen=True, kw_only=True)
class TabularManifest(Manifest):
    """What a bundle of a model of rows holds besides."""

    features: tuple[Feature, ...]
    protected: Protected | None
    players: tuple[Player, ...]
    scales: tuple[TabularScale, ...]
    background: Background
    examples: tuple[RowExample, ...]
    designs: tuple[ReadyDesign, ...]

    @property
    def unseen(self) -> list[str]:
        """Columns that may stand beside the model's and that it never sees: the protected ones."""
        return [f.name for f in self.protected.features] if self.protected else []

    def names(self) -> Iterator[tuple[str, list[str]]]:
        """The lists whose entries have names of their own."""
        yield "features", [f.name for f in self.features] + self.unseen
        yield "players", [p.name for p in self.players]
        yield from super().names()

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """What a schema can't say."""
        yield from super().contradictions()
        columns = [f.name for f in self.features]
        for i, feature in enumerate(self.features):
            if feature.words is not None and len(set(feature.words)) < len(feature.words):
                yield f"manifest.features[{i}].levels", "two levels have the same name."
            if feature.min is not None and feature.max is not None and feature.min > feature.max:
                yield f"manifest.features[{i}].min", "the minimum lies above the maximum."
        if sorted(c for p in self.players for c in p.columns) != sorted(columns):
            yield "manifest.players", "every column must belong to exactly one player."
        for i, example in enumerate(self.examples):
            if set(example.values) != set(columns):
                yield f"manifest.examples[{i}].values", "an example must name every column, and no other."
        for i, scale in enumerate(self.scales):
            if scale.trees and not all(column < len(columns) for column in scale.trees.columns):
                yield f"manifest.scales[{i}].trees.columns", f"the model has {len(columns)} columns."

    def paths(self) -> Iterator[tuple[str, str]]:
        """Every path in the bundle that is named, and where."""
        yield from super().paths()
        yield self.background.file, "manifest.background.file"
        if self.protected:
            yield self.protected.file, "manifest.protected.file"
        for i, scale in enumerate(self.scales):
            if scale.webgl:
                yield scale.webgl.graph, f"manifest.scales[{i}].webgl.graph"
            if scale.trees:
                yield scale.trees.nodes, f"manifest.scales[{i}].trees.nodes"
                if scale.trees.features:
                    yield scale.trees.features, f"manifest.scales[{i}].trees.features"
        for i, design in enumerate(self.designs):
            yield design.masks, f"manifest.designs[{i}].masks"
            for j, checkpoint in enumerate(design.checkpoints):
                yield checkpoint.operator, f"manifest.designs[{i}].checkpoints[{j}].operator"


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
        (hidden if item.get("protected") else seen).append(load(Feature, entry))
    return tuple(seen), tuple(hidden)
