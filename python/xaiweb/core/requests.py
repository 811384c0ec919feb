"""What a method may ask of an engine, and what it may tell whoever watches.

A method is a generator. It yields one of these and, for a request, is sent an array back; a message
is answered with ``None``. It never calls a model, so the same body runs under onnxruntime in
CPython, in a browser's worker, or against any function of coalitions.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from xaiweb.core.explanation import Explanation


@dataclass(frozen=True)
class Coalitions:
    """Ask for the value of coalitions of players.

    Attributes:
        masks: bool ``(n_coalitions, n_players)``; True keeps the explained row's value, False takes
            the background's.
        background_rows: None to average over the whole background, or int ``(n_coalitions,)``: the
            one background row each coalition is evaluated on.

    The reply is float64 ``(n_coalitions, n_outputs)`` in the scale of the explanation.
    """

    masks: NDArray[np.bool_]
    background_rows: NDArray[np.int64] | None = None
    segments: NDArray[np.int32] | None = None


@dataclass(frozen=True)
class Fields:
    """Ask for the value of a photo that is hidden softly, pixel by pixel.

    Attributes:
        fields: float32 ``(n, height, width)``, 0 to 1: the share of the photo in each pixel; the rest is
            what hides it.

    The reply is float64 ``(n, n_outputs)`` in the scale of the explanation.
    """

    fields: NDArray[np.float32]


@dataclass(frozen=True)
class Predict:
    """Ask for the model's outputs of whole rows.

    Attributes:
        rows: float32 ``(n_rows, n_features)``, raw columns.

    The reply is float64 ``(n_rows, n_outputs)`` in the scale of the explanation.
    """

    rows: NDArray[np.float32]


@dataclass(frozen=True)
class Activations:
    """Ask what the trees of a model see: the inputs of its tree ensemble, made from raw columns.

    Attributes:
        rows: float32 ``(n_rows, n_features)``, raw columns.

    The reply is float64 ``(n_rows, n_tree_features)``; NaN is a missing value.
    """

    rows: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Work:
    """Ask for mathematics that costs less for each row where it is done for many rows at once.

    It is no model's business: whoever starts one run hears nothing of it, and :func:`xaiweb.core.lockstep.together`
    does what several runs ask for.

    Attributes:
        do: Takes what each of the runs has given, and returns a reply for each; it tells its progress.
        given: What this run gives.
        shared: The very objects that ``do`` works with besides; where these are the same, it is done at once.
    """

    do: Callable[[list[Any]], Generator[Progress, None, list[Any]]]
    given: Any
    shared: tuple[object, ...]


@dataclass(frozen=True)
class Progress:
    """Tell how far the work has come, in coalitions."""

    done: int
    total: int
    unit: str = "coalitions"


@dataclass(frozen=True)
class Partial:
    """Tell an intermediate result; it is complete in itself and says how it was obtained.

    Attributes:
        make: Computes it. Whoever isn't going to look, because the next one comes soon, saves the work.
    """

    make: Callable[[], Explanation]

    @cached_property
    def explanation(self) -> Explanation:
        """The result, computed when first asked for."""
        return self.make()


Request: TypeAlias = Coalitions | Fields | Predict | Activations
Message: TypeAlias = Progress | Partial
MethodRun: TypeAlias = Generator[Request | Message, Any, "Explanation"]
"""A running method: yields requests and messages, returns the explanation."""
SharingRun: TypeAlias = Generator[Request | Work | Message, Any, "Explanation"]
"""The same, before somebody does its work."""
