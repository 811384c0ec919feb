import { describe, expect, test } from "vitest";
import { reduced } from "../../../web/src/engine/reduce.js";
import { golden } from "./golden.js";

interface Case {
  height: number;
  width: number;
  longest: number;
  shape: [number, number, number];
  data: number[];
}

/** Number i of a photo's colours, as the golden file's script makes it. */
const colour = (i: number) => (Math.imul(i, 2654435761) >>> 8) & 255;

/** Reads a photo that is made while it is read, and remembers the largest part. */
function reader(width: number, alpha = 255) {
  const seen = { largest: 0 };
  const read = (left: number, top: number, w: number, h: number) => {
    seen.largest = Math.max(seen.largest, w * h);
    const rgba = new Uint8ClampedArray(w * h * 4);
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++) {
        const first = ((top + y) * width + left + x) * 3;
        rgba.set([colour(first), colour(first + 1), colour(first + 2), alpha], (y * w + x) * 4);
      }
    return rgba;
  };
  return { read, seen };
}

describe.each(golden<Case[]>("web/reduced.json"))(
  "$height x $width to $longest",
  ({ height, width, longest, ...expected }) => {
    test.each([2048, 12, 1])("gives Python's bytes, read in parts of %i pixels", (tile) => {
      const { data, ...shape } = reduced(width, height, reader(width).read, longest, tile);
      expect([shape.height, shape.width, 3]).toEqual(expected.shape);
      expect([...data]).toEqual(expected.data);
    });
  },
);

test("memory is bounded by the part, not by the photo", () => {
  const { read, seen } = reader(3000);
  const { width, height } = reduced(3000, 500, read, 1000, 100);
  expect([width, height]).toEqual([1000, 167]);
  expect(seen.largest).toBeLessThanOrEqual(100 * 100);
});

test("what is transparent stands over white, rounded as Pillow does", () => {
  for (const alpha of [0, 1, 77, 128, 254]) {
    const { data } = reduced(4, 2, reader(4, alpha).read);
    const white = Array.from({ length: 24 }, (_, i) => Math.round((colour(i) * alpha + 255 * (255 - alpha)) / 255));
    expect([...data]).toEqual(white);
  }
});
