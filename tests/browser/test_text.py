"""A mail through the whole visit: coloured words, hiding them, typing, pasting, by keyboard and in every look."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from playwright.sync_api import Locator, Page, expect

import xaiweb
from tests.browser.conftest import TIMEOUT_MS, Server, Visit, settled, wait_ready
from tests.browser.test_looks import LOOKS, SHOTS, axe
from tests.conftest import recipe
from xaiweb.explaining.texts import TextExplainer

BUNDLE = "spam"


@pytest.fixture(scope="module")
def native() -> TextExplainer:
    """The same bundle, opened natively."""
    opened = xaiweb.open(recipe("spam"))
    assert isinstance(opened, TextExplainer)
    return opened


@pytest.fixture
def page(anew: Page) -> Page:
    return anew


def text_of(page: Page) -> str:
    return page.locator("xai-editor textarea").input_value()


def chance(page: Page) -> float:
    """The percentage in the decision strip, as far as it is written."""
    said = page.locator("xai-decision").evaluate("element => element.shadowRoot.textContent")
    found = re.search(r"([<>]?)\s*([\d.]+)\s% chance", said)
    assert found, said
    return float(found[2])


def words(page: Page) -> Locator:
    return page.locator("xai-passage [data-word]")


def test_the_first_mail_is_decided_explained_and_coloured(page: Page, native: TextExplainer) -> None:
    text = text_of(page)
    expected = native(text)[0]
    assert abs(chance(page) / 100 - float(expected.prediction[0])) < 0.011
    assert words(page).all_inner_texts()[: len(expected.players)] == [str(p.value) for p in expected.players]
    expect(page.locator("xai-text .glance")).to_contain_text(re.compile("Most (for|against) “Spam”: “"))
    strongest = max(range(len(expected.players)), key=lambda i: abs(expected.values[i, 0]))
    expect(words(page).nth(strongest)).to_have_class(re.compile("^(up|down)5$"))
    snapshot = page.locator("xai-text").aria_snapshot().lower()
    for term in ("shap", "logit", "coalition", "attribution"):
        assert term not in snapshot


def without(native: TextExplainer, text: str, hidden: set[int]) -> float:
    """What the plain model says of a text with words hidden."""
    [encoded] = native.encode(text)
    subject = native.prepare(encoded, "output", {})
    mask = np.array([[index not in hidden for index in range(len(subject.players))]])
    model = onnxruntime.InferenceSession(native.bundle.path / native.manifest.model.file)
    return float(model.run(None, {model.get_inputs()[0].name: subject.sequences(mask)})[0][0, 0])


def hidden_words(page: Page) -> set[int]:
    return {int(word.get_attribute("data-word") or -1) for word in words(page).all() if is_hidden(word)}


def is_hidden(word: Locator) -> bool:
    return word.get_attribute("aria-pressed") == "true"


def test_hiding_words_moves_the_prediction_as_the_model_says(page: Page, native: TextExplainer) -> None:
    first = text_of(page)
    page.get_by_label("Start from a sample").select_option(label="Spam, but hard: a trade fair")
    expect(page.locator("xai-editor textarea")).not_to_have_value(first)
    settled(page)
    text, before = text_of(page), chance(page)
    page.locator("xai-ranking .line").first.hover()
    lit = page.locator("xai-passage .lit")
    expect(lit).to_have_count(1)
    lit.click()
    expect(lit).to_have_attribute("aria-pressed", "true")
    expect(page.locator("xai-decision .change")).to_contain_text("whole text")
    assert abs(chance(page) / 100 - without(native, text, hidden_words(page))) < 0.006
    page.get_by_role("button", name="Restore all").click()
    expect(page.locator("xai-decision .change")).not_to_contain_text("whole text")
    assert chance(page) == before
    page.locator("xai-removal input").fill("5")
    expect(page.locator("xai-passage [aria-pressed=true]")).to_have_count(5)
    expect(page.locator("xai-removal output")).to_contain_text(re.compile("5 hidden: .* becomes"))
    assert abs(chance(page) / 100 - without(native, text, hidden_words(page))) < 0.006


def test_the_curve_falls_as_the_plain_model_says(page: Page, native: TextExplainer) -> None:
    text = text_of(page)
    page.get_by_role("button", name="Draw how the prediction falls").click()
    curve = page.locator("xai-curve")
    curve.locator("summary").click(timeout=TIMEOUT_MS)
    values = np.array(page.evaluate("document.querySelector('xai-text').session.explanation.values"))[:, 0]
    order = np.argsort(-values, kind="stable").tolist()
    row = curve.locator("tbody tr").nth(5)
    hidden = int(row.locator("th").inner_text())
    for cell, gone in zip(row.locator("td").all(), (order[:hidden], order[::-1][:hidden]), strict=True):
        found = re.search(r"([\d.]+)\s%", cell.inner_text())
        assert found
        assert abs(float(found[1]) / 100 - without(native, text, set(gone))) < 0.006
    assert axe(page) == []


def test_by_keyboard_alone(page: Page) -> None:
    page.locator("xai-passage [tabindex='0']").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp", "Home", "ArrowRight"):
        page.keyboard.press(key)
    expect(words(page).nth(1)).to_be_focused()
    expect(page.locator("xai-passage .readout b")).to_have_text(words(page).nth(1).inner_text())
    page.keyboard.press("Enter")
    expect(words(page).nth(1)).to_have_attribute("aria-pressed", "true")
    expect(words(page).nth(1)).to_be_focused()
    page.keyboard.press("Control+z")
    expect(words(page).nth(1)).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Tab")
    expect(page.locator("xai-ranking button").first).to_be_focused()


def test_typing_pasting_and_undo(page: Page) -> None:
    field = page.locator("xai-editor textarea")
    first = text_of(page)
    before = chance(page)
    field.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Thanks for the patch, I will look at the code. ")
    expect(words(page).first).to_have_text("Thanks", timeout=TIMEOUT_MS)
    expect(page.locator("xai-decision .change")).to_contain_text(re.compile("sample|no difference"))
    settled(page)
    page.get_by_role("button", name="Undo").click()
    expect(field).to_have_value(first)
    settled(page)
    assert chance(page) == before
    field.fill("")
    expect(page.get_by_role("alert")).to_contain_text("There is no word here yet")
    field.fill(" \n ")
    expect(page.get_by_role("alert")).to_contain_text("There is no word here yet")
    field.fill("\u05e9\u05dc\u05d5\u05dd, free \U0001f3f3\ufe0f\u200d\U0001f308 e\u0301 <b>click</b>")
    expect(words(page).first).to_have_text("\u05e9\u05dc\u05d5\u05dd,", timeout=TIMEOUT_MS)
    assert words(page).all_inner_texts()[2:] == ["\U0001f3f3\ufe0f\u200d\U0001f308", "e\u0301", "<b>click</b>"]
    assert page.locator("xai-passage .run").first.evaluate("node => getComputedStyle(node).direction") == "rtl"


def test_a_paste_of_100_kb_is_drawn_as_far_as_it_is_read(page: Page, native: TextExplainer) -> None:
    text = ("Win free money now, click here! \U0001f600 " * 3100)[:100_000]
    page.locator("xai-editor textarea").fill(text)
    expect(page.locator("xai-passage .rest")).to_contain_text("the model stops reading there", timeout=TIMEOUT_MS)
    [(_, pieces)] = native.encode(text)
    assert words(page).count() == len(pieces)
    assert len(page.locator("xai-passage .rest .run").inner_text()) <= 2000
    settled(page)


def test_files_table_and_settings(page: Page, native: TextExplainer) -> None:
    files = {}
    for kind in ("SVG", "PNG", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=kind, exact=True).click()
        files[kind] = Path(download.value.path()).read_bytes()
    assert files["SVG"].startswith(b"<svg")
    assert b"<script" not in files["SVG"]
    assert files["PNG"].startswith(b"\x89PNG")
    assert len(files["CSV"].decode("utf-8-sig").strip().splitlines()) == 3 + words(page).count()
    page.get_by_role("button", name="Numbers").click()
    expect(page.locator("xai-text-dig tfoot")).to_contain_text("Every word hidden")
    page.get_by_role("button", name="Method and settings").click()
    settings = page.locator("xai-settings")
    settings.get_by_label("Method").select_option("occlusion")
    settings.get_by_label("Hidden words").select_option("delete")
    settled(page)
    expect(page.locator("xai-text .finding")).to_contain_text("How much each word weighs")
    page.get_by_role("button", name="Provenance").click()
    expect(page.locator("xai-text-dig")).to_contain_text('"hidden":"delete"')


def test_nothing_leaves_once_it_is_ready(page: Page, server: Server) -> None:
    wait_ready(page, f"{server.url}bundles/spam/", what="offlineReady")
    arrived = len(server.log)
    page.locator("xai-editor textarea").fill("A secret that nobody may see, free.")
    expect(words(page).first).to_have_text("A", timeout=TIMEOUT_MS)
    settled(page)
    words(page).nth(1).click()
    expect(page.locator("xai-decision .change")).to_contain_text("hidden words")
    # The browser's own look for a newer sw.js apart.
    asked = [request.path for request in server.log[arrived:] if not request.path.endswith("sw.js")]
    assert [path for path in asked if "/examples/" not in path] == []
    assert not any(request.body_bytes for request in server.log[arrived:])


@pytest.mark.parametrize("look", ["wide", "narrow-dark-de"])
def test_a_mail_in_every_look(visit: Callable[..., Visit], server: Server, look: str) -> None:
    guest = visit(**LOOKS[look])
    page = guest.page
    page.goto(server.page("spam"))
    settled(page)
    SHOTS.mkdir(parents=True, exist_ok=True)
    full = look.startswith("narrow")
    page.screenshot(path=SHOTS / f"spam-{look}.png", full_page=full, animations="disabled")
    assert axe(page) == []
    for panel in page.locator("xai-text-dig .toggles button").all():
        panel.click()
    words(page).nth(3).click()
    page.emulate_media(color_scheme="light" if full else "dark")
    page.screenshot(path=SHOTS / f"spam-{look}-other.png", full_page=full, animations="disabled")
    assert axe(page) == []
    for width in LOOKS[look]["viewport"]["width"], 320:
        page.set_viewport_size({"width": width, "height": 740})
        page.wait_for_timeout(300)
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, f"scrolls at {width} px"
    assert guest.complaints == []
