"""How true a linear model is where LIME looks: its error over every coalition, without sampling."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from tests.bench.accuracy.enumeration import every

WIDTH = 0.25
"""Of the kernel, in cosine distances; the package takes it for photos, and 25 for texts, in hundredths."""


@dataclass(frozen=True, eq=False)
class Local:
    """A linear model: its intercept, and a coefficient of each player, ``(n_players,)``."""

    intercept: float
    coefficients: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Every coalition with its share of LIME's loss: how likely it is drawn times how near it is.

    Attributes:
        masks: bool ``(2^d, d)``.
        shares: ``(2^d,)``, adding up to 1.
    """

    masks: NDArray[np.bool_]
    shares: NDArray[np.float64]

    @classmethod
    def of(cls, kind: str, d: int) -> Neighbourhood:
        """Of a photo each player is kept with probability 1/2; of a text how many are hidden is uniform in 1 to d.

        The nearness is sqrt(exp(-D^2 / width^2)) with the cosine distance D to all players, for both.
        """
        masks = every(d)
        kept = masks.sum(axis=1)
        if kind == "image":
            drawn = np.full(len(masks), 2.0**-d)
        else:
            drawn = np.array([1 / (d * comb(d, k)) for k in range(d)] + [0.0])[kept]
        near = np.exp(-((1 - np.sqrt(kept / d)) ** 2) / WIDTH**2 / 2)
        return cls(masks, drawn * near / (drawn @ near))

    def unfit(self, table: NDArray[np.float64], local: Local) -> float:
        """The weighted squared error of a local model over the weighted variance of the values: 1 - R^2."""
        missed = table - local.intercept - self.masks @ local.coefficients
        return float(self.shares @ missed**2 / (self.shares @ (table - self.shares @ table) ** 2))

    def best(self, table: NDArray[np.float64]) -> Local:
        """The linear model with the least such error."""
        root = np.sqrt(self.shares)[:, None]
        design = np.column_stack([np.ones(len(table)), self.masks])
        found = np.linalg.lstsq(design * root, table * root[:, 0], rcond=None)[0]
        return Local(float(found[0]), found[1:])
