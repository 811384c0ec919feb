"""A small model over a background, its spec, and an engine that counts what it is asked."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.players import Players
from xaiweb.core.prepared import Prepared
from xaiweb.core.requests import Coalitions, Predict, Request
from xaiweb.core.spec import Spec
from xaiweb.core.subjects.row import Feature, Row, Table


class Model:
    """A smooth model of two outputs over n_features columns, and everything an explanation of it needs."""

    def __init__(self, n_features: int, n_background: int, *, equal: float = 0.0, seed: int = 0) -> None:
        rng = np.random.Generator(np.random.PCG64(seed))
        self.weights = rng.normal(size=(n_features, 2))
        self.x = rng.normal(size=n_features).astype(np.float32)
        rows = rng.normal(size=(n_background, n_features)).astype(np.float32)
        self.background = np.where(rng.random(rows.shape) < equal, self.x, rows)
        names = tuple(f"column {index}" for index in range(n_features))
        self.spec = Spec(
            outputs=("good", "bad"),
            selected=(0, 1),
            model_sha256="0" * 64,
            engine="numpy",
            provider="cpu",
            chunk_rows=128,
        )
        self.players = Players(names, tuple((index,) for index in range(n_features)))
        self.features = tuple(Feature(name) for name in names)
        self.requests: list[Request] = []

    def predict(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        wide = np.nan_to_num(rows.astype(np.float64))
        return np.tanh(wide @ self.weights) + (wide[:, :1] * wide[:, -1:]) ** 2

    def values(self, column_masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        """One coalition at a time, so that its value doesn't depend on its company."""
        return np.array([self.predict(np.where(mask, self.x, self.background)).mean(axis=0) for mask in column_masks])

    def answer(self, request: Request) -> NDArray[np.float64]:
        self.requests.append(request)
        if isinstance(request, Predict):
            return self.predict(request.rows)
        masks = self.players.column_masks(request.masks)
        if request.background_rows is None:
            return self.values(masks)
        return self.predict(np.where(masks, self.x, self.background[request.background_rows]))

    def game(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The same as a game of players."""
        return self.values(self.players.column_masks(masks))

    @property
    def row(self) -> Row:
        return Row(Table(self.features, self.players), self.x, self.background)

    def prepared(self, x: Any = None, background: Any = None) -> Prepared:
        """The row as the browser's worker hands it over."""
        text = json.dumps({"kind": "tabular"} | self.row.table.to_dict())
        return Prepared(text, self.x if x is None else x, self.background if background is None else background)

    def rows_asked(self) -> int:
        """Model rows of all requests so far."""
        return sum(
            len(request.masks) * (len(self.background) if request.background_rows is None else 1)
            if isinstance(request, Coalitions)
            else len(request.rows)
            for request in self.requests
        )


def without_time(document: dict[str, Any]) -> dict[str, Any]:
    """An explanation's document but for the one field that differs between equal runs."""
    return document | {"provenance": document["provenance"] | {"elapsed_ms": None}}
