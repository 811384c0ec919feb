import { describe, expect, it } from "vitest";
import { words } from "../../../web/src/strings/words.js";
import { precision } from "../../../web/src/views/precision.js";
import { unit } from "../../../web/src/views/unit.js";
import { manifest } from "../golden.js";

const en = words("en");
const said = (errors: readonly (number | null)[]) =>
  precision(errors, 512, unit(manifest, manifest.outputs[0].name, "output", "points", en), en.s.trust, en);

describe("how exact values are", () => {
  it("is said of those that are estimated, not of exact ones beside them", () => {
    expect(said([0, 0, 0, 0.01, 0.02, 0.03])).toMatch(/off by at most 3\.9\spoints as a rule, 5\.9\spoints at worst/);
    expect(said([0.01, 0.02, 0.03])).toBe(said([0, 0, 0, 0.01, 0.02, 0.03]));
  });

  it("where some are exact and nothing is known of the others never reads as exact", () => {
    expect(said([0, null, null])).toBe(
      "How far off 2 of the numbers are is not known for so few evaluations; the others, 1, are exact. Refine to find out.",
    );
  });

  it("counts those of which nothing is known", () => {
    expect(said([0.01, null])).toMatch(/^The numbers are estimated from 512 .* For 1 entries it is unknown/);
  });

  it("is exact only where all are, and unknown where nothing is known", () => {
    expect(said([0, 0])).toBe("The numbers are exact: nothing was estimated.");
    expect(said([null, null])).toMatch(/^How far the numbers are off is not known/);
  });
});
