/** The site a page belongs to: its root, its list of files, and what may be asked for. */
import * as v from "valibot";
import { parse } from "../bundle.js";
import { RELOAD, XaiwebError } from "../errors.js";
import type { SiteFiles } from "../schema.gen.js";
import { LIST } from "./names.js";

/** The Cache API's name for bytes whose hash was checked; the service worker reads the same one. */
export const CACHE = "xaiweb-files";
export { LIST };

const PATH = /^(?!.*(^|\/)\.\.?(\/|$))[A-Za-z0-9._+~-]+(\/[A-Za-z0-9._+~-]+)*$/;
const Path = v.pipe(v.string(), v.maxLength(300), v.regex(PATH, "is not a path inside the site."));
const Folder = v.pipe(v.string(), v.maxLength(300));
const SHA256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "is not a sha256."));
const Paths = v.array(Path);

const Schema = v.strictObject({
  version: v.literal(1),
  build: SHA256,
  web: v.string(),
  core_version: v.string(),
  files: v.record(
    Path,
    v.strictObject({
      sha256: SHA256,
      bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
      role: v.picklist(["page", "web", "python", "core", "onnxruntime", "bundle"]),
    }),
  ),
  without: v.optional(v.array(v.picklist(["early-worker", "streaming", "late-writes", "early-python"]))),
  runtime: v.strictObject({ python: Paths, wasm: Paths, webgpu: Paths, webgl: Paths }),
  bundles: v.array(
    v.strictObject({
      name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
      path: Folder,
      page: Folder,
      title: v.union([v.string(), v.record(v.string(), v.string())]),
    }),
  ),
});

/** The list in a parsed JSON document. */
export function readSiteFiles(document: unknown): SiteFiles {
  const list = parse<SiteFiles>(Schema, document, LIST, "files-invalid");
  for (const [part, paths] of Object.entries(list.runtime))
    for (const [i, path] of paths.entries())
      if (!Object.hasOwn(list.files, path))
        throw new XaiwebError("files-invalid", `"${path}" is not among its files.`, {
          where: `${LIST}.runtime.${part}[${i}]`,
          next: "Build the site again.",
        });
  return list;
}

/** The list in the bytes of files.json. */
export function parseSiteFiles(text: string): SiteFiles {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new XaiwebError("files-invalid", "this is not JSON.", { where: LIST, next: RELOAD, cause });
  }
  return readSiteFiles(document);
}

/** Why a request may not leave, or null for a plain GET below the site's root of a listed file (or the list itself). */
export function refusal(site: Site, url: URL, method: string, hasBody: boolean): string | null {
  if (method !== "GET") return `${method} instead of GET`;
  if (hasBody) return "a request with a body";
  if (url.search !== "") return "a request with a query";
  return site.path(url) === null ? "not a file of files.json" : null;
}

/** Where a site lies and what it holds. */
export class Site {
  /** @param root - Absolute URL of the site's folder, with its final slash. */
  constructor(
    readonly root: string,
    readonly list: SiteFiles,
  ) {}

  /** Whether the site uses a way to start sooner. */
  uses(way: NonNullable<SiteFiles["without"]>[number]): boolean {
    return !this.list.without?.includes(way);
  }

  url(path: string): string {
    return new URL(path, this.root).href;
  }

  /** The path under which `url` is listed, or null; a folder stands for its index.html. */
  path(url: URL): string | null {
    const href = url.origin + url.pathname;
    if (!href.startsWith(this.root)) return null;
    const rest = href.slice(this.root.length);
    const path = rest === "" || rest.endsWith("/") ? `${rest}index.html` : rest;
    return path === LIST || Object.hasOwn(this.list.files, path) ? path : null;
  }

  /** Listed files below a folder such as `bundles/loan/`. */
  below(folder: string): string[] {
    return Object.keys(this.list.files).filter((path) => path.startsWith(folder));
  }
}
