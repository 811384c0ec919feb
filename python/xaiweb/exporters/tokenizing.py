"""Tokenizers for models of texts that Python and the page read alike."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

PAD, MASK, UNKNOWN = 0, 1, 2
"""Tokens of every tokenizer made here: for padding, for hidden words, for what has no piece."""
LETTERS = "0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff"
"""What words are made of, as ranges: classes of letters change from one edition of Unicode to the next."""
LONGEST = 100
"""Characters of the longest part of a word that is looked up; longer ones are unknown."""


def wordpiece(texts: Sequence[str], n_pieces: int, rare: int = 20) -> str:
    """A WordPiece tokenizer (Schuster & Nakajima 2012) trained on texts, as the text of its ``tokenizer.json``.

    Words are split at whitespace, then into runs of letters and digits, runs of ASCII marks, and other characters
    one by one. So the pieces of a text are the pieces of its words, one word after the other. No text can spell the
    tokens of padding and hiding: the brackets in their names are split off. Nothing depends on tables of Unicode, and
    the same texts give the same tokenizer.

    Args:
        texts: What to learn from.
        n_pieces: How many tokens there are, at most.
        rare: Characters that come less often have no piece.
    """
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

    made = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=LONGEST))
    marks = Regex(rf"[!-/:-@\[-`{{-~]+|[^!-~{LETTERS}]")
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(marks, "isolated")]
    )
    # The trainer breaks ties by the numbers of characters, which it gives in no fixed order: they are given here.
    counts = Counter(character for text in texts for character in text if not character.isspace())
    alphabet = sorted(character for character, count in counts.items() if count >= rare)
    trainer = trainers.WordPieceTrainer(
        vocab_size=n_pieces,
        min_frequency=3,
        initial_alphabet=alphabet,
        limit_alphabet=len(alphabet),
        special_tokens=["[PAD]", "[MASK]", "[UNK]", *alphabet, *(f"##{character}" for character in alphabet)],
        show_progress=False,
    )
    made.train_from_iterator(texts, trainer)
    document = json.loads(made.to_str())
    document["added_tokens"] = []
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
