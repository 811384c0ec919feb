/** Every message between page and service worker. No other file names one. */
import type { LoadedFile, XaiwebErrorShape } from "../types.js";

export type ToServiceWorker =
  /** Keep these files for use without a network; answered on the port that comes along. */
  | { type: "keep"; build: string; paths: string[] }
  /** A newer build that waits takes over all pages. */
  | { type: "take-over" };

export type FromServiceWorker =
  | { type: "file"; file: LoadedFile }
  | { type: "refused"; what: string }
  | { type: "kept" }
  | { type: "failed"; error: XaiwebErrorShape };
