/** A photo's bytes as the model's preprocessing takes them: over white, and not too many. */

/** uint8 (height, width, 3). */
export interface Rgb {
  data: Uint8Array;
  height: number;
  width: number;
}

/** Pixels a side that are left as they are. */
const LONGEST = 4096;

/** Pixels a side that are looked at together: memory is bounded by this, not by the photo. */
const TILE = 2048;

/**
 * The photo with at most so many pixels a side, by the formula of `core/segments/reduce.py`: the mean of squares of a
 * whole number of pixels, rounded half up, all of it in whole numbers.
 *
 * @param read - RGBA bytes of a part of the photo, row by row; what is transparent stands over white.
 */
export function reduced(
  width: number,
  height: number,
  read: (left: number, top: number, width: number, height: number) => Uint8ClampedArray | Uint8Array,
  longest = LONGEST,
  tile = TILE,
): Rgb {
  const factor = Math.ceil(Math.max(width, height) / longest);
  const across = Math.ceil(width / factor);
  const data = new Uint8Array(Math.ceil(height / factor) * across * 3);
  const side = factor * Math.max(1, Math.floor(tile / factor));
  for (let top = 0; top < height; top += side)
    for (let left = 0; left < width; left += side) {
      const [w, h] = [Math.min(side, width - left), Math.min(side, height - top)];
      const part = overWhite(read(left, top, w, h));
      for (let y = 0; y < h; y += factor)
        for (let x = 0; x < w; x += factor) {
          const [right, bottom] = [Math.min(x + factor, w), Math.min(y + factor, h)];
          const n = (right - x) * (bottom - y);
          let [r, g, b] = [0, 0, 0];
          for (let i = y; i < bottom; i++)
            for (let at = (i * w + x) * 4, end = (i * w + right) * 4; at < end; at += 4) {
              r += part[at]!;
              g += part[at + 1]!;
              b += part[at + 2]!;
            }
          const at = (((top + y) / factor) * across + (left + x) / factor) * 3;
          data[at] = Math.floor((2 * r + n) / (2 * n));
          data[at + 1] = Math.floor((2 * g + n) / (2 * n));
          data[at + 2] = Math.floor((2 * b + n) / (2 * n));
        }
    }
  return { data, height: data.length / across / 3, width: across };
}

function overWhite(rgba: Uint8ClampedArray | Uint8Array): Uint8ClampedArray | Uint8Array {
  let out = rgba;
  for (let at = 3; at < rgba.length; at += 4) {
    const alpha = rgba[at]!;
    if (alpha === 255) continue;
    if (out === rgba) out = rgba.slice();
    for (let c = at - 3; c < at; c++) out[c] = 255 - alpha + Math.round((rgba[c]! * alpha) / 255);
  }
  return out;
}
