"""The manifest of a model of texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xaiweb.bundle.manifest import FileExample, Manifest


@dataclass(frozen=True)
class Vocabulary:
    """How a text becomes what the model sees.

    Attributes:
        tokenizer: ``tokenizer.json``.
        pad_id: The token that fills up shorter texts.
        mask_id: The token that stands for hidden words.
        max_tokens: Where longer texts are cut.
    """

    tokenizer: str
    pad_id: int
    mask_id: int
    max_tokens: int


@dataclass(frozen=True, kw_only=True)
class TextManifest(Manifest):
    """What a bundle of a model of texts holds besides."""

    text: Vocabulary
    examples: tuple[FileExample, ...]

    def paths(self) -> Iterator[tuple[str, str]]:
        """Every path in the bundle that is named, and where."""
        yield from super().paths()
        yield self.text.tokenizer, "manifest.text.tokenizer"
        for i, example in enumerate(self.examples):
            yield example.file, f"manifest.examples[{i}].file"
