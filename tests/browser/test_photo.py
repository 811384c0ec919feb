"""A digit and a photo through the whole visit: by mouse and by keyboard, cut by hand, hidden, compared, taken along."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import PIL.Image
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

import xaiweb
from tests.browser.conftest import FINAL, TIMEOUT_MS, Server, Visit, settled, wait_ready
from tests.browser.test_looks import LOOKS, SHOTS, axe
from tests.conftest import recipe
from xaiweb.explaining.images import PhotoExplainer

BUNDLE = "digit"


@pytest.fixture(scope="module")
def native() -> PhotoExplainer:
    """The same bundle, opened natively."""
    opened = xaiweb.open(recipe("digit"))
    assert isinstance(opened, PhotoExplainer)
    return opened


@pytest.fixture
def page(anew: Page) -> Page:
    return anew


def walk(page: Page) -> Locator:
    """The way through the parts."""
    return page.locator("xai-look .walk")


def explanation(page: Page) -> dict[str, Any]:
    """The explanation that is shown large."""
    found: dict[str, Any] = page.evaluate("document.querySelector('xai-photo').session.run.shown.explanation")
    return found


def seen(page: Page) -> dict[str, NDArray[Any]]:
    """Pixels and what hides them, one channel each, and the map of parts, as the page has them."""
    found = page.evaluate(
        """() => {
          const { prepared, run } = document.querySelector("xai-photo").session;
          const grey = ({ data }) => Array.from(data).filter((_, at) => at % 4 === 0);
          return { pixels: grey(prepared.pixels), hidden: grey(prepared.hidden),
                   segments: Array.from(run.shown.segments) };
        }"""
    )
    return {name: np.array(values) for name, values in found.items()}


def answer(native: PhotoExplainer, pixels: NDArray[Any]) -> NDArray[np.float64]:
    """What the plain model says of 28 x 28 grey pixels."""
    model = onnxruntime.InferenceSession(native.bundle.path / native.manifest.model.file)
    [given] = model.get_inputs()
    values: NDArray[np.float64] = model.run(None, {given.name: pixels.astype(np.float32).reshape(1, 1, 28, 28)})[0][0]
    return values


def percent(text: str) -> float:
    found = re.search(r"([\d.]+)\s%", text)
    assert found, text
    return float(found[1])


def test_a_digit_is_named_and_its_parts_have_the_values_of_the_core(page: Page, native: PhotoExplainer) -> None:
    example = native.manifest.examples[0]
    expected = native(native.bundle.path / example.file)[0]
    expect(page.locator("xai-photo .verdict")).to_contain_text(expected.outputs[0])
    shown = explanation(page)
    assert shown["outputs"] == list(expected.outputs)
    np.testing.assert_allclose(shown["values"], expected.values, atol=1e-4)
    expect(page.locator("xai-classes .bars button")).to_have_count(5)
    walk(page).focus()
    best = float(expected.values[:, 0].max()) * 100
    said = (walk(page).get_attribute("aria-valuetext") or "").replace("\xa0", " ")
    assert re.search(rf"Part 1 of {len(expected.players)}, .*: \+{re.escape(f'{best:.1f}')} points", said)
    expect(page.locator("xai-photo .glance")).to_contain_text("Speaks most for")
    alt = page.locator("xai-look").get_by_role("img", name="The photo with each part").get_attribute("aria-label")
    assert re.search("upper|lower|middle|left|right|top|bottom", alt or "")


def test_by_keyboard_a_part_is_found_kept_in_view_and_seen_without(page: Page, native: PhotoExplainer) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.localName") == "xai-photo" and walk(page).evaluate(
            "element => element.matches(':focus')"
        ):
            break
    else:
        pytest.fail("Tab doesn't reach the parts")
    for key in ("End", "Home", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(walk(page)).to_have_attribute("aria-valuenow", "2")
    part = page.locator("xai-look .part")
    expect(part).to_contain_text("Kept in view")
    expect(part).to_contain_text("points)", timeout=TIMEOUT_MS)
    shown = explanation(page)
    values = np.array(shown["values"])[:, 0]
    second = int(np.lexsort((np.arange(len(values)), -values))[1])
    view = seen(page)
    without = answer(native, np.where(view["segments"] == second, view["hidden"], view["pixels"]))
    names = [output.name for output in native.manifest.outputs]
    chance = 100 * float(without[names.index(shown["outputs"][0])])
    expect(part).not_to_contain_text("asking the model")
    said = part.inner_text().replace("\xa0", " ")
    assert "99.9" in said if chance > 99.9 else abs(percent(said.split("without it")[1]) - chance) < 1
    page.keyboard.press("Escape")
    expect(part).not_to_contain_text("Kept in view")


def test_one_class_rather_than_another_from_the_same_evaluations(page: Page) -> None:
    shown = explanation(page)
    first, second = shown["outputs"][:2]
    page.get_by_label("Compared with").select_option(second)
    expect(page.locator("xai-look .finding")).to_contain_text(f"“{first}” rather than “{second}”")
    walk(page).focus()
    page.keyboard.press("Home")
    gap = max(row[0] - row[1] for row in shown["values"]) * 100
    said = (walk(page).get_attribute("aria-valuetext") or "").replace("\xa0", " ")
    assert float(said.split("+")[1].split()[0]) == pytest.approx(gap, rel=0.06)
    assert explanation(page) == shown


def test_hiding_and_keeping_what_counts_moves_the_prediction(page: Page, native: PhotoExplainer) -> None:
    slider = page.get_by_label("How many parts", exact=True)
    slider.focus()
    page.keyboard.press("End")
    said = page.locator("xai-keep .answer")
    view = seen(page)
    names = [output.name for output in native.manifest.outputs]
    name = explanation(page)["outputs"][0]
    hidden = 100 * float(answer(native, view["hidden"])[names.index(name)])
    share = re.compile(rf"{name}: {hidden:.1f}".replace(".", r"\.") if hidden < 1 else rf"{name}: {hidden:.0f}")
    expect(said).to_contain_text(share, timeout=TIMEOUT_MS)
    page.get_by_role("button", name="Keep only them").click()
    expect(said).to_contain_text(re.compile(rf"{name}: .*\(0"), timeout=TIMEOUT_MS)


def test_other_ways_stand_beside_it_and_can_be_shown_large(page: Page) -> None:
    for name in ("LIME", "Occlusion", "RISE"):
        page.get_by_role("button", name=f"Add {name}").click()
    columns = page.locator("xai-beside .column")
    expect(columns).to_have_count(3)
    for column in columns.all():
        expect(column).to_contain_text(FINAL, timeout=TIMEOUT_MS)
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=SHOTS / "digit-methods.png", full_page=True, animations="disabled")
    columns.nth(1).get_by_role("button", name="Show large").click()
    expect(page.locator("xai-photo .status")).to_contain_text("Exact")
    assert explanation(page)["provenance"]["method"] == "occlusion"
    # The parts are squares now, and can be hidden like any others.
    walk(page).focus()
    expect(page.locator("xai-look .part")).to_contain_text("points)", timeout=TIMEOUT_MS)


def test_regions_drawn_by_hand_are_the_parts_and_undo_takes_them_back(page: Page) -> None:
    before = explanation(page)
    page.get_by_label("as I draw it").check()
    board = page.locator("xai-regions .board")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    assert box is not None
    corners = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.5), (0.1, 0.5), (0.1, 0.15)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()
    expect(page.locator("xai-photo .status")).to_contain_text("Exact", timeout=TIMEOUT_MS)
    assert len(explanation(page)["players"]) == 2
    inside = seen(page)["segments"].reshape(28, 28)[4:13, 4:24]
    assert (inside == 0).all()
    for _ in range(2):
        page.keyboard.press("Control+z")
    settled(page)
    expect(page.locator("xai-photo .status")).to_contain_text("Estimated", timeout=TIMEOUT_MS)
    assert len(explanation(page)["players"]) == len(before["players"])


def test_a_photo_of_one_s_own_and_one_that_is_broken(page: Page, tmp_path: Path) -> None:
    own = tmp_path / "one.png"
    PIL.Image.new("RGB", (64, 48), "white").save(own)
    chooser = page.locator("xai-gallery input[type=file]")
    chooser.set_input_files(own)
    expect(page.locator("xai-gallery .name")).to_have_text("Your photo (one.png)")
    settled(page)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 this is no photo")
    chooser.set_input_files(broken)
    failure = page.locator("xai-photo .failure")
    expect(failure).to_be_visible(timeout=TIMEOUT_MS)
    expect(failure).not_to_contain_text("no words for")
    page.get_by_role("button", name="Back to the photo before").click()
    expect(page.locator("xai-gallery .name")).to_have_text("Your photo (one.png)")
    expect(failure).to_have_count(0)
    settled(page)


def test_it_can_be_taken_along_as_pictures_and_numbers(page: Page, tmp_path: Path) -> None:
    shown = explanation(page)
    saved = {}
    for kind in ("SVG", "PNG", "CSV"):
        with page.expect_download() as download:
            page.locator("xai-look .files").get_by_role("button", name=kind, exact=True).click()
        assert download.value.suggested_filename == f"digit-{shown['outputs'][0]}-shapley.{kind.lower()}"
        saved[kind] = tmp_path / kind
        download.value.save_as(saved[kind])
    picture = saved["SVG"].read_text("utf-8")
    assert "data:image/png;base64," in picture
    assert "points" in picture
    with PIL.Image.open(saved["PNG"]) as image:
        assert image.width > 1200
        colours = image.convert("RGB").getcolors(1 << 20)
        assert colours is not None
    assert any(r > 1.5 * max(g, b) for _, (r, g, b) in colours), "nothing is red"
    rows = list(csv.DictReader(io.StringIO(saved["CSV"].read_text("utf-8-sig"))))
    numbers = [float(row[shown["outputs"][0]]) for row in rows]
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=1e-6)


def test_nothing_leaves_once_it_is_ready(page: Page, server: Server, tmp_path: Path) -> None:
    own = tmp_path / "secret.png"
    PIL.Image.effect_noise((50, 50), 80).save(own)
    wait_ready(page, f"{server.url}bundles/digit/", what="offlineReady")
    before = len(server.log)
    page.locator("xai-gallery input[type=file]").set_input_files(own)
    settled(page)
    walk(page).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("xai-look .part")).to_contain_text("points)", timeout=TIMEOUT_MS)
    assert [request for request in server.log[before:] if "sw.js" not in str(request)] == []


@pytest.mark.parametrize("look", LOOKS)
def test_a_digit_in_every_look(visit: Callable[..., Visit], server: Server, look: str) -> None:
    guest = visit(**LOOKS[look])
    guest.page.goto(server.page("digit"))
    settled(guest.page)
    expect(guest.page.locator("xai-keep")).to_be_visible()
    guest.page.screenshot(path=SHOTS / f"digit-{look}.png", full_page=True, animations="disabled")
    for panel in guest.page.locator("xai-photo-dig .toggles button, xai-cut > button").all():
        panel.click()
    assert axe(guest.page) == []
    guest.page.set_viewport_size({"width": 320, "height": 640})
    guest.page.wait_for_function("document.documentElement.scrollWidth <= innerWidth", timeout=5_000)
    assert guest.complaints == []


def test_a_photo_s_first_picture_comes_early_and_can_be_the_last(visit: Callable[..., Visit], server: Server) -> None:
    guest = visit(**LOOKS["wide"])
    guest.page.goto(server.page("photo"))
    expect(guest.page.locator("xai-photo .glance")).to_contain_text("Speaks most for", timeout=2 * TIMEOUT_MS)
    status = guest.page.locator("xai-photo .status")
    status.get_by_role("button", name="Cancel").click()
    expect(status).to_contain_text("Stopped after")
    shown = explanation(guest.page)
    assert len(shown["players"]) <= shown["provenance"]["n_coalitions"] < 256
    assert len(shown["outputs"]) == 5
    guest.page.evaluate("scrollTo(0, 0)")
    guest.page.screenshot(path=SHOTS / "photo-wide.png", full_page=True, animations="disabled")
    assert axe(guest.page) == []
    assert guest.complaints == []


def test_the_curve_falls_as_the_plain_model_says(page: Page, native: PhotoExplainer) -> None:
    page.get_by_role("button", name="Draw how the prediction falls").click()
    curve = page.locator("xai-curve")
    curve.locator("summary").click(timeout=TIMEOUT_MS)
    shown = explanation(page)
    values = np.array(shown["values"])[:, 0]
    order = np.lexsort((np.arange(len(values)), -values))
    view = seen(page)
    at = [output.name for output in native.manifest.outputs].index(shown["outputs"][0])
    rows = curve.locator("tbody tr").all()
    assert len(rows) == 17
    for row in rows:
        hidden = int(row.locator("th").inner_text())
        for cell, gone in zip(row.locator("td").all(), (order[:hidden], order[::-1][:hidden]), strict=True):
            chance = float(
                answer(native, np.where(np.isin(view["segments"], gone), view["hidden"], view["pixels"]))[at]
            )
            said = cell.inner_text().replace("\xa0", " ")
            assert "99.9" in said if chance > 0.999 else abs(percent(said) - 100 * chance) < 0.6
    # Another class has another order: its curve isn't drawn yet.
    page.locator("xai-classes .bars button").nth(1).click()
    expect(page.get_by_role("button", name="Draw how the prediction falls")).to_be_visible()
    assert axe(page) == []
