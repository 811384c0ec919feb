/** Puts a ready design's estimates into the form of contract 2. */
import type { Explanation, TabularManifest } from "../schema.gen.js";
import type { ExplainJob } from "./protocol.js";
import type { Estimate } from "./ready-design.js";

export interface Origin {
  /** Coalitions evaluated, and the budget in force. */
  checkpoint: number;
  budget: number;
  nBackground: number;
  chunkRows: number;
  elapsedMs: number;
  engine: string;
  provider: string;
  coreVersion: string;
}

/**
 * A partial explanation.
 *
 * @param active - Positions of the players that the design is played by; the others' values are 0.
 * @param estimates - One per selected output.
 * @param base - (n_outputs,) of the selected outputs; `prediction` likewise.
 */
export function partialExplanation(
  manifest: TabularManifest,
  job: ExplainJob<"tabular">,
  active: readonly number[],
  estimates: readonly Estimate[],
  base: readonly number[],
  prediction: readonly number[],
  origin: Origin,
): Explanation {
  const place = new Map(active.map((player, i) => [player, i]));
  const perPlayer = <T>(of: (estimate: Estimate, i: number) => T, idle: T): T[][] =>
    manifest.players.map((_, player) => {
      const i = place.get(player);
      return estimates.map((estimate) => (i === undefined ? idle : of(estimate, i)));
    });
  const { checkpoint, budget } = origin;
  const { seed, ...parameters } = job.parameters;
  return {
    version: 1,
    players: manifest.players.map(({ name, columns }) => {
      const cells = columns.map((column) => cellOf(manifest, job.input, column));
      return { name, columns: [...columns], value: cells.length === 1 ? (cells[0] ?? null) : cells };
    }) as Explanation["players"],
    outputs: job.selected!.map((i) => manifest.outputs[i]?.name ?? "") as Explanation["outputs"],
    base_values: [...base],
    prediction: [...prediction],
    // + 0: no -0 in JSON.
    values: perPlayer((estimate, i) => (estimate.values[i] ?? 0) + 0, 0),
    std_error: perPlayer<number | null>((estimate, i) => estimate.stdError[i] ?? null, 0),
    interactions: null,
    provenance: {
      method: job.method,
      estimator: "least_squares",
      plan: `A first estimate from the bundle's ready design: ${checkpoint} of the ${budget} coalitions of the budget, sampled in pairs and solved by least squares before the core has loaded.`,
      parameters: { ...parameters, budget },
      seed: seed as number,
      scale: job.scale,
      n_coalitions: checkpoint,
      n_model_rows: checkpoint * origin.nBackground,
      chunk_rows: origin.chunkRows,
      elapsed_ms: origin.elapsedMs,
      engine: origin.engine,
      provider: origin.provider,
      model_sha256: manifest.model.sha256,
      core_version: origin.coreVersion,
      core_kernels: null,
    },
  };
}

function cellOf(manifest: TabularManifest, x: Float32Array, column: string): number | string | null {
  const at = manifest.features.findIndex((feature) => feature.name === column);
  const number = x[at] ?? Number.NaN;
  if (Number.isNaN(number)) return null;
  return manifest.features[at]?.levels?.[number]?.name ?? shortest(number);
}

/** The shortest decimal that is this float32: 0.1, not 0.10000000149. */
function shortest(number: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(number.toPrecision(digits));
    if (Math.fround(short) === number) return short;
  }
  return number;
}
