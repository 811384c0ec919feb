/** Photos as their bytes: decoded as a browser shows them, as `engine/photo.py` does. */
import { XaiwebError } from "../errors.js";
import { photoHeader } from "./photo-header.js";
import { reduced, type Rgb } from "./reduce.js";

/** Pixels; a larger photo is refused before it is decoded. */
const LARGEST = 200_000_000;

/** As far as a header reaches: EXIF, colour profile and thumbnail may come first. */
const HEADER = 1 << 20;

/**
 * A photo as uint8 (height, width, 3) of at most 4096 px a side.
 *
 * Turned as its EXIF entry says, transparency over white, of an animation the first picture.
 *
 * @throws XaiwebError (`photo`, `photo-too-large`)
 */
export async function decode(photo: Blob | ImageData, where = "photo"): Promise<Rgb> {
  if (photo instanceof ImageData) {
    const { data, width, height } = photo;
    checkSize(width, height, where);
    return reduced(width, height, (left, top, w, h) => part(data as Uint8ClampedArray, width, left, top, w, h));
  }
  const header = photoHeader(new Uint8Array(await photo.slice(0, HEADER).arrayBuffer()));
  if (header) checkSize(header.width, header.height, where);
  const bitmap = await createImageBitmap(photo, {
    imageOrientation: "from-image",
    colorSpaceConversion: "none", // the bytes as they stand in the file
  }).catch((cause: unknown) => {
    const message = header ? `this ${header.format} file is damaged.` : "this is no photo that the browser knows.";
    throw new XaiwebError("photo", message, { where, next: "Give a JPEG, PNG, WebP or GIF file.", cause });
  });
  try {
    checkSize(bitmap.width, bitmap.height, where);
    return drawn(bitmap, where);
  } finally {
    bitmap.close();
  }
}

function checkSize(width: number, height: number, where: string): void {
  if (width * height > LARGEST)
    throw new XaiwebError("photo-too-large", `it has ${width} x ${height} pixels.`, {
      where,
      next: `Give at most ${LARGEST / 1_000_000} million pixels.`,
    });
}

/** Read back through a canvas that never holds more than a part of the photo. */
function drawn(bitmap: ImageBitmap, where: string): Rgb {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context)
    throw new XaiwebError("photo", "this browser can't read photos here.", { where, next: "Use a current browser." });
  return reduced(bitmap.width, bitmap.height, (left, top, width, height) => {
    // A new size empties the canvas and resets what was set.
    [canvas.width, canvas.height] = [width, height];
    context.imageSmoothingEnabled = false;
    context.fillStyle = "white";
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, left, top, width, height, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data as Uint8ClampedArray;
  });
}

function part(data: Uint8ClampedArray, across: number, left: number, top: number, width: number, height: number) {
  if (width === across) return data.subarray(top * across * 4, (top + height) * across * 4);
  const out = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * across + left) * 4;
    out.set(data.subarray(start, start + width * 4), y * width * 4);
  }
  return out;
}
