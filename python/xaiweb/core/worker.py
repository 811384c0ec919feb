"""Drives a running method step by step, from the browser's worker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import inf
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.drive import checked, length, since
from xaiweb.core.explanation import Explanation
from xaiweb.core.methods import start
from xaiweb.core.prepared import Prepared
from xaiweb.core.requests import Activations, Coalitions, Fields, Partial, Predict, Progress, Request
from xaiweb.core.spec import Spec
from xaiweb.core.subjects.blend import blend
from xaiweb.core.subjects.image import Image
from xaiweb.core.subjects.passage import Passage
from xaiweb.core.subjects.row import Row
from xaiweb.core.subjects.subject import Subject
from xaiweb.errors import XaiwebError

SLICE_CELLS = 1 << 20
"""Cells (rows x columns) handed to the worker at once: 4 MB of float32 rows."""


class Run:
    """A method driven by the browser's worker, one step at a time.

    Args:
        job: JSON ``{"method", "spec", "parameters"}``; see :meth:`Spec.from_dict`.
        prepared: What is explained.
        partial_ms: Partials that follow sooner after another are left out; the first never is.
    """

    def __init__(self, job: str, prepared: Prepared, partial_ms: float = 0) -> None:
        self._started = perf_counter()
        self._pause = partial_ms / 1000
        self._last_partial = -inf
        self._error = prepared.error
        self._slices: Iterator[dict[str, Any]] = iter(())
        self._request: Request | None = None
        self._reply: NDArray[np.float64] | None = None
        self._over = False
        if self._error is not None:
            return
        try:
            read = json.loads(job)
            self._spec = Spec.from_dict(read["spec"])
            self._subject = prepared.subject
            self._generator = start(read["method"], self._spec, self._subject, read.get("parameters", {}))
        except XaiwebError as error:
            self._error = error

    def step(self) -> dict[str, Any]:
        """What to do next, after the arrays of the step before have been filled.

        Returns:
            One of
            ``{"type": "values", "masks": uint8 (n, n_features), "reply": float64 (n, n_outputs)}``: fill
            ``reply`` with the values of these coalitions of columns, over the whole background;
            ``{"type": "rows", "rows": float32 (n, n_features), "reply": ...}``: fill it with predictions;
            ``{"type": "activations", "rows": ..., "reply": float64 (n, n_tree_features)}``: fill it with what
            the trees see of these rows;
            ``{"type": "blend", "masks": float32 (n, n_segments), "segments": int32 (height * width), "pixels",
            "hidden": float32 (channels * height * width), "reply": ...}``: fill it with the values of a photo whose
            segments hold these shares of it, and of what hides it for the rest;
            ``{"type": "ids", "ids": int32 (n, length), "reply": ...}``: fill it with the values of these texts;
            ``{"type": "progress", "done", "total", "unit"}``;
            ``{"type": "partial", "explanation": str}``; ``{"type": "result", "explanation": str}``, the last; both
            of a photo with ``segments`` int32 (height * width), whose labels are the players' indices;
            ``{"type": "error", "error": str}``, the last too. Arrays are C-contiguous.
        """
        if self._over:
            raise RuntimeError("The run is over.")
        try:
            if self._error is not None:
                raise self._error
            return self._advance()
        except XaiwebError as error:
            self.close()
            return {"type": "error", "error": json.dumps(error.to_dict(), ensure_ascii=False)}

    def close(self) -> None:
        """Stop; what was begun is dropped."""
        self._over = True
        if self._error is None:
            self._generator.close()

    def _advance(self) -> dict[str, Any]:
        for waiting in self._slices:
            return waiting
        reply = None
        if self._request is not None and self._reply is not None:
            reply = checked(self._request, self._reply)
            self._request = self._reply = None
        try:
            asked = self._generator.send(reply)
        except StopIteration as stop:
            self._over = True
            result: Explanation = stop.value
            return self._told("result", result)
        if isinstance(asked, Progress):
            return {"type": "progress", "done": asked.done, "total": asked.total, "unit": asked.unit}
        if isinstance(asked, Partial):
            now = perf_counter()
            if now - self._last_partial < self._pause:
                return self._advance()
            self._last_partial = now
            return self._told("partial", asked.explanation)
        self._request = asked
        self._reply = unfilled(self._subject, asked, len(self._spec.outputs))
        self._slices = sliced(self._subject, asked, self._reply)
        return next(self._slices)

    def _told(self, type: str, explanation: Explanation) -> dict[str, Any]:
        step: dict[str, Any] = {"type": type, "explanation": explanation.with_elapsed(since(self._started)).to_json()}
        if explanation.segments is not None and explanation.segments.labels is not None:
            step["segments"] = explanation.segments.labels.reshape(-1)
        return step


def unfilled(subject: Subject, request: Request, n_outputs: int) -> NDArray[np.float64]:
    """What the worker is to fill; what it forgets stays NaN and is refused."""
    width = n_outputs
    if isinstance(request, Activations):
        assert isinstance(subject, Row)
        assert subject.table.trees
        width = len(subject.table.trees.columns)
    return np.full((length(request), width), np.nan)


def sliced(subject: Subject, request: Request, reply: NDArray[np.float64]) -> Iterator[dict[str, Any]]:
    """A request in pieces of bounded size, each with its own rows of the reply to fill."""
    if isinstance(subject, Row):
        return _of_a_row(subject, request, reply)
    if isinstance(subject, Image):
        return _of_an_image(subject, request, reply)
    assert isinstance(subject, Passage)
    return _of_a_text(subject, request, reply)


def _of_a_row(row: Row, request: Request, reply: NDArray[np.float64]) -> Iterator[dict[str, Any]]:
    groups = row.table.groups
    for part in _parts(len(reply), groups.n_features):
        if isinstance(request, Activations):
            yield {"type": "activations", "rows": np.ascontiguousarray(request.rows[part]), "reply": reply[part]}
        elif isinstance(request, Predict):
            yield {"type": "rows", "rows": np.ascontiguousarray(request.rows[part]), "reply": reply[part]}
        else:
            assert isinstance(request, Coalitions)  # fields are of photos
            if request.background_rows is None:
                masks = groups.column_masks(request.masks[part])
                yield {"type": "values", "masks": np.ascontiguousarray(masks).view(np.uint8), "reply": reply[part]}
            else:
                background = row.background[request.background_rows[part]]
                rows = groups.hybrid_rows(request.masks[part], row.x, background)
                yield {"type": "rows", "rows": np.ascontiguousarray(rows), "reply": reply[part]}


def _of_an_image(image: Image, request: Request, reply: NDArray[np.float64]) -> Iterator[dict[str, Any]]:
    assert isinstance(request, Coalitions | Fields)  # the rest is of rows
    segments, masks = blend(image, request)
    fixed = {"segments": segments.reshape(-1), "pixels": image.pixels.reshape(-1), "hidden": image.hidden.reshape(-1)}
    for part in _parts(len(reply), masks.shape[1]):
        shares = np.ascontiguousarray(masks[part], dtype=np.float32)
        yield {"type": "blend", "masks": shares, "reply": reply[part], **fixed}


def _of_a_text(passage: Passage, request: Request, reply: NDArray[np.float64]) -> Iterator[dict[str, Any]]:
    assert isinstance(request, Coalitions)  # the rest is of rows and photos
    for part in _parts(len(reply), len(passage.players)):
        ids = np.ascontiguousarray(passage.sequences(request.masks[part]))
        yield {"type": "ids", "ids": ids, "reply": reply[part]}


def _parts(n: int, width: int) -> Iterator[slice]:
    size = max(1, SLICE_CELLS // width)
    return (slice(first, first + size) for first in range(0, n, size))
