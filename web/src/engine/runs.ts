/** Runs of a bundle's value-function graphs: timed, and refused where an answer isn't finite. */
import { XaiwebError } from "../errors.js";
import type { Manifest } from "../schema.gen.js";
import type { Provider } from "../types.js";
import type { Feeds, Sessions } from "./session.js";

/** What a scale of any kind of data says of its graphs. */
export interface Graphs {
  name: string;
  graph: string;
  webgl?: { graph: string } | null;
}

export class Runs {
  /** Model rows in one run. */
  readonly chunkRows: number;
  readonly provider: Provider;
  readonly nOutputs: number;
  // Of full chunks: the first one warms up and doesn't count.
  #timed = { runs: 0, rows: 0, ms: 0 };

  constructor(
    readonly sessions: Sessions,
    private readonly manifest: Manifest,
  ) {
    this.provider = sessions.provider;
    this.chunkRows = manifest.chunk_rows[sessions.provider];
    this.nOutputs = manifest.outputs.length;
  }

  /** Makes the session of a scale, so that the first question doesn't wait for it. */
  open(scale: Graphs): Promise<void> {
    return this.sessions.open(graphOf(scale, this.provider));
  }

  /** Model rows per second as seen so far, or null where too few full chunks have run. */
  speed(): number | null {
    const { runs, rows, ms } = this.#timed;
    return runs > 3 && ms > 0 ? (rows / ms) * 1000 : null;
  }

  /**
   * The named output, flat (n, n_outputs).
   *
   * @param rows - How many rows the model sees in this run.
   */
  async run(scale: Graphs, feeds: Feeds, output: string, rows: number): Promise<Float32Array> {
    const path = graphOf(scale, this.provider);
    const values = await this.sessions.run(path, feeds, output, (ms) => {
      if (rows * 2 < this.chunkRows) return;
      const { runs, rows: total, ms: spent } = this.#timed;
      this.#timed = runs === 0 ? { runs: 1, rows: 0, ms: 0 } : { runs: runs + 1, rows: total + rows, ms: spent + ms };
    });
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new XaiwebError("model-not-finite", `the model answers ${values[bad]}, which is not a finite number.`, {
        where: `output "${this.manifest.outputs[bad % this.nOutputs]?.name}", scale "${scale.name}"`,
        next: "Check the input for extreme values; else the model or its export is at fault.",
      });
    return values;
  }
}

/** The graph that a provider runs for a scale. */
export function graphOf(scale: Graphs, provider: Provider): string {
  if (provider !== "webgl") return scale.graph;
  if (scale.webgl) return scale.webgl.graph;
  throw new XaiwebError("provider-unavailable", `the scale "${scale.name}" has no WebGL variant.`, {
    where: "scale",
    next: 'Choose another scale, or provider "wasm".',
  });
}
