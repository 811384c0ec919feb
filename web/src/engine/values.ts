/** The model and its value function, asked in chunks of bounded size. */
import { XaiwebError } from "../errors.js";
import type { Manifest, Scale } from "../schema.gen.js";
import type { Provider } from "../types.js";
import { breatheNowAndThen } from "./breathe.js";
import type { Feeds, Sessions } from "./session.js";

export interface Watch {
  signal: AbortSignal;
  /** Told after each run how many coalitions or rows of this request are done. */
  onChunk?: (done: number) => void;
}

/** Answers for one bundle on one provider, in any of its scales. */
export class Values {
  readonly chunkRows: number;
  readonly #nFeatures: number;
  readonly #nOutputs: number;
  // Of full chunks of coalitions: the first one warms up and doesn't count.
  #timed = { runs: 0, rows: 0, ms: 0 };

  /** @param background - float32 (n_background, n_features). */
  constructor(
    private readonly sessions: Sessions,
    private readonly manifest: Manifest,
    private readonly background: Float32Array,
  ) {
    this.chunkRows = manifest.chunk_rows[sessions.provider];
    this.#nFeatures = manifest.features.length;
    this.#nOutputs = manifest.outputs.length;
  }

  /** Makes the session of a scale, so that the first question doesn't wait for it. */
  open(scale: Scale): Promise<void> {
    return this.sessions.open(graphOf(scale, this.sessions.provider));
  }

  /** Model rows per second as seen so far, or null where too few full chunks have run. */
  speed(): number | null {
    const { runs, rows, ms } = this.#timed;
    return runs > 3 && ms > 0 ? (rows / ms) * 1000 : null;
  }

  /**
   * Values of coalitions of columns: float64 (n_coalitions, n_outputs), averaged over the background.
   *
   * @param x - float32 (n_features,), the explained row.
   * @param masks - (n_coalitions, n_features), 1 keeps x's value.
   */
  async coalitions(scale: Scale, x: Float32Array, masks: Uint8Array, watch: Watch): Promise<Float64Array> {
    watch.signal.throwIfAborted();
    const d = this.#nFeatures;
    const n = masks.length / d;
    const nBackground = this.background.length / d;
    const out = new Float64Array(n * this.#nOutputs);
    if (scale.webgl && this.sessions.provider === "webgl")
      return this.#webglCoalitions(scale, scale.webgl, x, masks, watch, out);
    const perRun = Math.max(1, Math.floor(this.chunkRows / nBackground));
    const blocks = ranges(nBackground, this.chunkRows);
    for (const [start, end] of ranges(n, perRun)) {
      const part = this.sessions.tensor("bool", masks.slice(start * d, end * d), [end - start, d]);
      for (const [first, last] of blocks) {
        const values = await this.#run(scale, x, this.background.subarray(first * d, last * d), part, "values");
        const share = (last - first) / nBackground;
        for (let i = 0; i < values.length; i++) out[start * this.#nOutputs + i]! += share * values[i]!;
      }
      await this.#pause(watch, end);
    }
    return out;
  }

  /** The model's outputs for whole rows: float64 (n_rows, n_outputs), in a scale. */
  async rows(scale: Scale, rows: Float32Array, watch: Watch): Promise<Float64Array> {
    watch.signal.throwIfAborted();
    const d = this.#nFeatures;
    const out = new Float64Array((rows.length / d) * this.#nOutputs);
    const x = rows.slice(0, d);
    const webgl = this.sessions.provider === "webgl" ? scale.webgl : null;
    const none = webgl
      ? this.sessions.tensor("float32", new Float32Array(webgl.n_coalitions * d), [webgl.n_coalitions, d])
      : this.sessions.tensor("bool", new Uint8Array(d), [1, d]);
    for (const [start, end] of ranges(rows.length / d, webgl?.n_background ?? this.chunkRows)) {
      let part: Float32Array = rows.slice(start * d, end * d);
      if (webgl) part = padded(part, d, webgl.n_background);
      const answer = await this.#run(scale, x, part, none, "rows");
      out.set(answer.subarray(0, (end - start) * this.#nOutputs), start * this.#nOutputs);
      await this.#pause(watch, end);
    }
    return out;
  }

  /** What the trees of a scale see of whole rows: float64 (n_rows, n_tree_features); NaN is a missing value. */
  async treeFeatures(scale: Scale, rows: Float32Array, watch: Watch): Promise<Float64Array> {
    const { features, columns } = scale.trees!;
    const d = this.#nFeatures;
    const out = new Float64Array((rows.length / d) * columns.length);
    for (const [start, end] of ranges(rows.length / d, this.chunkRows)) {
      const part = this.sessions.tensor("float32", rows.slice(start * d, end * d), [end - start, d]);
      out.set(await this.sessions.run(features!, { rows: part }, "activations"), start * columns.length);
      await this.#pause(watch, end);
    }
    return out;
  }

  /** WebGL has no dynamic sizes: the last chunk is padded, and so is the last block of background rows. */
  async #webglCoalitions(
    scale: Scale,
    { n_coalitions: perRun, n_background: perBlock }: NonNullable<Scale["webgl"]>,
    x: Float32Array,
    masks: Uint8Array,
    watch: Watch,
    out: Float64Array,
  ): Promise<Float64Array> {
    const d = this.#nFeatures;
    const k = this.#nOutputs;
    const nBackground = this.background.length / d;
    for (const [start, end] of ranges(masks.length / d, perRun)) {
      const part = padded(Float32Array.from(masks.subarray(start * d, end * d)), d, perRun);
      const tensor = this.sessions.tensor("float32", part, [perRun, d]);
      for (const [first, last] of ranges(nBackground, perBlock)) {
        const block = padded(this.background.slice(first * d, last * d), d, perBlock);
        const full = last - first === perBlock;
        const answer = await this.#run(scale, x, block, tensor, full ? "values" : "rows");
        for (let i = 0; i < end - start; i++)
          for (let j = 0; j < k; j++) {
            let sum = full ? answer[i * k + j]! * perBlock : 0;
            if (!full) for (let b = 0; b < last - first; b++) sum += answer[(i * perBlock + b) * k + j]!;
            out[(start + i) * k + j]! += sum / nBackground;
          }
      }
      await this.#pause(watch, end);
    }
    return out;
  }

  async #run(scale: Scale, x: Float32Array, background: Float32Array, masks: Feeds[string], output: string) {
    const d = this.#nFeatures;
    const feeds: Feeds = {
      x: this.sessions.tensor("float32", x, [1, d]),
      background: this.sessions.tensor("float32", background, [background.length / d, d]),
      masks,
    };
    const path = graphOf(scale, this.sessions.provider);
    const rows = masks.dims[0]! * feeds.background!.dims[0]!;
    const values = await this.sessions.run(path, feeds, output, (ms) => {
      if (rows * 2 < this.chunkRows) return;
      const { runs, rows: total, ms: spent } = this.#timed;
      this.#timed = runs === 0 ? { runs: 1, rows: 0, ms: 0 } : { runs: runs + 1, rows: total + rows, ms: spent + ms };
    });
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new XaiwebError("model-not-finite", `the model answers ${values[bad]}, which is not a finite number.`, {
        where: `output "${this.manifest.outputs[bad % this.#nOutputs]?.name}", scale "${scale.name}"`,
        next: "Check the row for extreme values; else the model or its export is at fault.",
      });
    return values;
  }

  async #pause({ signal, onChunk }: Watch, done: number): Promise<void> {
    onChunk?.(done);
    await breatheNowAndThen();
    signal.throwIfAborted();
  }
}

/** The graph that a provider runs for a scale. */
export function graphOf(scale: Scale, provider: Provider): string {
  if (provider !== "webgl") return scale.graph;
  if (scale.webgl) return scale.webgl.graph;
  throw new XaiwebError("provider-unavailable", `the scale "${scale.name}" has no WebGL variant.`, {
    where: "scale",
    next: 'Choose another scale, or provider "wasm".',
  });
}

function ranges(n: number, size: number): [start: number, end: number][] {
  const out: [number, number][] = [];
  for (let start = 0; start < n; start += size) out.push([start, Math.min(start + size, n)]);
  return out;
}

/** `rows` brought to `n` rows by repeating the last one: a made-up row could make the model answer with infinity. */
function padded(rows: Float32Array, width: number, n: number): Float32Array {
  if (rows.length === n * width) return rows;
  const out = new Float32Array(n * width);
  out.set(rows);
  for (let at = rows.length; at < out.length; at += width) out.copyWithin(at, rows.length - width, rows.length);
  return out;
}
