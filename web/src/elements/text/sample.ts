/** Texts to start from. */
import type { Explainer } from "../../types.js";

/** `id` is empty for one's own text, of which nothing is kept. */
export interface Sample {
  readonly id: string;
  readonly text: string;
}

export const OWN: Sample = { id: "", text: "" };

/** An example of the bundle; where it has none of this name, an empty text of one's own. */
export async function sampleOf(explainer: Explainer<"text">, id: string): Promise<Sample> {
  const example = explainer.manifest.examples.find((one) => one.id === id);
  if (!example) return OWN;
  return { id, text: new TextDecoder().decode(await explainer.file(example.file)) };
}
