/** Files of the site, every byte checked against files.json before use and kept in the Cache API by hash. */
import { RELOAD, XaiwebError } from "../errors.js";
import type { LoadedFile } from "../types.js";
import { takeAsked } from "./asked.js";
import { blockedBy } from "./csp.js";
import { sha256 } from "./names.js";
import { CACHE, type Site } from "./site.js";

export { sha256 };

// Taken before any guard replaces them: this file is where every request of ours is made.
const plainFetch = globalThis.fetch.bind(globalThis);

/** Names the code of an error in a response that the service worker made up. */
export const ERROR_HEADER = "x-xaiweb-error";

export type Report = (file: LoadedFile) => void;
export type OnResponse = (response: Response) => void;

const TYPES: Record<string, string> = {
  css: "text/css",
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  json: "application/json",
  mjs: "text/javascript",
  svg: "image/svg+xml",
  wasm: "application/wasm",
};

/** The media type a path's ending stands for. */
export function mediaType(path: string): string {
  return TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
}

/**
 * A response's bytes, put together while they arrive.
 *
 * @param onBytes - Is told how many have arrived.
 * @param expected - How many there should be.
 */
async function readBody(
  response: Response,
  onBytes: (loaded: number) => void,
  expected = 0,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  let bytes = new Uint8Array(expected);
  let loaded = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return loaded === bytes.length ? bytes : bytes.slice(0, loaded);
    const end = loaded + value.length;
    if (end > bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(bytes);
      bytes = larger;
    }
    bytes.set(value, loaded);
    onBytes((loaded = end));
  }
}

/**
 * The bytes behind a URL of this site, by GET without a body.
 *
 * @param onResponse - Sees the answer before its body is read, and may clone it.
 * @param expected - How many bytes there should be.
 */
export async function download(
  url: string,
  where: string,
  cache: RequestCache = "default",
  onBytes: (loaded: number) => void = () => {},
  onResponse: OnResponse = () => {},
  expected?: number,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const early = cache === "default" ? takeAsked(url) : undefined;
    const response = await (early ?? plainFetch(url, { cache, redirect: "error", credentials: "same-origin" }));
    if (response.ok) {
      onResponse(response);
      return await readBody(response, onBytes, expected);
    }
    if (response.headers.get(ERROR_HEADER) === "hash-mismatch") throw mismatch(where);
    throw new XaiwebError("file-missing", `the server answers ${response.status}.`, {
      where,
      next: "Reload the page; if it stays, tell whoever runs the site that this file is missing.",
    });
  } catch (reason) {
    if (reason instanceof XaiwebError) throw reason;
    const next = "Check the connection, then try again.";
    throw (
      (await blockedBy(url)) ??
      new XaiwebError("network-lost", "the file could not be fetched.", { where, next, cause: reason })
    );
  }
}

/** How files are loaded while someone waits for a first picture. */
export interface Start {
  /** Addresses of what the cache held at the beginning: of what it lacks, it isn't asked. */
  held: Promise<ReadonlySet<string>>;
  /** Nothing is written before: a look into the cache would wait until megabytes are. */
  over: Promise<unknown>;
}

/** What the cache holds now. */
export async function heldNow(): Promise<ReadonlySet<string>> {
  try {
    const keys = await (await caches.open(CACHE)).keys();
    return new Set(keys.map(({ url }) => url));
  } catch {
    return new Set(); // no cache here (private mode): the network serves
  }
}

/** Fetches files of one site; the same file asked for twice at a time is loaded once. */
export class VerifiedFiles {
  readonly #running = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  readonly #held = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #scripts = new Set<string>();
  // Nobody waits for the cache: the first picture comes before megabytes are written.
  readonly #writing = new Set<Promise<void>>();

  constructor(
    readonly site: Site,
    private readonly where: LoadedFile["where"],
    private readonly report: Report = () => {},
    private readonly start: Start | null = null,
  ) {}

  /** Keeps bytes at hand for whoever asks next, until they are dropped. */
  hold(paths: readonly string[], kept: readonly Uint8Array<ArrayBuffer>[]): void {
    for (const [i, path] of paths.entries()) this.#held.set(path, kept[i]!);
  }

  drop(paths: readonly string[]): void {
    for (const path of paths) this.#held.delete(path);
  }

  /** Says which files will be asked for, so that progress knows its end from the beginning. */
  announce(paths: readonly string[]): void {
    for (const path of paths) this.#report(path, 0, "network", "loading");
  }

  /**
   * The bytes of a listed file.
   *
   * @param onResponse - Sees the network's answer, where there is one: nothing of it may be used before the bytes are
   *   there, whose hash is right.
   * @throws XaiwebError: `not-listed`, `hash-mismatch`, `file-missing`, `network-lost`.
   */
  get(path: string, onResponse?: OnResponse): Promise<Uint8Array<ArrayBuffer>> {
    const held = this.#held.get(path);
    if (held) return Promise.resolve(held);
    const running = this.#running.get(path) ?? this.#load(path, onResponse).finally(() => this.#running.delete(path));
    this.#running.set(path, running);
    return running;
  }

  async text(path: string): Promise<string> {
    return new TextDecoder().decode(await this.get(path));
  }

  /** The file as a response, for code that fetches by itself. */
  async response(path: string): Promise<Response> {
    return new Response(await this.get(path), { headers: { "content-type": mediaType(path) } });
  }

  /** A `blob:` URL of a script whose bytes were checked: import maps' integrity doesn't reach workers. */
  async scriptUrl(path: string): Promise<string> {
    const url = URL.createObjectURL(new Blob([await this.get(path)], { type: "text/javascript" }));
    this.#scripts.add(url);
    return url;
  }

  /** The module in a listed file, from verified bytes. */
  async script<T>(path: string): Promise<T> {
    const url = await this.scriptUrl(path);
    const module = (await import(/* @vite-ignore */ url)) as T;
    URL.revokeObjectURL(url);
    return module;
  }

  /** Whether an address is one of a script that was checked. */
  isScript(url: string): boolean {
    return this.#scripts.has(url);
  }

  /** Whether the verified bytes lie in the cache; asks the network for what is missing. */
  async keep(path: string): Promise<boolean> {
    await this.get(path);
    await this.written();
    return (await this.#cached(path)) !== undefined;
  }

  /** Resolves when all that was loaded has been written to the cache, as far as there is one. */
  async written(): Promise<void> {
    await Promise.all(this.#writing);
    this.#writing.clear();
  }

  async #load(path: string, onResponse?: OnResponse): Promise<Uint8Array<ArrayBuffer>> {
    const entry = this.site.list.files[path];
    if (!entry)
      throw new XaiwebError("not-listed", "the file is not listed in files.json.", { where: path, next: RELOAD });
    try {
      const kept = await this.#cached(path);
      if (kept && (await sha256(kept)) === entry.sha256) {
        this.#report(path, kept.length, "cache", "verified");
        return kept;
      }
      const bytes = await this.#fetch(path, entry, onResponse);
      this.#writing.add(this.#keep(path, bytes));
      this.#report(path, bytes.length, "network", "verified");
      return bytes;
    } catch (error) {
      this.#report(path, 0, "network", "failed");
      throw error;
    }
  }

  async #fetch(
    path: string,
    entry: { sha256: string; bytes: number },
    onResponse?: OnResponse,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const step = entry.bytes / 100;
    // A broken connection gets a second attempt, and so does a wrong hash: a stale copy in the HTTP cache is not the
    // site's fault, so the second attempt goes past it.
    for (const [attempt, cache] of (["default", "reload"] as const).entries()) {
      let told = 0;
      const tell = (loaded: number) => {
        if (loaded - told < step) return;
        told = loaded;
        this.#report(path, Math.min(loaded, entry.bytes), "network", "loading");
      };
      try {
        const bytes = await download(this.site.url(path), path, cache, tell, onResponse, entry.bytes);
        if (bytes.length === entry.bytes && (await sha256(bytes)) === entry.sha256) return bytes;
      } catch (error) {
        if (attempt > 0 || (error as XaiwebError).code !== "network-lost") throw error;
      }
    }
    throw mismatch(path);
  }

  #key(path: string): string {
    return `${this.site.root}__verified__/${this.site.list.files[path]?.sha256}`;
  }

  async #cached(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      if (this.start && !(await this.start.held).has(this.#key(path))) return undefined;
      const kept = await (await caches.open(CACHE)).match(this.#key(path));
      return kept && new Uint8Array(await kept.arrayBuffer());
    } catch {
      return undefined; // no cache here (private mode): the network serves
    }
  }

  async #keep(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const headers = { "content-type": mediaType(path), "content-length": String(bytes.length) };
    try {
      await this.start?.over;
      await (await caches.open(CACHE)).put(this.#key(path), new Response(bytes, { headers }));
    } catch {
      // No room or no cache: the file works without; only offlineReady will say so.
    }
  }

  #report(path: string, loaded: number, source: LoadedFile["source"], state: LoadedFile["state"]): void {
    const entry = this.site.list.files[path];
    if (!entry) return;
    this.report({ path, role: entry.role, bytes: entry.bytes, loaded, where: this.where, source, state });
  }
}

function mismatch(where: string): XaiwebError {
  return new XaiwebError("hash-mismatch", "the file's bytes are not the ones that files.json names.", {
    where,
    next: RELOAD,
  });
}
