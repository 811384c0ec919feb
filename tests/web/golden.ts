/** The golden documents of a loan decision, read once for every suite of the page. */
import type { Explanation, TabularManifest } from "../../web/src/types.js";
import explanationJson from "../golden/web/explanation.json" with { type: "json" };
import firstEstimateJson from "../golden/web/first-estimate.json" with { type: "json" };
import manifestJson from "../golden/web/manifest.json" with { type: "json" };
import togetherJson from "../golden/web/together.json" with { type: "json" };

export const manifest = manifestJson as unknown as TabularManifest;
/** 2,048 coalitions of 18 players. */
export const explanation = explanationJson as unknown as Explanation;
/** 72 coalitions of the same row: the standard errors are larger, the values a little different. */
export const firstEstimate = firstEstimateJson as unknown as Explanation;
/** The same values, exact, of a game whose pairs of players do something together. */
export const withPairs = togetherJson as unknown as Explanation;

/** The loan as a model that gives a number with a unit: the values in bikes. */
export function asNumber(document: Explanation): { manifest: TabularManifest; explanation: Explanation } {
  const [rentals, bikes] = [copy(manifest), copy(document)];
  rentals.decision = null;
  rentals.outputs = [{ name: "rentals", label: { en: "bikes rented" }, unit: { en: "bikes" }, kind: "number" }];
  bikes.outputs = ["rentals"];
  return { manifest: rentals, explanation: scaled(bikes, [1000]) };
}

/** The loan as a model that chooses one of three classes. */
export function asClasses(document: Explanation): { manifest: TabularManifest; explanation: Explanation } {
  const [wines, wine] = [copy(manifest), copy(document)];
  wines.decision = null;
  const names = ["Barolo", "Grignolino", "Barbera"] as const;
  wines.outputs = names.map((name) => ({ name, kind: "probability" })) as unknown as TabularManifest["outputs"];
  wine.outputs = [...names];
  return { manifest: wines, explanation: scaled(wine, [1, -0.7, -0.3], [0, 0, 0.2]) };
}

/** One column per factor, the first output's values times it; `more` is added to base value and prediction. */
function scaled(document: Explanation, factors: readonly number[], more: readonly number[] = []): Explanation {
  const spread = (row: readonly (number | null)[]) => factors.map((factor) => (row[0] ?? 0) * factor);
  const ends = ([end = 0]: readonly number[]) =>
    factors.map((factor, at) => (factor < 0 ? 0.5 : 0) + end * factor + (more[at] ?? 0));
  document.values = document.values.map(spread);
  document.std_error = document.std_error.map((row) => spread(row).map(Math.abs));
  document.base_values = ends(document.base_values);
  document.prediction = ends(document.prediction);
  if (document.interactions) document.interactions.values = document.interactions.values.map(spread);
  if (document.interactions) document.interactions.std_error = document.interactions.std_error.map(spread);
  return document;
}

/** A copy to change, so that no test sees another's changes. */
export function copy<T>(document: T): T {
  return structuredClone(document);
}
