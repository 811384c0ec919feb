"""RISE: where in a photo being visible goes along with a higher answer, from random soft masks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.cells import in_cells
from xaiweb.core.explanation import Explanation
from xaiweb.core.portions import MAX_INPUTS, portions
from xaiweb.core.requests import Fields, MethodRun, Partial, Progress
from xaiweb.core.shapley.solution import select
from xaiweb.core.spec import Method, Parameter, Spec
from xaiweb.core.subjects.image import Image
from xaiweb.core.subjects.subject import Subject

METHOD = Method(
    name="rise",
    title="RISE",
    modalities=("image",),
    needs=("fields",),
    parameters=(
        Parameter(
            name="budget",
            kind="int",
            title="Masks",
            help="How many random masks are laid over the photo. More take longer and make the map less noisy.",
            default=1000,
            minimum=3,
        ),
        Parameter(
            name="grid",
            kind="int",
            title="Coarseness of the masks",
            help="A mask is made from so many patches across and down, blended softly. Few find large things, many "
            "small ones, and need more masks.",
            default=7,
            minimum=2,
            maximum=32,
        ),
        Parameter(
            name="cell",
            kind="int",
            title="Size of a cell",
            help="Side of the squares that get a value, in pixels of the photo as the model sees it. Without one: a "
            "twenty-eighth of the photo's shorter side.",
            default=None,
            minimum=1,
        ),
        Parameter(
            name="seed",
            kind="int",
            title="Seed",
            help="Which masks are drawn; the same seed draws the same ones.",
            default=0,
            minimum=0,
        ),
    ),
    reference="Petsiuk, Das & Saenko 2018, RISE: Randomized Input Sampling for Explanation of Black-box Models, BMVC.",
    summary="Lays random soft masks over the photo: a place has a high value where the answer is higher when it shows.",
)

CELLS_ACROSS = 28
"""Cells along the shorter side of a photo where their size isn't named."""


@dataclass(frozen=True, eq=False)
class Masks:
    """Masks, each an upsampled grid: mask i is ``rows[i] @ grids[i] @ columns[i].T``, 0 hides.

    Attributes:
        grids: float64 ``(n, grid, grid)`` of 0 and 1.
        rows: float64 ``(n, height, grid)``, what each row of pixels takes of each row of the grid.
        columns: float64 ``(n, width, grid)``.
    """

    grids: NDArray[np.float64]
    rows: NDArray[np.float64]
    columns: NDArray[np.float64]

    def pixels(self) -> NDArray[np.float32]:
        """The masks, float32 ``(n, height, width)``."""
        across = self.grids.astype(np.float32) @ self.columns.astype(np.float32).swapaxes(1, 2)
        shown: NDArray[np.float32] = self.rows.astype(np.float32) @ across
        return shown

    def means(self, side: int) -> NDArray[np.float64]:
        """Their means over cells of ``side`` pixels, float64 ``(n, n_cells)``, row by row."""
        rows, columns = _cell_means(self.rows, side), _cell_means(self.columns, side)
        means: NDArray[np.float64] = rows @ self.grids @ columns.swapaxes(1, 2)
        return means.reshape(len(means), -1)


def explain(spec: Spec, subject: Subject, asked: Mapping[str, Any]) -> MethodRun:
    """The running method; it returns the explanation.

    The players are square cells, and ``explanation.segments`` is their map. With p = 1/2 the
    negative 1 - M of a mask M is as likely as M, so masks are drawn in such pairs: then E[M] is met exactly, and
    what doesn't depend on the place cancels. ``base_values`` is the mean answer f over all masks, and base value +
    value is the saliency of equation 6, S = sum f(M) M / (E[M] N), averaged over a cell: the mean answer when the
    cell shows. So a value is how much higher than on average the answer is then. Values don't add up to the
    prediction. The standard error is that of a mean over independent pairs.

    Args:
        spec: What is asked of the model.
        subject: A photo; its own segments play no part.
        asked: The values of all parameters.

    Raises:
        InputError: The cells are too small.
    """
    assert isinstance(subject, Image)  # the only modality
    height, width = subject.segments.shape
    cell = asked["cell"] or max(1, min(height, width) // CELLS_ACROSS)
    celled = in_cells(subject, cell, "cell")
    n_pairs = (asked["budget"] - 1) // 2
    total = 1 + 2 * n_pairs
    without = ("seed", "segments", "n_segments")
    parameters = {name: value for name, value in asked.items() if name not in without} | {"cell": cell}
    words = np.random.PCG64(np.random.SeedSequence(asked["seed"], spawn_key=(asked["grid"],)))

    yield Progress(0, total)
    prediction = select((yield Fields(np.ones((1, height, width), dtype=np.float32))), spec.selected)[0].copy()
    yield Progress(1, total)

    def tell(
        done: int, answers: NDArray[np.float64], moved: NDArray[np.float64], squares: NDArray[np.float64]
    ) -> Explanation:
        """What the sums over the first ``done`` pairs say."""
        values = moved / done
        variance = np.maximum(squares / done - values**2, 0)
        return Explanation(
            players=celled.players,
            outputs=spec.explained,
            base_values=answers / (2 * done),
            prediction=prediction.copy(),
            values=values,
            std_error=np.sqrt(variance / (done - 1)) if done > 1 else np.full_like(values, np.nan),
            provenance=spec.provenance(
                METHOD.name,
                "monte_carlo",
                f"{done} random masks and their negatives, of {asked['grid']} x {asked['grid']} patches.",
                parameters,
                seed=asked["seed"],
                n_coalitions=1 + 2 * done,
                n_model_rows=1 + 2 * done,
            ),
            segments=celled.segment_map,
        )

    answers = np.zeros(len(prediction))
    moved = squares = np.zeros((len(celled.players), len(prediction)))
    for part in portions(n_pairs, MAX_INPUTS // 2):
        masks = draw(words, part.stop - part.start, height, width, asked["grid"])
        shown = masks.pixels()
        reply = select((yield Fields(np.concatenate([shown, 1 - shown]))), spec.selected)
        positive, negative = reply[: len(shown)], reply[len(shown) :]
        half, signs = (positive - negative) / 2, 2 * masks.means(cell) - 1
        answers = answers + reply.sum(axis=0)
        moved, squares = moved + signs.T @ half, squares + (signs**2).T @ half**2
        yield Progress(1 + 2 * part.stop, total)
        if part.stop < n_pairs:
            yield Partial(partial(tell, part.stop, answers, moved, squares))
    return tell(n_pairs, answers, moved, squares)


def draw(words: np.random.PCG64, n: int, height: int, width: int, grid: int) -> Masks:
    """The next masks (section 3.2 of the paper).

    Grids of 0 and 1, each with probability 1/2, are upsampled bilinearly to one patch more than the photo needs,
    and the photo's part is cut out at a random offset.

    Args:
        words: The random bits.
        n: How many masks.
        height: Of the photo, in pixels.
        width: Of the photo, in pixels.
        grid: Patches across and down.
    """
    drawn = words.random_raw(n * (grid * grid + 2)).reshape(n, -1)
    grids = (drawn[:, 2:] >> np.uint64(63)).astype(np.float64).reshape(n, grid, grid)
    share = drawn[:, :2] / 2.0**64
    return Masks(grids, _upsampling(share[:, 0], height, grid), _upsampling(share[:, 1], width, grid))


def _upsampling(share: NDArray[np.float64], n_pixels: int, grid: int) -> NDArray[np.float64]:
    """What each pixel along one side takes of each patch, ``(n, n_pixels, grid)``, at offsets of such shares."""
    patch = -(-n_pixels // grid)
    pixels = np.floor(share * patch)[:, None] + np.arange(n_pixels)
    places = np.clip((pixels + 0.5) * grid / ((grid + 1) * patch) - 0.5, 0, grid - 1)
    taken: NDArray[np.float64] = np.maximum(0, 1 - np.abs(places[:, :, None] - np.arange(grid)))
    return taken


def _cell_means(rows: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Means over ``side`` pixels each along axis 1; the last may be of fewer."""
    starts = np.arange(0, rows.shape[1], side)
    counts = np.diff(starts, append=rows.shape[1])
    means: NDArray[np.float64] = np.add.reduceat(rows, starts, axis=1) / counts[:, None]
    return means
