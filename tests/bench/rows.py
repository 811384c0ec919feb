"""The very rows that an explanation runs the model on, ready-made: what bare runs are given."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.explaining.rows import TableExplainer


def coalitions(explainer: TableExplainer, row: dict[str, Any], **parameters: Any) -> NDArray[np.bool_]:
    """Column masks ``(n_coalitions, n_features)`` of an explanation, in the order they are evaluated."""
    graph = explainer._graph("output")
    plain, seen = graph.values, []

    def recording(x: Any, masks: NDArray[np.bool_], on_chunk: Any = None) -> Any:
        seen.append(masks.copy())
        return plain(x, masks, on_chunk)

    graph.values = recording  # type: ignore[method-assign]
    try:
        explainer(row, **parameters)
    finally:
        graph.values = plain  # type: ignore[method-assign]
    return np.concatenate(seen)


def hybrids(explainer: TableExplainer, row: dict[str, Any], **parameters: Any) -> NDArray[np.float32]:
    """The rows themselves, float32 ``(n_coalitions * n_background, n_features)``."""
    masks, background = coalitions(explainer, row, **parameters), explainer.bundle.background
    mixed = np.where(masks[:, None], explainer.encode(row)[0], background[None])
    return np.ascontiguousarray(mixed.reshape(-1, background.shape[1]), dtype=np.float32)
