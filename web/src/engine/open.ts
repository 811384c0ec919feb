/** `open()`: a bundle of this site, ready to be asked. */
import { Client } from "./client.js";
import { loadSite, locateBundle } from "./locate.js";
import { XaiwebError } from "../errors.js";
import { jobOf } from "./job.js";
import { checkRow } from "../rows.js";
import type { Activity, ExplainEvent, Explainer, ExplainOptions, Manifest, Open, Provider, Row } from "../types.js";

// Everything of a site lies beside xaiweb.js, into which this file is built.
const here = import.meta.url;
export const ROOT = new URL("./", here).href;

/** Opens a bundle of this site; equal bundles and providers share one worker. */
export const open: Open = async (src, { provider = "auto" } = {}) => {
  if (!["auto", "wasm", "webgpu", "webgl"].includes(provider))
    throw new XaiwebError("parameter", `"${provider}" is not a provider.`, {
      where: "provider",
      next: "Choose auto, wasm, webgpu or webgl.",
    });
  const site = await loadSite(ROOT);
  const client = Client.join(site, locateBundle(site, src, document.baseURI), provider);
  try {
    const { manifest, background, ...rest } = await client.opened.promise;
    return new OpenBundle(client, manifest, rest.provider, rest.providerReason, tableOf(background, manifest));
  } catch (error) {
    client.leave();
    throw error;
  }
};

class OpenBundle implements Explainer {
  readonly activity: Activity;
  readonly ready: Promise<void>;
  readonly offlineReady: Promise<void>;
  #closed = false;

  constructor(
    private readonly client: Client,
    readonly manifest: Manifest,
    readonly provider: Provider,
    readonly providerReason: string,
    readonly background: readonly (readonly number[])[],
  ) {
    this.activity = client.activity;
    this.ready = client.ready.promise;
    this.offlineReady = client.offline.done.promise;
  }

  async predict(rows: readonly Row[]): Promise<number[][]> {
    this.#checkOpen();
    if (!Array.isArray(rows)) throw new XaiwebError("empty", "rows must be a list of rows.", { where: "rows" });
    if (rows.length === 0) return [];
    const width = this.manifest.features.length;
    const flat = new Float32Array(rows.length * width);
    for (const [i, row] of rows.entries())
      flat.set(checkRow(this.manifest, row as Row, `rows[${i}]`).values, i * width);
    return this.client.predict(flat);
  }

  async *explain(row: Row, options: ExplainOptions = {}): AsyncGenerator<ExplainEvent, void, void> {
    this.#checkOpen();
    const { signal } = options;
    if (signal?.aborted) throw abortError();
    const job = jobOf(this.manifest, row, options);
    const events: ExplainEvent[] = [];
    let over = false;
    let failure: Error | null = null;
    let wake = () => {};
    const end = (error: Error | null) => {
      over = true;
      failure ??= error;
      wake();
    };
    const cancel = this.client.explain(job, {
      next: (event) => {
        events.push(event);
        wake();
      },
      done: () => end(null),
      failed: end,
    });
    const abort = () => {
      cancel();
      events.length = 0;
      end(abortError());
    };
    signal?.addEventListener("abort", abort, { once: true });
    try {
      for (;;) {
        const event = events.shift();
        if (event) yield event;
        else if (failure) throw failure as Error;
        else if (over) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      cancel(); // whoever stops listening stops the work
    }
  }

  update(): void {
    this.client.offline.update();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.client.leave();
  }

  #checkOpen(): void {
    if (this.#closed)
      throw new XaiwebError("closed", "the explainer was closed.", { where: "close()", next: "Open it again." });
  }
}

function abortError(): DOMException {
  return new DOMException("The explanation was cancelled.", "AbortError");
}

function tableOf(flat: Float32Array, manifest: Manifest): number[][] {
  const width = manifest.features.length;
  return Array.from({ length: flat.length / width }, (_, i) => Array.from(flat.subarray(i * width, (i + 1) * width)));
}
