import { expect, it } from "vitest";
import { readManifest } from "../../../web/src/bundle.js";
import { asClasses, asNumber, explanation, firstEstimate, manifest, withPairs } from "../golden.js";

it("the golden manifest is one that the page would accept", () => {
  expect(readManifest(structuredClone(manifest))).toEqual(manifest);
});

it("the golden explanations are of the manifest's players and add up to their prediction", () => {
  const others = [asNumber(withPairs).explanation, asClasses(withPairs).explanation];
  for (const { players, values, base_values, prediction } of [explanation, firstEstimate, withPairs, ...others]) {
    expect(players.map(({ name }) => name)).toEqual(manifest.players.map(({ name }) => name));
    for (const [output, base] of base_values.entries()) {
      const sum = values.reduce((total, row) => total + row[output]!, base);
      expect(sum).toBeCloseTo(prediction[output]!, 9);
    }
  }
});

it("the golden interactions of single players are the values, as SII says", () => {
  const { sets, values } = withPairs.interactions!;
  const singles = sets.flatMap((set, at) => (set.length === 1 ? [values[at]![0]!] : []));
  expect(singles).toHaveLength(18);
  for (const [player, single] of singles.entries()) expect(single).toBeCloseTo(withPairs.values[player]![0]!, 12);
});
