"""Writes tokens/: a small tokenizer, 50 mails and nasty texts, and the pieces that Python's tokenizers make of them.

The mails are those of export/spam.py (public data), the tokenizer is made as the recipe's, with 2,000 pieces.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.exporters.recipes import load
from xaiweb.core.subjects.passage import Piece
from xaiweb.engine.tokenizer import Tokenizer
from xaiweb.exporters.tokenizing import wordpiece

FOLDER = Path(__file__).parent / "tokens"
MAX_TOKENS = 600
N_MAILS = 50
NASTY = [
    "",
    " \n\t\u00a0\u3000\ufeff",
    "one\u00a0two\u3000three\ufefffour\x85five\x1csix\u2028seven\u205feight\u1680nine",
    "👩‍👩‍👧‍👦 family 🏳️‍🌈 flag 🎉🎉🎉 FREE🎁now 🇩🇪🇫🇷",
    "e\u0301te\u0301 na\u0131\u0308ve Z\u0351\u036b\u0343\u036aalgo\u0321\u031b a\u0300\u0301\u0302\u0303",
    "שלום עולם. קנו עכשיו! مرحبا بالعالم؟ اشتر الآن، \u202bright\u202c to \u200fleft\u200e",
    "\ufdfa \ufb01le \u2167 \u00bd \u210c \uff26\uff32\uff25\uff25",
    "zero\u200bwidth\u200djoiner\u2060and\ufe0fmore\u00ad",
    "lone \ud800 high, \udc00 low, \udfff\ud800 swapped, a\ud83db",
    "[MASK] [PAD][UNK] <pad> ##ing x##y [ MASK ]",
    "Straße İstanbul ıI ΣΑΣ ὈΔΥΣΣΕΎΣ ǅ ﬀ ŉ ẞ",
    "中文邮件，没有空格。日本語の文。 한국어 메일 ไทยไม่มีช่องว่าง",
    "!!!!!!!!!! $$$ 100% =====-----_____ a.b.c...d,e;f:g http://x.y/z?q=1&r=%20#frag <b>Bold</b> &amp; &#8220;",
    "x" * 99 + " " + "y" * 100 + " " + "z" * 101 + " " + "!" * 300,
    "nul\x00 bell\x07 escape\x1b[0m delete\x7f \x80\x9f",
    "\U0001d400\U0001d401 \U00010348 \U000e0041 \U0010ffff \uffff \ue000",
    "don't “quoted” – dashes — ‘single’ … «guillemets» ¿qué? ¡hola! naïve café Ærøskøbing ŁÓDŹ đổi ngữ",
    "win " * 400 + "never reached " * 400,
]


def unpack(pieces: list[Piece]) -> list[list[object]]:
    """As JSON writes them."""
    return [[start, stop, list(ids)] for start, stop, ids in pieces]


def main() -> None:
    """Write the files."""
    mails = load("spam").read()
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / "tokenizer.json"
    path.write_text(wordpiece([mail.text for mail in mails], 2_000) + "\n", "utf-8")
    tokenizer = Tokenizer(path, MAX_TOKENS)
    short = [mail.text for mail in mails if len(mail.text) < 6_000]
    texts = [*short[:: len(short) // N_MAILS][:N_MAILS], *NASTY]
    cases = [{"text": text, "pieces": unpack(tokenizer.encode(text))} for text in texts]
    document = {"max_tokens": MAX_TOKENS, "cases": cases}
    (FOLDER / "tokens.json").write_text(json.dumps(document, separators=(",", ":")) + "\n", "ascii")


if __name__ == "__main__":
    main()
