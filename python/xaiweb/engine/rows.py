"""Answers requests about a row: runs a bundle's value-function graph in chunks of bounded size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.read import TabularBundle
from xaiweb.core.requests import Activations, Coalitions, Predict, Request
from xaiweb.core.subjects.row import Row
from xaiweb.engine.session import session, slices


class RowGraph:
    """A value-function graph in one scale, ready to run.

    One run never holds more than ``chunk_rows`` model rows, so memory is bounded by the chunk and not by budget times
    background; a background larger than a chunk is averaged block by block.

    Args:
        bundle: A verified bundle.
        scale: One of its scales.
        chunk_rows: Model rows per run.
        threads: Threads of one run; 0 is onnxruntime's choice.

    Raises:
        ModelError: If onnxruntime refuses the graph.
    """

    def __init__(self, bundle: TabularBundle, scale: str, chunk_rows: int, threads: int = 0) -> None:
        entry = next(entry for entry in bundle.manifest.scales if entry.name == scale)
        self.scale = scale
        self.background = bundle.background
        self.n_outputs = len(bundle.manifest.outputs)
        self.chunk_rows = chunk_rows
        self._none = np.zeros((1, self.background.shape[1]), dtype=bool)
        self._session = session(bundle.path / entry.graph, threads, self.n_outputs)
        features = entry.trees.features if entry.trees else None
        self._features = session(bundle.path / features, threads) if features else None
        self._seen_background: NDArray[np.float64] | None = None

    def predict(self, rows: NDArray[np.float32], on_chunk: Callable[[int], None] | None = None) -> NDArray[np.float64]:
        """Outputs of whole rows, float64 ``(n_rows, n_outputs)`` in this scale."""
        out = np.empty((len(rows), self.n_outputs))
        for part in slices(len(rows), self.chunk_rows):
            feeds = {"x": rows[:1], "background": rows[part], "masks": self._none}
            out[part] = self._session.run(["rows"], feeds)[0]
            if on_chunk:
                on_chunk(part.stop)
        return out

    def tree_features(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """What the trees see of whole rows, float64 ``(n_rows, n_tree_features)``; of the background asked once."""
        assert self._features is not None  # a spec says whether there is anything to ask
        if rows is self.background:
            if self._seen_background is None:
                self._seen_background = self.tree_features(rows[:])
            return self._seen_background
        parts = [self._features.run(None, {"rows": rows[part]})[0] for part in slices(len(rows), self.chunk_rows)]
        return np.concatenate(parts, dtype=np.float64)

    def values(
        self, x: NDArray[np.float32], masks: NDArray[np.bool_], on_chunk: Callable[[int], None] | None = None
    ) -> NDArray[np.float64]:
        """Values of coalitions of columns, float64 ``(n_coalitions, n_outputs)`` in this scale.

        Args:
            x: float32 ``(n_features,)``.
            masks: bool ``(n_coalitions, n_features)``; True keeps x's value.
            on_chunk: Told the number of coalitions done after each run.
        """
        out = np.zeros((len(masks), self.n_outputs))
        n_background = len(self.background)
        for part in slices(len(masks), max(1, self.chunk_rows // n_background)):
            for block in slices(n_background, self.chunk_rows):
                feeds = {"x": x[None], "background": self.background[block], "masks": masks[part]}
                share = (block.stop - block.start) / n_background
                out[part] += share * self._session.run(["values"], feeds)[0]
            if on_chunk:
                on_chunk(part.stop)
        return out


class RowEngine:
    """Answers the requests of one explained row.

    Args:
        graph: The bundle's graph in the explanation's scale.
        row: The explained row.
        on_chunk: Told the number of coalitions or rows of the current request that are done.
    """

    def __init__(self, graph: RowGraph, row: Row, on_chunk: Callable[[int], None] | None = None) -> None:
        self.graph, self.x, self.players, self.on_chunk = graph, row.x, row.table.groups, on_chunk

    def answer(self, request: Request) -> NDArray[np.float64]:
        """The reply that ``requests.py`` promises for each kind of request."""
        if isinstance(request, Activations):
            return self.graph.tree_features(request.rows)
        if isinstance(request, Predict):
            return self.graph.predict(request.rows, self.on_chunk)
        assert isinstance(request, Coalitions)  # fields are of photos
        if request.background_rows is None:
            return self.graph.values(self.x, self.players.column_masks(request.masks), self.on_chunk)
        out = np.empty((len(request.masks), self.graph.n_outputs))
        for part in slices(len(out), self.graph.chunk_rows):
            rows = self.graph.background[request.background_rows[part]]
            out[part] = self.graph.predict(self.players.hybrid_rows(request.masks[part], self.x, rows))
            if self.on_chunk:
                self.on_chunk(part.stop)
        return out
