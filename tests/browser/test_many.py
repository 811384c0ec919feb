"""Files of rows in the page: the same values as `xaiweb explain`, kept over a reload, and nothing sent."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

import xaiweb
from tests.browser.conftest import TIMEOUT_MS, Server, Visit, wait_ready
from tests.browser.test_looks import LOOKS, SHOTS, axe
from xaiweb.bundle.rows import decode
from xaiweb.explaining.rows import TableExplainer

expect.set_options(timeout=TIMEOUT_MS)

LOAN = {"budget": 128, "estimator": "least_squares", "seed": 3}

EXPLAIN = """async ([url, name, text, options, formats]) => {
  const { open } = await import(new URL("../../xaiweb.js", url));
  const explainer = await open(url);
  const bytes = typeof text === "string" ? text : Uint8Array.from(text);
  const events = [];
  for await (const event of explainer.rows.explain(new File([bytes], name), options)) events.push(event);
  const { run } = events.at(-1);
  const files = {};
  for (const format of formats) {
    const blob = await explainer.rows.save(run.id, format);
    files[format] = [...new Uint8Array(await blob.arrayBuffer())];
  }
  await explainer.rows.discard(run.id);
  return { events, files, kept: await explainer.rows.kept() };
}"""


@pytest.fixture(scope="session")
def applicants(native: dict[str, TableExplainer]) -> pd.DataFrame:
    """Sixty applicants; the last ten are the first ten again."""
    bundle = native["loan"].bundle
    rows = [decode(row, bundle.manifest.features) for row in bundle.background[:50]]
    return pd.DataFrame([*rows, *rows[:10]])


@pytest.fixture
def explained(warm: Visit, server: Server) -> Any:
    """Explains a file on the warm page, takes along what is asked for, and tidies up."""

    def explain(name: str, content: Any, options: dict[str, Any], *formats: str) -> dict[str, Any]:
        text = content if isinstance(content, str) else list(content)
        arrived = len(server.log)
        found = warm.page.evaluate(EXPLAIN, [f"{server.url}bundles/loan/", name, text, options, list(formats)])
        assert found["kept"] == []
        assert server.log[arrived:] == []  # nothing is sent, and nothing is fetched
        return found

    return explain


def test_a_file_gives_what_the_command_line_gives(
    explained: Any, applicants: pd.DataFrame, bundles: dict[str, Path], tmp_path: Path
) -> None:
    source = tmp_path / "portfolio.csv"
    applicants.to_csv(source, index=False)
    xaiweb.explain_dataset(bundles["loan"], source, out=tmp_path / "native.parquet", **LOAN)
    native = pd.read_parquet(tmp_path / "native.parquet")

    found = explained("portfolio.csv", source.read_text(), LOAN, "csv", "parquet")
    page = pd.read_parquet(io.BytesIO(bytes(found["files"]["parquet"])))
    assert list(page.columns) == list(native.columns)
    assert page["row"].tolist() == native["row"].tolist()
    assert page["output"].tolist() == native["output"].tolist()
    for name in ("base_value", "prediction"):
        np.testing.assert_allclose(page[name], native[name], atol=1e-5)
    for name in ("values", "std_error"):
        np.testing.assert_allclose(np.stack(page[name]), np.stack(native[name]), atol=1e-5)

    sheet = pd.read_csv(io.BytesIO(bytes(found["files"]["csv"])))
    values = sheet[[name for name in sheet if name.startswith("values.")]].to_numpy()
    np.testing.assert_array_equal(values, np.stack(page["values"]))
    assert found["events"][0]["type"] == "started"
    assert [event["type"] for event in found["events"]].count("result") == 1


def test_a_parquet_file_gives_what_the_same_rows_give_as_csv(explained: Any, applicants: pd.DataFrame) -> None:
    packed = io.BytesIO()
    # Groups that don't end where blocks do, and another packing than the usual one.
    applicants.to_parquet(packed, row_group_size=17, compression="zstd")
    table = explained("rows.parquet", packed.getvalue(), LOAN, "csv")
    sheet = explained("rows.csv", applicants.to_csv(index=False), LOAN, "csv")
    assert table["files"]["csv"] == sheet["files"]["csv"]


def test_refused_rows_are_those_of_the_command_line_in_its_words(
    explained: Any, applicants: pd.DataFrame, bundles: dict[str, Path], tmp_path: Path
) -> None:
    rows = applicants[:8].astype(object)
    rows.iloc[1, rows.columns.get_loc("duration_in_month")] = "soon"
    rows.iloc[2, rows.columns.get_loc("duration_in_month")] = None
    words = next(f for f in xaiweb.open(bundles["loan"]).manifest.features if f.words)
    rows.iloc[4, rows.columns.get_loc(words.name)] = words.words[0].upper() + "x"
    rows.iloc[6, rows.columns.get_loc("duration_in_month")] = "1e999"
    text = rows.to_csv(index=False).replace("\r\n", "\n") + "1,2,3\n"
    source = tmp_path / "portfolio.csv"
    source.write_text(text)
    summary = xaiweb.explain_dataset(bundles["loan"], source, out=tmp_path / "out.parquet", **LOAN)
    native = pd.read_csv(tmp_path / "out.refused.csv", dtype=str)
    native["where"] = native["where"].str.replace(str(source), "portfolio.csv")

    found = explained("portfolio.csv", text, LOAN, "refused.csv", "parquet")
    page = pd.read_csv(io.BytesIO(bytes(found["files"]["refused.csv"])), dtype=str)
    pd.testing.assert_frame_equal(page, native)
    assert len(page) == summary.n_refused == 5
    kept = pd.read_parquet(io.BytesIO(bytes(found["files"]["parquet"])))
    assert set(kept["row"]) == {0, 3, 5, 7}


def many(page: Page) -> Any:
    """The part of the page for files, opened."""
    part = page.locator("xai-many")
    toggle = part.locator(".toggle")
    if toggle.get_attribute("aria-expanded") == "false":
        toggle.click()
    return part


def give(page: Page, name: str, frame: pd.DataFrame) -> Any:
    """Chooses a file and waits until it can be started."""
    part = many(page)
    content = frame.to_csv(index=False).encode()
    part.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    expect(part.get_by_role("button", name=re.compile("Explain|erklären"))).to_be_visible()
    return part


def test_a_run_goes_on_after_a_reload_and_gives_the_same(
    visit: Callable[..., Visit], server: Server, applicants: pd.DataFrame
) -> None:
    guest = visit()
    page = guest.page
    page.goto(server.page("logistic"))
    wait_ready(page, f"{server.url}bundles/logistic/")
    frame = applicants[:30]
    part = give(page, "portfolio.csv", frame)
    part.get_by_role("button", name="Explain 30 rows").click()
    expect(part.locator("progress")).to_have_js_property("max", 30)
    expect(part.locator("progress")).not_to_have_js_property("value", 0)
    part.get_by_role("button", name="Pause").click()
    expect(part).to_contain_text("Paused")
    expect(part.locator("table.importance")).to_be_visible()
    done = part.locator("progress").evaluate("bar => bar.value")
    assert 0 < done < 30

    page.reload()
    expect(page.locator("xai-many")).to_contain_text(f"{done:,} of 30 rows")
    part = many(page)
    part.get_by_role("button", name="Continue").click()
    expect(part).to_contain_text("Done.")
    with page.expect_download() as download:
        part.get_by_role("button", name="Parquet").click()
    whole = pd.read_parquet(download.value.path())
    assert sorted(set(whole["row"])) == list(range(30))

    # Undisturbed, in memory, the same values come out.
    found = page.evaluate(
        EXPLAIN, [f"{server.url}bundles/logistic/", "other.csv", frame.to_csv(index=False), {}, ["parquet"]]
    )
    other = pd.read_parquet(io.BytesIO(bytes(found["files"]["parquet"])))
    pd.testing.assert_frame_equal(whole, other)
    assert [run["name"] for run in found["kept"]] == ["portfolio.csv"]
    assert {event["type"] for event in found["events"]} == {"started", "progress", "part", "result"}

    part.get_by_role("button", name="Delete").click()
    part.get_by_role("button", name="Delete everything").click()
    expect(part.locator("progress")).to_have_count(0)
    page.reload()
    expect(many(page).get_by_role("button", name="Choose a file")).to_be_visible()
    expect(page.locator("xai-many")).not_to_contain_text("portfolio.csv")


@pytest.mark.parametrize("look", LOOKS)
def test_what_is_shown_in_every_look(
    visit: Callable[..., Visit], server: Server, applicants: pd.DataFrame, look: str
) -> None:
    guest = visit(**LOOKS[look])
    page = guest.page
    page.goto(server.page("logistic"))
    wait_ready(page, f"{server.url}bundles/logistic/")
    rows = applicants[:12].astype(object)
    rows.iloc[3, rows.columns.get_loc("duration_in_month")] = "soon"
    part = give(page, "portfolio.csv", rows)
    expect(part.locator("summary")).to_have_count(1)
    part.locator("summary").click()
    expect(part).to_contain_text(re.compile("“soon” is not a number|„soon“ ist keine Zahl"))
    page.screenshot(path=SHOTS / f"many-chosen-{look}.png", full_page=True, animations="disabled")
    assert axe(page) == []
    part.get_by_role("button", name=re.compile("Explain 11|11 Zeilen")).click()
    expect(part).to_contain_text(re.compile("Done|Fertig"))
    page.screenshot(path=SHOTS / f"many-done-{look}.png", full_page=True, animations="disabled")
    assert axe(page) == []
    width = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], "the page scrolls sideways"

    # A row opens in the explainer above.
    part.get_by_role("button", name=re.compile("row 2 above|Zeile 2 oben")).click()
    shown = page.evaluate("() => document.querySelector('xai-explainer').session.values")
    assert shown == {name: pytest.approx(cell) for name, cell in applicants.iloc[1].items()}
    assert guest.complaints == []


def test_a_browser_that_keeps_nothing_explains_all_the_same(
    visit: Callable[..., Visit], server: Server, applicants: pd.DataFrame
) -> None:
    guest = visit()
    page = guest.page
    # As in some private windows; the worker's own database is what counts, so it is taken away there.
    page.add_init_script(
        """const plain = Blob;
        globalThis.Blob = class extends plain {
          constructor(parts, options) {
            const script = options?.type === "text/javascript";
            const without = "Object.defineProperty(globalThis, 'indexedDB', { value: undefined });\\n";
            super(script ? [without, ...parts] : parts, options);
          }
        };"""
    )
    page.goto(server.page("logistic"))
    wait_ready(page, f"{server.url}bundles/logistic/")
    part = give(page, "portfolio.csv", applicants[:6])
    part.get_by_role("button", name="Explain 6 rows").click()
    expect(part).to_contain_text("Done.")
    expect(part).to_contain_text("After a reload it can't go on.")
    with page.expect_download() as download:
        part.get_by_role("button", name="CSV").click()
    assert set(pd.read_csv(download.value.path())["row"]) == set(range(6))


def test_what_changed_is_refused_and_what_is_damaged_is_computed_again(
    warm: Visit, server: Server, applicants: pd.DataFrame
) -> None:
    found = warm.page.evaluate(
        """async ([url, text, options]) => {
          const { open } = await import(new URL("../../xaiweb.js", url));
          const { rows } = await open(url);
          const done = (request) => new Promise((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
          });
          const db = await done(indexedDB.open("xaiweb-rows"));
          const change = async (name, edit) => {
            const store = db.transaction(name, "readwrite").objectStore(name);
            const key = (await done(store.getAllKeys())).at(-1);
            const value = await done(store.get(key));
            edit(value);
            await done(store.put(value, store.keyPath ? undefined : key));
          };
          const last = async (source) => {
            const events = [];
            for await (const event of rows.explain(source, options)) events.push(event);
            return events;
          };
          const first = await last(new File([text], "rows.csv"));
          const { run } = first.at(-1);
          const csv = await (await rows.save(run.id, "csv")).text();

          await change("parts", (part) => part.bytes[5] ^= 1);
          const refused = await rows.save(run.id, "csv").then(() => null, ({ code }) => code);
          const again = await last(run);
          const same = csv === await (await rows.save(run.id, "csv")).text();

          await change("runs", (kept) => (kept.identity.bundle = "another"));
          const changed = await last(run).then(() => null, ({ code, message }) => [code, message]);
          await rows.discard(run.id);
          const gone = await rows.save(run.id, "csv").then(() => null, ({ code }) => code);
          return { refused, again: again.map(({ type }) => type), same, changed, gone, left: await rows.kept() };
        }""",
        [f"{server.url}bundles/loan/", applicants[:6].to_csv(index=False), {**LOAN, "keep": True}],
    )
    assert found["refused"] == "part-damaged"
    assert "part" in found["again"], "nothing was computed again"
    assert found["same"]
    assert found["changed"] == ["run-changed", "the model is another one since this run began."]
    assert found["gone"] == "no-run"
    assert found["left"] == []


FULL = """async ([url, text, options, step]) => {
  const { open } = await import(new URL("../../xaiweb.js", url));
  const { rows, ready, offlineReady } = await open(url);
  const all = async (source, given) => {
    for await (const event of rows.explain(source, { ...options, ...given })) if (event.run) globalThis.run = event.run;
    return run;
  };
  const csv = async () => (await rows.save(run.id, "csv")).text();
  switch (step) {
    case "look": {
      await ready;
      await offlineReady; // what is cached counts
      const { found_bytes } = await all(new File([text], "rows.csv"), { keep: false });
      const lines = await csv();
      await rows.discard(run.id);
      return { found_bytes, csv: lines, usage: (await navigator.storage.estimate()).usage };
    }
    case "begin": {
      const run = await all(new File([text], "other.csv"));
      await rows.discard(run.id);
      return { done: run.done, where: run.where, code: run.reason?.code };
    }
    case "pause": {
      const stop = new AbortController();
      try {
        for await (const event of rows.explain(new File([text], "rows.csv"), { ...options, signal: stop.signal })) {
          if (event.run) globalThis.run = event.run;
          if (event.type === "progress" && event.done > 0) stop.abort();
        }
      } catch (error) {
        if (error.name !== "AbortError") throw error;
      }
      globalThis.run = (await rows.kept())[0];
      return { done: run.done, csv: await csv() };
    }
    case "full": {
      const error = await all(run).then(() => null, (error) => error);
      return { code: error?.code, next: error?.next, done: (await rows.kept())[0].done, csv: await csv() };
    }
    case "go on": {
      await all(run);
      const [lines, { done, found_bytes }] = [await csv(), run];
      await rows.discard(run.id);
      return { done, found_bytes, csv: lines };
    }
  }
}"""


def test_a_full_storage_loses_nothing(visit: Callable[..., Visit], server: Server, applicants: pd.DataFrame) -> None:
    # A visit of its own: Chromium asks for the room that is left only when what it knew of is used up.
    page = visit().page
    page.goto(server.page("logistic"))
    cdp = page.context.new_cdp_session(page)
    origin = page.evaluate("() => origin")
    text = applicants.to_csv(index=False)

    def step(name: str) -> Any:
        return page.evaluate(FULL, [f"{server.url}bundles/logistic/", text, {**LOAN, "keep": True}, name])

    def room(size: float) -> None:
        cdp.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": size})

    undisturbed = step("look")
    # What can't be kept from the start is explained all the same.
    room(undisturbed["usage"] + 1000)
    assert step("begin") == {"done": 60, "where": "memory", "code": "storage-full"}
    # What can't be kept further stops, with what is finished, and says what to do.
    room(undisturbed["usage"] + len(text) + 20_000 + undisturbed["found_bytes"] / 2)
    before = step("pause")
    full = step("full")
    assert full["code"] == "storage-full"
    assert "finished rows are kept" in full["next"]
    assert before["done"] <= full["done"] < 60
    assert full["csv"].startswith(before["csv"])
    room(1e9)
    whole = step("go on")
    assert whole["done"] == 60
    assert whole["csv"] == undisturbed["csv"]


def test_reading_is_cancelled_and_whoever_asks_for_one_row_goes_first(
    warm: Visit, server: Server, applicants: pd.DataFrame
) -> None:
    found = warm.page.evaluate(
        """async ([url, text, options, row]) => {
          const { open } = await import(new URL("../../xaiweb.js", url));
          const explainer = await open(url);
          const { rows } = explainer;
          const [head, ...lines] = text.trim().split("\\n");
          const large = new File([head + "\\n", ...Array(3000).fill(lines.join("\\n") + "\\n")], "large.csv");
          const shares = [];
          const stop = new AbortController();
          const onProgress = (share) => {
            shares.push(share);
            if (share > 0.3) stop.abort();
          };
          const cancelled = await rows.inspect(large, { signal: stop.signal, onProgress }).then(
            () => null,
            (error) => error.name,
          );

          const file = new File([text], "rows.csv");
          const perRow = await rows.time(file, options);
          const order = [];
          const one = (async () => {
            for await (const event of explainer.explain(row, options)) if (event.type === "result") order.push("one");
          })();
          for await (const event of rows.explain(file, options)) {
            if (event.type !== "result") continue;
            order.push("all");
            await rows.discard(event.run.id);
          }
          await one;
          return { shares, cancelled, perRow, order };
        }""",
        [f"{server.url}bundles/loan/", applicants.to_csv(index=False), LOAN, applicants.iloc[0].to_dict()],
    )
    assert found["cancelled"] == "AbortError"
    assert found["shares"] == sorted(found["shares"])
    assert 0.3 < found["shares"][-1] < 1
    assert found["perRow"] > 0
    assert found["order"] == ["one", "all"]
