"""Words and sentences of a text, as spans of Unicode code points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
"""The first code point, and the one after the last."""

WHITESPACE = "\t\n\v\f\r \x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What stands between words, inside a character class: what Python or JavaScript takes for whitespace."""

_CHUNK = re.compile(f"[^{WHITESPACE}]+")
_LONE = re.compile("[\ud800-\udfff]")
# A mark that ends a sentence, and the quotes and brackets that may close behind it.
_END = re.compile("[.!?…。！？؟۔।॥][\"'’”»)\\]}›）」』]*$")
_LINE_END = re.compile("\r\n|[\n\v\f\r\x85\u2028\u2029]")


def whole(text: str) -> str:
    """The text with U+FFFD for every lone surrogate, which no UTF-8 can write; no span moves."""
    return _LONE.sub("\ufffd", text)


def chunks(text: str) -> list[Span]:
    r"""The words of a text: its longest runs without whitespace, ``n_words`` spans in order.

    Example:
        >>> chunks(" a\u00a0bc ")
        [(1, 2), (3, 5)]
    """
    return [match.span() for match in _CHUNK.finditer(text)]


def sentences(text: str, words: Sequence[Span]) -> list[int]:
    """For each word the index of its sentence, counting up from 0.

    A sentence ends after a word that ends with a full stop or another such mark, unless the next one begins
    with a small letter (``e.g. this``), and at every blank line. Scripts that put no spaces between words
    have long words here, and sentences made of them.

    Args:
        text: The text.
        words: Spans of its words, in order.

    Example:
        >>> sentences("Hello there. Is i.e. this one?", chunks("Hello there. Is i.e. this one?"))
        [0, 0, 1, 1, 1, 1]
    """
    index, result = 0, []
    for word, (start, _) in enumerate(words):
        if word:
            before, after = words[word - 1]
            ended = _END.search(text, before, after) and not text[start].islower()
            if ended or len(_LINE_END.findall(text, after, start)) > 1:
                index += 1
        result.append(index)
    return result
