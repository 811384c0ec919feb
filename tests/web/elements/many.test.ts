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
    explainer.rows.inspected = new XaiwebError("missing-columns", 'missing column "age".', { where: "portfolio.csv" });
    await press(part, "A file of rows");
    await part.session.choose(file, {});
    await settled(part);
    expect(part.renderRoot.querySelector("[role=alert]")?.textContent).toContain('missing column "age".');
    expect(text(part)).not.toContain("Explain");
  });

  it("is deleted by two clicks, not by one", async () => {
    const { part, explainer } = await shown("en", [kept({ finished: true })]);
    await press(part, "A file of rows");
    await press(part, "Delete");
    expect(explainer.rows.discarded).toEqual([]);
    await press(part, "Keep it");
    await press(part, "Delete");
    await press(part, "Delete");
    expect(explainer.rows.discarded).toEqual(["1"]);
    expect(text(part)).not.toContain("portfolio.csv");
  });
});
