"""What a bundle, a model or this release holds, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xaiweb.bundle.image import ImageManifest
from xaiweb.bundle.manifest import Manifest, Scale, Text
from xaiweb.bundle.read import read
from xaiweb.bundle.tabular import Feature, TabularManifest, TabularScale
from xaiweb.bundle.text import TextManifest
from xaiweb.core.methods import METHODS
from xaiweb.core.subjects.image import Image
from xaiweb.core.subjects.passage import Passage
from xaiweb.core.subjects.row import Row
from xaiweb.core.subjects.subject import Subject
from xaiweb.errors import ModelError
from xaiweb.exporting import public
from xaiweb.graph import model as graph_model
from xaiweb.graph import operators
from xaiweb.graph.image_model import describe_image
from xaiweb.graph.ports import find_output
from xaiweb.graph.text import over_ids

if TYPE_CHECKING:
    import onnx


def describe(path: Path) -> Iterator[str]:
    """The lines ``xaiweb inspect`` prints for a bundle's folder or an ONNX file.

    Raises:
        BundleError: If the bundle is damaged.
        ModelError: If the file is no ONNX model that can be explained.
    """
    return _bundle(path) if path.is_dir() else _model(path)


def methods() -> list[dict[str, Any]]:
    """Every method with its parameters, as JSON-ready objects."""
    return [method.to_dict() for method in METHODS]


def kinds() -> dict[str, list[dict[str, Any]]]:
    """What every method can be told of a kind of data, as JSON-ready objects."""
    subjects: tuple[type[Subject], ...] = (Row, Image, Passage)
    return {subject.kind: [asdict(parameter) for parameter in subject.parameters] for subject in subjects}


def _bundle(path: Path) -> Iterator[str]:
    manifest = read(path).manifest
    yield f"{words(manifest.title)} ({manifest.name}), written by {manifest.created_by}"
    if manifest.description:
        yield words(manifest.description)
    yield f"Model: from {manifest.model.source}, opset {manifest.model.opset}, sha256 {manifest.model.sha256}"
    yield f"Outputs: {', '.join(f'{o.name} ({o.kind})' for o in manifest.outputs)}"
    yield f"Scales: {', '.join(_scale(scale) for scale in manifest.scales)}"
    for name, reason in manifest.providers.items():
        yield f"Provider {name}: {reason or 'runs every operator'}"
    yield f"Chunks: {manifest.chunk_rows} model rows"
    if isinstance(manifest, TabularManifest):
        designs = [f"{d.n_players} players at {[c.budget for c in d.checkpoints]}" for d in manifest.designs]
        yield f"Ready designs: {'; '.join(designs) or 'none needed'}"
        yield f"Columns ({len(manifest.features)}):"
        yield from (f"  {_feature(feature)}" for feature in manifest.features)
    elif isinstance(manifest, ImageManifest):
        seen = manifest.image
        colours = "colours" if seen.channels == 3 else "greys"
        square = f"the middle square ({seen.crop:.3g} of the shorter side)"
        yield f"Photos: {square} in {seen.width} x {seen.height} {colours}"
    elif isinstance(manifest, TextManifest):
        yield f"Texts: up to {manifest.text.max_tokens:,} tokens"
    yield from public(manifest, _size(manifest))


def _model(path: Path) -> Iterator[str]:
    model = graph_model.load(path)
    info = _info(model)
    shape = ", ".join(map(str, ("n_rows", *info.row_shape)))
    yield f"{path}: takes {info.input} ({shape}), answers {info.output} ({info.n_outputs} numbers)"
    yield f"Opset: {info.opset}"
    for name, reason in operators.unsupported(model).items():
        yield f"Provider {name}: {reason or 'runs every operator'}"


def _info(model: onnx.ModelProto) -> graph_model.ModelInfo:
    """What a model of rows, photos or texts takes and gives; one that is none of these is refused as one of rows."""
    try:
        return graph_model.describe(model, None)
    except ModelError as refusal:
        with suppress(ModelError):
            return describe_image(model)
        with suppress(ModelError):
            # Its graphs have names of their own; these are the file's.
            return replace(over_ids(model)[1], input=model.graph.input[0].name, output=find_output(model)[0].name)
        raise refusal


def _scale(scale: Scale) -> str:
    structure = ""
    if isinstance(scale, TabularScale):
        structure = "exact from its trees" if scale.trees else "exact, a sum over players" if scale.additive else ""
    return f"{scale.name} ({structure})" if structure else scale.name


def _feature(feature: Feature) -> str:
    parts = [feature.name]
    if feature.label:
        parts.append(f'"{words(feature.label)}"')
    if feature.levels:
        parts.append(f"{len(feature.levels)} levels: {', '.join(level.name for level in feature.levels)}")
    elif feature.min is not None or feature.max is not None:
        parts.append(f"{feature.min} to {feature.max} {words(feature.unit) if feature.unit else ''}".strip())
    parts += [note for note, on in (("fixed", feature.immutable), ("may be missing", feature.missing)) if on]
    return ", ".join(parts)


def _size(manifest: Manifest) -> int:
    return sum(file.bytes for file in manifest.files.values())


def words(text: Text) -> str:
    """A text in English."""
    return text if isinstance(text, str) else text["en"]
