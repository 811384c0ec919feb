"""A text as the tokens that a bundle's model reads, word by word; web/src/engine/tokenizer.ts does the same."""

from __future__ import annotations

from pathlib import Path

from xaiweb.core.subjects.passage import Piece
from xaiweb.core.words import chunks, whole
from xaiweb.errors import BundleError, InputError


class Tokenizer:
    """A ``tokenizer.json`` of the ``tokenizers`` library, used on one word at a time and without special tokens.

    Args:
        path: The file.
        max_tokens: Most tokens that the model reads.

    Raises:
        InputError: ``tokenizers`` isn't installed.
        BundleError: The file can't be read.
    """

    def __init__(self, path: Path, max_tokens: int) -> None:
        try:
            import tokenizers
        except ImportError as error:
            raise InputError(
                "the library tokenizers isn't installed; texts can't be read without it",
                next="Install it with: pip install 'xaiweb[text]'.",
                code="tokenizers-missing",
            ) from error
        try:
            self._tokenizer = tokenizers.Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises nothing narrower
            raise BundleError(
                f"the tokenizer can't be read: {error}", where=str(path), next="Export the bundle again."
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._max_tokens = max_tokens

    def encode(self, text: str) -> list[Piece]:
        """The words in order, with spans of code points and token ids, as far as ``max_tokens`` reach.

        Lone surrogates count as U+FFFD.
        """
        text = whole(text)
        spans = chunks(text)
        pieces: list[Piece] = []
        n_tokens = 0
        for first in range(0, len(spans), self._max_tokens):
            some = spans[first : first + self._max_tokens]
            words = list({text[start:stop]: None for start, stop in some})  # words come again
            encodings = self._tokenizer.encode_batch(words, add_special_tokens=False)
            known = {word: encoding.ids for word, encoding in zip(words, encodings, strict=True)}
            for start, stop in some:
                if n_tokens >= self._max_tokens:
                    return pieces
                ids = known[text[start:stop]]
                pieces.append((start, stop, ids))
                n_tokens += len(ids)
        return pieces
