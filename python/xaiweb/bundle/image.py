"""The manifest of a model of photos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xaiweb.bundle.manifest import FileExample, Manifest, Scale


@dataclass(frozen=True)
class FixedGraph:
    """The fixed-size variant of a value-function graph, for WebGL."""

    graph: str
    n_coalitions: int


@dataclass(frozen=True)
class ImageScale(Scale):
    """A unit the model can be explained in.

    Attributes:
        webgl: The graph with fixed sizes; None where it doesn't fit WebGL.
    """

    webgl: FixedGraph | None


@dataclass(frozen=True)
class Geometry:
    """How a photo becomes what the model sees.

    Attributes:
        preprocess: Graph from uint8 ``(any height, any width, 3)`` to float32 ``(1, channels, height, width)``, 0..255.
        height: In pixels.
        width: In pixels.
        channels: 3, or 1 for luminance.
        crop: The share of the shorter side that the centred square has which is kept.
    """

    preprocess: str
    height: int
    width: int
    channels: int
    crop: float


@dataclass(frozen=True, kw_only=True)
class ImageManifest(Manifest):
    """What a bundle of a model of photos holds besides."""

    scales: tuple[ImageScale, ...]
    image: Geometry
    examples: tuple[FileExample, ...]

    def paths(self) -> Iterator[tuple[str, str]]:
        """Every path in the bundle that is named, and where."""
        yield from super().paths()
        yield self.image.preprocess, "manifest.image.preprocess"
        for i, scale in enumerate(self.scales):
            if scale.webgl:
                yield scale.webgl.graph, f"manifest.scales[{i}].webgl.graph"
        for i, example in enumerate(self.examples):
            yield example.file, f"manifest.examples[{i}].file"
