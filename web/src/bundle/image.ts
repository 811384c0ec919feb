/** The manifest of a model of photos, as `bundle/image.py` reads it. */
import * as v from "valibot";
import type { ImageManifest } from "../schema.gen.js";
import { COMMON, Count, FileExample, Finite, Path, Text, Unit } from "./common.js";

const Side = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(4096));

export const ImageSchema = v.strictObject({
  ...COMMON,
  kind: v.literal("image"),
  scales: v.pipe(
    v.array(
      v.strictObject({
        name: Unit,
        graph: Path,
        webgl: v.nullable(v.strictObject({ graph: Path, n_coalitions: Count })),
      }),
    ),
    v.minLength(1),
  ),
  image: v.strictObject({
    preprocess: Path,
    height: Side,
    width: Side,
    channels: v.picklist([1, 3]),
    crop: v.pipe(Finite, v.gtValue(0), v.maxValue(1)),
  }),
  examples: v.pipe(v.array(v.strictObject({ ...FileExample, credit: v.optional(Text) })), v.maxLength(1000)),
});

/** Every path that is named besides, and where. */
export function* imagePaths(m: ImageManifest): Generator<[where: string, path: string]> {
  yield ["manifest.image.preprocess", m.image.preprocess];
  for (const [i, { file }] of m.examples.entries()) yield [`manifest.examples[${i}].file`, file];
}
