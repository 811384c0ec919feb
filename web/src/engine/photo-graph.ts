/** A model of photos and its value function, asked in chunks of bounded size. */
import type { ImageManifest, ImageScale } from "../schema.gen.js";
import { padded, pause, ranges, type Watch } from "./chunks.js";
import type { Rgb } from "./reduce.js";
import { Runs } from "./runs.js";
import type { Feeds, Sessions } from "./session.js";

/** A photo that is partly hidden, in many ways. */
export interface Blend {
  /** float32 (channels * height * width), 0 to 255; `hidden` likewise. */
  pixels: Float32Array;
  hidden: Float32Array;
  /** int32 (height * width), which column of the masks is a pixel's. */
  segments: Int32Array;
  /** float32 (n, n_segments), the share of the photo in each segment. */
  masks: Float32Array;
  n: number;
}

export class PhotoGraph {
  readonly runs: Runs;
  readonly #dims: [number, number, number, number];

  constructor(
    private readonly sessions: Sessions,
    private readonly manifest: ImageManifest,
  ) {
    this.runs = new Runs(sessions, manifest);
    const { channels, height, width } = manifest.image;
    this.#dims = [1, channels, height, width];
  }

  /** What the model sees of a photo: float32 (channels * height * width), 0 to 255. */
  pixels({ data, height, width }: Rgb): Promise<Float32Array> {
    const rgb = this.sessions.tensor("uint8", data, [height, width, 3]);
    return this.sessions.run(this.manifest.image.preprocess, { rgb }, "pixels");
  }

  /** Outputs of a whole photo, float64 (n_outputs,). */
  predict(scale: ImageScale, pixels: Float32Array, watch: Watch): Promise<Float64Array> {
    const segments = new Int32Array(this.#dims[2] * this.#dims[3]);
    return this.values(scale, { pixels, hidden: pixels, segments, masks: Float32Array.of(1), n: 1 }, watch);
  }

  /** Outputs of a photo that is partly hidden, flat float64 (n, n_outputs). */
  async values(scale: ImageScale, { masks, segments, n, ...shown }: Blend, watch: Watch): Promise<Float64Array> {
    watch.signal.throwIfAborted();
    const k = this.runs.nOutputs;
    const out = new Float64Array(n * k);
    const width = masks.length / n;
    const fixed: Feeds = {
      x: this.sessions.tensor("float32", shown.pixels, this.#dims),
      hidden: this.sessions.tensor("float32", shown.hidden, this.#dims),
    };
    const webgl = this.runs.provider === "webgl" ? scale.webgl : null;
    if (!webgl) fixed["segments"] = this.sessions.tensor("int32", segments, [segments.length]);
    for (const [start, end] of ranges(n, webgl?.n_coalitions ?? this.runs.chunkRows)) {
      const part = masks.slice(start * width, end * width);
      const feeds = webgl
        ? { ...fixed, fields: this.#fields(part, segments, end - start, webgl.n_coalitions) }
        : { ...fixed, masks: this.sessions.tensor("float32", part, [end - start, width]) };
      const answer = await this.runs.run(scale, feeds, "values", end - start);
      out.set(answer.subarray(0, (end - start) * k), start * k);
      await pause(watch, end);
    }
    return out;
  }

  /** WebGL can't look segments up and has no dynamic sizes: the share of the photo in each pixel, n brought to `size`. */
  #fields(masks: Float32Array, segments: Int32Array, n: number, size: number): Feeds[string] {
    const width = masks.length / n;
    const fields = new Float32Array(n * segments.length);
    for (let i = 0; i < n; i++)
      for (let at = 0; at < segments.length; at++) fields[i * segments.length + at] = masks[i * width + segments[at]!]!;
    const [, , high, wide] = this.#dims;
    return this.sessions.tensor("float32", padded(fields, segments.length, size), [size, 1, high, wide]);
  }
}
