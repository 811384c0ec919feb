"""How much each player counts over many rows: the mean of its values' sizes."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Importance:
    """The mean of ``|value|`` over rows, as they come (Lundberg et al. 2020, Nature MI 2, equation 4).

    Args:
        n_players: Number of players.
        n_outputs: Number of outputs.
        state: What :meth:`to_json` of an earlier one said, to go on with; empty to begin.

    Example:
        >>> mean = Importance(2, 1)
        >>> mean.add([1.0, -3.0, 0.0, 1.0], 2)
        >>> mean.mean.tolist()
        [[0.5], [2.0]]
    """

    def __init__(self, n_players: int, n_outputs: int, state: str = "") -> None:
        read: dict[str, Any] = json.loads(state) if state else {"n_rows": 0, "sums": np.zeros((n_players, n_outputs))}
        self.n_rows: int = read["n_rows"]
        self._sums: NDArray[np.float64] = np.array(read["sums"], dtype=np.float64).reshape(n_players, n_outputs)

    def add(self, values: Any, n_rows: int) -> None:
        """Take in the values of some more rows.

        Args:
            values: float64, ``n_rows * n_players * n_outputs``; may live in JavaScript.
            n_rows: Number of rows.
        """
        flat = values.to_py() if hasattr(values, "to_py") else values
        for row in np.abs(np.array(flat, dtype=np.float64)).reshape(n_rows, *self._sums.shape):
            self._sums += row  # one after the other: however rows are parted, the sum is the same
        self.n_rows += n_rows

    @property
    def mean(self) -> NDArray[np.float64]:
        """The mean so far, ``(n_players, n_outputs)``; zeros before there is a row."""
        return self._sums / max(1, self.n_rows)

    def to_json(self) -> str:
        """``{"n_rows", "sums", "mean_abs"}``, from which another one can go on."""
        return json.dumps({"n_rows": self.n_rows, "sums": self._sums.tolist(), "mean_abs": self.mean.tolist()})
