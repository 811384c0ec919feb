/** What the first bytes of a photo's file say of it, before it is decoded. */

export interface PhotoHeader {
  format: "JPEG" | "PNG" | "GIF" | "WebP" | "BMP";
  /** In pixels; 0 where the bytes don't reach that far. */
  width: number;
  height: number;
}

/** The format and size, or null for a format that isn't known here. */
export function photoHeader(bytes: Uint8Array): PhotoHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const has = (at: number, text: string) => [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
  const number = (at: number, width: 2 | 4, little: boolean) => {
    if (at + width > bytes.length) return 0;
    return width === 2 ? view.getUint16(at, little) : view.getUint32(at, little);
  };
  if (has(0, "\x89PNG\r\n\x1a\n")) return { format: "PNG", width: number(16, 4, false), height: number(20, 4, false) };
  if (has(0, "GIF8")) return { format: "GIF", width: number(6, 2, true), height: number(8, 2, true) };
  if (has(0, "BM"))
    // Of a picture that stands on its feet the height is negative.
    return { format: "BMP", width: Math.abs(number(18, 4, true) | 0), height: Math.abs(number(22, 4, true) | 0) };
  if (has(0, "RIFF") && has(8, "WEBP")) return { format: "WebP", ...webp(has, number) };
  if (has(0, "\xff\xd8\xff")) return { format: "JPEG", ...jpeg(bytes, number) };
  return null;
}

type Numbers = (at: number, width: 2 | 4, little: boolean) => number;

function webp(has: (at: number, text: string) => boolean, number: Numbers): { width: number; height: number } {
  if (has(12, "VP8 ")) return { width: number(26, 2, true) & 0x3fff, height: number(28, 2, true) & 0x3fff };
  const bits = number(21, 4, true);
  if (has(12, "VP8L")) return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  return { width: (number(24, 4, true) & 0xffffff) + 1, height: (number(26, 4, true) >>> 8) + 1 };
}

/** From one segment to the next, up to the one that starts a frame. */
function jpeg(bytes: Uint8Array, number: Numbers): { width: number; height: number } {
  let at = 2;
  while (bytes[at] === 0xff) {
    const marker = bytes[at + 1]!;
    if (marker === 0xff) at++;
    // C4, C8 and CC stand among the frames and are none.
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { width: number(at + 7, 2, false), height: number(at + 5, 2, false) };
    else at += 2 + number(at + 2, 2, false);
  }
  return { width: 0, height: 0 };
}
