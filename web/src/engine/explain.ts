/** One explanation, from the job to its result. */
import type { Manifest, Scale } from "../schema.gen.js";
import type { ExplainEvent, Provider } from "../types.js";
import type { Core } from "./core.js";
import { partialExplanation } from "./explanation.js";
import { readTable } from "./npy.js";
import { type Differs, differs, outlook, type Outlook } from "./plan.js";
import type { ExplainJob } from "./protocol.js";
import { estimate, type Operator } from "./ready-design.js";
import type { Turns } from "./turns.js";
import type { Values } from "./values.js";

/** What every explanation of a bundle works with. */
export interface Bench {
  root: string;
  manifest: Manifest;
  background: Float32Array;
  values: Values;
  provider: Provider;
  engine: string;
  coreVersion: string;
  turns: Turns;
  /** The bytes of a file of the bundle. */
  file: (path: string) => Promise<Uint8Array>;
  /** The core where it is loaded already, else null. */
  coreNow: () => Core | null;
  core: Promise<Core>;
}

type Emit = (event: ExplainEvent) => void;

/** Runs a job; the last event is its result. Rejects with the signal's reason within one chunk of an abort. */
export async function explain(bench: Bench, job: ExplainJob, signal: AbortSignal, emit: Emit): Promise<void> {
  signal.throwIfAborted();
  const started = performance.now();
  const { manifest, background } = bench;
  const columns = manifest.features.map((feature) => feature.name);
  const players = manifest.players.map((player) => player.columns.map((column) => columns.indexOf(column)));
  const scale = manifest.scales.find(({ name }) => name === job.scale) as Scale;
  const different = differs(job.x, background, players);
  const plan = outlook(different, job.budget, job.estimator);
  if (!bench.coreNow() && plan.way === "sampled" && scale === manifest.scales[0])
    await bench.turns.take(() =>
      firstEstimates(bench, job, { scale, players, different, plan, started }, signal, emit),
    );
  const core = await aborted(bench.core, signal);
  await runCore(bench, core, job, scale, plan, signal, emit);
}

interface Ready {
  scale: Scale;
  players: number[][];
  different: Differs;
  plan: Outlook;
  started: number;
}

/** A partial at each checkpoint of a ready design, where the bundle has the right one. */
async function firstEstimates(bench: Bench, job: ExplainJob, ready: Ready, signal: AbortSignal, emit: Emit) {
  const { manifest, values } = bench;
  const active = ready.different.active.flatMap((is, i) => (is ? [i] : []));
  const design = manifest.designs.find(({ n_players, seed }) => n_players === active.length && seed === job.seed);
  const checkpoints = design?.checkpoints.filter(({ budget }) => budget <= ready.plan.budget) ?? [];
  const last = checkpoints.at(-1);
  if (!design || !last) return;
  const [d, width, k] = [active.length, job.x.length, manifest.outputs.length];
  const nPairs = design.checkpoints.at(-1)!.budget / 2 - 1;
  const masks = readTable(await bench.file(design.masks), design.masks, "bool", [nPairs, d]) as Uint8Array;

  // Masks over columns: the empty and the full coalition, then each pair and its complement.
  const mask = (has: (i: number) => boolean) => {
    const row = new Uint8Array(width);
    for (const [i, player] of active.entries()) if (has(i)) for (const j of ready.players[player]!) row[j] = 1;
    return row;
  };
  const evaluate = async (from: number, to: number): Promise<Float64Array> => {
    const rows = new Uint8Array((to - from) * width);
    for (let at = from; at < to; at++) {
      const [pair, odd] = [(at >> 1) - 1, at % 2 === 1];
      rows.set(
        mask((i) => (at < 2 ? odd : (masks[pair * d + i] === 1) !== odd)),
        (at - from) * width,
      );
    }
    const onChunk = (done: number) =>
      emit({ type: "progress", done: from + done, total: ready.plan.total, unit: "coalitions" });
    return values.coalitions(ready.scale, job.x, rows, { signal, onChunk });
  };

  const base: number[] = [];
  const prediction: number[] = [];
  const halves = job.selected.map(() => new Float64Array(nPairs));
  let done = 0;
  for (const { budget, operator: path } of checkpoints) {
    const answers = await evaluate(done, budget);
    for (const [o, output] of job.selected.entries()) {
      if (done === 0) [base[o], prediction[o]] = [answers[output]!, answers[k + output]!];
      for (let at = Math.max(done, 2); at < budget; at += 2) {
        const i = (at - done) * k + output;
        halves[o]![(at >> 1) - 1] = (answers[i]! - answers[i + k]!) / 2;
      }
    }
    done = budget;
    const m = budget / 2 - 1;
    const data = readTable(await bench.file(path), path, "float64", [d + 1, m + 1]) as Float64Array;
    const operator: Operator = { data, nPlayers: d, nPairs: m };
    const estimates = job.selected.map((_, o) =>
      estimate(operator, halves[o]!, prediction[o]! - base[o]!, masks),
    );
    signal.throwIfAborted();
    emit({
      type: "partial",
      explanation: partialExplanation(manifest, job, active, estimates, base, prediction, {
        checkpoint: budget,
        budget: ready.plan.budget,
        nBackground: ready.different.perRow.length,
        chunkRows: values.chunkRows,
        elapsedMs: performance.now() - ready.started,
        engine: bench.engine,
        provider: bench.provider,
        coreVersion: bench.coreVersion,
      }),
    });
  }
}

/** Answers the core's requests until it has a result. */
async function runCore(
  bench: Bench,
  core: Core,
  job: ExplainJob,
  scale: Scale,
  plan: Outlook,
  signal: AbortSignal,
  emit: Emit,
): Promise<void> {
  const { values } = bench;
  const run = core.start(coreJob(bench, job), job.x, bench.background);
  let [done, total, unit] = [0, plan.total, "coalitions"];
  // The core tells progress after each request; within one, every chunk is told.
  const onChunk = (more: number) => {
    if (total > 0) emit({ type: "progress", done: Math.min(done + more, total), total, unit });
  };
  try {
    for (;;) {
      const step = run.step();
      switch (step.type) {
        case "values":
          step.reply(await values.coalitions(scale, job.x, step.masks, { signal, onChunk }));
          break;
        case "rows":
          step.reply(await values.rows(scale, step.rows, { signal, onChunk }));
          break;
        case "progress":
          ({ done, total, unit } = step);
          emit(step);
          break;
        case "partial":
          emit(step);
          break;
        case "result":
          emit(step);
          return;
      }
    }
  } finally {
    run.close();
  }
}

function coreJob(bench: Bench, job: ExplainJob): object {
  const { manifest } = bench;
  return {
    method: job.method,
    parameters: { estimator: job.estimator, budget: job.budget ?? null, seed: job.seed },
    spec: {
      features: manifest.features.map(({ name, levels }) =>
        levels ? { name, levels: levels.map((level) => level.name) } : { name },
      ),
      players: manifest.players.map(({ name, columns }) => ({ name, columns })),
      outputs: manifest.outputs.map(({ name }) => name),
      selected: job.selected,
      scale: job.scale,
      model_sha256: manifest.model.sha256,
      engine: bench.engine,
      provider: bench.provider,
      chunk_rows: bench.values.chunkRows,
    },
  };
}

/** `promise`, or the signal's reason as soon as it is aborted. */
function aborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
