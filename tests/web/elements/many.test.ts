// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";
import "../../../web/src/elements/many/xai-many.js";
import type { XaiMany } from "../../../web/src/elements/many/xai-many.js";
import { DEFAULTS } from "../../../web/src/elements/settings.js";
import type { KeptRows } from "../../../web/src/many.js";
import { words } from "../../../web/src/strings/words.js";
import { XaiwebError } from "../../../web/src/errors.js";
import { Scripted } from "./scripted.js";

const file = new File(["a\n1\n"], "portfolio.csv");
const kept = (change: Partial<KeptRows> = {}): KeptRows => ({
  id: "1",
  name: "portfolio.csv",
  bytes: 4,
  n_rows: 5000,
  done: 2140,
  n_refused: 0,
  finished: false,
  started: 0,
  method: "shapley",
  scale: "output",
  where: "browser",
  reason: null,
  copied: true,
  found_bytes: 1_540_000,
  importance: null,
  ...change,
});

async function shown(lang = "en", runs: KeptRows[] = []): Promise<{ part: XaiMany; explainer: Scripted }> {
  const explainer = new Scripted();
  explainer.rows.runs = runs;
  const part = document.createElement("xai-many");
  Object.assign(part, { explainer, settings: DEFAULTS, output: 0, unit: "points", words: words(lang) });
  document.body.append(part);
  await settled(part);
  return { part, explainer };
}

async function settled(part: XaiMany): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve));
    await part.updateComplete;
  }
}

const text = (part: XaiMany) => (part.renderRoot.textContent ?? "").replace(/\s+/g, " ");

async function press(part: XaiMany, label: string): Promise<void> {
  const button = [...part.renderRoot.querySelectorAll("button")].find((one) => one.textContent?.trim() === label);
  if (!button) throw new Error(`no button "${label}" in: ${text(part)}`);
  button.click();
  await settled(part);
}

afterEach(() => document.body.replaceChildren());

describe("a file of rows", () => {
  it("is closed at first, and says even so what is unfinished", async () => {
    const { part } = await shown("en", [kept()]);
    expect(part.renderRoot.querySelector("input")).toBeNull();
    expect(text(part)).toContain("An unfinished explanation of portfolio.csv: 2,140 of 5,000 rows.");
    const german = (await shown("de", [kept()])).part;
    expect(text(german)).toContain("Eine unfertige Erklärung von portfolio.csv: 2.140 von 5.000 Zeilen.");
  });

  it("goes on with what is kept, with progress and the remaining time, until it is paused", async () => {
    const run = kept();
    const { part, explainer } = await shown("en", [run]);
    explainer.rows.events = [
      { type: "started", run },
      {
        type: "progress",
        done: 2200,
        total: 5000,
        unit: "rows",
        n_refused: 3,
        rows_per_second: 7,
        remaining_ms: 400_000,
      },
    ];
    await press(part, "A file of rows");
    await press(part, "Continue");
    expect(explainer.rows.asked[0]!.source).toEqual(run);
    expect(text(part)).toMatch(/2,200 of 5,000 rows 7 per second about 7 min left/);
    await press(part, "Pause");
    expect(explainer.rows.asked[0]!.options.signal!.aborted).toBe(true);
    expect(text(part)).toContain("Paused; what is finished is kept.");
  });

  it("is asked as the settings say, without pairs, and kept only where that is wanted", async () => {
    const { part, explainer } = await shown();
    explainer.rows.inspected = { columns: ["a"], unused: [], n_rows: 1, n_refused: 0, refused: [], first: null };
    await press(part, "A file of rows");
    await part.session.choose(file, {});
    await settled(part);
    part.renderRoot.querySelector<HTMLInputElement>("input[type=checkbox]")!.click();
    await settled(part);
    await press(part, "Explain 1 row");
    expect(explainer.rows.asked[0]!.options).toMatchObject({ method: "shapley", interactions: "none", keep: false });
  });

  it("says why a file can't be used", async () => {
    const { part, explainer } = await shown();
    explainer.rows.inspected = new XaiwebError("file-columns", 'missing column "age".', { where: "portfolio.csv" });
    await press(part, "A file of rows");
    await part.session.choose(file, {});
    await settled(part);
    expect(part.renderRoot.querySelector("[role=alert]")?.textContent).toContain('missing column "age".');
    expect(text(part)).not.toContain("Explain");
  });

  it("says what is kept and what it takes, and deletes by two clicks, not by one", async () => {
    const { part, explainer } = await shown("en", [kept({ finished: true })]);
    await press(part, "A file of rows");
    expect(text(part)).toMatch(/Copy of the file 4.B, found 1.5.MB\./);
    await press(part, "Delete");
    expect(explainer.rows.discarded).toEqual([]);
    await press(part, "Keep it");
    await press(part, "Delete");
    await press(part, "Delete everything");
    expect(explainer.rows.discarded).toEqual([["1", "all"]]);
    expect(text(part)).not.toContain("portfolio.csv");
  });

  it("can lose the copy of its file alone; to go on, the file is chosen again", async () => {
    const { part, explainer } = await shown("en", [kept()]);
    await press(part, "A file of rows");
    await press(part, "Delete");
    await press(part, "Only the copy of the file");
    expect(explainer.rows.discarded).toEqual([["1", "file"]]);
    expect(text(part)).toMatch(/Found 1.5.MB; no copy of the file\. Choose the file again to go on\./);
    expect(text(part)).not.toContain("Continue");
    await press(part, "Delete");
    expect(text(part)).not.toContain("Only the copy");
  });

  it.each(["a button", "Escape"])("stops being read by %s, and another can be chosen", async (way) => {
    const { part, explainer } = await shown();
    explainer.rows.reads = 0.45;
    await press(part, "A file of rows");
    void part.session.choose(file, {});
    await settled(part);
    expect(text(part)).toMatch(/Reading portfolio.csv to its end: 45.%/);
    if (way === "Escape") {
      part.renderRoot
        .querySelector("#body")!
        .dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
      await settled(part);
    } else await press(part, "Cancel");
    expect(text(part)).not.toContain("portfolio.csv");
    expect(part.renderRoot.querySelector("[role=alert]")).toBeNull();
    explainer.rows.reads = null;
    explainer.rows.inspected = { columns: ["a"], unused: [], n_rows: 7, n_refused: 0, refused: [], first: null };
    await part.session.choose(file, {});
    await settled(part);
    expect(text(part)).toContain("Explain 7 rows");
  });

  it("names what is refused in the reader's language, the column by its label", async () => {
    const { part, explainer } = await shown("de");
    const { name, label } = explainer.manifest.features[0]!;
    const reason = '"soon" is not a number.';
    const facts = { column: name, value: "soon" };
    const row = { row: 1, reason, where: `t, row 2, column "${name}"`, next: "", code: "not-a-number", facts };
    const other = { ...row, row: 2, code: "of-tomorrow", facts: {} };
    explainer.rows.inspected = {
      columns: [name],
      unused: [],
      n_rows: 4,
      n_refused: 2,
      refused: [row, other],
      first: null,
    };
    await press(part, "Eine Datei mit vielen Fällen");
    await part.session.choose(file, {});
    await settled(part);
    const said = words("de").text(label ?? name);
    expect(text(part)).toContain(`Zeile 2: ${said}: „soon“ ist keine Zahl`);
    expect(text(part)).toContain(`Zeile 3: Lässt sich nicht erklären: ${reason}`);
  });

  it("says why nothing is kept, and that it goes on all the same", async () => {
    const reason = { code: "storage-full", message: "no room", where: "", next: "" };
    const { part, explainer } = await shown("de", [kept({ where: "memory", reason })]);
    explainer.rows.events = [{ type: "started", run: explainer.rows.runs[0]! }];
    await press(part, "Eine Datei mit vielen Fällen");
    await press(part, "Fortsetzen");
    expect(text(part)).toContain("In diesem Browser ist kein Platz mehr. Nach einem Neuladen geht es nicht weiter.");
  });
});
