"""Explains many rows of a table together: what is small fills the model's chunks in common."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core import lockstep
from xaiweb.core.explanation import Explanation
from xaiweb.core.lockstep import Reply
from xaiweb.core.methods import start_sharing
from xaiweb.core.requests import Activations, Coalitions, Predict, Progress, Request
from xaiweb.core.shapley.solution import MAX_COALITIONS
from xaiweb.core.spec import Spec
from xaiweb.core.subjects.row import Row, RowOfMany, Table
from xaiweb.errors import XaiwebError

LOCKSTEP_CELLS = 1 << 23
"""Cells of masks that rows explained in lockstep hold at most: 8 MB."""

Asked: TypeAlias = tuple[Row, Request]
"""What is asked of an engine for one row; the rows of a request for several are those of the request."""

Found: TypeAlias = list[Explanation | XaiwebError]
RowsRun: TypeAlias = Generator[Asked | Progress, Any, Found]
"""Yields what is asked, and is sent a reply or the error there is instead; returns what was found of each row."""

_Plain: TypeAlias = Predict | Activations


class RowsTogether:
    """Explains rows of a table in lockstep.

    Coalitions on one background row each are plain rows of the model: those of several explained rows are run
    together, as are predictions and what trees see. Coalitions over a whole background fill chunks of their own, inside
    the graph.

    Args:
        method: Name of the method.
        spec: What is asked of the model; ``chunk_rows`` are filled in common.
        table: The rows' columns.
        background: float32 ``(n_background, n_features)``.
        parameters: The method's own.
    """

    def __init__(
        self,
        method: str,
        spec: Spec,
        table: Table,
        background: NDArray[np.float32],
        parameters: Mapping[str, object],
    ) -> None:
        self._method, self._spec, self._table, self._parameters = method, spec, table, parameters
        self.background = background
        self.at_once = max(1, LOCKSTEP_CELLS // (MAX_COALITIONS * table.groups.n_players))
        """Rows that may be explained together, for bounded memory."""
        self._chunk_rows = spec.chunk_rows or 1
        self._seen: Reply | None = None

    def run(self, inputs: NDArray[np.float32]) -> RowsRun:
        """Explains some rows; each explanation, or why there is none, in order. They don't repeat the rows' cells.

        What is asked holds no more than a chunk and a request. Where rows asked in common get an error for a reply,
        each is asked alone: one may be the reason, the others are answered.

        Args:
            inputs: float32 ``(n_rows, n_features)``, at most :attr:`at_once` of them.

        Raises:
            InputError: The method doesn't explain rows, or a parameter can't be used.
        """
        found: dict[int, Explanation | XaiwebError] = {}
        rows: dict[int, Row] = {}
        for number, x in enumerate(inputs):
            try:
                rows[number] = RowOfMany(self._table, x, self.background)
            except XaiwebError as error:
                found[number] = error
        runs = [start_sharing(self._method, self._spec, row, self._parameters) for row in rows.values()]
        explained = list(rows.values())
        answers = yield from lockstep.together(runs, lambda asked: self._answers(asked, explained))
        found |= zip(rows, answers, strict=True)
        return [found[number] for number in range(len(inputs))]

    def _answers(
        self, asked: Sequence[tuple[int, Request]], rows: Sequence[Row]
    ) -> Generator[Asked, Any, dict[int, Reply]]:
        found: dict[int, Reply] = {}
        waiting: dict[type[_Plain], list[tuple[int, Request, NDArray[np.float32]]]] = {Predict: [], Activations: []}
        for number, request in asked:
            if isinstance(request, Activations) and request.rows is self.background:
                if self._seen is None or isinstance(self._seen, XaiwebError):
                    self._seen = yield rows[number], request
                found[number] = self._seen
                continue
            plain = self._plain(rows[number], request)
            if plain is None:
                found[number] = yield rows[number], request
                continue
            held = waiting[type(plain)]
            held.append((number, request, plain.rows))
            if sum(len(one) for _, _, one in held) >= self._chunk_rows:
                found |= yield from _common(type(plain), held, rows)
                held.clear()
        for kind, held in waiting.items():
            if held:
                found |= yield from _common(kind, held, rows)
        return found

    def _plain(self, row: Row, request: Request) -> _Plain | None:
        """The rows of the model that a request comes down to; None where the graph itself makes them."""
        if isinstance(request, Predict | Activations):
            return request
        assert isinstance(request, Coalitions)  # fields are of photos
        background = self.background
        if request.background_rows is not None:
            background = background[request.background_rows]
        elif len(background) > 1:
            return None
        return Predict(row.table.groups.hybrid_rows(request.masks, row.x, background))


def _common(
    kind: type[_Plain], held: Sequence[tuple[int, Request, NDArray[np.float32]]], rows: Sequence[Row]
) -> Generator[Asked, Any, dict[int, Reply]]:
    if len(held) > 1:
        reply = yield rows[held[0][0]], kind(np.concatenate([own for _, _, own in held]))
        if not isinstance(reply, XaiwebError):
            ends = np.cumsum([len(own) for _, _, own in held])
            parts = np.split(np.asarray(reply), ends[:-1])
            return {number: part for (number, _, _), part in zip(held, parts, strict=True)}
    alone: dict[int, Reply] = {}
    for number, request, _ in held:
        alone[number] = yield rows[number], request
    return alone
