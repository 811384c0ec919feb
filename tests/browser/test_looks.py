"""Readable by all: axe, light and dark, 360 and 320 px, 200 %; and the pictures the README shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OUTPUT, TIMEOUT_MS, Server, Visit
from tests.conftest import ROOT

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
SHOTS = OUTPUT / "screenshots"
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True},
    "narrow-dark-de": {
        "viewport": {"width": 360, "height": 740},
        "device_scale_factor": 2,
        "color_scheme": "dark",
        "locale": "de-DE",
    },
}
# Committed, and shown in the README.
PUBLISHED = {"wide": "loan-wide.png", "narrow": "loan-narrow.png"}


def explained(page: Page, address: str) -> None:
    page.goto(address)
    # As it says when it has stopped by itself, in English and in German.
    done = re.compile("Accurate enough|Genau genug")
    expect(page.locator("xai-explainer .status")).to_contain_text(done, timeout=TIMEOUT_MS)


def axe(page: Page) -> list[str]:
    """Serious and critical findings, each with the element at fault."""
    page.evaluate(AXE)
    results = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{violation['id']}: {node['target']}"
        for violation in results["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("look", LOOKS)
def test_the_loan_s_page_in_every_look(visit: Callable[..., Visit], server: Server, look: str) -> None:
    guest = visit(**LOOKS[look])
    explained(guest.page, server.page("loan"))
    SHOTS.mkdir(parents=True, exist_ok=True)
    guest.page.screenshot(path=SHOTS / f"loan-{look}.png", full_page=look.startswith("narrow"), animations="disabled")
    assert axe(guest.page) == []
    for name in guest.page.locator("xai-dig .toggles button").all():
        name.click()
    assert axe(guest.page) == []
    width = guest.page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], "the page scrolls sideways"
    assert guest.complaints == []


@pytest.mark.parametrize(("name", "look"), [("income", "wide"), ("income", "narrow-dark-de"), ("bikes", "narrow")])
def test_the_other_models_pages(visit: Callable[..., Visit], server: Server, name: str, look: str) -> None:
    guest = visit(**LOOKS[look])
    guest.page.goto(server.page(name))
    expect(guest.page.locator("xai-explainer .status")).to_contain_text(re.compile("Exact|Genau:"), timeout=TIMEOUT_MS)
    for panel in guest.page.locator("xai-dig .toggles button").all():
        panel.click()
    expect(guest.page.locator("xai-together").get_by_role("img", name=re.compile("Matri"))).to_be_visible()
    guest.page.screenshot(path=SHOTS / f"{name}-{look}.png", full_page=True, animations="disabled")
    assert axe(guest.page) == []
    width = guest.page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], "the page scrolls sideways"
    assert guest.complaints == []


@pytest.mark.parametrize("look", ["wide", "narrow", "dark"])
def test_the_gallery(visit: Callable[..., Visit], server: Server, look: str) -> None:
    guest = visit(**LOOKS[look])
    guest.page.goto(server.url)
    expect(guest.page.get_by_role("link", name="Loan decision").first).to_be_visible()
    guest.page.screenshot(path=SHOTS / f"gallery-{look}.png", animations="disabled")
    assert axe(guest.page) == []
    assert guest.page.locator("h1").count() == 1
    assert guest.complaints == []


def test_it_reflows_at_320_pixels(warm: Visit, server: Server) -> None:
    explained(warm.page, server.page("loan"))
    before = warm.page.viewport_size
    assert before is not None
    warm.page.set_viewport_size({"width": 320, "height": 640})  # 1280 at 400 %
    # The columns fold in a ResizeObserver, so a frame or more after the window has its new size.
    width = warm.page.evaluate(
        """async () => {
          const frame = () => new Promise(requestAnimationFrame);
          const end = performance.now() + 5_000;
          const width = () => document.documentElement.scrollWidth;
          while (width() > innerWidth && performance.now() < end) await frame();
          return [width(), innerWidth];
        }"""
    )
    warm.page.set_viewport_size(before)
    assert width == [320, 320]


def test_targets_are_large_enough_for_a_thumb(visit: Callable[..., Visit], server: Server) -> None:
    guest = visit(**LOOKS["narrow"])
    explained(guest.page, server.page("loan"))
    small = [
        (element.get_attribute("aria-label") or element.inner_text(), box)
        for element in guest.page.locator("button:visible, select:visible").all()
        if (box := element.bounding_box()) and min(box["width"], box["height"]) < 24
    ]
    assert small == []


def test_bars_keep_still_for_who_wants_that(visit: Callable[..., Visit], server: Server) -> None:
    guest = visit(reduced_motion="reduce")
    explained(guest.page, server.page("loan"))
    moving = guest.page.evaluate(
        """() => {
          const found = [];
          const walk = (root) => root.querySelectorAll("*").forEach((element) => {
            const style = getComputedStyle(element);
            const seconds = [style.transitionDuration, style.animationDuration].join(",").split(",").map(parseFloat);
            if (Math.max(...seconds.filter((s) => !Number.isNaN(s)), 0) > 0.001) found.push(element.localName);
            if (element.shadowRoot) walk(element.shadowRoot);
          });
          walk(document);
          return [...new Set(found)];
        }"""
    )
    assert moving == []


def test_the_readme_shows_pictures_of_this_page() -> None:
    """`make images` copies them from a test run's output."""
    readme = (ROOT / "README.md").read_text("utf-8")
    for look, name in PUBLISHED.items():
        assert (SHOTS / f"loan-{look}.png").is_file()
        assert (ROOT / "docs" / "images" / name).read_bytes().startswith(b"\x89PNG")
        assert f"docs/images/{name}" in readme
