// @vitest-environment happy-dom
import { render } from "lit";
import { describe, expect, test } from "vitest";
import { words } from "../../../web/src/strings/words.js";
import type { Manifest } from "../../../web/src/types.js";
import { type Drawn, finding, halved, removalCurve } from "../../../web/src/views/removal-curve.js";
import { unit } from "../../../web/src/views/unit.js";

const manifest = {
  outputs: [
    { name: "cat", kind: "probability" },
    { name: "bikes", kind: "number" },
  ],
  decision: null,
};
const of = (most: number[], least: number[], output = "cat"): Drawn => ({
  falls: most.map((value, hidden) => ({ hidden: 2 * hidden, most: value, least: least[hidden]! })),
  count: 2 * (most.length - 1),
  unit: unit(manifest as unknown as Manifest, output, "output", "points", words("en")),
  width: 300,
  words: words("en"),
});

describe("the removal curve", () => {
  test("says once how many parts are hidden half is gone, in both orders", () => {
    const drawn = of([0.8, 0.41, 0.4, 0.1, 0], [0.8, 0.9, 0.8, 0.3, 0]);
    expect([halved(drawn.falls, "most"), halved(drawn.falls, "least")]).toEqual([4, 6]);
    expect(finding(drawn)).toBe(
      "Half of the prediction is gone once 4 of 8 parts are hidden; in the opposite order, once 6 are.",
    );
  });

  test("says so where half is never gone, or it rises, or is no share", () => {
    expect(finding(of([0.8, 0.3, 0.5], [0.8, 0.8, 0.5]))).toContain("in the opposite order it never falls so far");
    expect(finding(of([0.8, 0.5, 0.6], [0.8, 0.8, 0.6]))).toContain("more than half of the prediction stays");
    expect(finding(of([0.8, 0.5, 0.6], [0.8, 0.2, 0.6]))).toMatch(/^From 80\s%.* to 60\s%/);
    expect(finding(of([0.01, 0.001, 0.3], [0.01, 0.2, 0.3]))).toMatch(/^From 1\s%.* to 30\s%/);
    expect(finding(of([120, 10, 40], [120, 130, 40], "bikes"))).toMatch(/^From 120 .* to 40 /);
  });

  test("draws both lines over the same axes: right is more hidden, down is less", () => {
    const place = document.createElement("div");
    render(removalCurve(of([0.8, 0.4, 0], [0.8, 0.9, 0])), place);
    const points = (side: string) =>
      place
        .querySelector(`polyline.${side}`)!
        .getAttribute("points")!
        .split(" ")
        .map((pair) => pair.split(",").map(Number));
    const [most, least] = [points("most"), points("least")];
    expect(most.map(([x]) => x)).toEqual(least.map(([x]) => x));
    expect(most.map(([x]) => x)).toEqual([...most.map(([x]) => x)].sort((a, b) => a! - b!));
    expect(most[1]![1]! - most[0]![1]!).toBeCloseTo((most[2]![1]! - most[0]![1]!) / 2);
    expect(least[1]![1]).toBeLessThan(least[0]![1]!);
    expect([...place.querySelectorAll("text")].map((node) => node.textContent)).toEqual(
      expect.arrayContaining(["100\u00a0%", "50\u00a0%", "0\u00a0%", "0", "4", "parts hidden"]),
    );
  });
});
