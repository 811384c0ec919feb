import { expect, test } from "vitest";
import { partialExplanation } from "../../../web/src/engine/explanation.js";
import { columnMasks } from "../../../web/src/engine/first-estimates.js";
import type { ExplainJob } from "../../../web/src/engine/protocol.js";
import type { TabularManifest } from "../../../web/src/types.js";

const manifest = {
  features: [{ name: "a" }, { name: "b", levels: [{ name: "no" }, { name: "yes" }] }, { name: "c" }, { name: "d" }],
  players: [
    { name: "a and d", columns: ["a", "d"] },
    { name: "b", columns: ["b"] },
    { name: "c", columns: ["c"] },
  ],
  outputs: [{ name: "first" }, { name: "second" }],
  model: { sha256: "0".repeat(64) },
} as unknown as TabularManifest;

test("coalitions come in the core's order: empty, full, then each pair and its complement, idle columns 0", () => {
  const pairs = Uint8Array.from([1, 0, 0, 0]);
  const columns = [[0, 3], [2]]; // players "a and d" and "c" are active
  expect([...columnMasks(pairs, columns, 4, 0, 6)]).toEqual(
    [
      [0, 0, 0, 0],
      [1, 0, 1, 1],
      [1, 0, 0, 1],
      [0, 0, 1, 0],
      [0, 0, 0, 0],
      [1, 0, 1, 1],
    ].flat(),
  );
  expect([...columnMasks(pairs, columns, 4, 2, 4)]).toEqual([1, 0, 0, 1, 0, 0, 1, 0]);
});

test("a partial names every player, with zeros for the idle ones, words for levels and short decimals", () => {
  const job: ExplainJob<"tabular"> = {
    method: "shapley",
    input: Float32Array.from([0.1, 1, Number.NaN, 16777217]),
    parameters: { estimator: "auto", budget: null, seed: 3, interactions: "auto", interaction_order: 2 },
    cut: { parameters: {}, regions: null },
    scale: "output",
    selected: [1],
  };
  const origin = { checkpoint: 12, budget: 2048, nBackground: 5, chunkRows: 9, elapsedMs: 1 };
  const found = partialExplanation(
    manifest,
    job,
    [0, 2],
    [{ values: [0.25, -0], stdError: [0.5, null] }],
    [1],
    [1.25],
    { ...origin, engine: "onnxruntime-web", provider: "wasm", coreVersion: "0.1.0" },
  );
  expect(found.players.map(({ value }) => value)).toEqual([[0.1, 16777216], "yes", null]);
  expect(found.outputs).toEqual(["second"]);
  expect(JSON.stringify(found.values)).toBe("[[0.25],[0],[0]]");
  expect(found.std_error).toEqual([[0.5], [0], [null]]);
  expect(found.provenance).toMatchObject({
    estimator: "least_squares",
    parameters: { estimator: "auto", interactions: "auto", interaction_order: 2, budget: 2048 },
    n_coalitions: 12,
    n_model_rows: 60,
    seed: 3,
    core_kernels: null,
  });
});
