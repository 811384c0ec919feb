"""Answers what many rows explained together ask."""

from __future__ import annotations

from xaiweb.core.lockstep import Reply
from xaiweb.core.requests import Progress
from xaiweb.core.rows_together import Asked, Found, RowsRun
from xaiweb.engine.rows import RowEngine, RowGraph
from xaiweb.engine.session import FAILURES
from xaiweb.errors import ModelError


def drive(run: RowsRun, graph: RowGraph) -> Found:
    """What was found of each row.

    Args:
        run: The rows' running explanations.
        graph: The bundle's graph in their scale.
    """
    reply: Reply | None = None
    try:
        while True:
            asked = run.send(reply)
            reply = None if isinstance(asked, Progress) else _answer(asked, graph)
    except StopIteration as stop:
        found: Found = stop.value
        return found
    finally:
        run.close()


def _answer(asked: Asked, graph: RowGraph) -> Reply:
    row, request = asked
    try:
        return RowEngine(graph, row).answer(request)
    except FAILURES as reason:
        return ModelError(
            f"onnxruntime can't run the model on this row: {reason}",
            next="Check the row for values the model can't take.",
            code="model-failed",
        )
