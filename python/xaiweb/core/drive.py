"""Drives a running method: natively in one call, or step by step from the browser's worker."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from math import inf
from time import perf_counter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Explanation
from xaiweb.core.methods import start
from xaiweb.core.requests import Activations, Coalitions, Message, MethodRun, Partial, Progress, Request
from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.core.spec import Spec
from xaiweb.errors import InputError, ModelError, XaiwebError

SLICE_CELLS = 1 << 20
"""Cells (rows x columns) handed to the worker at once: 4 MB of float32 rows."""


class Engine(Protocol):
    """Answers the requests of a method."""

    def answer(self, request: Request) -> NDArray[np.float64]:
        """The reply, ``(n, n_outputs)`` for all outputs of the graph, in the scale of the explanation."""
        ...


def run(generator: MethodRun, engine: Engine, on_message: Callable[[Message], None] | None = None) -> Explanation:
    """The explanation a method returns, its requests answered by an engine.

    Args:
        generator: The running method.
        engine: Answers its requests.
        on_message: Told every progress and partial.

    Raises:
        ModelError: A reply isn't finite, or has another number of rows than were asked for.
    """
    started = perf_counter()
    reply: NDArray[np.float64] | None = None
    try:
        while True:
            asked = generator.send(reply)
            if isinstance(asked, Progress | Partial):
                reply = None
                if on_message is not None:
                    on_message(_timed(asked, started))
            else:
                reply = checked(asked, engine.answer(asked))
    except StopIteration as stop:
        explanation: Explanation = stop.value
        return explanation.with_elapsed(_since(started))
    finally:
        generator.close()


def checked(request: Request, reply: NDArray[np.float64]) -> NDArray[np.float64]:
    """The reply as float64, if it answers the request.

    Raises:
        ModelError: It isn't finite, or isn't ``(n, n_outputs)`` for the n that were asked for.
    """
    values = np.asarray(reply, dtype=np.float64)
    n = _length(request)
    if values.ndim != 2 or len(values) != n:
        raise ModelError(
            f"The model answered with the shape {values.shape} to {n} rows.",
            where="model",
            next="It must give one row of outputs for each row.",
            code="model-shape",
        )
    # What the trees see may be missing; no answer of the model may.
    finite = np.isfinite(values) | isinstance(request, Activations)
    if not finite.all():
        row, output = np.argwhere(~finite)[0]
        raise ModelError(
            f"The model answered {values[row, output]} where a number was needed.",
            where=f"output {output}, {'coalition' if isinstance(request, Coalitions) else 'row'} {row} of a request",
            next="Check the row and the background for values the model can't take, or choose another scale.",
            code="model-not-finite",
        )
    return values


class Run:
    """A method driven by the browser's worker, one step at a time.

    Args:
        job: JSON ``{"method", "spec", "parameters"}``; see :meth:`Spec.from_dict`.
        x: float32 ``(n_features,)``, the explained row.
        background: float32, ``n_background * n_features`` in row order.
        partial_ms: Partials that follow sooner after another are left out; the first never is.
        ensemble: The model's trees, where the spec names them; see :func:`read_trees`.

    Arrays may be numpy's, buffers, or JavaScript's typed arrays.
    """

    def __init__(
        self, job: str, x: Any, background: Any, partial_ms: float = 0, ensemble: Ensemble | None = None
    ) -> None:
        self._started = perf_counter()
        self._pause = partial_ms / 1000
        self._last_partial = -inf
        self._error: XaiwebError | None = None
        self._slices: Iterator[dict[str, Any]] = iter(())
        self._request: Request | None = None
        self._reply: NDArray[np.float64] | None = None
        self._over = False
        try:
            read = json.loads(job)
            self._spec = Spec.from_dict(read["spec"], ensemble)
            n_features = len(self._spec.features)
            self._x = _floats(x, "row")
            rows = _floats(background, "background")
            if rows.size % n_features:
                raise InputError(
                    f"It has {rows.size} cells, no multiple of {n_features} columns.",
                    where="background",
                    next="Give whole rows.",
                    code="shape",
                )
            self._background = rows.reshape(-1, n_features)
            self._generator = start(read["method"], self._spec, self._x, self._background, read.get("parameters", {}))
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
            ``{"type": "progress", "done", "total", "unit"}``;
            ``{"type": "partial", "explanation": str}``; ``{"type": "result", "explanation": str}``, the last;
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
            return {"type": "result", "explanation": result.with_elapsed(_since(self._started)).to_json()}
        if isinstance(asked, Progress):
            return {"type": "progress", "done": asked.done, "total": asked.total, "unit": asked.unit}
        if isinstance(asked, Partial):
            now = perf_counter()
            if now - self._last_partial < self._pause:
                return self._advance()
            self._last_partial = now
            return {"type": "partial", "explanation": asked.explanation.with_elapsed(_since(self._started)).to_json()}
        self._request = asked
        trees = self._spec.trees if isinstance(asked, Activations) else None
        width = len(trees.columns) if trees else len(self._spec.outputs)
        # What the caller forgets to fill stays NaN and is refused.
        self._reply = np.full((_length(asked), width), np.nan)
        self._slices = self._sliced(asked, self._reply)
        return next(self._slices)

    def _sliced(self, request: Request, reply: NDArray[np.float64]) -> Iterator[dict[str, Any]]:
        """The request in pieces of bounded size, each with its own rows of the reply to fill."""
        size = max(1, SLICE_CELLS // len(self._spec.features))
        for first in range(0, len(reply), size):
            part = slice(first, first + size)
            if isinstance(request, Activations):
                yield {"type": "activations", "rows": np.ascontiguousarray(request.rows[part]), "reply": reply[part]}
            elif not isinstance(request, Coalitions):
                yield {"type": "rows", "rows": np.ascontiguousarray(request.rows[part]), "reply": reply[part]}
            elif request.background_rows is None:
                masks = self._spec.players.column_masks(request.masks[part])
                yield {"type": "values", "masks": np.ascontiguousarray(masks).view(np.uint8), "reply": reply[part]}
            else:
                background = self._background[request.background_rows[part]]
                rows = self._spec.players.hybrid_rows(request.masks[part], self._x, background)
                yield {"type": "rows", "rows": np.ascontiguousarray(rows), "reply": reply[part]}


def read_trees(nodes: Any, n_nodes: int) -> Ensemble:
    """The trees of a bundle, read once for many runs.

    Args:
        nodes: float64, ``n_nodes`` rows of the table that :mod:`xaiweb.core.shapley.trees` describes.
        n_nodes: Number of rows.
    """
    table = nodes.to_py() if hasattr(nodes, "to_py") else nodes
    return Ensemble.read(np.array(table, dtype=np.float64).reshape(n_nodes, -1))


def _length(request: Request) -> int:
    """Rows of the reply."""
    return len(request.masks if isinstance(request, Coalitions) else request.rows)


def _timed(message: Message, started: float) -> Message:
    if isinstance(message, Progress):
        return message
    elapsed = _since(started)
    return Partial(lambda: message.explanation.with_elapsed(elapsed))


def _since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 3)


def _floats(array: Any, where: str) -> NDArray[np.float32]:
    """A flat float32 copy of numbers that may live in JavaScript."""
    if hasattr(array, "to_py"):  # Pyodide's proxy of a typed array
        array = array.to_py()
    try:
        return np.array(array, dtype=np.float32).reshape(-1)
    except (TypeError, ValueError) as error:
        raise InputError(str(error), where=where, next="Give numbers.", code="shape") from error
