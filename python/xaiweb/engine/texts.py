"""Answers requests about a text: runs the model on sequences of tokens in chunks of bounded size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.requests import Coalitions, Request
from xaiweb.core.subjects.passage import Passage
from xaiweb.engine.session import session, slices


class TextGraph:
    """A graph of token ids in one scale.

    Args:
        path: The graph.
        n_outputs: Of the model.
        chunk_rows: Texts per run.
    """

    def __init__(self, path: Path, n_outputs: int, chunk_rows: int) -> None:
        self._session = session(path, n_outputs=n_outputs)
        self.n_outputs = n_outputs
        self.chunk_rows = chunk_rows

    def predict(self, ids: NDArray[np.int32]) -> NDArray[np.float64]:
        """Outputs of texts, int32 ``(n, length)``, as ``(n, n_outputs)``."""
        answer = self._session.run(["values"], {"ids": ids})[0]
        return np.asarray(answer, dtype=np.float64)


class TextEngine:
    """Answers the requests about one text.

    Args:
        graph: The bundle's graph in the explanation's scale.
        passage: The text and its words.
        on_chunk: Told the number of coalitions of the current request that are done.
    """

    def __init__(self, graph: TextGraph, passage: Passage, on_chunk: Callable[[int], None] | None = None) -> None:
        self.graph, self.passage, self.on_chunk = graph, passage, on_chunk

    def answer(self, request: Request) -> NDArray[np.float64]:
        """The reply that ``requests.py`` promises."""
        assert isinstance(request, Coalitions)  # the rest is of rows and photos
        out = np.empty((len(request.masks), self.graph.n_outputs))
        for part in slices(len(out), self.graph.chunk_rows):
            # Sequences are made chunk by chunk: memory is bounded by the chunk, not by the budget.
            out[part] = self.graph.predict(self.passage.sequences(request.masks[part]))
            if self.on_chunk:
                self.on_chunk(part.stop)
        return out
