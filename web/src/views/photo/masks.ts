/** Which parts of a photo are kept, and how the photo then looks. */

/** Everything kept but one part. */
export function without(count: number, segment: number): boolean[] {
  return Array.from({ length: count }, (_, at) => at !== segment);
}

export type Removal = "hide" | "keep";

/** The first `k` parts of an order hidden and the rest kept, or they alone kept. */
export function first(order: readonly number[], k: number, removal: Removal): boolean[] {
  const chosen = new Set(order.slice(0, k));
  return order.map((_, segment) => chosen.has(segment) === (removal === "keep"));
}

/** RGBA of the photo with what stands for hidden parts in the place of those that aren't kept. */
export function composed(
  pixels: Uint8ClampedArray,
  hidden: Uint8ClampedArray,
  segments: Int32Array,
  mask: readonly boolean[],
): Uint8ClampedArray<ArrayBuffer> {
  const shown = new Uint8ClampedArray(pixels);
  segments.forEach((label, at) => {
    if (!mask[label]) shown.set(hidden.subarray(4 * at, 4 * at + 4), 4 * at);
  });
  return shown;
}
