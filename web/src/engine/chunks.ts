/** Long work in pieces: their bounds, and what happens between two of them. */
import { breatheNowAndThen } from "./breathe.js";

export interface Watch {
  signal: AbortSignal;
  /** Told after each run how many coalitions or inputs of this request are done. */
  onChunk?: (done: number) => void;
}

export function ranges(n: number, size: number): [start: number, end: number][] {
  const out: [number, number][] = [];
  for (let start = 0; start < n; start += size) out.push([start, Math.min(start + size, n)]);
  return out;
}

/** `rows` brought to `n` rows by repeating the last one: a made-up row could make the model answer with infinity. */
export function padded(rows: Float32Array, width: number, n: number): Float32Array {
  if (rows.length === n * width) return rows;
  const out = new Float32Array(n * width);
  out.set(rows);
  for (let at = rows.length; at < out.length; at += width) out.copyWithin(at, rows.length - width, rows.length);
  return out;
}

/** After a piece: says how much is done, and hears of a cancel. */
export async function pause({ signal, onChunk }: Watch, done: number): Promise<void> {
  onChunk?.(done);
  await breatheNowAndThen();
  signal.throwIfAborted();
}

/** `promise`, or the signal's reason as soon as it is aborted. */
export function aborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
