/** `open()`: a bundle of this site, ready to be asked. */
import { Client } from "./client.js";
import { abortError, events } from "./events.js";
import { loadSite, locateBundle } from "./locate.js";
import { XaiwebError } from "../errors.js";
import { checkMap, cutOf, jobOf } from "./job.js";
import { FileRows } from "./many/rows.js";
import { photoOf } from "./photo-source.js";
import { checkRow } from "../rows.js";
import type { Answers, Cutout, ExplainJob, Sent } from "./protocol.js";
import type { Site } from "./site.js";
import type { Activity, ExplainEvent, Explainer, ExplainOptions, ImageManifest, Inputs, Kind } from "../types.js";
import type { Manifest, Open, Prepared, Provider, Row, TabularManifest } from "../types.js";

// Everything of a site lies beside xaiweb.js, into which this file is built.
const here = import.meta.url;
export const ROOT = new URL("./", here).href;

/** Opens a bundle of this site; equal bundles and providers share one worker. */
export const open: Open = async <K extends Kind = "tabular">(
  src: string | URL,
  { provider = "auto", kind }: Parameters<Open>[1] & { kind?: K } = {},
) => {
  if (!["auto", "wasm", "webgpu", "webgl"].includes(provider))
    throw new XaiwebError("parameter", `"${provider}" is not a provider.`, {
      where: "provider",
      next: "Choose auto, wasm, webgpu or webgl.",
    });
  const site = await loadSite(ROOT);
  const client = Client.join(site, locateBundle(site, src, document.baseURI), provider);
  try {
    const { manifest, background, ...rest } = await client.opened.promise;
    if (kind !== undefined && manifest.kind !== kind)
      throw new XaiwebError("wrong-kind", `this bundle's model takes ${manifest.kind} data, not ${kind}.`, {
        where: String(src),
        next: "Use the element, or the kind, that fits the bundle.",
      });
    const table = manifest.kind === "tabular" ? tableOf(background, manifest) : [];
    const found = manifest as Extract<Manifest, { kind: K }>;
    return new OpenBundle<K>(client, site, found, rest.provider, rest.providerReason, table);
  } catch (error) {
    client.leave();
    throw error;
  }
};

class OpenBundle<K extends Kind> implements Explainer<K> {
  readonly kind: K;
  readonly activity: Activity;
  readonly ready: Promise<void>;
  readonly offlineReady: Promise<void>;
  readonly rows: Explainer<K>["rows"];
  #closed = false;

  constructor(
    private readonly client: Client,
    private readonly site: Site,
    readonly manifest: Extract<Manifest, { kind: K }>,
    readonly provider: Provider,
    readonly providerReason: string,
    readonly background: readonly (readonly number[])[],
  ) {
    this.kind = manifest.kind as K;
    this.activity = client.activity;
    this.ready = client.ready.promise;
    this.offlineReady = client.offline.done.promise;
    const rows =
      manifest.kind === "tabular" ? new FileRows(client, manifest as TabularManifest, () => this.#checkOpen()) : null;
    this.rows = rows as Explainer<K>["rows"];
  }

  async predict(inputs: readonly Inputs[K][]): Promise<number[][]> {
    this.#checkOpen();
    if (!Array.isArray(inputs)) throw new XaiwebError("empty", "give a list of inputs.", { where: "inputs" });
    if (inputs.length === 0) return [];
    const name = this.kind === "tabular" ? "rows" : "inputs";
    const sent = await Promise.all(inputs.map((input: Inputs[K], i) => this.#sent(input, `${name}[${i}]`)));
    return this.client.ask("predict", { inputs: sent });
  }

  async *explain(input: Inputs[K], options: ExplainOptions = {}): AsyncGenerator<ExplainEvent, void, void> {
    this.#checkOpen();
    const { signal } = options;
    if (signal?.aborted) throw abortError();
    const sent = await this.#sent(input);
    if (signal?.aborted) throw abortError();
    const job = jobOf<K>(this.manifest, sent, options) as ExplainJob;
    yield* events<ExplainEvent>((listener) => this.client.explain({ type: "explain", job }, listener), signal);
  }

  async prepare(input: Inputs[K], options: ExplainOptions = {}): Promise<Prepared[K]> {
    const cutout = await this.#asked("prepare", { input: await this.#sent(input), cut: cutOf(this.manifest, options) });
    return preparedOf(this.manifest, cutout) as Prepared[K];
  }

  async coalitions(
    input: Inputs[K],
    options: ExplainOptions,
    masks: readonly (readonly boolean[])[],
    map: Int32Array | null = null,
  ): Promise<number[][]> {
    if (map) checkMap(this.manifest, map, masks);
    const kept = { masks: Uint8Array.from(masks.flat(), Number), n: masks.length, map };
    const cut = cutOf(this.manifest, options);
    return this.#asked("coalitions", { input: await this.#sent(input), cut, kept });
  }

  async file(path: string): Promise<Uint8Array> {
    if (Object.hasOwn(this.manifest.files, path)) return this.#asked("file", { path });
    throw new XaiwebError("not-listed", "the bundle has no such file.", {
      where: path,
      next: "Name one of manifest.files.",
    });
  }

  update(): void {
    this.client.offline.update();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.client.leave();
  }

  /** An input as the worker takes it. */
  async #sent(input: unknown, where?: string): Promise<Sent[K]> {
    const manifest: Manifest = this.manifest;
    switch (manifest.kind) {
      case "tabular":
        return checkRow(manifest, input as Row, where).values as Sent[K];
      case "image":
        return (await photoOf(input, this.site, document.baseURI, where)) as Sent[K];
      default:
        if (typeof input === "string") return input as Sent[K];
        throw new XaiwebError("text", "this is no string.", { where: where ?? "text", next: "Give a text." });
    }
  }

  async #asked<Q extends keyof Answers>(type: Q, question: Answers[Q]["ask"]): Promise<Answers[Q]["answer"]> {
    this.#checkOpen();
    return this.client.ask(type, question);
  }

  #checkOpen(): void {
    if (this.#closed)
      throw new XaiwebError("closed", "the explainer was closed.", { where: "close()", next: "Open it again." });
  }
}

function tableOf(flat: Float32Array, manifest: TabularManifest): number[][] {
  const width = manifest.features.length;
  return Array.from({ length: flat.length / width }, (_, i) => Array.from(flat.subarray(i * width, (i + 1) * width)));
}

function preparedOf(manifest: Manifest, { players, image }: Cutout): Prepared[Kind] {
  if (image === null) return { kind: "text", players };
  const { height, width } = (manifest as ImageManifest).image;
  const drawn = (rgba: Uint8ClampedArray<ArrayBuffer>) => new ImageData(rgba, width, height);
  const { pixels, hidden, segments } = image;
  return { kind: "image", width, height, pixels: drawn(pixels), hidden: drawn(hidden), segments, players };
}
