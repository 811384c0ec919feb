"""Occlusion: what the model answers without one part of a photo, or one word or sentence of a text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.cells import in_cells
from xaiweb.core.explanation import Explanation
from xaiweb.core.portions import portions
from xaiweb.core.requests import Coalitions, MethodRun, Partial, Progress
from xaiweb.core.shapley.solution import select
from xaiweb.core.spec import Method, Parameter, Spec
from xaiweb.core.subjects.image import Image
from xaiweb.core.subjects.subject import Subject
from xaiweb.errors import InputError

METHOD = Method(
    name="occlusion",
    title="Occlusion",
    modalities=("image", "text"),
    needs=("coalitions",),
    parameters=(
        Parameter(
            name="window",
            kind="int",
            title="Window",
            help="Side of the square of a photo that is hidden at a time, in pixels as the model sees it: a multiple "
            "of the step. Without one: three steps. Texts have no window: each word or sentence is hidden by itself.",
            default=None,
            minimum=1,
        ),
        Parameter(
            name="stride",
            kind="int",
            title="Step",
            help="How far the window moves at a time, in pixels; the map has squares of this size. Without one: a "
            "fourteenth of the photo's shorter side.",
            default=None,
            minimum=1,
        ),
    ),
    reference="Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, ECCV, section 4.2.",
    summary="Hides one part after the other: its value is how much the answer falls without it.",
)

CELLS_ACROSS = 14
"""Cells along the shorter side of a photo where no stride is named."""
CELLS_IN_WINDOW = 3
"""Cells along a window where none is named."""


def explain(spec: Spec, subject: Subject, asked: Mapping[str, Any]) -> MethodRun:
    """The running method; it returns the explanation.

    A text's players are its own, each hidden by itself (leave one out). A photo's are square cells of ``stride``
    pixels, ``explanation.segments`` is their map, and a cell's value is the mean of prediction - prediction without
    the window over the windows that cover it; windows lie within the photo. ``base_values`` is the answer with
    everything hidden. Values don't add up to the prediction. They are exact (``std_error`` 0); in a partial, those
    of players whose windows haven't all been hidden yet are means over the ones that have, or 0, and their
    ``std_error`` is NaN.

    Windows that hiding wouldn't change have the effect 0 without being evaluated.

    Args:
        spec: What is asked of the model.
        subject: A photo, whose own segments play no part, or a text.
        asked: The values of all parameters.

    Raises:
        InputError: A window isn't a multiple of the stride or doesn't fit into the photo, or the stride is too small.
    """
    if isinstance(subject, Image):
        window, stride = _sides(asked, *subject.segments.shape)
        subject = in_cells(subject, stride, "stride")
        hidden = windows(subject.segments, window // stride, stride)
        parameters = {"window": window, "stride": stride}
        segments, what = subject.segments, f"windows of {window} px, {stride} px apart"
    else:
        hidden = np.arange(len(subject.players))[:, None]
        parameters = {}
        segments, what = None, "parts, each by itself"
    without = ("window", "stride", "segments", "n_segments")
    parameters |= {name: value for name, value in asked.items() if name not in without}
    n_players = len(subject.players)
    # Those that change something, in an order in which a picture of the whole appears early.
    order = _scattered(np.flatnonzero(subject.differs[0, hidden].any(axis=1)))
    total = 2 + len(order)

    yield Progress(0, total)
    ends = np.zeros((2, n_players), dtype=np.bool_)
    ends[0] = True
    prediction, base = select((yield Coalitions(ends, segments=segments)), spec.selected).copy()
    yield Progress(2, total)

    effects = np.zeros((len(hidden), len(prediction)))
    n_windows = np.bincount(hidden.ravel(), minlength=n_players)

    def tell(done: int) -> Explanation:
        """What is known when the first ``done`` of the windows have been hidden."""
        known = np.ones(len(hidden), dtype=np.bool_)
        known[order[done:]] = False
        n_known = np.bincount(hidden[known].ravel(), minlength=n_players)
        values = np.zeros((n_players, len(prediction)))
        np.add.at(values, hidden[known], effects[known][:, None])
        complete = n_known == n_windows
        return Explanation(
            players=subject.players,
            outputs=spec.explained,
            base_values=base.copy(),
            prediction=prediction.copy(),
            values=values / np.maximum(n_known, 1)[:, None],
            std_error=np.where(complete[:, None], 0.0, np.full_like(values, np.nan)),
            provenance=spec.provenance(
                METHOD.name,
                "exact" if complete.all() else "unfinished",
                f"{len(hidden)} {what}; hiding {len(order)} of them changes something; {done} of these were hidden.",
                parameters,
                seed=0,
                n_coalitions=2 + done,
                n_model_rows=2 + done,
            ),
            segments=subject.segment_map,
        )

    for part in portions(len(order)):
        masks = np.ones((part.stop - part.start, n_players), dtype=np.bool_)
        np.put_along_axis(masks, hidden[order[part]], False, axis=1)
        effects[order[part]] = prediction - select((yield Coalitions(masks, segments=segments)), spec.selected)
        yield Progress(2 + part.stop, total)
        if part.stop < len(order):
            yield Partial(partial(tell, part.stop))
    return tell(len(order))


def windows(segments: NDArray[np.int32], across: int, side: int) -> NDArray[np.intp]:
    """The cells of every window, intp ``(n_windows, across * across)``.

    Args:
        segments: Map of square cells, ``(height, width)``.
        across: Cells along a window.
        side: Of a cell, in pixels.
    """
    labels = segments[::side, ::side].astype(np.intp)
    found = np.lib.stride_tricks.sliding_window_view(labels, (across, across))
    return found.reshape(-1, across * across)


def _sides(asked: Mapping[str, Any], height: int, width: int) -> tuple[int, int]:
    """Window and stride in pixels.

    Raises:
        InputError: They don't go together, or not into the photo.
    """
    shorter = min(height, width)
    stride = asked["stride"] or max(1, shorter // CELLS_ACROSS)
    most = max(1, shorter // stride)
    window = asked["window"] or min(CELLS_IN_WINDOW, most) * stride
    if window % stride or window > max(shorter, stride):
        raise InputError(
            f"A window of {window} px in steps of {stride} px doesn't fit a photo of {width} x {height} px.",
            where='parameter "window"',
            next=f"Give a multiple of {stride} up to {most * stride}, or another stride.",
            code="parameter",
        )
    return window, stride


def _scattered(indices: NDArray[np.intp]) -> NDArray[np.intp]:
    """The indices in an order that visits all regions early: by the golden ratio's multiples."""
    return indices[np.argsort(np.arange(len(indices)) * 0.6180339887498949 % 1, kind="stable")]
