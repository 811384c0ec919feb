"""Explains texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.read import Bundle
from xaiweb.bundle.text import TextManifest
from xaiweb.core.drive import Engine
from xaiweb.core.subjects import passage
from xaiweb.core.subjects.passage import Passage, Piece
from xaiweb.core.subjects.subject import Subject
from xaiweb.engine.texts import TextEngine, TextGraph
from xaiweb.engine.tokenizer import Tokenizer
from xaiweb.errors import InputError
from xaiweb.explaining.explainer import Explainer


class TextExplainer(Explainer):
    """A bundle of a model of texts, opened; inputs are a text and its pieces."""

    parameters = passage.PARAMETERS

    def __init__(self, bundle: Bundle, chunk_rows: int | None = None) -> None:
        super().__init__(bundle, chunk_rows)
        known = self.manifest.text
        self._tokenizer = Tokenizer(bundle.path / known.tokenizer, known.max_tokens)
        self._graphs: dict[str, TextGraph] = {}

    @property
    def manifest(self) -> TextManifest:
        """The bundle's manifest (contract 1)."""
        assert isinstance(self.bundle.manifest, TextManifest)
        return self.bundle.manifest

    def encode(self, data: Any, origin: str = "data") -> list[tuple[str, list[Piece]]]:
        """Texts with their pieces, from a string, the path of a UTF-8 file, or a list of them.

        Raises:
            InputError: A file can't be read.
        """
        given = list(data) if isinstance(data, list | tuple) else [data]
        texts = [_text(item) for item in given]
        return [(text, self._tokenizer.encode(text)) for text in texts]

    def answers(self, inputs: Sequence[Any], scale: str) -> NDArray[np.float64]:
        """Outputs of encoded texts, ``(n, n_outputs)`` in ``scale``."""
        graph = self._graph(scale)
        subjects = [self.prepare(encoded, scale, {}) for encoded in inputs]
        return np.concatenate([graph.predict(s.sequences(np.ones((1, len(s.players)), np.bool_))) for s in subjects])

    def prepare(self, encoded: Any, scale: str, parameters: Mapping[str, object]) -> Passage:
        """A text cut into words or sentences."""
        text, pieces = encoded
        known = self.manifest.text
        return passage.read(text, pieces, (known.pad_id, known.mask_id, known.max_tokens), parameters)

    def engine(self, subject: Subject, scale: str, on_chunk: Callable[[int], None]) -> Engine:
        """What answers a method's requests about a text."""
        assert isinstance(subject, Passage)
        return TextEngine(self._graph(scale), subject, on_chunk)

    def _graph(self, scale: str) -> TextGraph:
        if scale not in self._graphs:
            path = self.bundle.path / self.scale(scale).graph
            self._graphs[scale] = TextGraph(path, len(self.manifest.outputs), self.chunk_rows)
        return self._graphs[scale]


def _text(item: Any) -> str:
    if isinstance(item, str):
        return item
    if not isinstance(item, Path):
        raise InputError(
            f"a text can't be read from {type(item).__name__}.", where="text", next="Give a string, or a Path."
        )
    try:
        return item.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as reason:
        raise InputError(
            f"this text can't be read ({reason}).", where=str(item), next="Give a UTF-8 text file."
        ) from None
