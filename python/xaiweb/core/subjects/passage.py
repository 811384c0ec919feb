"""A text to explain: its words or sentences are the players, its tokens what the model reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.explanation import Player
from xaiweb.core.shapley.hierarchy import Hierarchy, halves
from xaiweb.core.spec import Parameter
from xaiweb.core.subjects.subject import Subject
from xaiweb.core.words import Span, sentences, whole
from xaiweb.errors import InputError

Piece: TypeAlias = tuple[int, int, Sequence[int]]
"""A word's first code point, the one after its last, and its token ids."""
Units: TypeAlias = Literal["hierarchy", "words", "sentences"]
Hidden: TypeAlias = Literal["mask", "delete", "pad"]

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        name="units",
        kind="choice",
        title="Parts of the text",
        help="What gets a value: words, or whole sentences. hierarchy gives values to words too, but lets a method "
        "that goes from coarse to fine look at sentences first, and into those that matter.",
        default="hierarchy",
        choices=("hierarchy", "words", "sentences"),
    ),
    Parameter(
        name="hidden",
        kind="choice",
        title="Hidden words",
        help="What the model reads instead of hidden words: a mask token for each run of them, nothing (the words "
        "around them close up), or padding in their places.",
        default="mask",
        choices=("mask", "delete", "pad"),
    ),
)
"""What every method can be told about a text."""


class Vocabulary(NamedTuple):
    """What has to be known of a model's tokens.

    Attributes:
        pad_id: Token without influence on the model.
        mask_id: Token that stands for hidden words.
        max_tokens: Most tokens that the model reads.
    """

    pad_id: int
    mask_id: int
    max_tokens: int


@dataclass(frozen=True, eq=False)
class Passage(Subject):
    """A text and its players.

    Hidden words become one mask token a run, however long it is. So how much is hidden doesn't show, the
    empty coalition is a single mask token, the same for every text that a model reads, and coalitions cost
    what they keep. (shap's ``maskers.Text`` collapses runs likewise.)

    Attributes:
        text: The text, without lone surrogates.
        spans: Of each player the first code point, and the one after the last.
        groups: Players in a row that belong together, as counts that add up to ``n_players``.
        ids: int32 ``(n_tokens,)``, what the model reads of the text.
        owner: intp ``(n_tokens,)``, each token's player, never falling.
        vocabulary: The model's tokens.
        units: What a player is.
        hidden: What stands for hidden words.
    """

    kind: ClassVar[str] = "text"
    parameters: ClassVar[tuple[Parameter, ...]] = PARAMETERS
    default_budget: ClassVar[int | None] = 512

    text: str
    spans: tuple[Span, ...]
    groups: tuple[int, ...]
    ids: NDArray[np.int32]
    owner: NDArray[np.intp]
    vocabulary: Vocabulary
    units: Units
    hidden: Hidden

    @cached_property
    def players(self) -> tuple[Player, ...]:
        """One for each unit: ``span`` in code points, ``value`` the text there."""
        unit = "sentence" if self.units == "sentences" else "word"
        return tuple(
            Player(f"{unit} {place}", value=self.text[start:stop], span=(start, stop))
            for place, (start, stop) in enumerate(self.spans, start=1)
        )

    @cached_property
    def differs(self) -> NDArray[np.bool_]:
        """Which players have tokens to hide, bool ``(1, n_players)``."""
        differs = np.zeros((1, len(self.spans)), dtype=np.bool_)
        differs[0, self.owner] = True
        return differs

    @property
    def asked(self) -> Mapping[str, Any]:
        """``units`` and ``hidden``."""
        return {"units": self.units, "hidden": self.hidden}

    @property
    def nested(self) -> bool:  # type: ignore[override]
        """Whether sentences come first."""
        return self.units == "hierarchy"

    def sequences(self, masks: NDArray[np.bool_]) -> NDArray[np.int32]:
        """What the model reads for coalitions, int32 ``(n, L)``: L is the longest's length and at least 1.

        Args:
            masks: bool ``(n, n_players)``, True where a player is kept.
        """
        pad, mask, _ = self.vocabulary
        kept = masks[:, self.owner]
        if self.hidden == "pad":
            tokens, there = np.where(kept, self.ids, np.int32(pad)), np.ones_like(kept)
        elif self.hidden == "delete":
            tokens, there = np.broadcast_to(self.ids, kept.shape), kept
        else:
            tokens, there = np.where(kept, self.ids, np.int32(mask)), kept.copy()
            there[:, :1] = True
            there[:, 1:] |= kept[:, :-1]  # the first of a run
        counts = np.count_nonzero(there, axis=1)
        length = max(1, counts.max(initial=0))
        rows = np.full((len(masks), length), pad, dtype=np.int32)
        rows[np.arange(length) < counts[:, None]] = tokens[there]
        return rows

    def hierarchy(self) -> Hierarchy:
        """Groups first (sentences, where units are a hierarchy), then halves of halves of their players."""
        parts: list[Hierarchy] = []
        start = 0
        for count in self.groups:
            parts.append(_moved(halves(count), start))
            start += count
        return parts[0] if len(parts) == 1 else tuple(parts)


def read(
    text: str,
    pieces: Sequence[Piece],
    vocabulary: tuple[int, int, int],
    parameters: Mapping[str, Any],
) -> Passage:
    """The text as a subject: its words that the model reads, as players.

    Tokens beyond ``max_tokens`` are cut off, and words of which nothing is left are no players.

    Args:
        text: The text.
        pieces: Its words, in order, with their tokens; words behind ``max_tokens`` tokens may be missing.
        vocabulary: pad_id, mask_id, max_tokens.
        parameters: ``units`` and ``hidden``, see :data:`PARAMETERS`.

    Raises:
        InputError: No word, or a parameter that isn't one.
    """
    asked: dict[str, Any] = {parameter.name: parameter.read(parameters.get(parameter.name)) for parameter in PARAMETERS}
    known = Vocabulary(*vocabulary)
    text = whole(text)
    counts = np.fromiter((len(ids) for _, _, ids in pieces), dtype=np.intp, count=len(pieces))
    n_words = int(np.searchsorted(np.cumsum(counts) - counts, known.max_tokens))
    if not n_words:
        raise InputError(
            "There is no word in this text.", where="text", next="Give a text of one word or more.", code="no-words"
        )
    spans = [(int(start), int(stop)) for start, stop, _ in pieces[:n_words]]
    ids = np.fromiter((token for _, _, ids in pieces[:n_words] for token in ids), dtype=np.int32)[: known.max_tokens]
    owner = np.repeat(np.arange(n_words), counts[:n_words])[: known.max_tokens]

    groups = [n_words]
    if asked["units"] != "words":
        sentence = np.array(sentences(text, spans), dtype=np.intp)
        groups = np.bincount(sentence).tolist()
        if asked["units"] == "sentences":
            ends = np.cumsum(groups).tolist()
            spans = [(spans[end - n][0], spans[end - 1][1]) for end, n in zip(ends, groups, strict=True)]
            groups, owner = [len(groups)], sentence[owner]
    return Passage(text, tuple(spans), tuple(groups), ids, owner, known, **asked)


def _moved(tree: Hierarchy, by: int) -> Hierarchy:
    """The same hierarchy of players that stand ``by`` places further on."""
    return tree + by if isinstance(tree, int) else tuple(_moved(part, by) for part in tree)
