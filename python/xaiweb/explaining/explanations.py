"""Explanations of several inputs, with their numbers stacked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Explanation


@dataclass(frozen=True)
class Explanations(Sequence[Explanation]):
    """Explanations of several rows, photos or texts, with their numbers stacked as in shap where players are shared.

    Attributes:
        items: One explanation per input.
    """

    items: tuple[Explanation, ...]

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Explanation]:
        return iter(self.items)

    @property
    def values(self) -> NDArray[np.float64]:
        """``(n_rows, n_players, n_outputs)``, the last axis dropped for one output."""
        return self._drop(np.array([item.values for item in self.items], dtype=np.float64))

    @property
    def std_error(self) -> NDArray[np.float64]:
        """Standard errors in the shape of ``values``: 0 where exact, NaN where unknown."""
        return self._drop(np.array([item.std_error for item in self.items], dtype=np.float64))

    @property
    def base_values(self) -> NDArray[np.float64]:
        """``(n_rows, n_outputs)``, the last axis dropped for one output."""
        return self._drop(np.array([item.base_values for item in self.items], dtype=np.float64))

    @property
    def data(self) -> NDArray[np.object_]:
        """``(n_rows, n_players)``: what was explained, in words and numbers."""
        out = np.empty((len(self.items), len(self.items[0].players)), dtype=object)
        for i, item in enumerate(self.items):
            for j, player in enumerate(item.players):
                out[i, j] = player.value
        return out

    @property
    def feature_names(self) -> list[str]:
        """The players' names."""
        return [player.name for player in self.items[0].players]

    def to_json(self) -> str:
        """A JSON list of explanation documents (contract 2)."""
        return json.dumps([item.to_dict() for item in self.items], ensure_ascii=False, allow_nan=False)

    def _drop(self, array: NDArray[np.float64]) -> NDArray[np.float64]:
        return array[..., 0] if len(self.items[0].outputs) == 1 else array
