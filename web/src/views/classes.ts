/** The classes that a model chooses between, where its outputs are their probabilities. */
import type { Words } from "../strings/words.js";
import type { Explanation, Manifest } from "../types.js";

export interface Class {
  /** Position in the manifest's outputs. */
  readonly output: number;
  readonly label: string;
  readonly share: number;
}

/** Every class with its probability, the likeliest first; empty where one output decides, or none is a probability. */
export function classes(manifest: Manifest, prediction: readonly number[], words: Words): Class[] {
  if (!choosesAClass(manifest)) return [];
  return manifest.outputs
    .map(({ name, label }, output) => ({ output, label: words.text(label ?? name), share: prediction[output] ?? 0 }))
    .sort((a, b) => b.share - a.share);
}

/** The position of the likeliest class; null where the model doesn't choose one. */
export function likeliest(manifest: Manifest, prediction: readonly number[]): number | null {
  if (!choosesAClass(manifest)) return null;
  return prediction.reduce((best, share, output) => (share > (prediction[best] ?? 0) ? output : best), 0);
}

/** Whether an explanation's two outputs say the same: what speaks for one speaks as much against the other. */
export function complementary({ outputs, prediction, base_values, provenance }: Explanation): boolean {
  if (outputs.length !== 2 || provenance.scale !== "output") return false;
  return [prediction, base_values].every(([one = 0, other = 0]) => Math.abs(one + other - 1) < 1e-4);
}

export function choosesAClass({ decision, outputs }: Manifest): boolean {
  return decision === null && outputs.length > 1 && outputs.every(({ kind }) => kind === "probability");
}
