"""Who shares the credit: columns of the model, gathered into players."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.kernels import hybrid_rows
from xaiweb.errors import InputError


@dataclass(frozen=True)
class Players:
    """The players of the game, each one or more columns of the model; every column belongs to one.

    Attributes:
        names: One name per player.
        columns: For each player the indices of its columns.

    Example:
        >>> players = Players(("age", "job"), ((0,), (1, 2)))
        >>> players.column_masks(np.array([[False, True]]))
        array([[False,  True,  True]])
    """

    names: tuple[str, ...]
    columns: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if len(self.names) != len(self.columns) or not self.names:
            raise InputError(
                f"There are {len(self.names)} names for {len(self.columns)} players.",
                where="players",
                next="Give every player one name, and at least one player.",
                code="players",
            )
        owned = sorted(column for columns in self.columns for column in columns)
        if owned != list(range(len(owned))) or not all(self.columns):
            raise InputError(
                "Some column belongs to no player or to two, or a player has no column.",
                where="players",
                next="Put every column of the model into exactly one player.",
                code="players",
            )

    @property
    def n_players(self) -> int:
        """Number of players."""
        return len(self.names)

    @property
    def n_features(self) -> int:
        """Number of columns of the model."""
        return len(self.owner)

    @cached_property
    def owner(self) -> NDArray[np.int64]:
        """For each column, ``(n_features,)``, the player it belongs to."""
        owner = np.empty(sum(len(columns) for columns in self.columns), dtype=np.int64)
        for player, columns in enumerate(self.columns):
            owner[list(columns)] = player
        return owner

    def column_masks(self, masks: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Masks over columns, ``(n_coalitions, n_features)``, of masks over players.

        Args:
            masks: bool ``(n_coalitions, n_players)``.
        """
        return np.take(masks, self.owner, axis=1)

    def hybrid_rows(
        self, masks: NDArray[np.bool_], x: NDArray[np.float32], background: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Rows, float32 ``(n_coalitions, n_features)``: the explained row where a coalition keeps it, else background.

        Args:
            masks: bool ``(n_coalitions, n_players)``.
            x: float32 ``(n_features,)``, the explained row.
            background: float32 ``(n_coalitions, n_features)``, the background row of each coalition.
        """
        return hybrid_rows(masks, self.owner, x, background)

    def differs(self, x: NDArray[np.float32], background: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which players a background row would change, bool ``(n_background, n_players)``.

        A player differs where any of its columns does. Values are compared as the model sees them,
        in float32; a missing value (NaN) equals a missing value.

        Args:
            x: ``(n_features,)``, the explained row.
            background: ``(n_background, n_features)``.
        """
        row = np.asarray(x, dtype=np.float32)
        rows = np.asarray(background, dtype=np.float32)
        changed = ~((rows == row) | (np.isnan(rows) & np.isnan(row)))
        by_player, first = self._by_player
        result: NDArray[np.bool_] = np.logical_or.reduceat(changed[:, by_player], first, axis=1)
        return result

    @cached_property
    def _by_player(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """All columns, those of a player beside each other, and where each player's begin."""
        sizes = [len(columns) for columns in self.columns]
        flat = [column for columns in self.columns for column in columns]
        return np.array(flat, dtype=np.intp), np.cumsum([0, *sizes[:-1]], dtype=np.intp)
