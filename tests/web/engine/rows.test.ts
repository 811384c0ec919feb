import { describe, expect, test } from "vitest";
import { checkRow } from "../../../web/src/rows.js";
import type { TabularManifest, Row } from "../../../web/src/types.js";

const manifest = {
  features: [
    { name: "duration", kind: "number", min: 4, max: 72 },
    { name: "housing", kind: "category", levels: [{ name: "own" }, { name: "rent" }, { name: "7" }] },
    { name: "income", kind: "number", missing: true },
  ],
} as unknown as TabularManifest;

const row = (change: object) => ({ duration: 12, housing: "rent", income: 3, ...change }) as Row;

describe("checkRow", () => {
  test("reads an object in any order, and an array in manifest order", () => {
    expect([...checkRow(manifest, { income: 3, housing: "rent", duration: 12 }).values]).toEqual([12, 1, 3]);
    expect([...checkRow(manifest, [12, 1, 3]).values]).toEqual([12, 1, 3]);
    expect(checkRow(manifest, row({})).warnings).toEqual([]);
  });

  test("takes a category by its word or its index, the word first", () => {
    expect(checkRow(manifest, row({ housing: 2 })).values[1]).toBe(2);
    expect(checkRow(manifest, row({ housing: "7" })).values[1]).toBe(2);
    expect(checkRow(manifest, row({ housing: " own " })).values[1]).toBe(0);
  });

  test("refuses a number that is one level's word and another's index, beside column names", () => {
    const stars = {
      features: [{ name: "stars", kind: "category", levels: [{ name: "1" }, { name: "2" }, { name: "3" }] }],
    } as unknown as TabularManifest;
    for (const value of [1, 2, 3])
      expect(() => checkRow(stars, { stars: value })).toThrow("is the word of one level, not its index");
    expect([...checkRow(stars, { stars: 0 }).values]).toEqual([0]); // no word
    expect([...checkRow(stars, [1]).values]).toEqual([1]); // an array has indices
    expect([...checkRow(stars, { stars: "1" }).values]).toEqual([0]);
  });

  test("allows a missing value where the feature declares it", () => {
    for (const income of [null, "", Number.NaN]) expect(checkRow(manifest, row({ income })).values[2]).toBeNaN();
  });

  test("computes with a value out of range, and says so", () => {
    expect(checkRow(manifest, row({ duration: 100 })).warnings).toEqual([
      { feature: "duration", code: "out-of-range" },
    ]);
    expect(checkRow(manifest, row({ duration: 3.5 })).warnings).toHaveLength(1);
  });

  test.each<[string, unknown, string, string]>([
    ["unknown-level", row({ housing: "castle" }), "row.housing", '"own", "rent", "7"'],
    ["unknown-level", row({ housing: 3 }), "row.housing", "Choose one of"],
    ["unknown-level", row({ housing: -1 }), "row.housing", "Choose one of"],
    ["unknown-level", row({ housing: 0.5 }), "row.housing", "Choose one of"],
    ["unknown-level", row({ housing: true }), "row.housing", "Choose one of"],
    ["not-a-number", row({ duration: "12" }), "row.duration", "Give a number"],
    ["not-a-number", row({ duration: [12] }), "row.duration", "Give a number"],
    ["not-a-number", row({ duration: true }), "row.duration", "Give a number"],
    ["not-finite", row({ duration: Infinity }), "row.duration", "finite"],
    ["not-finite", row({ duration: 1e39 }), "row.duration", "finite"],
    ["missing", row({ duration: null }), "row.duration", "Give one"],
    ["missing", row({ duration: Number.NaN }), "row.duration", "Give one"],
    ["missing", row({ housing: undefined }), "row.housing", "Give one"],
    ["missing-columns", { duration: 12, housing: "own" }, "row", '"income"'],
    ["extra-columns", row({ age: 40 }), "row", "Remove it"],
    ["missing-columns", [12, "own"], "row", '"duration", "housing", "income"'],
    ["extra-columns", [12, "own", 3, 4], "row", "order"],
    ["missing-columns", null, "row", "column: value"],
    ["missing-columns", "12,own,3", "row", "column: value"],
  ])("refuses with %s: %j", (code, bad, where, next) => {
    expect(() => checkRow(manifest, bad as Row)).toThrow(
      expect.objectContaining({ code, where, next: expect.stringContaining(next) as string }) as Error,
    );
  });

  test("names the row and the cell of a list", () => {
    expect(() => checkRow(manifest, [12, "castle", 1], "rows[3]")).toThrow(
      expect.objectContaining({ where: "rows[3][1]" }) as Error,
    );
  });

  test("doesn't take an inherited property for a column", () => {
    expect(() =>
      checkRow({ features: [{ name: "toString", kind: "number" }] } as unknown as TabularManifest, {}),
    ).toThrow('missing column "toString"');
  });
});
