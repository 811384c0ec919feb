"""An image to explain: its segments are the players."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Player, SegmentMap
from xaiweb.core.segments.grid import grid
from xaiweb.core.segments.hidden import BLACK, hidden
from xaiweb.core.segments.merging import merged
from xaiweb.core.segments.regions import MOST, given
from xaiweb.core.segments.slic import slic
from xaiweb.core.shapley.hierarchy import Hierarchy
from xaiweb.core.spec import Parameter
from xaiweb.core.subjects.subject import Subject
from xaiweb.errors import InputError

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        name="segments",
        kind="choice",
        title="Segments",
        help="How the image is cut: along its own edges (slic), into squares (grid), or as you draw it (given).",
        default="slic",
        choices=("slic", "grid", "given"),
    ),
    Parameter(
        name="n_segments",
        kind="int",
        title="Number of segments",
        help="About how many segments; more show finer detail and need more evaluations. Your own regions stay as "
        "many as they are.",
        default=50,
        minimum=1,
        maximum=MOST,
    ),
    Parameter(
        name="hidden",
        kind="choice",
        title="Hidden segments",
        help="What the model sees instead of a hidden segment: the image blurred, its mean colour, grey, a colour of "
        "your choice, or its surroundings continued (inpaint).",
        default="blur",
        choices=("blur", "mean", "grey", "colour", "inpaint"),
    ),
    Parameter(
        name="colour",
        kind="colour",
        title="Colour of hidden segments",
        help="Where they are hidden by a colour: which one, as #rrggbb; black if left out. A model of greys sees how "
        "light it is.",
        default=None,
    ),
)
"""What every method can be told about an image."""


@dataclass(frozen=True, eq=False)
class Image(Subject):
    """An image and its players.

    Attributes:
        pixels: float32 ``(C, H, W)`` in 0..255, as the model sees them.
        hidden: float32 ``(C, H, W)`` in 0..255, what stands in a hidden segment's place.
        segments: int32 ``(H, W)``, labels 0 to n - 1, none empty.
        chosen: The parameters it was made with.
    """

    kind: ClassVar[str] = "image"
    parameters: ClassVar[tuple[Parameter, ...]] = PARAMETERS
    nested: ClassVar[bool] = True
    default_budget: ClassVar[int | None] = 256

    pixels: NDArray[np.float32]
    hidden: NDArray[np.float32]
    segments: NDArray[np.int32]
    chosen: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.hidden.shape != self.pixels.shape or self.segments.shape != self.pixels.shape[1:]:
            raise _bad(
                f"The shapes {self.pixels.shape}, {self.hidden.shape} and {self.segments.shape} don't belong together.",
                "Give pixels and hidden as (C, H, W) and segments as (H, W).",
            )
        if self.segments.min() < 0 or not np.bincount(self.segments.ravel()).all():
            raise _bad("A segment is empty or has a negative label.", "Label the segments 0 to n - 1.")

    @cached_property
    def players(self) -> tuple[Player, ...]:
        """One for each segment."""
        return tuple(Player(f"segment {label}", segment=label) for label in range(int(self.segments.max()) + 1))

    @cached_property
    def differs(self) -> NDArray[np.bool_]:
        """Which segments look different when they are hidden, bool ``(1, n_players)``."""
        changed = (self.pixels != self.hidden).any(axis=0)
        differs: NDArray[np.bool_] = np.bincount(self.segments.ravel(), weights=changed.ravel()) > 0
        return differs[None]

    def hierarchy(self) -> Hierarchy:
        """Neighbours of like colour belong together."""
        return merged(self.pixels, self.segments)

    @property
    def asked(self) -> Mapping[str, Any]:
        """``segments``, ``n_segments`` and ``hidden``; ``colour`` where that hides."""
        return self.chosen

    @cached_property
    def segment_map(self) -> SegmentMap:
        """The identity of the segments."""
        return SegmentMap.of(self.segments)


def read(
    pixels: NDArray[np.float32], parameters: Mapping[str, Any], regions: NDArray[np.integer] | None = None
) -> Image:
    """The image as a subject, cut into segments.

    Args:
        pixels: float32 ``(C, H, W)`` with 1 or 3 channels in 0..255, as the model sees them.
        parameters: ``segments``, ``n_segments``, ``hidden`` and ``colour``, see :data:`PARAMETERS`.
        regions: int32 ``(H, W)``, the user's own regions, negative where there is none; with ``given`` only.

    Raises:
        InputError: Pixels or regions of another shape, or a parameter that isn't one.
    """
    asked: dict[str, Any] = {parameter.name: parameter.read(parameters.get(parameter.name)) for parameter in PARAMETERS}
    if pixels.ndim != 3 or pixels.shape[0] not in (1, 3) or not pixels.size:
        raise _bad(f"The pixels have the shape {pixels.shape}.", "Give (C, H, W) with 1 or 3 channels.")
    if not np.isfinite(pixels).all():
        raise _bad("A pixel is not finite.", "Give numbers from 0 to 255.")
    _, height, width = pixels.shape
    if (asked["segments"] == "given") != (regions is not None):
        raise InputError(
            "There are no regions." if regions is None else f"Regions can't be used with {asked['segments']}.",
            where='parameter "segments"',
            next="Give your regions together with segments: given, or neither.",
            code="parameter",
        )
    colour = asked.pop("colour")
    if asked["hidden"] == "colour":
        asked["colour"] = colour or BLACK
    elif colour is not None:
        raise InputError(
            f"A colour can't be used with {asked['hidden']}.",
            where='parameter "colour"',
            next="Give it together with hidden: colour, or leave it out.",
            code="parameter",
        )
    if regions is not None:
        segments = given(regions, (height, width))
    elif asked["segments"] == "grid":
        segments = grid((height, width), asked["n_segments"])
    else:
        segments = slic(pixels, asked["n_segments"])
    return Image(pixels, hidden(asked["hidden"], pixels, segments, asked.get("colour", BLACK)), segments, asked)


def _bad(message: str, next: str) -> InputError:
    return InputError(message, where="image", next=next, code="image")
