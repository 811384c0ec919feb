"""The manifest (contract 1): what every bundle holds, as dataclasses that mirror ``manifest.v1.schema.json``.

What each kind of data adds stands in ``tabular.py``, ``image.py`` and ``text.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from xaiweb.bundle import schemas
from xaiweb.bundle.documents import dump, load
from xaiweb.errors import BundleError

Text: TypeAlias = "str | dict[str, str]"
"""Words for people: one string, or one per language with English as the fallback."""


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
class File:
    """A file's identity."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Scale:
    """A unit the model can be explained in, with the graph that answers in it.

    Attributes:
        name: ``output``, ``margin`` or ``logit``.
        graph: The value-function graph.
    """

    name: str
    graph: str


@dataclass(frozen=True)
class Example:
    """Something to start from."""

    id: str
    title: Text


@dataclass(frozen=True)
class FileExample(Example):
    """A photo or a text to start from."""

    file: str
    credit: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Everything a reader needs to know before it opens another file of the bundle."""

    version: int
    kind: str
    name: str
    title: Text
    description: Text | None = None
    subject: Text | None = None
    created_by: str
    model: Model
    outputs: tuple[Output, ...]
    decision: Decision | None
    scales: tuple[Scale, ...]
    examples: tuple[Example, ...]
    weights: str | None
    chunk_rows: dict[str, int]
    providers: dict[str, str | None]
    files: dict[str, File]

    @classmethod
    def from_dict(cls, document: object) -> Self:
        """The manifest in a parsed JSON document of this kind.

        Raises:
            BundleError: With the path of the node at fault.
        """
        schemas.check("manifest", document, part=cls.__name__)
        manifest = load(cls, document)
        for where, problem in manifest.contradictions():
            raise BundleError(problem, where=where, next="Export the bundle again.")
        return manifest

    def to_dict(self) -> dict[str, Any]:
        """The manifest as JSON-ready objects; absent optional entries are left out."""
        document: dict[str, Any] = dump(self)
        return document

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """What a schema can't say: names that must be unique, known, or complete."""
        for list_name, names in self.names():
            if len(set(names)) < len(names):
                yield f"manifest.{list_name}", "two entries have the same name."
        if self.scales[0].name != "output":
            yield "manifest.scales[0].name", 'the first scale must be "output".'
        if self.decision and self.decision.output not in {o.name for o in self.outputs}:
            yield "manifest.decision.output", f"there is no output called {self.decision.output!r}."
        for path, where in self.paths():
            if path not in self.files:
                yield where, f"{path!r} is not listed in manifest.files."

    def names(self) -> Iterator[tuple[str, list[str]]]:
        """The lists whose entries have names of their own."""
        yield "outputs", [o.name for o in self.outputs]
        yield "scales", [s.name for s in self.scales]
        yield "examples", [e.id for e in self.examples]

    def paths(self) -> Iterator[tuple[str, str]]:
        """Every path in the bundle that is named, and where."""
        yield self.model.file, "manifest.model.file"
        if self.weights:
            yield self.weights, "manifest.weights"
        for i, scale in enumerate(self.scales):
            yield scale.graph, f"manifest.scales[{i}].graph"
