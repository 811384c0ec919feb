/** What a page of ours began before its own script was there: the site's list and the worker. */
import type { FromWorker } from "./protocol.js";

/** A worker that was told to open the page's bundle, and what it has said since. */
export interface EarlyWorker {
  worker: Worker;
  said: FromWorker[];
}

export interface Early {
  root: string;
  /** The folder of the page's bundle; it is opened on the provider `auto`. */
  bundle: string;
  /** The bytes of files.json. */
  list: Promise<Uint8Array<ArrayBuffer>>;
  /** Null where it could not be started: whoever tries again will say why. */
  worker: EarlyWorker | null;
}

interface Holder {
  xaiwebEarly?: Early | null;
}
const holder = globalThis as Holder;

/** Leaves it to the page's own script; where that came first and has a worker, this one ends. */
export function offer(early: Early): void {
  if (holder.xaiwebEarly === null) early.worker?.worker.terminate();
  else holder.xaiwebEarly = early;
}

/** The list of the site at `root`, where it was asked for already. */
export function earlyList(root: string): Promise<Uint8Array<ArrayBuffer>> | null {
  const early = holder.xaiwebEarly;
  return early?.root === root ? early.list : null;
}

/** The worker that opens this bundle already; there is only one, for whoever comes first. */
export function earlyWorker(root: string, bundle: string, provider: string): EarlyWorker | null {
  const early = holder.xaiwebEarly;
  holder.xaiwebEarly = null;
  if (!early) return null;
  if (early.root === root && early.bundle === bundle && provider === "auto") return early.worker;
  early.worker?.worker.terminate();
  return null;
}
