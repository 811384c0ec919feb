"""What is explained: its players, whatever kind of data they are parts of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.shapley.hierarchy import Hierarchy
from xaiweb.core.shapley.plan import Form
from xaiweb.core.spec import Parameter

if TYPE_CHECKING:
    from xaiweb.core.explanation import Player, SegmentMap


class Subject(ABC):
    """A row, a photo or a text, cut into players; a method sees nothing else of it.

    Attributes:
        kind: ``tabular``, ``image`` or ``text``.
        parameters: How it can be cut and hidden.
        nested: Whether its own hierarchy of players means something, so that it is explained from coarse to fine
            where it can't be exact.
        default_budget: Coalitions that are evaluated at most where no budget is named; None leaves it to the method.
    """

    kind: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    nested: ClassVar[bool] = False
    default_budget: ClassVar[int | None] = None

    @property
    @abstractmethod
    def players(self) -> tuple[Player, ...]:
        """The players as an explanation tells them."""

    @property
    @abstractmethod
    def differs(self) -> NDArray[np.bool_]:
        """Which players each background changes when they are hidden, bool ``(n_background, n_players)``."""

    @abstractmethod
    def hierarchy(self) -> Hierarchy:
        """Which players belong together."""

    @property
    def asked(self) -> Mapping[str, Any]:
        """The values of its parameters."""
        return {}

    @property
    def forms(self) -> tuple[Form, ...]:
        """The structures of the model that exact values can be read from."""
        return ()

    @property
    def segment_map(self) -> SegmentMap | None:
        """The identity of a photo's segments; None for anything else."""
        return None
