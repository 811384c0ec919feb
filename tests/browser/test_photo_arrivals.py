"""Photos that arrive by hand: dropped, pasted, taken by the camera. What else arrives is refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from playwright.sync_api import Locator, Page, expect

import xaiweb
from tests.browser.conftest import TIMEOUT_MS, Server, settled, wait_ready
from tests.browser.test_looks import axe
from tests.conftest import recipe

BUNDLE = "digit"


@pytest.fixture
def page(anew: Page, server: Server) -> Iterator[Page]:
    """The warm page; what the test does there must send nothing."""
    wait_ready(anew, f"{server.url}bundles/digit/", what="offlineReady")
    before = len(server.log)
    yield anew
    assert [request for request in server.log[before:] if not request.path.endswith("sw.js")] == []


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo that no example looks like."""
    path = tmp_path_factory.mktemp("own") / "holiday.png"
    grey = PIL.Image.radial_gradient("L")
    PIL.Image.merge("RGB", (grey, grey, PIL.Image.linear_gradient("L"))).save(path)
    return path


def name(page: Page) -> Locator:
    return page.locator("xai-gallery .name")


def prediction(page: Page) -> list[float]:
    found: list[float] = page.evaluate("document.querySelector('xai-photo').session.prediction")
    return found


def drag(page: Page, kind: str, file: Path, x: int = 700) -> None:
    """The browser's own event, as if a file were dragged over the page from outside."""
    data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": 400, "data": data})
    session.detach()


def test_a_photo_is_dropped_anywhere_on_the_page(page: Page, own: Path) -> None:
    drop = page.locator("xai-photo .drop")
    expect(drop).to_be_hidden()
    for kind in ("dragEnter", "dragOver"):
        drag(page, kind, own)
    expect(drop).to_be_visible()
    drag(page, "dragOver", own, x=-50)
    expect(drop).to_be_hidden()
    for kind in ("dragEnter", "dragOver", "drop"):
        drag(page, kind, own)
    expect(name(page)).to_have_text("Your photo (holiday.png)")
    expect(drop).to_be_hidden()
    settled(page)
    np.testing.assert_allclose(prediction(page), xaiweb.open(recipe("digit")).predict(own)[0], atol=1e-5)


def test_what_is_dropped_and_is_no_photo_changes_nothing(page: Page, tmp_path: Path) -> None:
    before = name(page).inner_text()
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir")
    for kind in ("dragEnter", "dragOver", "drop"):
        drag(page, kind, letter)
    expect(page.locator("xai-photo")).to_contain_text("There is no photo in what was dropped or pasted")
    assert name(page).inner_text() == before


def test_a_photo_is_pasted_and_words_are_not(page: Page, own: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    before = name(page).inner_text()
    page.evaluate("navigator.clipboard.writeText('a word')")
    page.keyboard.press("Control+V")
    page.evaluate(
        """async (bytes) => navigator.clipboard.write(
          [new ClipboardItem({ "image/png": new Blob([Uint8Array.from(bytes)], { type: "image/png" }) })])""",
        list(own.read_bytes()),
    )
    assert name(page).inner_text() == before
    page.keyboard.press("Control+V")
    expect(name(page)).to_have_text("The pasted photo")
    settled(page)
    np.testing.assert_allclose(prediction(page), xaiweb.open(recipe("digit")).predict(own)[0], atol=1e-5)
    page.context.clear_permissions()


WATCHED = """() => {
  const give = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (asked) => (globalThis.given = await give(asked));
}"""


def tracks(page: Page) -> list[Any]:
    found: list[Any] = page.evaluate("given.getTracks().map(({ kind, readyState }) => [kind, readyState])")
    return found


def test_the_camera_is_on_only_while_a_photo_is_aimed(page: Page) -> None:
    page.context.grant_permissions(["camera"])
    page.evaluate(WATCHED)
    camera = page.locator("xai-camera")
    for way in ("Close", "Take the photo"):
        camera.get_by_role("button", name="Use the camera").click()
        expect(camera.locator("video")).to_have_js_property("paused", False)
        page.wait_for_function("() => given?.active")
        assert tracks(page) == [["video", "live"]]
        assert axe(page) == []
        camera.get_by_role("button", name=way).click()
        page.wait_for_function("() => !given.active", timeout=TIMEOUT_MS)
        assert tracks(page) == [["video", "ended"]]
    expect(name(page)).to_have_text("The photo just taken")
    settled(page)
    assert sum(prediction(page)) == pytest.approx(1, abs=1e-5)
    page.context.clear_permissions()


def test_a_camera_that_is_refused_is_told(page: Page) -> None:
    page.context.clear_permissions()
    camera = page.locator("xai-camera")
    camera.get_by_role("button", name="Use the camera").click()
    expect(camera.get_by_role("alert")).to_contain_text("The camera can't be used")
    expect(camera.get_by_role("button", name="Take the photo")).to_be_hidden()
    camera.get_by_role("button", name="Close").click()
