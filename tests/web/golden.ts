/** The golden documents of a loan decision, read once for every suite of the page. */
import type { Explanation, Manifest } from "../../web/src/types.js";
import explanationJson from "../golden/web/explanation.json" with { type: "json" };
import firstEstimateJson from "../golden/web/first-estimate.json" with { type: "json" };
import manifestJson from "../golden/web/manifest.json" with { type: "json" };

export const manifest = manifestJson as unknown as Manifest;
/** 2,048 coalitions of 18 players. */
export const explanation = explanationJson as unknown as Explanation;
/** 72 coalitions of the same row: the standard errors are larger, the values a little different. */
export const firstEstimate = firstEstimateJson as unknown as Explanation;

/** A copy to change, so that no test sees another's changes. */
export function copy<T>(document: T): T {
  return structuredClone(document);
}
