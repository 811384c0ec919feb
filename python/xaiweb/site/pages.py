"""The site's pages: templates filled with what the bundles say of themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import jinja2

from xaiweb.bundle.manifest import Manifest, Text
from xaiweb.site.photo_card import PhotoCard
from xaiweb.site.policy import CSP
from xaiweb.site.text_card import TextCard
from xaiweb.site.thumbnail import Thumbnail, english

Picture: TypeAlias = Thumbnail | PhotoCard | TextCard
"""A small picture that knows the template it is drawn with."""

KINDS = {"tabular": "Table", "image": "Photo", "text": "Text"}
ELEMENTS = {"tabular": "xai-explainer", "image": "xai-photo", "text": "xai-text"}


@dataclass(frozen=True)
class Card:
    """A bundle as the gallery shows it.

    Attributes:
        manifest: Contract 1.
        size_bytes: Of the bundle's own files, without those for WebGL alone.
        picture: What one of its examples looks like explained, or None.
    """

    manifest: Manifest
    size_bytes: int
    picture: Picture | None

    @property
    def path(self) -> str:
        """The bundle's folder in the site."""
        return f"bundles/{self.manifest.name}/"

    @property
    def page(self) -> str:
        """The folder of the bundle's page in the site."""
        return f"explain/{self.manifest.name}/"

    @property
    def kind(self) -> str:
        """The type of data, in a word."""
        return KINDS[self.manifest.kind]

    @property
    def element(self) -> str:
        """The element that explains this type of data."""
        return ELEMENTS[self.manifest.kind]

    def to_dict(self) -> dict[str, Any]:
        """The card as the page's script reads it."""
        return {
            "name": self.manifest.name,
            "path": self.path,
            "page": self.page,
            "title": self.manifest.title,
            "description": self.manifest.description,
            "size_bytes": self.size_bytes,
            "kind": self.manifest.kind,
        }


def render(
    cards: list[Card], runtime_bytes: int, first: Sequence[str] = (), without: Collection[str] = ()
) -> dict[str, bytes]:
    """The pages by path: the gallery, and one per bundle.

    Args:
        cards: The bundles in the gallery's order.
        runtime_bytes: What the first explanation loads once, whichever bundle it is of.
        first: Files that every explanation asks for first.
        without: Ways to start sooner that the site leaves out.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("xaiweb.site"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["english"] = english
    environment.filters["megabytes"] = megabytes
    environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}
    bundles = [card.to_dict() for card in cards]

    def data(root: str, kind: str, name: str | None, title: Text | None, description: Text | None) -> dict[str, Any]:
        head = {"root": root, "kind": kind, "name": name, "title": title, "description": description}
        return {**head, "runtime_bytes": runtime_bytes, "bundles": bundles}

    def page(template: str, document: dict[str, Any], **more: Any) -> bytes:
        return environment.get_template(template).render(csp=CSP, page=document, without=without, **more).encode()

    pages = {
        "index.html": page(
            "index.html", data("./", "gallery", None, None, None), cards=cards, runtime_bytes=runtime_bytes
        )
    }
    for card in cards:
        m = card.manifest
        document = data("../../", "bundle", m.name, m.title, m.description)
        document |= {"first": list(first), "streaming": "streaming" not in without}
        pages[f"{card.page}index.html"] = page("explain.html", document, card=card)
    return pages


def megabytes(size: int) -> str:
    """A size as people read it: ``0.4 MB``."""
    return f"{size / 1e6:.1f} MB" if size >= 50_000 else f"{max(size, 1000) / 1e3:.0f} kB"
