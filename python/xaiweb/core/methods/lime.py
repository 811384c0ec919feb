"""LIME: a linear model of what the model answers when random parts of a photo or a text are hidden."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Explanation
from xaiweb.core.portions import portions
from xaiweb.core.requests import Coalitions, MethodRun, Partial, Progress
from xaiweb.core.ridge import fit
from xaiweb.core.shapley.solution import scatter, select
from xaiweb.core.spec import Method, Parameter, Spec
from xaiweb.core.subjects.subject import Subject

METHOD = Method(
    name="lime",
    title="LIME",
    modalities=("image", "text"),
    needs=("coalitions",),
    parameters=(
        Parameter(
            name="budget",
            kind="int",
            title="Samples",
            help="How often random parts are hidden to see what the model answers. More take longer and make the "
            "values steadier.",
            default=1000,
            minimum=2,
            maximum=20_000,
        ),
        Parameter(
            name="kernel_width",
            kind="number",
            title="Neighbourhood",
            help="How near the original a sample must be to count. Small: samples with little hidden decide; large: "
            "all samples count alike.",
            default=0.25,
            minimum=0.01,
            maximum=100,
        ),
        Parameter(
            name="seed",
            kind="int",
            title="Seed",
            help="Which parts are hidden in the samples; the same seed hides the same ones.",
            default=0,
            minimum=0,
        ),
    ),
    reference="Ribeiro, Singh & Guestrin 2016, 'Why Should I Trust You?': Explaining the Predictions of Any "
    "Classifier, KDD.",
    summary="Hides random parts, and fits a linear model to the answers: each part's value is its coefficient there.",
)


def explain(spec: Spec, subject: Subject, asked: Mapping[str, Any]) -> MethodRun:
    """The running method; it returns the explanation.

    As the ``lime`` package 0.2 does it for images and texts (without selecting features): the first sample keeps
    every player; the others are weighted by their nearness to it (:func:`nearness`) and a weighted ridge
    regression with penalty 1 is fitted (equation 1 of the paper with a squared penalty on the coefficients).
    ``values`` are the coefficients, ``base_values`` the intercept: what the linear model says with everything
    hidden. They don't add up to the prediction; how well the model fits is told as R^2 in ``provenance.plan``.

    Players that hiding wouldn't change have the value 0 and take no part. A sample that is drawn again isn't
    evaluated again.

    Args:
        spec: What is asked of the model.
        subject: A photo or a text.
        asked: The values of all parameters.
    """
    active = tuple(np.flatnonzero(subject.differs.any(axis=0)).tolist())
    n_players = len(subject.players)
    kept = samples(subject.kind, len(active), asked["budget"] if len(active) else 1, asked["seed"])
    weights = nearness(kept, asked["kernel_width"])
    place, firsts = _distinct(kept)
    answers = np.zeros((len(firsts), len(spec.selected)))

    def tell(done: int) -> Explanation:
        """What the samples say whose answers are among the first ``done``."""
        n = len(kept) if done == len(firsts) else int(np.argmax(place >= done))
        local = fit(kept[:n], answers[place[:n]], weights[:n])
        return Explanation(
            players=subject.players,
            outputs=spec.explained,
            base_values=local.intercept,
            prediction=answers[0].copy(),
            values=scatter(n_players, active, local.coefficients),
            std_error=scatter(n_players, active, local.std_error),
            provenance=spec.provenance(
                METHOD.name,
                "ridge",
                _plan(n, local.r2),
                {name: value for name, value in asked.items() if name != "seed"},
                seed=asked["seed"],
                n_coalitions=done,
                n_model_rows=done,
            ),
            segments=subject.segment_map,
        )

    yield Progress(0, len(firsts))
    for part in portions(len(firsts)):
        masks = np.ones((part.stop - part.start, n_players), dtype=np.bool_)
        masks[:, active] = kept[firsts[part]]
        answers[part] = select((yield Coalitions(masks)), spec.selected)
        yield Progress(part.stop, len(firsts))
        if part.stop < len(firsts):
            yield Partial(partial(tell, part.stop))
    return tell(len(firsts))


def samples(kind: str, n_players: int, n_samples: int, seed: int) -> NDArray[np.bool_]:
    """Which players each sample keeps, bool ``(n_samples, n_players)``; those of a smaller number come first.

    The first keeps all. Each of the others by itself is drawn as in the ``lime`` package: in a photo each player is
    kept with probability 1/2 (see :func:`_halves`); in a text the number of hidden players is uniform in 1 to
    ``n_players``, and which ones at random.

    Args:
        kind: ``image`` or ``text``.
        n_players: Number of players; 0 gives the first sample alone.
        n_samples: How many.
        seed: Any non-negative integer.
    """
    kept = np.ones((n_samples, n_players), dtype=np.bool_)
    words = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(n_players,)))
    n = n_samples - 1
    if kind == "image":
        kept[1:] = _halves(words, n, n_players)
    elif n:
        drawn = words.random_raw(n * (n_players + 1)).reshape(n, n_players + 1)
        rank = drawn[:, 1:].argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
        hidden = 1 + ((drawn[:, :1] >> np.uint64(32)) * np.uint64(n_players) >> np.uint64(32)).astype(np.int64)
        kept[1:] = rank >= hidden
    return kept


def _halves(words: np.random.PCG64, n: int, n_players: int) -> NDArray[np.bool_]:
    """Samples that keep each player with probability 1/2, bool ``(n, n_players)``.

    They come in blocks: random columns of a Hadamard matrix (Sylvester's) with random signs, its rows in random
    order. In a block any two players are kept together as often as apart, so what one does isn't mistaken for the
    other's, and a small number of samples fits better. A block is as long as all before it, the first just longer
    than the number of players.
    """
    blocks = [np.empty((0, n_players), dtype=np.bool_)]
    done, size = 0, 1 << n_players.bit_length()
    while done < n:
        columns = 1 + np.argsort(words.random_raw(size - 1), kind="stable")[:n_players]
        rows = np.argsort(words.random_raw(size), kind="stable")[: n - done]
        signs = words.random_raw(n_players) >> np.uint64(63)
        ones = rows[:, None] & columns
        for shift in (16, 8, 4, 2, 1):
            ones ^= ones >> shift  # its last bit ends as the parity of all
        blocks.append((ones & 1) != signs)
        done += size
        size = max(size, done)
    return np.concatenate(blocks)


def nearness(kept: NDArray[np.bool_], width: float) -> NDArray[np.float64]:
    """The weight of each sample: sqrt(exp(-D^2 / width^2)), float64 ``(n,)``.

    D is the cosine distance of a sample to the one that keeps all, 1 - sqrt(k / d) where it keeps k of d. The
    package takes the same width 0.25 for images, and 25 for texts, whose distances it multiplies by 100.
    """
    distance = 1 - np.sqrt(kept.sum(axis=1) / max(1, kept.shape[1]))
    weights: NDArray[np.float64] = np.exp(-((distance / width) ** 2) / 2)
    return weights


def _distinct(kept: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For each sample the place of its like among the distinct ones, and for each of these its first sample."""
    found: dict[bytes, int] = {}
    codes = (code.tobytes() for code in np.packbits(kept, axis=1))
    place = np.array([found.setdefault(code, len(found)) for code in codes], dtype=np.intp)
    return place, np.unique(place, return_index=True)[1]


def _plan(n_samples: int, r2: NDArray[np.float64]) -> str:
    low, high = f"{r2.min():.2f}", f"{r2.max():.2f}"
    return (
        f"A ridge regression on {n_samples} samples, weighted by their nearness to the original; "
        f"R² of its fit to them is {low if low == high else f'{low} to {high}'}."
    )
