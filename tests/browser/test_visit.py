"""The whole visit of an applicant: by mouse, and by keyboard alone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import TIMEOUT_MS, Server, Visit
from xaiweb.bundle import schemas
from xaiweb.explaining.rows import TableExplainer


@pytest.fixture
def page(warm: Visit, server: Server) -> Page:
    """The loan's page, loaded anew with everything cached, settled on its first example."""
    warm.page.goto(server.page("loan"))
    settled(warm.page)
    return warm.page


def settled(page: Page) -> None:
    """Wait until the final explanation stands there: stopped early, spent in full, or exact, as the row has it."""
    final = re.compile("Accurate enough|Estimated from|Exact")
    expect(status(page)).to_contain_text(final, timeout=TIMEOUT_MS)


def status(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text=re.compile("evaluations|Exact|exact"))


def chance(page: Page) -> str:
    found = re.search(r"([\d.]+)\s% chance", decision(page).evaluate("element => element.shadowRoot.textContent"))
    assert found
    return found[1]


def enter(field: Locator, text: str) -> None:
    field.fill(text)
    field.press("Tab")


def decision(page: Page) -> Locator:
    return page.locator("xai-decision")


def picture(page: Page) -> Locator:
    return page.get_by_role("img", name="Waterfall")


def bars(page: Page) -> list[str]:
    return [
        (b.get_attribute("aria-label") or "").replace("\xa0", " ")
        for b in page.locator("xai-picture .marks button").all()
    ]


def test_the_decision_is_a_word_and_a_sentence(page: Page, native: dict[str, TableExplainer]) -> None:
    row = dict(native["loan"].manifest.examples[0].values)
    probability = float(native["loan"].predict(row)[0, 0])
    word = "Granted" if probability >= 0.83 else "Refused"
    expect(decision(page)).to_contain_text(f"{word}: {round(100 * probability)} % chance of repaying, 83 % needed")
    expect(page.get_by_text("Most against:")).to_be_visible()
    expect(page.get_by_text("Compared with 100 other applicants")).to_be_visible()


def test_the_first_two_depths_speak_plainly(page: Page) -> None:
    text = page.locator("xai-explainer").aria_snapshot().lower()
    assert "most against" in text
    for term in ("shap", "logit", "coalition", "attribution"):
        assert term not in text


def test_typing_predicts_and_explains_anew(page: Page, native: dict[str, TableExplainer]) -> None:
    row = dict(native["loan"].manifest.examples[0].values)
    before = picture(page).get_attribute("aria-label")
    page.get_by_label("Duration", exact=True).first.fill("6")
    row["duration_in_month"] = 6
    expected = round(100 * float(native["loan"].predict(row)[0, 0]))
    expect(decision(page)).to_contain_text(f"{expected} % chance", timeout=TIMEOUT_MS)
    expect(picture(page)).not_to_have_attribute("aria-label", before or "", timeout=TIMEOUT_MS)
    settled(page)
    values = native["loan"](row)[0].values[:, 0]
    duration = next(label for label in bars(page) if label.startswith("Duration, 6 months"))
    points = 100 * values[[p.name for p in native["loan"].manifest.players].index("duration_in_month")]
    assert f"{'+' if points > 0 else '−'}{float(f'{abs(points):.2g}'):g}" in duration


def test_undo_reset_and_examples(page: Page) -> None:
    start = chance(page)
    page.get_by_label("Savings").first.select_option(index=1)
    expect(decision(page)).not_to_contain_text(f"{start} % chance")
    changed = chance(page)
    page.get_by_label("Duration", exact=True).first.fill("60")
    page.get_by_label("Duration", exact=True).first.press("Tab")
    expect(decision(page)).not_to_contain_text(f"{changed} % chance")
    page.get_by_role("button", name="Undo").click()
    expect(decision(page)).to_contain_text(f"{changed} % chance")
    page.get_by_role("button", name="Reset").click()
    expect(decision(page)).to_contain_text(f"{start} % chance")
    page.get_by_role("button", name="Undo").click()
    expect(decision(page)).to_contain_text(f"{changed} % chance")
    examples = page.get_by_role("combobox").filter(has=page.get_by_role("option", name=re.compile("^Granted")))
    examples.select_option(label=next_option(examples, "Granted"))
    expect(decision(page)).to_contain_text("Granted")
    page.get_by_role("button", name="Shuffle").click()
    settled(page)


def next_option(select: Locator, start: str) -> str:
    options = select.get_by_role("option").all_inner_texts()
    return next(option for option in options if option.startswith(start))


def test_everything_behind_the_picture_can_be_opened(page: Page, native: dict[str, TableExplainer]) -> None:
    row = dict(native["loan"].manifest.examples[0].values)
    expected = native["loan"](row)[0]
    page.get_by_role("button", name="Numbers").click()
    table = page.get_by_role("table").first
    expect(table).to_contain_text("Duration")
    largest = float(np.abs(expected.values).max()) * 100
    expect(table).to_contain_text(f"{largest:.2f}")
    page.get_by_role("button", name="Provenance").click()
    count = f"{expected.provenance.n_coalitions:,}"
    for fact in (expected.provenance.estimator, count, native["loan"].manifest.model.sha256, "wasm", "compiled"):
        expect(page.locator("xai-dig")).to_contain_text(fact)
    page.get_by_role("button", name="How far to trust this").click()
    expect(page.locator("xai-dig")).to_contain_text("Compared with", ignore_case=True)


def test_settings_change_the_explanation(page: Page, native: dict[str, TableExplainer]) -> None:
    row = dict(native["loan"].manifest.examples[0].values)
    page.get_by_role("button", name="Method and settings").click()
    settings = page.locator("xai-settings")
    enter(settings.get_by_label("Budget"), "300")
    enter(settings.get_by_label("Seed"), "9")
    settings.get_by_label("Scale").select_option(index=2)
    expect(status(page)).to_contain_text("300 evaluations", timeout=TIMEOUT_MS)
    document = copied(page)
    assert document["provenance"]["parameters"]["budget"] == 300
    assert document["provenance"]["seed"] == 9
    assert document["provenance"]["scale"] == "logit"
    np.testing.assert_allclose(
        document["values"], native["loan"](row, budget=300, seed=9, scale="logit")[0].values, atol=1e-4
    )


def test_a_budget_that_is_too_small_is_refused_in_words(page: Page) -> None:
    page.get_by_role("button", name="Method and settings").click()
    settings = page.locator("xai-settings")
    enter(settings.get_by_label("Budget"), "20")
    expect(settings.locator("#budget-bad")).to_contain_text("36")  # the least that does
    assert picture(page).is_visible()


def copied(page: Page) -> dict[str, Any]:
    """What "Copy as JSON" put on the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy as JSON").click()
    expect(page.get_by_role("status").filter(has_text=re.compile("[Cc]opied"))).to_be_attached()
    document: dict[str, Any] = json.loads(page.evaluate("() => navigator.clipboard.readText()"))
    schemas.check("explanation", document)
    return document


def test_copies_and_downloads(page: Page, native: dict[str, TableExplainer]) -> None:
    row = dict(native["loan"].manifest.examples[0].values)
    expected = native["loan"](row)[0]
    np.testing.assert_allclose(copied(page)["values"], expected.values, atol=1e-5)
    files = {}
    for kind in ("SVG", "PNG", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=kind, exact=True).click()
        files[kind] = Path(download.value.path()).read_bytes()
        assert download.value.suggested_filename.endswith(f".{kind.lower()}")
    assert files["SVG"].startswith(b"<svg")
    assert b"<script" not in files["SVG"]
    assert files["PNG"].startswith(b"\x89PNG")
    text = files["CSV"].decode("utf-8-sig")
    assert len(text.strip().splitlines()) >= 1 + len(expected.players)
    assert "duration_in_month" in text


def test_hover_joins_field_bar_and_row(page: Page) -> None:
    page.get_by_role("button", name="Numbers").click()
    page.locator("xai-picture .marks button[data-player=duration_in_month]").hover()
    expect(page.locator("xai-dig tr[data-player=duration_in_month]")).to_have_class("lit")
    field = page.locator("xai-field").filter(has=page.get_by_label("Duration", exact=True))
    expect(field).to_have_attribute("lit", "")


def test_refine_asks_for_more(page: Page, native: dict[str, TableExplainer]) -> None:
    row = dict(native["loan"].manifest.examples[0].values)
    first = native["loan"](row)[0].provenance
    assert first.n_coalitions < first.parameters["budget"]  # it stopped by itself
    page.get_by_role("button", name=re.compile("^Refine")).click()
    # What is asked for by number is spent in full.
    expect(status(page)).to_contain_text(f"Estimated from {4 * first.n_coalitions:,}", timeout=TIMEOUT_MS)
    # This budget pays for all coalitions of each background row: nothing is estimated any more, nor to be refined.
    assert native["loan"](row, budget=8192)[0].provenance.estimator == "exact"
    page.get_by_role("button", name="Method and settings").click()
    enter(page.locator("xai-settings").get_by_label("Budget"), "8192")
    expect(status(page)).to_contain_text("Exact", timeout=TIMEOUT_MS)
    expect(page.get_by_role("button", name=re.compile("^Refine"))).to_have_count(0)
    assert copied(page)["std_error"] == [[0]] * 18


def test_a_long_computation_can_be_cancelled_and_what_stands_there_stays(page: Page) -> None:
    page.get_by_role("button", name="Method and settings").click()
    settings = page.locator("xai-settings")
    settings.get_by_label("Estimator").select_option("least_squares")  # which never turns exact
    enter(settings.get_by_label("Budget"), "100000")
    page.get_by_role("button", name="Cancel").click(timeout=TIMEOUT_MS)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    # Either the better picture of before, or what was reached; never one of a hundred thousand evaluations.
    expect(status(page)).to_have_text(re.compile("Accurate enough|Stopped after [\\d,]+ evaluations"))
    assert copied(page)["provenance"]["n_coalitions"] < 100_000
    settings.get_by_role("button", name="Back to the defaults").click()
    settled(page)


def test_the_whole_visit_by_keyboard(page: Page) -> None:
    page.locator("body").focus()
    reached: list[str] = []
    for _ in range(120):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => {
              let at = document.activeElement;
              while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
              return at?.getAttribute("aria-label") || at?.labels?.[0]?.textContent || at?.textContent || "";
            }"""
        ).strip()
        reached.append(name)
        if name.startswith("How far to trust"):
            break
    joined = " | ".join(reached)
    for part in ("Shuffle", "Duration", "Telephone", "Copy as JSON", "Numbers", "How far to trust"):
        assert part in joined, joined
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="How far to trust this")).to_have_attribute("aria-expanded", "true")
    # The bars are one stop of the tab order; arrows walk through them, Enter selects.
    page.locator("xai-picture .marks button").first.focus()
    first = bars(page)[0]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("xai-picture .marks button").nth(1)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Home")
    focused = page.evaluate(
        """() => {
          let at = document.activeElement;
          while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
          return at.getAttribute("aria-label");
        }"""
    )
    assert focused.replace("\xa0", " ") == first
    # Change an entry without a mouse.
    field = page.get_by_label("Duration", exact=True).first
    field.focus()
    before = chance(page)
    page.keyboard.press("Control+a")
    page.keyboard.type("6")
    expect(decision(page)).not_to_contain_text(f"{before} % chance")


def test_german_is_whole(page: Page) -> None:
    page.get_by_label("Language").select_option("de")
    expect(decision(page)).to_contain_text("Abgelehnt")
    expect(page.get_by_text("Verglichen mit 100 anderen")).to_be_visible()
    text = page.locator("xai-explainer").aria_snapshot()
    for word in ("Refused", "Most against", "Compared", "Undo", "Numbers"):
        assert word not in text
    page.get_by_label("Sprache").select_option("en")
    expect(decision(page)).to_contain_text("Refused")
