"""Answers requests about many rows together: what is small fills the model's chunks in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.requests import Coalitions, Predict, Request
from xaiweb.core.subjects.row import Row
from xaiweb.engine.rows import RowEngine, RowGraph
from xaiweb.engine.session import FAILURES
from xaiweb.errors import ModelError, XaiwebError

Answer = tuple[int, "NDArray[np.float64] | XaiwebError"]


class RowsEngine:
    """Answers the requests of many explained rows.

    Coalitions on one background row each are plain rows of the model: those of several explained rows are run
    together. Coalitions over a whole background fill chunks of their own, inside the graph.

    Args:
        graph: The bundle's graph in the explanation's scale.
        rows: The explained rows.
    """

    def __init__(self, graph: RowGraph, rows: Sequence[Row]) -> None:
        self._graph, self._rows = graph, rows

    def answer(self, asked: Sequence[tuple[int, Request]]) -> Iterator[Answer]:
        """See :class:`xaiweb.core.lockstep.Engine`; no more than a chunk and a request are held at a time."""
        held: list[tuple[int, Request, NDArray[np.float32]]] = []
        n_rows = 0
        for number, request in asked:
            rows = self._plain(number, request)
            if rows is None:
                yield self._alone(number, request)
                continue
            held.append((number, request, rows))
            n_rows += len(rows)
            if n_rows >= self._graph.chunk_rows:
                yield from self._run(held)
                held, n_rows = [], 0
        if held:
            yield from self._run(held)

    def _plain(self, number: int, request: Request) -> NDArray[np.float32] | None:
        """The rows of the model that a request comes down to; None where the graph itself makes them."""
        if isinstance(request, Predict):
            return request.rows
        if isinstance(request, Coalitions):
            row, background = self._rows[number], self._graph.background
            if request.background_rows is not None:
                background = background[request.background_rows]
            elif len(background) > 1:
                return None
            return row.table.groups.hybrid_rows(request.masks, row.x, background)
        return None

    def _run(self, held: list[tuple[int, Request, NDArray[np.float32]]]) -> Iterator[Answer]:
        try:
            replies = self._graph.predict(np.concatenate([rows for _, _, rows in held]))
        except FAILURES:  # one of them may be the reason, the others are answered
            yield from (self._alone(number, request) for number, request, _ in held)
            return
        ends = np.cumsum([len(rows) for _, _, rows in held])
        parts = np.split(replies, ends[:-1])
        yield from ((number, part) for (number, _, _), part in zip(held, parts, strict=True))

    def _alone(self, number: int, request: Request) -> Answer:
        try:
            return number, RowEngine(self._graph, self._rows[number]).answer(request)
        except FAILURES as reason:
            return number, ModelError(
                f"onnxruntime can't run the model on this row: {reason}",
                next="Check the row for values the model can't take.",
                code="model-failed",
            )
