"""Explains photos."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.image import ImageManifest
from xaiweb.bundle.read import Bundle
from xaiweb.core.drive import Engine
from xaiweb.core.subjects import image
from xaiweb.core.subjects.image import Image
from xaiweb.core.subjects.subject import Subject
from xaiweb.engine.images import ImageEngine, ImageGraph, Preprocessor
from xaiweb.engine.photo import decode
from xaiweb.explaining.explainer import Explainer

MOST_OUTPUTS = 5
"""Outputs that are explained where nobody says which."""


class PhotoExplainer(Explainer):
    """A bundle of a model of photos, opened; inputs are float32 ``(channels, height, width)``, 0 to 255."""

    parameters = image.PARAMETERS

    def __init__(self, bundle: Bundle, chunk_rows: int | None = None) -> None:
        super().__init__(bundle, chunk_rows)
        self._preprocess = Preprocessor(bundle.path, self.manifest)
        self._graphs: dict[str, ImageGraph] = {}

    @property
    def manifest(self) -> ImageManifest:
        """The bundle's manifest (contract 1)."""
        assert isinstance(self.bundle.manifest, ImageManifest)
        return self.bundle.manifest

    def encode(self, data: Any, origin: str = "data") -> list[NDArray[np.float32]]:
        """Photos as the model sees them, from a path, an array, or a list of them.

        Raises:
            InputError: Naming the photo that can't be read.
        """
        given = list(data) if isinstance(data, list | tuple) else [data]
        return [self._preprocess(decode(photo, origin)) for photo in given]

    def answers(self, inputs: Sequence[Any], scale: str) -> NDArray[np.float64]:
        """Outputs of encoded photos, ``(n, n_outputs)`` in ``scale``."""
        return np.concatenate([self._graph(scale).predict(pixels) for pixels in inputs])

    def selected(self, encoded: Any, scale: str, outputs: Sequence[str | int] | None) -> list[int]:
        """Indices of the outputs to explain; without ``outputs`` the five largest, largest first."""
        if outputs is not None:
            return super().selected(encoded, scale, outputs)
        answer = self.answers([encoded], self.manifest.scales[0].name)[0]
        return [int(index) for index in np.argsort(-answer, kind="stable")[:MOST_OUTPUTS]]

    def prepare(self, encoded: Any, scale: str, parameters: Mapping[str, object]) -> Image:
        """A photo cut into segments."""
        return image.read(encoded, parameters)

    def engine(self, subject: Subject, scale: str, on_chunk: Callable[[int], None]) -> Engine:
        """What answers a method's requests about a photo."""
        assert isinstance(subject, Image)
        return ImageEngine(self._graph(scale), subject, on_chunk)

    def _graph(self, scale: str) -> ImageGraph:
        if scale not in self._graphs:
            found = next(entry for entry in self.manifest.scales if entry.name == scale)
            path = self.bundle.path / found.graph
            self._graphs[scale] = ImageGraph(path, len(self.manifest.outputs), self.chunk_rows)
        return self._graphs[scale]
