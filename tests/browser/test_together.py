"""What works together: from "not accurate enough" to the matrix, by mouse and by keyboard, with arcs and files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TIMEOUT_MS, Server, Visit
from tests.browser.test_looks import SHOTS, axe
from tests.browser.test_visit import settled, status
from xaiweb.core.explanation import Explanation
from xaiweb.explaining.rows import TableExplainer

# Enough evaluations to tell pairs, too few to be exact.
BUDGET = 576


@pytest.fixture(scope="module")
def expected(native: dict[str, TableExplainer]) -> Explanation:
    """What `xaiweb explain --budget 576` says of the first example."""
    explanation: Explanation = native["loan"](dict(native["loan"].manifest.examples[0].values), budget=BUDGET)[0]
    return explanation


@pytest.fixture(scope="module")
def refined(warm_visit: Visit, server: Server) -> Page:
    """The loan's page with its first example refined once, and the panel open; the tests share it."""
    page = warm_visit.page
    page.goto(server.page("loan"))
    settled(page)
    page.get_by_role("button", name="What works together", exact=True).click()
    panel = page.locator("xai-together")
    expect(panel).to_contain_text("can't be told accurately enough")
    panel.get_by_role("button", name=f"Refine ({BUDGET})").click()
    expect(status(page)).to_contain_text(f"Estimated from {BUDGET} evaluations", timeout=TIMEOUT_MS)
    expect(panel.get_by_role("img", name="Matrix")).to_be_visible()
    return page


@pytest.fixture
def page(refined: Page, warm: Visit) -> Page:
    """The shared page; a complaint fails the test."""
    return refined


def focused(page: Page) -> str:
    """The label of what has the focus."""
    label: str = page.evaluate(
        """() => {
          let at = document.activeElement;
          while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
          return at?.getAttribute("aria-label") ?? "";
        }"""
    )
    return label


def test_the_matrix_shows_what_the_core_computed(page: Page, expected: Explanation) -> None:
    sets = expected.interactions
    assert sets is not None
    pairs = {members: values[0] for members, values in zip(sets.sets, sets.values, strict=True) if len(members) == 2}
    cells = page.locator("xai-together .marks button")
    expect(cells).to_have_count(len(pairs))
    labels = [(cell.get_attribute("aria-label") or "").replace("\xa0", " ") for cell in cells.all()]
    amounts = [float(found[1]) for label in labels if (found := re.search(r"by ([\d.]+) points", label))]
    assert max(amounts) == pytest.approx(100 * max(map(abs, pairs.values())), abs=0.05)  # written with two digits


def test_a_cell_is_said_and_lights_its_players(page: Page) -> None:
    cell = page.locator("xai-together .marks button").nth(3)
    cell.hover()
    said = cell.get_attribute("aria-label") or ""
    expect(page.locator("xai-together .said")).to_have_text(said)
    expect(page.locator("xai-picture figure > svg > rect")).to_have_count(2)
    page.mouse.move(0, 0)
    expect(page.locator("xai-picture figure > svg > rect")).to_have_count(0)


def test_arrow_keys_walk_the_cells(page: Page) -> None:
    cells = page.locator("xai-together .marks button")
    cells.first.focus()
    for key, place in (("ArrowDown", 1), ("ArrowRight", 2), ("ArrowDown", 4), ("Home", 3), ("End", 5)):
        page.keyboard.press(key)
        assert focused(page) == cells.nth(place).get_attribute("aria-label"), key
    # One stop of the tab order.
    page.keyboard.press("Tab")
    assert not page.locator("xai-together .marks button:focus").count()


def test_arcs_come_with_a_button_and_follow_the_focus(page: Page) -> None:
    button = page.get_by_role("button", name="Show what works together")
    arcs = page.locator("xai-picture .arcs > g")
    expect(arcs).to_have_count(0)
    button.click()
    count = arcs.count()
    assert 1 <= count <= 5
    lit = page.locator("xai-picture .arcs > g[opacity='1']")
    expect(lit).to_have_count(count)
    bars = page.locator("xai-picture .marks button")
    some = False
    for place in range(bars.count()):
        bars.nth(place).focus()
        shown = lit.count()
        some = some or 0 < shown < count
    assert some or count == 1, "no player's own arcs stood out"
    button.click()
    expect(arcs).to_have_count(0)


def test_its_table_and_files(page: Page, expected: Explanation) -> None:
    found = expected.interactions
    assert found is not None
    panel = page.locator("xai-together")
    panel.get_by_role("button", name="Table", exact=True).click()
    expect(panel.get_by_role("row")).to_have_count(16)
    expect(panel.get_by_role("table")).to_contain_text("SII")
    files = {}
    for kind in ("SVG", "PNG", "CSV"):
        with page.expect_download() as download:
            panel.get_by_role("button", name=kind, exact=True).click()
        files[kind] = Path(download.value.path()).read_bytes()
        assert "together" in download.value.suggested_filename
    assert files["SVG"].startswith(b"<svg")
    assert b"Strongest together" in files["SVG"]
    assert files["PNG"].startswith(b"\x89PNG")
    lines = files["CSV"].decode("utf-8-sig").strip().splitlines()
    pairs = [values[0] for members, values in zip(found.sets, found.values, strict=True) if len(members) == 2]
    numbers = [float(line.rsplit(",", 2)[1]) for line in lines[1:]]
    np.testing.assert_allclose(sorted(numbers), sorted(pairs), atol=1e-4)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel.get_by_role("button", name="Copy as JSON").click()
    expect(page.get_by_role("status").filter(has_text=re.compile("[Cc]opied"))).to_be_attached()
    document = json.loads(page.evaluate("() => navigator.clipboard.readText()"))
    assert document["interactions"]["index"] == "SII"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_it_is_readable_by_all(page: Page, width: int, scheme: str) -> None:
    before = page.viewport_size
    assert before is not None
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    try:
        expect(page.locator("xai-explainer")).to_have_js_property("narrow", width < 860)
        cells = page.locator("xai-together .marks button")
        box = cells.first.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
        assert axe(page) == []
        wide = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], "the page scrolls sideways"
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.locator("xai-dig").screenshot(path=SHOTS / f"together-{width}-{scheme}.png", animations="disabled")
    finally:
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(before)


def test_it_speaks_german(page: Page) -> None:
    page.get_by_label("Language").select_option("de")
    expect(page.locator("xai-together")).to_contain_text("Am stärksten zusammen")
    expect(page.get_by_role("button", name="Zeigen, was zusammenwirkt")).to_be_visible()
    page.get_by_label("Sprache").select_option("en")
    expect(page.locator("xai-together")).to_contain_text("Strongest together")
