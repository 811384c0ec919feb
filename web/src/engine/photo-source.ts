/** A photo as a page gives it, on its way to the worker. */
import { XaiwebError } from "../errors.js";
import type { ImageSource } from "../types.js";
import { sha256 } from "./files.js";
import type { Photo } from "./protocol.js";
import type { Site } from "./site.js";

// A file never changes; pixels may, so that these are known by their hash.
const known = new WeakMap<Blob, string>();
let last = 0;

/**
 * The photo with a key, by which the worker knows it again.
 *
 * @param base - What relative addresses are relative to.
 * @throws XaiwebError (`photo`, `not-listed`) where it is no photo, or its address is not one that may be read.
 */
export async function photoOf(source: unknown, site: Site, base: string, where = "photo"): Promise<Photo> {
  if (source instanceof Blob) {
    if (!known.has(source)) known.set(source, `file ${++last}`);
    return { key: known.get(source)!, source };
  }
  if (source instanceof ImageData) {
    const { data, width } = source;
    return { key: `pixels ${width} ${await sha256(data as Uint8ClampedArray<ArrayBuffer>)}`, source };
  }
  if (typeof source !== "string" && !(source instanceof URL))
    throw new XaiwebError("photo", "this is no photo.", {
      where,
      next: "Give a file, ImageData, or the address of a photo.",
    });
  const url = addressOf(source, base, where);
  if (url.protocol === "data:") return { key: url.href, source: dataOf(url, where) };
  if (url.protocol === "blob:") return { key: url.href, source: await fetched(url) };
  const path = url.search === "" ? site.path(url) : null;
  if (path !== null) return { key: url.href, source: path };
  throw new XaiwebError("not-listed", "this address is no file of the site.", {
    where: url.href,
    next: "Give a file itself, a blob: or a data: address, or a file that files.json lists.",
  });
}

function addressOf(source: ImageSource, base: string, where: string): URL {
  try {
    return new URL(source as string | URL, base);
  } catch (cause) {
    throw new XaiwebError("photo", "this is no address.", { where, next: "Give the address of a photo.", cause });
  }
}

/** The bytes in a `data:` address, which the page's policy lets nobody fetch. */
function dataOf({ href }: URL, where: string): Blob {
  const comma = href.indexOf(",");
  const head = href.slice("data:".length, Math.max(comma, 0));
  try {
    const body = decodeURIComponent(href.slice(comma + 1));
    const text = head.endsWith(";base64") ? atob(body) : body;
    return new Blob([Uint8Array.from(text, (letter) => letter.charCodeAt(0))]);
  } catch (cause) {
    throw new XaiwebError("photo", "the data: address can't be read.", {
      where,
      next: "Give the photo as base64.",
      cause,
    });
  }
}

async function fetched({ href }: URL): Promise<Blob> {
  try {
    return await (await fetch(href)).blob();
  } catch (cause) {
    throw new XaiwebError("photo", "there is nothing at this address any more.", {
      where: href,
      next: "Give the file itself.",
      cause,
    });
  }
}
