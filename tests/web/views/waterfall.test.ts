// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { rank } from "../../../web/src/chart/order.js";
import { DARK, LIGHT } from "../../../web/src/chart/palette.js";
import { pictureFile } from "../../../web/src/chart/picture-file.js";
import { textWidth } from "../../../web/src/chart/text-width.js";
import { words } from "../../../web/src/strings/words.js";
import { contributions } from "../../../web/src/views/contributions.js";
import { unit } from "../../../web/src/views/unit.js";
import { waterfall, type WaterfallOptions } from "../../../web/src/views/waterfall.js";
import { layout, SHOWN, waterfallHeight } from "../../../web/src/views/waterfall-layout.js";
import { pairOf, together } from "../../../web/src/views/interactions.js";
import { ARCS, arcsOf } from "../../../web/src/views/waterfall-arcs.js";
import { copy, explanation, firstEstimate, manifest, withPairs } from "../golden.js";

const en = words("en");

function draw(document = explanation, options: Partial<WaterfallOptions> = {}): string {
  const picture = waterfall(document, manifest, { words: en, palette: LIGHT, ...options });
  const { svg } = pictureFile(picture, "The golden explanation", "Golden", options.palette ?? LIGHT);
  return svg.replaceAll("><", ">\n<") + "\n";
}

const arcs = (svg: string) => svg.match(/<g class="(raises|lowers)"/g) ?? [];

function laidOut(document = explanation, width = 720) {
  const all = contributions(document, manifest, 0, en);
  return layout({
    contributions: all,
    order: rank(all),
    base: document.base_values[0]!,
    prediction: document.prediction[0]!,
    threshold: 0.5,
    unit: unit(manifest, "repaid", "output", "points", en),
    width,
    measure: textWidth,
  });
}

describe("the golden explanation's waterfall", () => {
  it("stays as it is: wide, English, light", async () => {
    await expect(draw()).toMatchFileSnapshot("__golden__/waterfall-wide-en.svg");
  });

  it("stays as it is: narrow, German, dark, in model units, with an entry selected", async () => {
    const options = { words: words("de"), width: 328, palette: DARK, unit: "model", selected: "duration" } as const;
    await expect(draw(firstEstimate, options)).toMatchFileSnapshot("__golden__/waterfall-narrow-de.svg");
  });
});

describe("a waterfall", () => {
  it("begins at the base value and ends at the prediction", () => {
    const { rows } = laidOut();
    expect(rows.at(-1)?.start).toBeCloseTo(explanation.base_values[0]!, 12);
    expect(rows[0]?.end).toBeCloseTo(explanation.prediction[0]!, 9);
    for (let index = 1; index < rows.length; index++) expect(rows[index - 1]?.start).toBe(rows[index]?.end);
  });

  it("shows ten players by size and the rest in one row", () => {
    const { rows } = laidOut();
    expect(rows.map(({ kind }) => kind)).toEqual([...Array<string>(SHOWN).fill("bar"), "others"]);
    const sizes = rows.slice(0, SHOWN).map(({ contribution }) => Math.abs(contribution.value));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(rows.at(-1)?.count).toBe(8);
  });

  it("an eleventh player stands for itself instead of being “1 others”", () => {
    const eleven = copy(explanation);
    for (const list of [eleven.players, eleven.values, eleven.std_error]) list.length = 11;
    expect(laidOut(eleven).rows.every(({ kind }) => kind === "bar")).toBe(true);
  });

  it("is as high as the place that was kept for it", () => {
    for (const width of [320, 720]) expect(laidOut(explanation, width).height).toBe(waterfallHeight(18, width));
  });

  it("keeps every bar, number and interval inside the picture", () => {
    for (const width of [300, 560, 900]) {
      const { rows, x, wide } = laidOut(firstEstimate, width);
      for (const { start, end, contribution } of rows) {
        const room = wide ? textWidth("−12 points", 13, true) : 0;
        for (const place of [x(start), x(end) + Math.sign(contribution.value) * room]) {
          expect(place).toBeGreaterThanOrEqual(0);
          expect(place).toBeLessThanOrEqual(width);
        }
      }
    }
  });

  it("says signs by number and by direction, not by colour alone", () => {
    const picture = draw();
    expect(picture).toMatch(/>\u221212\u00a0points</);
    expect(picture).toMatch(/>\+\d[\d.]*\u00a0points</);
    expect(picture).toMatch(/scale\(-7,22\)/);
    expect(picture).toMatch(/scale\(7,22\)/);
  });

  it("draws an interval where the error is known, none where the value is exact", () => {
    const exact = copy(firstEstimate);
    exact.std_error = exact.std_error.map(() => [0]);
    const wide = copy(firstEstimate);
    wide.std_error = wide.std_error.map(() => [0.01]);
    expect(draw(wide).match(/class="interval/g)).toHaveLength(SHOWN);
    expect(draw(exact)).not.toContain('class="interval');
  });

  it("marks what is needed, and nothing in a scale where that isn't known", () => {
    expect(draw()).toContain(">50\u00a0% needed<");
    const logit = copy(explanation);
    logit.provenance.scale = "logit";
    expect(draw(logit)).toContain(">0 needed<");
    const margin = copy(explanation);
    margin.provenance.scale = "margin";
    expect(draw(margin)).not.toContain("needed<");
  });

  it("shows no percentage beyond 0 and 100 on its axis", () => {
    const extreme = copy(explanation);
    extreme.base_values = [0.02];
    extreme.prediction = [0.02 + explanation.values.reduce((sum, [value]) => sum + value!, 0)];
    const axis = /<g class="axis"[^]*?<\/g>/.exec(draw(extreme))![0];
    expect(axis).toMatch(/>\d+\u00a0%</);
    expect(axis).not.toMatch(/\u2212/);
  });

  it("is calm where nothing moves the prediction", () => {
    const none = copy(explanation);
    none.values = none.values.map(() => [0]);
    none.std_error = none.std_error.map(() => [0]);
    none.prediction = [...none.base_values];
    expect(draw(none)).not.toMatch(/NaN|Infinity/);
  });

  it("names the ends in the field's terms only when asked", () => {
    expect(draw()).not.toContain("E[f(X)]");
    expect(draw(explanation, { terms: true })).toContain("E[f(X)]");
  });

  it("the same input gives the same bytes", () => {
    expect(draw()).toBe(draw());
  });

  it("says where nobody knows how far off a bar is, instead of drawing it as exact", () => {
    const unknown = copy(explanation);
    unknown.std_error = unknown.std_error.map(() => [null]);
    expect(draw(unknown).match(/ ±\u00a0\?</g)).toHaveLength(SHOWN);
    expect(draw(unknown)).not.toContain('class="interval');
    expect(draw()).not.toContain("±");
  });
});

describe("arcs beside a waterfall", () => {
  it("stay as they are: narrow, light, with a player pointed at", async () => {
    const options = { arcs: true, width: 328, active: "age" } as const;
    await expect(draw(withPairs, options)).toMatchFileSnapshot("__golden__/waterfall-arcs.svg");
  });

  it("are there only when asked for, and only where there is something to join", () => {
    expect(arcs(draw(withPairs))).toHaveLength(0);
    expect(arcs(draw(withPairs, { arcs: true })).length).toBeGreaterThan(0);
    expect(arcs(draw(explanation, { arcs: true }))).toHaveLength(0);
  });

  it("join the strongest pairs among the rows, dashed where they lower", () => {
    const svg = draw(withPairs, { arcs: true });
    const at = laidOut(withPairs);
    const drawn = arcsOf(together(withPairs, manifest, 0, en), at, null);
    expect(drawn.length).toBeLessThanOrEqual(ARCS);
    expect(arcs(svg)).toHaveLength(drawn.length);
    const rows = new Set(at.rows.map(({ contribution }) => contribution.player));
    for (const set of drawn) for (const player of pairOf(set)) expect(rows).toContain(player);
    const lowering = drawn.filter(({ value }) => value < 0).length;
    expect(svg.match(/stroke-dasharray="7 4"/g) ?? []).toHaveLength(lowering);
  });

  it("leave out what may be chance, unless it is pointed at", () => {
    const doubtful = copy(withPairs);
    doubtful.interactions!.std_error = doubtful.interactions!.values.map(([value]) => [Math.abs(value!)]);
    expect(arcs(draw(doubtful, { arcs: true }))).toHaveLength(0);
    const pair = pairOf(together(withPairs, manifest, 0, en)[0]!);
    expect(arcs(draw(doubtful, { arcs: true, pair }))).toHaveLength(1);
  });

  it("of the player that is pointed at stand out and say their amount", () => {
    const at = laidOut(withPairs);
    const drawn = arcsOf(together(withPairs, manifest, 0, en), at, null);
    const [player] = pairOf(drawn[0]!);
    const hers = drawn.filter((set) => pairOf(set).includes(player));
    const svg = draw(withPairs, { arcs: true, active: player });
    expect(svg.match(/opacity="1"/g)).toHaveLength(hers.length);
    const inUnit = unit(manifest, "repaid", "output", "points", en);
    for (const { value } of hers) expect(svg).toContain(`>${inUnit.bare(value)}</text>`);
  });

  it("push labels and bars aside, and keep the height that was kept for them", () => {
    const all = contributions(withPairs, manifest, 0, en);
    for (const width of [320, 720]) {
      const inUnit = unit(manifest, "repaid", "output", "points", en);
      const ends = { base: withPairs.base_values[0]!, prediction: withPairs.prediction[0]!, threshold: 0.5 };
      const input = { contributions: all, order: rank(all), ...ends, unit: inUnit, width, measure: textWidth };
      const [without, beside] = [layout(input), layout({ ...input, arcs: true })];
      expect(beside.height).toBe(without.height);
      expect(beside.x.range()[0]).toBeGreaterThan(without.x.range()[0]! + 20);
    }
  });
});
