import type { XaiwebErrorShape } from "./types.js";

/** Every code that this side can raise by itself; the core's own (`budget-too-small`, ...) come on top. */
export const ERROR_CODES = [
  "insecure-context", // no crypto.subtle: neither https nor loopback
  "no-webassembly",
  "csp-blocked", // the page's Content-Security-Policy lacks a token
  "outside-site", // a bundle of another origin, or not below the folder of xaiweb.js
  "not-listed", // not a file of files.json
  "stale-page", // this xaiweb.js and files.json belong to different builds
  "files-invalid", // files.json can't be read
  "bundle-invalid", // manifest.json or an array of the bundle can't be read
  "bundle-version",
  "hash-mismatch",
  "file-missing",
  "network-lost",
  "refused", // a request that isn't a plain GET of a listed file
  "provider-unavailable",
  "runtime-failed", // onnxruntime itself doesn't start
  "model-corrupt", // onnxruntime refuses the graph
  "model-not-finite",
  "core-failed", // Pyodide or the core doesn't start, or breaks
  "worker-failed",
  "closed",
  "missing-columns",
  "extra-columns",
  "missing",
  "not-a-number",
  "not-finite",
  "unknown-level",
  "empty",
  "photo", // no photo, or one that can't be decoded
  "photo-too-large",
  "text", // no text
  "no-words",
  "wrong-kind", // the bundle's model takes another kind of data
  "csv", // a file of rows that is no CSV file
  "table-kind", // or of a kind that can't be read
  "file-columns", // or whose columns are not the model's
  "group-too-large", // a parquet file whose row groups don't fit into memory
  "file-unreadable", // or was changed since it was chosen
  "part-damaged", // what was kept of some rows
  "storage-full",
  "storage-failed",
  "run-changed", // a kept run of another model, release or provider
  "run-busy", // in another tab
  "no-run", // discarded meanwhile
  "unknown-output",
  "unknown-scale",
  "unknown-method",
  "parameter",
  "outside-scope", // offline use asked for by a page the service worker doesn't serve
  "offline-unavailable", // no service workers here, or no room to keep the files
] as const;

export interface ErrorParts {
  where?: string;
  next?: string;
  cause?: unknown;
  facts?: Facts;
}

/** What a message names, so that it can be said in other words: the value at fault, its column. */
export type Facts = Readonly<Record<string, string>>;

/** Something the user can act on: what is wrong, where, and what to do next. */
export class XaiwebError extends Error implements XaiwebErrorShape {
  override readonly name = "XaiwebError";
  readonly where: string;
  readonly next: string;
  readonly facts: Facts;

  constructor(
    readonly code: string,
    message: string,
    { where = "", next = "", cause, facts = {} }: ErrorParts = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.where = where;
    this.next = next;
    this.facts = facts;
  }

  /** The error as plain data: for messages between worker and page, and for the page's own words. */
  toJSON(): XaiwebErrorShape {
    return { code: this.code, message: this.message, where: this.where, next: this.next };
  }

  static from(shape: XaiwebErrorShape): XaiwebError {
    return new XaiwebError(shape.code, shape.message, { where: shape.where, next: shape.next });
  }

  /** `reason` itself where it is one of ours, else an error of `code` that quotes it. */
  static wrap(reason: unknown, code: string, parts: ErrorParts = {}): XaiwebError {
    if (reason instanceof XaiwebError) return reason;
    return new XaiwebError(code, reason instanceof Error ? reason.message : String(reason), {
      ...parts,
      cause: reason,
    });
  }
}

export const RELOAD = "Reload the page; if it stays, the site was changed or damaged: tell whoever runs it.";
