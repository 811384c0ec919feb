"""Games of real photos, digits and mails: the model's answer by which of a dozen parts are kept, all known.

What is explained is the likeliest output in the scale that a user gets. Truth tables are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import xaiweb
from tests.bench.accuracy.cells import CACHE, keep
from tests.bench.accuracy.enumeration import every, shapley
from tests.bench.accuracy.games import Game
from tests.bench.pictures.trees import Tree, binary, coarse, owen
from xaiweb.core.requests import Coalitions
from xaiweb.core.subjects.image import Image
from xaiweb.core.subjects.passage import Passage
from xaiweb.core.subjects.subject import Subject
from xaiweb.explaining.explainer import Explainer
from xaiweb.explaining.images import PhotoExplainer
from xaiweb.explaining.texts import TextExplainer

BATCH = 1024


@dataclass(frozen=True)
class Set:
    """Games of one bundle.

    Attributes:
        title: What they are.
        bundle: The bundle's name.
        n_games: How many of its examples.
        n_players: Players of each.
    """

    title: str
    bundle: str
    n_games: int
    n_players: int


FULL = (Set("Photos", "photo", 6, 12), Set("Digits", "digit", 6, 13), Set("Mails", "spam", 6, 13))
QUICK = (Set("Photos", "photo", 1, 9), Set("Digits", "digit", 3, 12), Set("Mails", "spam", 3, 12))


@dataclass(frozen=True, eq=False)
class Picture:
    """A photo, a digit or a mail as a game.

    Attributes:
        name: The example's.
        kind: ``image`` or ``text``.
        table: Values of coalitions 0 to 2^d - 1; player i is bit i.
        tree: Its hierarchy of players.
        fingerprint: Tells this game from every other.
    """

    name: str
    kind: str
    table: NDArray[np.float64]
    tree: Tree
    fingerprint: str

    @property
    def n_players(self) -> int:
        return len(self.table).bit_length() - 1

    def __call__(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        return self.table[np.asarray(masks, dtype=np.bool_) @ (1 << np.arange(self.n_players))]

    @cached_property
    def shapley(self) -> Game:
        """Asked for Shapley values."""
        return Game(self.n_players, shapley(self.table), self, self.fingerprint)

    @cached_property
    def owen(self) -> NDArray[np.float64]:
        """Its Owen values, ``(n_players,)``."""
        return owen(self.table, self.tree)


def games(bundles: Path, asked: Set, tell: Callable[[str], None]) -> list[Picture]:
    """The first games of a bundle."""
    explainer = xaiweb.open(bundles / asked.bundle)
    examples = explainer.manifest.examples[: asked.n_games]
    made = []
    for example in examples:
        made.append(_game(explainer, example.id, explainer.bundle.path / example.file, asked.n_players))
        tell(f"{asked.title.lower()}: the truth of {example.id}")
    return made


def _game(explainer: Explainer, name: str, file: Path, d: int) -> Picture:
    scale = explainer.scale(None).name
    encoded, subject = _cut(explainer, scale, file, d)
    tree = binary(subject.hierarchy(), set(np.flatnonzero(subject.differs.any(axis=0)).tolist()))
    assert tree is not None
    tree, groups = coarse(tree, d)
    output = int(np.argmax(explainer.answers([encoded], scale)[0]))
    engine = explainer.engine(subject, scale, lambda done: None)

    def values(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        asked = np.ones((len(masks), len(subject.players)), dtype=np.bool_)
        for group, kept in zip(groups, masks.T, strict=True):
            asked[:, group] = kept[:, None]
        return engine.answer(Coalitions(asked))[:, output]

    fingerprint = _fingerprint(explainer, subject, scale, output, groups)
    path = CACHE / "tables" / f"{fingerprint}.npy"
    if not path.is_file():
        masks = every(d)
        parts = [values(masks[at : at + BATCH]) for at in range(0, len(masks), BATCH)]
        keep(path, np.concatenate(parts).tobytes())
    return Picture(name, subject.kind, np.frombuffer(path.read_bytes()), tree, fingerprint)


def _cut(explainer: Explainer, scale: str, file: Path, d: int) -> tuple[object, Subject]:
    """An example, encoded and cut into d players that matter, or more: segments, or the first d words."""
    if isinstance(explainer, TextExplainer):
        text, pieces = explainer.encode(file.read_text("utf-8"))[0]
        encoded = explainer.encode(text[: pieces[d - 1][1]])[0]
        return encoded, explainer.prepare(encoded, scale, {})
    assert isinstance(explainer, PhotoExplainer)
    encoded = explainer.encode(file)[0]
    for n_segments in range(d, 4 * d):
        subject = explainer.prepare(encoded, scale, {"n_segments": n_segments})
        if subject.differs.sum() >= d:
            return encoded, subject
    raise ValueError(f"{file} can't be cut into {d} segments.")


def _fingerprint(explainer: Explainer, subject: Subject, scale: str, output: int, groups: Sequence[list[int]]) -> str:
    """Of all that the values depend on."""
    folder = explainer.bundle.path
    known = hashlib.sha256(repr((scale, output, groups)).encode())
    for file in (explainer.scale(scale).graph, explainer.manifest.weights):
        if file:
            known.update((folder / file).read_bytes())
    if isinstance(subject, Image):
        parts = [subject.pixels, subject.hidden, subject.segments]
    else:
        assert isinstance(subject, Passage)
        parts = [subject.ids, subject.owner]
        known.update(repr((subject.hidden, subject.vocabulary)).encode())
    for part in parts:
        known.update(part.tobytes())
    return known.hexdigest()[:16]
