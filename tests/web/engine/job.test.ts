import { describe, expect, test } from "vitest";
import { checkMap, cutOf, jobOf } from "../../../web/src/engine/job.js";
import type { ExplainOptions, ImageManifest, TextManifest } from "../../../web/src/types.js";
import { loanManifest } from "./golden.js";

const manifest = loanManifest();
const row = Float32Array.of(1, 2);
const common = { outputs: [{ name: "cat" }, { name: "dog" }], scales: [{ name: "output" }, { name: "logit" }] };
const photos = { ...common, kind: "image", image: { height: 2, width: 3 } } as unknown as ImageManifest;
const mails = { ...common, kind: "text" } as unknown as TextManifest;
const photo = { key: "photo", source: "bundles/photo/cat.jpg" };

describe("jobOf", () => {
  test("fills in the defaults, but leaves the budget to the core", () => {
    expect(jobOf(manifest, row, {})).toEqual({
      input: row,
      method: "shapley",
      parameters: { estimator: "auto", interactions: "auto", interaction_order: 2, budget: null, seed: 0 },
      cut: { parameters: {}, regions: null },
      scale: manifest.scales[0].name,
      selected: manifest.outputs.map((_, i) => i),
    });
  });

  test("a photo's parameters go to the cut, the method's own to the method", () => {
    const options = {
      method: "lime",
      nSegments: 9,
      hidden: "colour",
      colour: "#00FF80",
      kernelWidth: 0.5,
      scale: "logit",
    } as const;
    expect(jobOf(photos, photo, options)).toEqual({
      input: photo,
      method: "lime",
      parameters: { budget: 1000, kernel_width: 0.5, seed: 0 },
      cut: { parameters: { segments: "slic", n_segments: 9, hidden: "colour", colour: "#00ff80" }, regions: null },
      scale: "logit",
      selected: null, // the likeliest
    });
  });

  test("undefined is not given", () => {
    expect(jobOf(mails, "hello", { units: undefined, seed: undefined })).toEqual(jobOf(mails, "hello", {}));
  });

  test("takes outputs by name or index", () => {
    const name = manifest.outputs[0].name;
    expect(jobOf(manifest, row, { outputs: [name] }).selected).toEqual([0]);
    expect(jobOf(manifest, row, { outputs: [0] }).selected).toEqual([0]);
    expect(jobOf(photos, photo, { outputs: ["dog", "cat"] }).selected).toEqual([1, 0]);
  });

  test.each<[string, string, unknown]>([
    ["unknown-method", "method", { method: "lime" }],
    ["unknown-method", "method", { method: "guess" }],
    ["parameter", "estimator", { estimator: "best" }],
    ["parameter", "interactions", { interactions: "all" }],
    ["parameter", "interactionOrder", { interactionOrder: 4 }],
    ["parameter", "budget", { budget: 1.5 }],
    ["parameter", "budget", { budget: "512" }],
    ["parameter", "seed", { seed: -1 }],
    ["parameter", "seed", { seed: Number.NaN }],
    ["parameter", "interaction_order", { interaction_order: 2 }],
    ["parameter", "hidden", { hidden: "blur" }],
    ["unknown-scale", "scale", { scale: "percent" }],
    ["unknown-output", "outputs", { outputs: ["nothing"] }],
    ["unknown-output", "outputs", { outputs: [99] }],
    ["parameter", "outputs", { outputs: [] }],
    ["parameter", "outputs", { outputs: [0, 0] }],
  ])("refuses with %s: %s", (code, where, options) => {
    expect(() => jobOf(manifest, row, options as ExplainOptions)).toThrow(
      expect.objectContaining({ code, where }) as Error,
    );
  });

  test.each<[string, unknown]>([
    ["hidden", { hidden: "mask" }],
    ["colour", { hidden: "colour", colour: "green" }],
    ["colour", { hidden: "colour", colour: "#0f0" }],
    ["units", { units: "words" }],
    ["nSegments", { nSegments: 0 }],
    ["nSegments", { nSegments: 1001 }],
    ["kernelWidth", { kernelWidth: 1 }],
    ["kernelWidth", { method: "lime", kernelWidth: "wide" }],
    ["regions", { segments: "given" }],
    ["regions", { regions: new Int32Array(6) }],
    ["regions", { segments: "given", regions: new Int32Array(5) }],
  ])("refuses of a photo: %s", (where, options) => {
    expect(() => jobOf(photos, photo, options as ExplainOptions)).toThrow(
      expect.objectContaining({ code: "parameter", where }) as Error,
    );
  });
});

test.each<[string, Int32Array | string, boolean[][]]>([
  ["too few labels", new Int32Array(5), [[true]]],
  ["no array of labels", "012345", [[true]]],
  [
    "a label without a place in a mask",
    Int32Array.of(0, 0, 1, 1, 2, 2),
    [
      [true, true, true],
      [true, true],
    ],
  ],
  ["a label below zero", Int32Array.of(0, 0, -1, 1, 1, 1), [[true, true]]],
])("a map of players is refused with %s", (_, map, masks) => {
  expect(() => checkMap(photos, map as Int32Array, masks)).toThrow(
    expect.objectContaining({ code: "parameter", where: "map" }) as Error,
  );
  expect(() => checkMap(photos, Int32Array.of(0, 0, 1, 1, 2, 2), [[true, false, true]])).not.toThrow();
  expect(() => checkMap(mails, Int32Array.of(0), [[true]])).toThrow("only photos have labels");
});

test("a cut looks at its own options alone: they may come along with a method's", () => {
  const regions = new Int32Array(6);
  expect(cutOf(photos, { segments: "given", regions, budget: 9, method: "lime" })).toEqual({
    parameters: { segments: "given", n_segments: 50, hidden: "blur", colour: null },
    regions,
  });
  expect(cutOf(mails, { units: "sentences" }).parameters).toEqual({ units: "sentences", hidden: "mask" });
});
