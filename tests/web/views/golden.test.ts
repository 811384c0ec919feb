import { expect, it } from "vitest";
import { readManifest } from "../../../web/src/bundle.js";
import { explanation, firstEstimate, manifest } from "../golden.js";

it("the golden manifest is one that the page would accept", () => {
  expect(readManifest(structuredClone(manifest))).toEqual(manifest);
});

it("the golden explanations are of the manifest's players and add up to their prediction", () => {
  for (const { players, values, base_values, prediction } of [explanation, firstEstimate]) {
    expect(players.map(({ name }) => name)).toEqual(manifest.players.map(({ name }) => name));
    const sum = values.reduce((total, [value]) => total + value!, base_values[0]!);
    expect(sum).toBeCloseTo(prediction[0]!, 9);
  }
});
