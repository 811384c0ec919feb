/** The manifest of a model of texts, as `bundle/text.py` reads it. */
import * as v from "valibot";
import type { TextManifest } from "../schema.gen.js";
import { COMMON, Count, FileExample, Path, Unit, Whole } from "./common.js";

export const TextSchema = v.strictObject({
  ...COMMON,
  kind: v.literal("text"),
  scales: v.pipe(v.array(v.strictObject({ name: Unit, graph: Path })), v.minLength(1)),
  text: v.strictObject({ tokenizer: Path, pad_id: Whole, mask_id: Whole, max_tokens: Count }),
  examples: v.pipe(v.array(v.strictObject(FileExample)), v.maxLength(1000)),
});

/** Every path that is named besides, and where. */
export function* textPaths(m: TextManifest): Generator<[where: string, path: string]> {
  yield ["manifest.text.tokenizer", m.text.tokenizer];
  for (const [i, { file }] of m.examples.entries()) yield [`manifest.examples[${i}].file`, file];
}
