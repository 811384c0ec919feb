import { describe, expect, it } from "vitest";
import { words } from "../../../web/src/strings/words.js";
import { cell, csv } from "../../../web/src/views/csv.js";
import { copy, explanation, manifest } from "../golden.js";

const lines = csv(explanation, manifest, 0, words("en")).split("\r\n");

describe("the CSV", () => {
  it("has a line per player, between base value and prediction", () => {
    expect(lines).toHaveLength(1 + 1 + 18 + 1 + 1);
    expect(lines[1]).toContain('"base_value"');
    expect(lines.at(-2)).toContain('"prediction"');
  });

  it("has full precision, so that its contributions add up to the prediction", () => {
    const column = lines.slice(1, -1).map((line) => Number(line.split(",").at(-2)));
    const prediction = column.pop()!;
    expect(column.reduce((sum, value) => sum + value, 0)).toBeCloseTo(prediction, 9);
  });
});

describe("a cell", () => {
  it("keeps commas, quotes and line breaks", () => {
    expect(cell('a,"b"\n')).toBe('"a,""b""\n"');
  });

  it("of words never becomes a formula", () => {
    for (const attack of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]) expect(cell(attack)).toBe(`"'${attack}"`);
  });

  it("of numbers stays a number, negative ones too", () => {
    expect(cell(-0.5)).toBe("-0.5");
  });

  it("of a level that looks like a formula is defused in the file", () => {
    const hostile = copy(manifest);
    hostile.features[0].label = "=HYPERLINK(1)";
    hostile.players[0].label = "=HYPERLINK(1)";
    expect(csv(explanation, hostile, 0, words("en"))).toContain('"\'=HYPERLINK(1)"');
  });
});
