"""Explanations of several inputs, with their numbers stacked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Explanation
from xaiweb.errors import InputError


@dataclass(frozen=True)
class Explanations(Sequence[Explanation]):
    """Explanations of several rows, photos or texts, with their numbers stacked as in shap.

    Where players or outputs aren't shared, as between texts of different lengths, nothing can be stacked: an
    :class:`InputError` says so, and each explanation has its own numbers.

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
        self._shared_players()
        return self._stack("values")

    @property
    def std_error(self) -> NDArray[np.float64]:
        """Standard errors in the shape of ``values``: 0 where exact, NaN where unknown."""
        self._shared_players()
        return self._stack("std_error")

    @property
    def base_values(self) -> NDArray[np.float64]:
        """``(n_rows, n_outputs)``, the last axis dropped for one output."""
        return self._stack("base_values")

    @property
    def data(self) -> NDArray[np.object_]:
        """``(n_rows, n_players)``: what was explained, in words and numbers."""
        out = np.empty((len(self.items), len(self._shared_players())), dtype=object)
        for i, item in enumerate(self.items):
            for j, player in enumerate(item.players):
                out[i, j] = player.value
        return out

    @property
    def feature_names(self) -> list[str]:
        """The players' names."""
        return list(self._shared_players())

    def to_json(self) -> str:
        """A JSON list of explanation documents (contract 2)."""
        return json.dumps([item.to_dict() for item in self.items], ensure_ascii=False, allow_nan=False)

    def _stack(self, name: str) -> NDArray[np.float64]:
        """One array of all items, the last axis dropped for one output."""
        outputs = self._shared("outputs", [item.outputs for item in self.items])
        array = np.array([getattr(item, name) for item in self.items], dtype=np.float64)
        return array[..., 0] if len(outputs) == 1 else array

    def _shared_players(self) -> tuple[str, ...]:
        return self._shared("players", [tuple(player.name for player in item.players) for item in self.items])

    def _shared(self, what: str, names: list[tuple[str, ...]]) -> tuple[str, ...]:
        """The names that are the same for all items."""
        if len(set(names)) != 1:
            raise InputError(
                f"these explanations don't share their {what}, so their numbers can't be stacked.",
                where="explanations",
                next="Take each by itself, explanations[0].values; outputs of photos can be named beforehand.",
                code="not-shared",
            )
        return names[0]
