/** One explanation, from the job to its result. */
import type { Scale } from "../schema.gen.js";
import { breatheNowAndThen } from "./breathe.js";
import type { Core } from "./core.js";
import type { Engine, Watcher } from "./engine.js";
import { type Evaluated, firstEstimates } from "./first-estimates.js";
import { differs, outlook } from "./plan.js";
import type { ExplainJob } from "./protocol.js";

/** Runs a job; the last event is its result. Rejects with the signal's reason within one chunk of an abort. */
export async function explain(engine: Engine, job: ExplainJob, watcher: Watcher): Promise<void> {
  watcher.signal.throwIfAborted();
  const started = performance.now();
  const { manifest, background } = engine;
  const columns = manifest.features.map((feature) => feature.name);
  const players = manifest.players.map((player) => player.columns.map((column) => columns.indexOf(column)));
  const scale = manifest.scales.find(({ name }) => name === job.scale) as Scale;
  const different = differs(job.x, background, players);
  const plan = outlook(different, job.budget, job.estimator, { additive: scale.additive, trees: scale.trees !== null });
  let evaluated: Evaluated[] = [];
  if (engine.coreNow === null && plan.way === "sampled" && scale === manifest.scales[0]) {
    const situation = { scale, players, different, plan, started };
    evaluated = await engine.turns.take(() => firstEstimates(engine, job, situation, watcher));
  }
  const core = await aborted(engine.core, watcher.signal);
  await runCore(engine, core, { job, scale, total: plan.total, evaluated }, watcher);
}

interface Work {
  job: ExplainJob;
  scale: Scale;
  /** Coalitions that will be evaluated. */
  total: number;
  /** Those that were evaluated before the core was there. */
  evaluated: Evaluated[];
}

/** Answers the core's requests until it has a result. */
async function runCore(engine: Engine, core: Core, { job, scale, ...work }: Work, { signal, emit }: Watcher) {
  const { values } = engine;
  const known = [...work.evaluated];
  const before = known.reduce((n, { masks }) => n + masks.length / job.x.length, 0);
  // The core tells progress after each request; within one, every chunk is told. Nothing is told twice.
  let [done, told, unit] = [0, before, "coalitions"];
  const progress = (now: number, total: number) => {
    if (now <= told || now > total) return;
    told = now;
    emit({ type: "progress", done: now, total, unit });
  };
  const onChunk = (more: number) => progress(done + more, work.total);
  const trees = scale.trees ? await core.trees(scale.trees.nodes, engine.file) : null;
  signal.throwIfAborted();
  const run = core.start(coreJob(engine, job, scale), job.x, engine.background, trees);
  try {
    for (;;) {
      const step = run.step();
      switch (step.type) {
        case "values": {
          const same = known.shift();
          if (same && equal(same.masks, step.masks)) step.reply(same.values);
          else step.reply(await values.coalitions(scale, job.x, step.masks, { signal, onChunk }));
          break;
        }
        case "rows":
          step.reply(await values.rows(scale, step.rows, { signal, onChunk }));
          break;
        case "activations":
          step.reply(await values.treeFeatures(scale, step.rows, { signal }));
          break;
        case "progress":
          ({ done, unit } = step);
          progress(done, step.total);
          // The core may compute for a while without asking for anything: a cancel is heard here.
          await breatheNowAndThen();
          signal.throwIfAborted();
          break;
        case "partial":
          if (step.explanation.provenance.n_coalitions > before) emit(step);
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

function coreJob(engine: Engine, job: ExplainJob, scale: Scale): object {
  const { manifest } = engine;
  return {
    method: job.method,
    parameters: {
      estimator: job.estimator,
      budget: job.budget ?? null,
      seed: job.seed,
      interactions: job.interactions,
      interaction_order: job.interactionOrder,
    },
    spec: {
      features: manifest.features.map(({ name, levels }) =>
        levels ? { name, levels: levels.map((level) => level.name) } : { name },
      ),
      players: manifest.players.map(({ name, columns }) => ({ name, columns })),
      outputs: manifest.outputs.map(({ name }) => name),
      selected: job.selected,
      scale: job.scale,
      model_sha256: manifest.model.sha256,
      engine: engine.name,
      provider: engine.provider,
      chunk_rows: engine.values.chunkRows,
      additive: scale.additive,
      trees: scale.trees && { columns: scale.trees.columns, prepared: scale.trees.features !== null },
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

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
