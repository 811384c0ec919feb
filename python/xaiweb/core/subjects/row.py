"""A row of a table, against the rows of a background."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Player, Value
from xaiweb.core.players import Players
from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.core.shapley.hierarchy import Hierarchy, hierarchy
from xaiweb.core.shapley.plan import Form
from xaiweb.core.subjects.subject import Subject
from xaiweb.errors import InputError


@dataclass(frozen=True)
class Feature:
    """A column of the model.

    Attributes:
        name: The column's name.
        levels: The words of a category, by the index the model gets; None for a number.
    """

    name: str
    levels: tuple[str, ...] | None = None


@dataclass(frozen=True, eq=False)
class Trees:
    """A model that is a sum of trees in the scale of the explanation.

    Attributes:
        ensemble: The trees.
        columns: For each tree feature the column it is made from.
        prepared: Whether the trees see something else than the raw columns, so that the engine has
            to be asked for it.
    """

    ensemble: Ensemble
    columns: tuple[int, ...]
    prepared: bool


@dataclass(frozen=True)
class Table:
    """What all rows of a model have in common, in one scale.

    Attributes:
        features: The model's columns, in order.
        groups: Who shares the credit.
        additive: Whether the model is a sum of one function per player in this scale.
        trees: The model as a sum of trees; None where it is none in this scale.
    """

    features: tuple[Feature, ...]
    groups: Players
    additive: bool = False
    trees: Trees | None = None

    def __post_init__(self) -> None:
        if self.groups.n_features != len(self.features):
            raise _bad(f"The players cover {self.groups.n_features} of {len(self.features)} columns.")

    @cached_property
    def players(self) -> tuple[Player, ...]:
        """All players, without cells."""
        return tuple(
            Player(name, tuple(self.features[column].name for column in columns))
            for name, columns in zip(self.groups.names, self.groups.columns, strict=True)
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], ensemble: Ensemble | None = None) -> Table:
        """The table that :meth:`to_dict` wrote.

        Args:
            data: The JSON document.
            ensemble: The trees themselves, which aren't part of it.

        Raises:
            InputError: A key is missing, or a player names a column that doesn't exist.
        """
        try:
            features = tuple(
                Feature(feature["name"], tuple(feature["levels"]) if feature.get("levels") is not None else None)
                for feature in data["features"]
            )
            index = {feature.name: position for position, feature in enumerate(features)}
            return cls(
                features=features,
                groups=Players(
                    tuple(player["name"] for player in data["players"]),
                    tuple(tuple(index[name] for name in player["columns"]) for player in data["players"]),
                ),
                additive=data.get("additive", False),
                trees=Trees(ensemble, tuple(data["trees"]["columns"]), data["trees"]["prepared"]) if ensemble else None,
            )
        except KeyError as error:
            raise _bad(f"{error} is missing or unknown.") from error

    def to_dict(self) -> dict[str, Any]:
        """The table as JSON-ready values; players name their columns."""
        return {
            "features": [
                {"name": feature.name}
                if feature.levels is None
                else {"name": feature.name, "levels": list(feature.levels)}
                for feature in self.features
            ],
            "players": [
                {"name": name, "columns": [self.features[column].name for column in columns]}
                for name, columns in zip(self.groups.names, self.groups.columns, strict=True)
            ],
            "additive": self.additive,
            "trees": self.trees and {"columns": list(self.trees.columns), "prepared": self.trees.prepared},
        }


@dataclass(frozen=True, eq=False)
class Row(Subject):
    """A row to explain.

    Attributes:
        table: Its columns.
        x: float32 ``(n_features,)``; NaN is a missing value.
        background: float32 ``(n_background, n_features)``.
    """

    kind: ClassVar[str] = "tabular"

    table: Table
    x: NDArray[np.float32]
    background: NDArray[np.float32]

    def __post_init__(self) -> None:
        width = len(self.table.features)
        _check("row", self.x, (width,))
        _check("background", self.background, (len(self.background), width))

    @property
    def players(self) -> tuple[Player, ...]:
        """All players with their cells of the row."""
        players = []
        for player, columns in zip(self.table.players, self.table.groups.columns, strict=True):
            cells = tuple(_cell(self.table.features[column], self.x[column]) for column in columns)
            players.append(replace(player, value=cells[0] if len(cells) == 1 else cells))
        return tuple(players)

    @cached_property
    def differs(self) -> NDArray[np.bool_]:
        """Which players each background row would change, bool ``(n_background, n_players)``."""
        return self.table.groups.differs(self.x, self.background)

    def hierarchy(self) -> Hierarchy:
        """Players whose columns go together over the background belong together."""
        return hierarchy(self.background, self.table.groups.columns)

    @property
    def forms(self) -> tuple[Form, ...]:
        """The structures of the model that exact values can be read from."""
        linear: tuple[Form, ...] = ("linear",) if self.table.additive else ()
        return (*linear, "tree") if self.table.trees else linear


class RowOfMany(Row):
    """A row that is one of many: its explanation doesn't repeat its cells, which stand in the table it comes from."""

    @property
    def players(self) -> tuple[Player, ...]:
        """All players, without cells."""
        return self.table.players


def _check(name: str, array: NDArray[np.float32], shape: tuple[int, ...]) -> None:
    """Refuses a row or background of another shape or with infinite cells; NaN is a missing value."""
    if array.shape != shape:
        raise InputError(
            f"It has the shape {array.shape}.",
            where=name,
            next=f"Give {shape[-1]} columns, as the model has.",
            code="shape",
        )
    if np.isinf(array).any():
        column = int(np.argwhere(np.isinf(array))[0][-1])
        raise InputError(
            "A cell is infinite.", where=f"{name}, column {column}", next="Give a number.", code="infinite"
        )


def _cell(feature: Feature, number: np.float32) -> Value:
    """A cell as a person wrote it: the word of a level, None where missing, else the shortest such number."""
    if np.isnan(number):
        return None
    if feature.levels is not None and number == np.floor(number) and 0 <= number < len(feature.levels):
        return feature.levels[int(number)]
    return float(str(number))


def _bad(message: str) -> InputError:
    return InputError(message, where="subject: features, players", next="Write it with Table.to_dict().", code="spec")
