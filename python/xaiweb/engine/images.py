"""Answers requests about a photo: runs the image value-function graph in chunks of bounded size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.image import ImageManifest
from xaiweb.core.requests import Coalitions, Fields, Request
from xaiweb.core.subjects.blend import blend
from xaiweb.core.subjects.image import Image
from xaiweb.engine.session import session, slices


class Preprocessor:
    """Turns photos of any size into what the model sees.

    Args:
        folder: The bundle's.
        manifest: The bundle's.
    """

    def __init__(self, folder: Path, manifest: ImageManifest) -> None:
        self._session = session(folder / manifest.image.preprocess)

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """float32 ``(channels, height, width)``, 0 to 255, of uint8 ``(any height, any width, 3)``."""
        pixels: NDArray[np.float32] = self._session.run(["pixels"], {"rgb": rgb})[0][0]
        return pixels


class ImageGraph:
    """A value-function graph of photos in one scale.

    Args:
        path: The graph.
        n_outputs: Of the model.
        chunk_rows: Photos per run.
    """

    def __init__(self, path: Path, n_outputs: int, chunk_rows: int) -> None:
        self._session = session(path, n_outputs=n_outputs)
        self.n_outputs = n_outputs
        self.chunk_rows = chunk_rows

    def predict(self, pixels: NDArray[np.float32]) -> NDArray[np.float64]:
        """Outputs of one whole photo, ``(1, n_outputs)``."""
        segments = np.zeros(pixels.shape[1:], dtype=np.int32)
        return self.values(pixels, pixels, segments, np.ones((1, 1), dtype=np.float32))

    def values(
        self,
        pixels: NDArray[np.float32],
        hidden: NDArray[np.float32],
        segments: NDArray[np.int32],
        masks: NDArray[np.float32],
        on_chunk: Callable[[int], None] | None = None,
    ) -> NDArray[np.float64]:
        """Outputs of a photo that is partly hidden, ``(n, n_outputs)``.

        Args:
            pixels: ``(channels, height, width)``, 0 to 255.
            hidden: What stands for hidden pixels, likewise.
            segments: int32 ``(height, width)``.
            masks: ``(n, n_segments)``, the share of the photo in each segment.
            on_chunk: Told the number of masks done after each run.
        """
        out = np.empty((len(masks), self.n_outputs))
        fixed = {"x": pixels[None], "hidden": hidden[None], "segments": segments.reshape(-1)}
        for part in slices(len(masks), self.chunk_rows):
            out[part] = self._session.run(["values"], fixed | {"masks": masks[part]})[0]
            if on_chunk:
                on_chunk(part.stop)
        return out


class ImageEngine:
    """Answers the requests about one photo.

    Args:
        graph: The bundle's graph in the explanation's scale.
        image: The photo and its segments.
        on_chunk: Told the number of coalitions of the current request that are done.
    """

    def __init__(self, graph: ImageGraph, image: Image, on_chunk: Callable[[int], None] | None = None) -> None:
        self.graph, self.image, self.on_chunk = graph, image, on_chunk

    def answer(self, request: Request) -> NDArray[np.float64]:
        """The reply that ``requests.py`` promises."""
        assert isinstance(request, Coalitions | Fields)  # the rest is of rows
        segments, masks = blend(self.image, request)
        return self.graph.values(self.image.pixels, self.image.hidden, segments, masks, self.on_chunk)
