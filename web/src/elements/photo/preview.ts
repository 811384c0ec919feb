/** An example photo as the model will see it, before anything that computes has been loaded. */
import type { ImageManifest } from "../../types.js";

/** The centred square that preprocessing keeps, in the model's size; null where the browser can't draw it. */
export async function preview(blob: Blob, { width, height, crop }: ImageManifest["image"]): Promise<ImageData | null> {
  if (typeof createImageBitmap === "undefined") return null;
  try {
    const bitmap = await createImageBitmap(blob);
    const side = Math.min(bitmap.width, bitmap.height) * crop;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const pen = canvas.getContext("2d");
    if (!pen) return null;
    pen.imageSmoothingQuality = "high";
    const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
    pen.drawImage(bitmap, left, top, side, side, 0, 0, width, height);
    bitmap.close();
    return pen.getImageData(0, 0, width, height);
  } catch {
    return null; // The engine's own decoder says what is wrong with it.
  }
}
