/** The first picture: a stored design is evaluated while the core still loads. */
import type { Scale } from "../schema.gen.js";
import type { Engine, Watcher } from "./engine.js";
import { partialExplanation } from "./explanation.js";
import { readTable } from "./npy.js";
import type { Differs, Outlook } from "./plan.js";
import type { ExplainJob } from "./protocol.js";
import type { Tables } from "./tables.js";
import { estimate, type Estimate, type Operator } from "./ready-design.js";

const TOLERANCE = 0.02;

/** Coalitions of columns that were evaluated, and their values. */
export interface Evaluated {
  /** (n, n_features), 1 keeps the explained row's value. */
  masks: Uint8Array;
  /** (n, n_outputs) of all outputs. */
  values: Float64Array;
}

export interface Situation {
  scale: Scale;
  /** Positions of each player's columns. */
  players: readonly (readonly number[])[];
  different: Differs;
  plan: Outlook;
  /** When the explanation began, on the clock of `performance.now()`. */
  started: number;
}

/**
 * Emits a partial at each checkpoint of the bundle's design for this many active players and this seed, if it has one.
 *
 * @returns What was evaluated, cut as the core will ask for it again.
 */
export async function firstEstimates(
  engine: Engine,
  { manifest, values }: Tables,
  job: ExplainJob<"tabular">,
  { scale, players, different, plan, started }: Situation,
  { signal, emit }: Watcher,
): Promise<Evaluated[]> {
  const selected = job.selected!;
  const active = different.active.flatMap((is, i) => (is ? [i] : []));
  const d = active.length;
  const design = manifest.designs.find(({ n_players, seed }) => n_players === d && seed === job.parameters["seed"]);
  const checkpoints = design?.checkpoints.filter(({ budget }) => budget <= plan.budget) ?? [];
  if (!design || checkpoints.length === 0) return [];
  const nPairs = design.checkpoints.at(-1)!.budget / 2 - 1;
  const masks = readTable(await engine.file(design.masks), design.masks, "bool", [nPairs, d]) as Uint8Array;

  const columns = active.map((player) => players[player]!);
  const evaluate = async (from: number, to: number): Promise<Evaluated> => {
    const rows = columnMasks(masks, columns, job.input.length, from, to);
    const onChunk = (done: number) =>
      emit({ type: "progress", done: from + done, total: plan.total, unit: "coalitions" });
    return { masks: rows, values: await values.coalitions(scale, job.input, rows, { signal, onChunk }) };
  };

  const k = manifest.outputs.length;
  const ends = await evaluate(0, 2);
  const evaluated = [ends];
  const base = selected.map((output) => ends.values[output]!);
  const prediction = selected.map((output) => ends.values[k + output]!);
  const halves = selected.map(() => new Float64Array(nPairs));
  let done = 2;
  for (const { budget, operator: path } of checkpoints) {
    const part = await evaluate(done, budget);
    evaluated.push(part);
    for (const [o, output] of selected.entries())
      for (let i = 0; i < budget - done; i += 2)
        halves[o]![(done + i) / 2 - 1] = (part.values[i * k + output]! - part.values[(i + 1) * k + output]!) / 2;
    done = budget;
    const m = budget / 2 - 1;
    const data = readTable(await engine.file(path), path, "float64", [d + 1, m + 1]) as Float64Array;
    const operator: Operator = { data, nPlayers: d, nPairs: m };
    const estimates = selected.map((_, o) => estimate(operator, halves[o]!, prediction[o]! - base[o]!, masks));
    signal.throwIfAborted();
    emit({
      type: "partial",
      explanation: partialExplanation(manifest, job, active, estimates, base, prediction, {
        checkpoint: budget,
        budget: plan.budget,
        nBackground: different.perRow.length,
        chunkRows: values.runs.chunkRows,
        elapsedMs: performance.now() - started,
        engine: engine.name,
        provider: engine.provider,
        coreVersion: engine.coreVersion,
      }),
    });
    if (job.parameters["budget"] === null && budget >= 8 * d && estimates.every(converged)) break; // so will the core
  }
  return evaluated;
}

/** Whether the largest standard error is at most 2 % of the range of the values; see `core/shapley/sampled.py`. */
function converged({ values, stdError }: Estimate): boolean {
  const range = Math.max(...values, 0) - Math.min(...values, 0);
  return stdError.every((error) => error !== null && error <= TOLERANCE * range);
}

/**
 * Coalitions number `from` to `to` as masks over columns: the empty one, the full one, then each pair of the design and
 * its complement. Columns of inactive players stay 0.
 */
export function columnMasks(
  pairs: Uint8Array,
  columns: readonly (readonly number[])[],
  width: number,
  from: number,
  to: number,
): Uint8Array {
  const d = columns.length;
  const rows = new Uint8Array((to - from) * width);
  for (let at = from; at < to; at++) {
    const complement = at % 2 === 1; // the full coalition is the empty one's
    for (const [i, player] of columns.entries()) {
      const member = at >= 2 && pairs[((at >> 1) - 1) * d + i] === 1;
      if (member !== complement) for (const j of player) rows[(at - from) * width + j] = 1;
    }
  }
  return rows;
}
