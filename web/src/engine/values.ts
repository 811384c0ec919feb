/** A model of rows and its value function, asked in chunks of bounded size. */
import type { Scale, TabularManifest } from "../schema.gen.js";
import { padded, pause, ranges, type Watch } from "./chunks.js";
import { Runs } from "./runs.js";
import type { Feeds, Sessions } from "./session.js";

/** Answers for one bundle on one provider, in any of its scales. */
export class Values {
  readonly runs: Runs;
  readonly #nFeatures: number;
  readonly #nOutputs: number;

  /** @param background - float32 (n_background, n_features). */
  constructor(
    private readonly sessions: Sessions,
    manifest: TabularManifest,
    private readonly background: Float32Array,
  ) {
    this.runs = new Runs(sessions, manifest);
    this.#nFeatures = manifest.features.length;
    this.#nOutputs = manifest.outputs.length;
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
    const perRun = Math.max(1, Math.floor(this.runs.chunkRows / nBackground));
    const blocks = ranges(nBackground, this.runs.chunkRows);
    for (const [start, end] of ranges(n, perRun)) {
      const part = this.sessions.tensor("bool", masks.slice(start * d, end * d), [end - start, d]);
      for (const [first, last] of blocks) {
        const values = await this.#run(scale, x, this.background.subarray(first * d, last * d), part, "values");
        const share = (last - first) / nBackground;
        for (let i = 0; i < values.length; i++) out[start * this.#nOutputs + i]! += share * values[i]!;
      }
      await pause(watch, end);
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
    for (const [start, end] of ranges(rows.length / d, webgl?.n_background ?? this.runs.chunkRows)) {
      let part: Float32Array = rows.slice(start * d, end * d);
      if (webgl) part = padded(part, d, webgl.n_background);
      const answer = await this.#run(scale, x, part, none, "rows");
      out.set(answer.subarray(0, (end - start) * this.#nOutputs), start * this.#nOutputs);
      await pause(watch, end);
    }
    return out;
  }

  /** What the trees of a scale see of whole rows: float64 (n_rows, n_tree_features); NaN is a missing value. */
  async treeFeatures(scale: Scale, rows: Float32Array, watch: Watch): Promise<Float64Array> {
    const { features, columns } = scale.trees!;
    const d = this.#nFeatures;
    const out = new Float64Array((rows.length / d) * columns.length);
    for (const [start, end] of ranges(rows.length / d, this.runs.chunkRows)) {
      const part = this.sessions.tensor("float32", rows.slice(start * d, end * d), [end - start, d]);
      out.set(await this.sessions.run(features!, { rows: part }, "activations"), start * columns.length);
      await pause(watch, end);
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
      await pause(watch, end);
    }
    return out;
  }

  #run(scale: Scale, x: Float32Array, background: Float32Array, masks: Feeds[string], output: string) {
    const d = this.#nFeatures;
    const feeds: Feeds = {
      x: this.sessions.tensor("float32", x, [1, d]),
      background: this.sessions.tensor("float32", background, [background.length / d, d]),
      masks,
    };
    return this.runs.run(scale, feeds, output, masks.dims[0]! * feeds.background!.dims[0]!);
  }
}
