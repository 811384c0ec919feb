// @vitest-environment happy-dom
import { render } from "lit";
import { describe, expect, it } from "vitest";
import { rank } from "../../../web/src/chart/order.js";
import { DARK, LIGHT } from "../../../web/src/chart/palette.js";
import { pictureFile } from "../../../web/src/chart/picture-file.js";
import { words } from "../../../web/src/strings/words.js";
import { contributions } from "../../../web/src/views/contributions.js";
import { interactionMatrix, matrixLayout, type MatrixOptions } from "../../../web/src/views/interaction-matrix.js";
import { interactionTable } from "../../../web/src/views/interaction-table.js";
import { pairOf } from "../../../web/src/views/interactions.js";
import { copy, manifest, withPairs } from "../golden.js";

const en = words("en");
const order = rank(contributions(withPairs, manifest, 0, en));

function draw(document = withPairs, options: Partial<MatrixOptions> = {}): string {
  const picture = interactionMatrix(document, manifest, { words: en, palette: LIGHT, ...options });
  const { svg } = pictureFile(picture, "The golden pairs", "Golden", options.palette ?? LIGHT);
  return svg.replaceAll("><", ">\n<") + "\n";
}

describe("the golden matrix", () => {
  it("stays as it is: wide, English, light", async () => {
    await expect(draw()).toMatchFileSnapshot("__golden__/matrix-wide-en.svg");
  });

  it("stays as it is: narrow, German, dark, with a pair pointed at", async () => {
    const active = ["credit_history", "age"] as const;
    const options = { words: words("de"), width: 328, palette: DARK, active } as const;
    await expect(draw(withPairs, options)).toMatchFileSnapshot("__golden__/matrix-narrow-de.svg");
  });
});

describe("the matrix", () => {
  it("has a cell for every pair, in the order of the picture", () => {
    const { players, cells, left } = matrixLayout(withPairs, manifest, { words: en, order });
    expect(players.map(({ player }) => player)).toEqual(order);
    expect(cells).toHaveLength((18 * 17) / 2);
    expect(left).toBe(0);
    for (const { row, column, set } of cells)
      expect([...pairOf(set)].sort()).toEqual([order[row], order[column]].sort());
  });

  it("on a phone keeps cells large enough for a thumb, and the strongest pair among them", () => {
    const { cell, cells, players, left } = matrixLayout(withPairs, manifest, { words: en, order, width: 288 });
    expect(cell).toBeGreaterThanOrEqual(24);
    expect(left).toBe(18 - players.length);
    const largest = (found: typeof cells) => Math.max(...found.map(({ set }) => Math.abs(set.value)));
    expect(largest(cells)).toBe(largest(matrixLayout(withPairs, manifest, { words: en, order }).cells));
    const places = players.map(({ player }) => order.indexOf(player));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it("keeps a strong pair of players that are small by themselves", () => {
    const hidden = copy(withPairs);
    const [last, before] = [order.at(-1)!, order.at(-2)!];
    const set = [last, before].map((name) => manifest.players.findIndex((player) => player.name === name));
    set.sort((a, b) => a - b);
    const place = hidden.interactions!.sets.findIndex((found) => String(found) === String(set));
    hidden.interactions!.values[place] = [0.9];
    const { players } = matrixLayout(hidden, manifest, { words: en, order, width: 288 });
    expect(players.map(({ player }) => player)).toEqual(expect.arrayContaining([last, before]));
  });

  it("says the sign without colour, by number where there is room and by triangle where not", () => {
    expect(draw()).toMatch(/>\+\d[\d.]*</);
    expect(draw()).toMatch(/>\u2212\d[\d.]*</);
    const narrow = draw(withPairs, { width: 288 });
    expect(narrow).toContain('class="raises"');
    expect(narrow).toContain('class="lowers"');
    expect(narrow).not.toMatch(/class="cell"[^]*?font-weight="600"/);
  });

  it("frames what may be chance, and only that", () => {
    expect(draw()).not.toContain("doubtful");
    const doubtful = copy(withPairs);
    doubtful.interactions!.std_error = doubtful.interactions!.values.map(([value]) => [Math.abs(value!)]);
    expect(draw(doubtful)).toContain("doubtful");
    doubtful.interactions!.std_error = doubtful.interactions!.values.map(() => [null]);
    expect(draw(doubtful)).toContain("doubtful");
  });

  it("is empty and calm where nothing works together, and for a single player", () => {
    const none = copy(withPairs);
    none.interactions!.values = none.interactions!.values.map(() => [0]);
    expect(draw(none)).not.toMatch(/NaN|Infinity/);
    none.interactions!.sets = [[0]];
    none.interactions!.values = [[0.1]];
    expect(draw(none)).not.toMatch(/NaN|Infinity/);
  });
});

describe("the table of what works together", () => {
  const drawn = (document = withPairs, most?: number) => {
    const holder = document_();
    render(interactionTable(document, manifest, { words: en, ...(most === undefined ? {} : { most }) }), holder);
    return holder;
  };
  const document_ = () => globalThis.document.createElement("div");

  it("names index and order, and lists the largest first", () => {
    const table = drawn(withPairs, 5);
    expect(table.querySelector("caption")?.textContent).toContain("SII, Shapley interaction index; sets of up to 2");
    expect(table.querySelectorAll("tbody tr")).toHaveLength(5);
    expect(table.querySelector("tbody td")?.textContent).toMatch(/^[+\u2212]/);
  });

  it("has the sets of three that no matrix can show", () => {
    const third = copy(withPairs);
    third.interactions = { index: "STII", order: 3, sets: [[0, 1, 2]], values: [[-0.05]], std_error: [[null]] };
    const row = drawn(third).querySelector("tbody tr")?.textContent ?? "";
    expect(row.replace(/\s+/g, " ")).toContain("Checking account × Duration × Credit history");
    expect(row).toContain("unknown");
    expect(row).not.toContain("exact");
  });
});
