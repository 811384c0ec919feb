"""Drives rows explained together step by step, from the browser's worker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Explanation
from xaiweb.core.prepared import read_rows
from xaiweb.core.requests import Progress
from xaiweb.core.rows_together import Found, RowsRun, RowsTogether
from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.core.spec import Spec
from xaiweb.core.subjects.row import Table
from xaiweb.core.worker import sliced, unfilled
from xaiweb.errors import XaiwebError


class RowsWorker:
    """Rows of a table, explained some at a time by the browser's worker.

    Args:
        job: JSON ``{"method", "spec", "parameters"}``; see :meth:`Spec.from_dict`.
        table: JSON that :meth:`Table.from_dict` reads.
        background: float32 ``n_background * n_features``; may live in JavaScript.
        ensemble: The trees where there are some, see :func:`xaiweb.core.prepared.read_trees`.
    """

    def __init__(self, job: str, table: str, background: Any, ensemble: Ensemble | None = None) -> None:
        read = json.loads(job)
        self._table = Table.from_dict(json.loads(table), ensemble)
        self._spec = Spec.from_dict(read["spec"])
        rows = read_rows(background, self._table, "background")
        self._together = RowsTogether(read["method"], self._spec, self._table, rows, read.get("parameters", {}))
        self._run: RowsRun | None = None
        self._slices: Iterator[dict[str, Any]] = iter(())
        self._reply: NDArray[np.float64] | XaiwebError | None = None

    @property
    def at_once(self) -> int:
        """Rows that may be explained together, for bounded memory."""
        return self._together.at_once

    def begin(self, rows: Any) -> None:
        """Begin with other rows; what was begun is dropped.

        Args:
            rows: float32 ``n_rows * n_features``, at most :attr:`at_once` rows; may live in JavaScript.
        """
        self.close()
        self._run = self._together.run(read_rows(rows, self._table, "rows"))

    def step(self) -> dict[str, Any]:
        """What to do next, after the arrays of the step before have been filled.

        Returns:
            What :meth:`xaiweb.core.worker.Run.step` returns for a row, with two differences. ``values`` has the
            explained row besides, ``"x": float32 (n_features,)``. There are no partials, and the last is
            ``{"type": "found", "found": JSON}``: ``{"outputs", "provenance": {estimator: of its first row}, "rows"}``
            and of each row ``{"base_values", "prediction", "values", "std_error", "estimator", "n_coalitions",
            "n_model_rows"}`` or ``{"error"}``.
        """
        if self._run is None:
            raise RuntimeError("The run is over.")
        for waiting in self._slices:
            return waiting
        try:
            asked = self._run.send(self._reply)
        except StopIteration as stop:
            self.close()
            return {"type": "found", "found": self._told(stop.value)}
        except XaiwebError as error:
            self.close()
            return {"type": "error", "error": json.dumps(error.to_dict(), ensure_ascii=False)}
        if isinstance(asked, Progress):
            self._reply = None
            return {"type": "progress", "done": asked.done, "total": asked.total, "unit": asked.unit}
        row, request = asked
        self._reply = unfilled(row, request, len(self._spec.outputs))
        self._slices = (step | {"x": row.x} for step in sliced(row, request, self._reply))
        return next(self._slices)

    def refuse(self, error: str) -> None:
        """Say why there is no answer, instead of filling the array of the step before.

        Args:
            error: JSON ``{"code", "message", "where", "next"}``.
        """
        self._slices = iter(())
        self._reply = XaiwebError(**json.loads(error))

    def close(self) -> None:
        """Stop; what was begun is dropped."""
        if self._run is not None:
            self._run.close()
        self._run = self._reply = None
        self._slices = iter(())

    def _told(self, found: Found) -> str:
        provenance: dict[str, Any] = {}
        for one in found:
            if isinstance(one, Explanation) and one.provenance.estimator not in provenance:
                own = one.provenance
                provenance[own.estimator] = asdict(own) | {"parameters": dict(own.parameters)}
        told = {"outputs": self._spec.explained, "provenance": provenance, "rows": [_row(one) for one in found]}
        return json.dumps(told, ensure_ascii=False, allow_nan=False)


def _row(found: Explanation | XaiwebError) -> dict[str, Any]:
    if isinstance(found, XaiwebError):
        return {"error": found.to_dict()}
    own = found.provenance
    return found.numbers() | {
        "estimator": own.estimator,
        "n_coalitions": own.n_coalitions,
        "n_model_rows": own.n_model_rows,
    }
