from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from xaiweb.bundle.read import read_manifest
from xaiweb.bundle.tabular import TabularManifest
from xaiweb.site.build import build
from xaiweb.site.policy import CSP
from xaiweb.site.runtime import Assets
from xaiweb.site.thumbnail import NEGATIVE, POSITIVE, WIDTH, thumbnail

EVIL = '</script><script>alert(1)</script> & <b>"quoted"</b> \''


class Page(HTMLParser):
    """The tags of a page with their attributes, and the text inside each script."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self._in_script = False
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data
        else:
            self.words.append(data)

    def find(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.tags if t == tag and all(a.get(k) == v for k, v in attributes.items())]

    @property
    def data(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.scripts[0])
        return document


def pages(site: Path) -> list[Path]:
    return [site / "index.html", site / "explain" / "tiny" / "index.html"]


@pytest.mark.parametrize("which", [0, 1])
def test_a_page_names_its_policy_language_icon_style_and_script(which: int, site: Path) -> None:
    file = pages(site)[which]
    page = Page(file)
    assert page.find("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"] == CSP
    assert page.find("html", lang="en")
    assert page.find("meta", name="viewport")
    for tag, attribute in (("link", "href"), ("script", "src")):
        for element in page.find(tag):
            if target := element.get(attribute):
                assert (file.parent / target).resolve().is_file(), f"{file}: {target}"
    assert page.find("link", rel="icon")
    assert page.find("link", rel="stylesheet")
    assert page.find("script", type="module")


@pytest.mark.parametrize("which", [0, 1])
def test_a_page_has_no_inline_code_or_style(which: int, site: Path) -> None:
    page = Page(pages(site)[which])
    assert not page.find("style")
    for tag, attributes in page.tags:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        assert tag != "script" or attributes.get("src") or attributes["type"] == "application/json"


def test_the_page_of_a_bundle_points_at_it(site: Path) -> None:
    page = Page(site / "explain" / "tiny" / "index.html")
    element = page.find("xai-explainer")[0]
    assert element["src"] == "../../bundles/tiny/"
    assert (site / "explain" / "tiny" / str(element["src"]) / "manifest.json").is_file()
    assert page.data["kind"] == "bundle"
    assert page.data["name"] == "tiny"
    assert page.data["title"] == {"en": "A tiny model", "de": "Ein kleines Modell"}
    assert page.find("noscript")


def test_the_gallery_lists_every_bundle_with_its_size(site: Path) -> None:
    page = Page(site / "index.html")
    assert [card["data-bundle"] for card in page.find("li", **{"class": "card"})] == ["tiny", "other"]
    assert [link["href"] for link in page.find("a")] == ["explain/tiny/", "explain/other/", "licences.txt"]
    for entry in page.data["bundles"]:
        files = [file for file in (site / entry["path"]).rglob("*") if file.is_file()]
        files = [file for file in files if "webgl" not in file.name]
        assert entry["size_bytes"] == sum(file.stat().st_size for file in files)
        assert (site / entry["page"] / "index.html").is_file()


def test_words_of_a_bundle_stay_words(tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path]) -> None:
    bundle = make_bundle("tiny", title=EVIL, description={"en": EVIL, "de": EVIL})
    site = build([bundle], tmp_path / "site", parts=parts)
    for file in pages(site):
        page = Page(file)
        assert len(page.find("script")) == 2, file
        assert not page.find("b"), file
        assert page.data["bundles"][0]["title"] == EVIL
        assert EVIL in "".join(page.words), file


class Preview:
    """An explanation as far as a card needs it."""

    def __init__(self, values: list[float], base: float) -> None:
        self.values, self.base = values, base

    def to_dict(self) -> dict[str, Any]:
        names = ["age", "means"] if len(self.values) == 2 else [f"p{i}" for i in range(len(self.values))]
        return {
            "players": [{"name": name, "columns": [name], "value": 0} for name in names],
            "outputs": ["repays"],
            "values": [[value] for value in self.values],
            "base_values": [self.base],
            "prediction": [self.base + sum(self.values)],
        }


def bars(tmp_path: Path, parts: Assets, bundle: Path, preview: Preview) -> tuple[Page, list[dict[str, float]]]:
    manifest = read_manifest(bundle)
    assert isinstance(manifest, TabularManifest)
    site = build([bundle], tmp_path / "site", parts=parts, previews={"tiny": thumbnail(preview.to_dict(), manifest)})
    page = Page(site / "index.html")
    numbers = ("x", "y", "width", "height")
    return page, [{name: float(str(bar[name])) for name in numbers} for bar in page.find("rect")]


def test_a_card_draws_the_waterfall_of_its_preview(
    tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path]
) -> None:
    page, drawn = bars(tmp_path, parts, make_bundle("tiny"), Preview([-0.1, 0.3], 0.4))
    assert [bar["fill"] for bar in page.find("rect")] == [POSITIVE, NEGATIVE]  # the larger one on top
    assert drawn[0]["width"] == pytest.approx(3 * drawn[1]["width"], rel=1e-3)
    # The bars lead from the line of the prediction (0.6) to that of the base value (0.4), which lies left of it.
    prediction = float(str(page.find("line", **{"class": "prediction"})[0]["x1"]))
    base = float(str(page.find("line", **{"class": "base"})[0]["x1"]))
    assert drawn[0]["x"] + drawn[0]["width"] == pytest.approx(prediction, abs=0.02)
    assert drawn[0]["x"] == pytest.approx(drawn[1]["x"], abs=0.02)
    assert drawn[1]["x"] + drawn[1]["width"] == pytest.approx(base, abs=0.02)
    assert page.find("figure")[0]["aria-label"] == "An example's explanation: raised by means, lowered by Age"


def test_many_players_become_five_bars_and_the_rest(
    tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path]
) -> None:
    _, drawn = bars(tmp_path, parts, make_bundle("tiny"), Preview([1.0, -2.0, 3.0, -4.0, 5.0, 0.5, 0.25, 0.0], 0.0))
    assert len(drawn) == 6
    assert all(bar["x"] >= 0 and bar["x"] + bar["width"] <= WIDTH for bar in drawn)
    assert drawn[5]["width"] == pytest.approx(drawn[0]["width"] * 0.75 / 5, rel=0.01)


def test_an_explanation_of_zeros_is_drawn_too(tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path]) -> None:
    page, drawn = bars(tmp_path, parts, make_bundle("tiny"), Preview([0.0, 0.0], 0.4))
    assert len(drawn) == 2
    assert page.find("figure")[0]["aria-label"] == "An example that nothing changes"


def test_a_bundle_s_page_starts_its_worker_first_unless_the_site_is_built_without(
    tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path]
) -> None:
    tiny = make_bundle("tiny")

    def scripts(site: Path) -> list[str | None]:
        page = Page(site / "explain" / "tiny" / "index.html")
        return [script.get("src") for script in page.find("script", type="module")]

    plain = build([tiny], tmp_path / "plain", parts=parts)
    assert scripts(plain) == ["../../start.js"]
    listing = json.loads((plain / "files.json").read_bytes())
    assert "without" not in listing
    assert Page(plain / "explain" / "tiny" / "index.html").data["first"] == listing["runtime"]["wasm"]
    other = build([tiny], tmp_path / "other", parts=parts, without=["streaming", "early-worker"])
    assert scripts(other) == ["../../page.js"]
    listing = json.loads((other / "files.json").read_bytes())
    assert listing["without"] == ["early-worker", "streaming"]
    assert listing["build"] != json.loads((plain / "files.json").read_bytes())["build"]
