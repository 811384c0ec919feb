"""An explanation: how much each player moved each output, and how that is known.

The JSON form is the contract ``explanation.v1.schema.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from statistics import NormalDist
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.compiled import Way
from xaiweb.errors import InputError

VERSION = 1
Value: TypeAlias = float | str | None
"""A cell of the explained row: a number, the word of a category, or None where it is missing."""


@dataclass(frozen=True)
class Player:
    """One player of the game, with what it held in the explained row.

    Attributes:
        name: Its name.
        columns: Names of its columns; empty for a game without a model.
        value: Its cell, or one cell per column where it has several.
        segment: Index of an image segment.
        span: First and last-plus-one code point of a span of text.
    """

    name: str
    columns: tuple[str, ...] = ()
    value: Value | tuple[Value, ...] = None
    segment: int | None = None
    span: tuple[int, int] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The player as JSON-ready values."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        data: dict[str, Any] = {"name": self.name, "columns": list(self.columns), "value": value}
        if self.segment is not None:
            data["segment"] = self.segment
        if self.span is not None:
            data["span"] = list(self.span)
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Player:
        """The player that :meth:`to_dict` wrote."""
        value = tuple(data["value"]) if isinstance(data["value"], list) else data["value"]
        span = tuple(data["span"]) if data.get("span") is not None else None
        return cls(data["name"], tuple(data["columns"]), value, data.get("segment"), span)


@dataclass(frozen=True, eq=False)
class SegmentMap:
    """Which segment each pixel of a photo belongs to; in JSON only its identity, the labels travel beside it.

    Attributes:
        height: In pixels.
        width: In pixels.
        sha256: Of the labels as int32, little-endian, row by row.
        labels: int32 ``(height, width)``; None where only the identity is known.
    """

    height: int
    width: int
    sha256: str
    labels: NDArray[np.int32] | None = None

    @classmethod
    def of(cls, labels: NDArray[np.int32]) -> SegmentMap:
        """The map of labels, int ``(height, width)``."""
        height, width = labels.shape
        kept = np.ascontiguousarray(labels, dtype="<i4")
        return cls(height, width, sha256(kept.tobytes()).hexdigest(), kept)

    def to_dict(self) -> dict[str, Any]:
        """The identity as JSON-ready values."""
        return {"height": self.height, "width": self.width, "sha256": self.sha256}


@dataclass(frozen=True, eq=False)
class Interactions:
    """What sets of players do together, beyond what their parts do.

    Attributes:
        index: ``SII``, ``k-SII``, ``STII`` or ``FSII``; see :mod:`xaiweb.core.shapley.interactions`.
        order: Players in the largest sets, 2 or 3.
        sets: Sets of 1 to ``order`` players, as ascending indices; a set that isn't listed is 0.
        values: float64 ``(n_sets, n_outputs)`` in the unit of ``provenance.scale``.
        std_error: float64 ``(n_sets, n_outputs)``; 0 where exact, NaN where unknown.
    """

    index: str
    order: int
    sets: tuple[tuple[int, ...], ...]
    values: NDArray[np.float64]
    std_error: NDArray[np.float64]

    def pairs(self, n_players: int) -> NDArray[np.float64]:
        """The pairs as a symmetric matrix, ``(n_players, n_players, n_outputs)``; its diagonal is 0."""
        matrix = np.zeros((n_players, n_players, *np.shape(self.values)[1:]))
        for members, value in zip(self.sets, self.values, strict=True):
            if len(members) == 2:
                matrix[members] = matrix[members[::-1]] = value
        return matrix

    def to_dict(self) -> dict[str, Any]:
        """The interactions as JSON-ready values."""
        shape = (len(self.sets), 1 if np.ndim(self.values) == 1 else np.shape(self.values)[1])
        return {
            "index": self.index,
            "order": self.order,
            "sets": [list(members) for members in self.sets],
            "values": _plain(np.reshape(self.values, shape)),
            "std_error": _or_none(np.reshape(self.std_error, shape)),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Interactions:
        """The interactions that :meth:`to_dict` wrote."""
        sets = tuple(tuple(members) for members in data["sets"])
        values, std_error = (
            np.array(data[name], dtype=np.float64).reshape(len(sets), -1 if sets else 0)
            for name in ("values", "std_error")
        )
        return cls(data["index"], data["order"], sets, values, std_error)


@dataclass(frozen=True)
class Provenance:
    """How an explanation came about: enough to make it again.

    Attributes:
        method: Name of the method.
        estimator: The estimator that ran (``exact``, ``gaussian_process``).
        plan: Which way was taken and why, one sentence.
        parameters: What the method was told, defaults filled in.
        seed: Seed of the sampling.
        scale: Unit of values, base value and prediction.
        n_coalitions: Coalitions evaluated.
        n_model_rows: Rows the model was run on.
        chunk_rows: Model rows per run of the graph.
        elapsed_ms: Wall time; the only field that differs between two equal runs.
        engine: What ran the model.
        provider: Where it ran.
        model_sha256: Which model.
        core_version: Version of the mathematics.
        core_kernels: Whether its hot loops ran ``compiled`` or with ``numpy``; None where none of it ran, as in a first
            estimate of the page's.
    """

    method: str
    estimator: str
    plan: str
    parameters: Mapping[str, Any]
    seed: int
    scale: str
    n_coalitions: int
    n_model_rows: int
    chunk_rows: int | None
    elapsed_ms: float | None
    engine: str | None
    provider: str | None
    model_sha256: str | None
    core_version: str
    core_kernels: Way | None


@dataclass(frozen=True, eq=False)
class Explanation:
    """One explained row, photo or text.

    Of an additive method, base values + the sum of values = prediction, for every output; what the base values of
    another are, its own page says.

    Attributes:
        players: All players, in the manifest's order.
        outputs: Names of the explained outputs.
        base_values: float64 ``(n_outputs,)``, the value of the empty coalition.
        prediction: float64 ``(n_outputs,)``, the value of the full one.
        values: float64 ``(n_players, n_outputs)`` in the unit of ``provenance.scale``.
        std_error: float64 ``(n_players, n_outputs)``; 0 where exact, NaN where unknown.
        provenance: How it came about.
        interactions: What sets of players do together; None where it wasn't asked for, can't be had,
            or isn't accurate enough to show.
        segments: Which pixels a photo's players are; None for anything else.
    """

    players: tuple[Player, ...]
    outputs: tuple[str, ...]
    base_values: NDArray[np.float64]
    prediction: NDArray[np.float64]
    values: NDArray[np.float64]
    std_error: NDArray[np.float64]
    provenance: Provenance
    interactions: Interactions | None = None
    segments: SegmentMap | None = None

    def interval(self, level: float = 0.95) -> NDArray[np.float64]:
        """Confidence intervals of the values, ``(2, n_players, n_outputs)``: lower and upper ends.

        Normal intervals from ``std_error``; NaN where that is unknown.

        Args:
            level: Share of intervals that hold the exact value, between 0 and 1.
        """
        reach = NormalDist().inv_cdf((1 + level) / 2) * self.std_error
        return np.array([self.values - reach, self.values + reach])

    def squeeze(self) -> Explanation:
        """The same explanation without the axis of outputs, where there is one output."""
        if len(self.outputs) != 1:
            return self
        return replace(
            self,
            base_values=np.reshape(self.base_values, ()),
            prediction=np.reshape(self.prediction, ()),
            values=np.reshape(self.values, (len(self.players),)),
            std_error=np.reshape(self.std_error, (len(self.players),)),
            interactions=self.interactions
            and replace(
                self.interactions,
                values=np.reshape(self.interactions.values, (-1,)),
                std_error=np.reshape(self.interactions.std_error, (-1,)),
            ),
        )

    def with_elapsed(self, elapsed_ms: float) -> Explanation:
        """The same explanation with its wall time filled in."""
        return replace(self, provenance=replace(self.provenance, elapsed_ms=elapsed_ms))

    def to_dict(self) -> dict[str, Any]:
        """The explanation as JSON-ready values: finite numbers, None where unknown."""
        segments = {} if self.segments is None else {"segments": self.segments.to_dict()}
        return {
            "version": VERSION,
            "players": [player.to_dict() for player in self.players],
            "outputs": list(self.outputs),
            **self.numbers(),
            "interactions": self.interactions and self.interactions.to_dict(),
            "provenance": asdict(self.provenance) | {"parameters": dict(self.provenance.parameters)},
        } | segments

    def numbers(self) -> dict[str, Any]:
        """Of :meth:`to_dict` what differs from row to row: base values, prediction, values and standard errors."""
        shape = (len(self.players), len(self.outputs))
        return {
            "base_values": _plain(np.reshape(self.base_values, shape[1:])),
            "prediction": _plain(np.reshape(self.prediction, shape[1:])),
            "values": _plain(np.reshape(self.values, shape)),
            "std_error": _or_none(np.reshape(self.std_error, shape)),
        }

    def to_json(self, indent: int | None = None) -> str:
        """The explanation as JSON text; equal explanations give equal text.

        Raises:
            ValueError: A number isn't finite.
        """
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, indent=indent)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Explanation:
        """The explanation that :meth:`to_dict` wrote.

        Raises:
            InputError: Another version, or a key is missing.
        """
        if data.get("version") != VERSION:
            raise InputError(
                f"An explanation of version {data.get('version')!r} can't be read.",
                where="explanation.version",
                next=f"This release reads version {VERSION}; make the explanation again.",
                code="explanation",
            )
        try:
            shape = (len(data["players"]), len(data["outputs"]))
            provenance = data["provenance"]
            return cls(
                players=tuple(Player.from_dict(player) for player in data["players"]),
                outputs=tuple(data["outputs"]),
                base_values=np.array(data["base_values"], dtype=np.float64).reshape(shape[1:]),
                prediction=np.array(data["prediction"], dtype=np.float64).reshape(shape[1:]),
                values=np.array(data["values"], dtype=np.float64).reshape(shape),
                std_error=np.array(data["std_error"], dtype=np.float64).reshape(shape),
                provenance=Provenance(**{field.name: provenance[field.name] for field in fields(Provenance)}),
                interactions=data["interactions"] and Interactions.from_dict(data["interactions"]),
                segments=SegmentMap(**data["segments"]) if data.get("segments") else None,
            )
        except KeyError as error:
            raise InputError(
                f"{error} is missing.", where="explanation", next="Make the explanation again.", code="explanation"
            ) from error


def _or_none(numbers: NDArray[np.float64]) -> list[list[float | None]]:
    """Nested lists of Python floats, None for NaN."""
    return [[None if number != number else number for number in row] for row in _plain(numbers)]


def _plain(numbers: NDArray[np.float64]) -> Any:
    """Nested lists of Python floats; -0.0 becomes 0.0 so that equal numbers have equal text."""
    return (numbers + 0.0).tolist()
