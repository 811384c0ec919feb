import { describe, expect, test } from "vitest";
import { jobOf } from "../../../web/src/engine/job.js";
import type { ExplainOptions } from "../../../web/src/types.js";
import { loanManifest } from "./golden.js";

const manifest = loanManifest();
const row = manifest.examples[0]!.values;

describe("jobOf", () => {
  test("fills in the defaults, but leaves the budget to the core", () => {
    const { x, ...job } = jobOf(manifest, row, {});
    expect(x).toHaveLength(manifest.features.length);
    expect(job).toEqual({
      method: "shapley",
      estimator: "auto",
      interactions: "auto",
      interactionOrder: 2,
      budget: undefined,
      seed: 0,
      scale: manifest.scales[0].name,
      selected: manifest.outputs.map((_, i) => i),
    });
  });

  test("takes outputs by name or index", () => {
    const name = manifest.outputs[0].name;
    expect(jobOf(manifest, row, { outputs: [name] }).selected).toEqual([0]);
    expect(jobOf(manifest, row, { outputs: [0] }).selected).toEqual([0]);
  });

  test.each<[string, string, unknown]>([
    ["unknown-method", "method", { method: "lime" }],
    ["parameter", "estimator", { estimator: "best" }],
    ["parameter", "interactions", { interactions: "all" }],
    ["parameter", "interactionOrder", { interactionOrder: 4 }],
    ["parameter", "budget", { budget: 1.5 }],
    ["parameter", "budget", { budget: "512" }],
    ["parameter", "seed", { seed: -1 }],
    ["parameter", "seed", { seed: Number.NaN }],
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
});
