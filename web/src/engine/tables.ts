/** Rows of a table: predicted, and explained against the bundle's background. */
import type { Scale, TabularManifest } from "../schema.gen.js";
import { XaiwebError } from "../errors.js";
import type { Estimator } from "../types.js";
import type { Watch } from "./chunks.js";
import type { Core } from "./core.js";
import type { Asked } from "./core-run.js";
import type { Data, Engine, Task, Watcher } from "./engine.js";
import { type Evaluated, firstEstimates } from "./first-estimates.js";
import { differs, outlook } from "./plan.js";
import type { ExplainJob } from "./protocol.js";
import type { Runs } from "./runs.js";
import type { Sessions } from "./session.js";
import { stage } from "./stage.js";
import { Values } from "./values.js";

export class Tables implements Data<"tabular"> {
  readonly values: Values;
  readonly runs: Runs;

  /** @param background - float32 (n_background, n_features). */
  constructor(
    sessions: Sessions,
    readonly manifest: TabularManifest,
    readonly background: Float32Array,
  ) {
    this.values = new Values(sessions, manifest, background);
    this.runs = this.values.runs;
  }

  predict(rows: readonly Float32Array[], watch: Watch): Promise<Float64Array> {
    const width = this.manifest.features.length;
    const flat = new Float32Array(rows.length * width);
    for (const [i, row] of rows.entries()) flat.set(row, i * width);
    return this.values.rows(this.manifest.scales[0], flat, watch);
  }

  async task(engine: Engine, job: ExplainJob<"tabular">, watcher: Watcher): Promise<Task> {
    const started = performance.now();
    const { manifest, background } = this;
    const columns = manifest.features.map((feature) => feature.name);
    const players = manifest.players.map((player) => player.columns.map((column) => columns.indexOf(column)));
    const scale = manifest.scales.find(({ name }) => name === job.scale) as Scale;
    const different = differs(job.input, background, players);
    const { budget, estimator } = job.parameters as { budget: number | null; estimator: Estimator };
    const structure = { additive: scale.additive, trees: scale.trees !== null };
    const plan = outlook(different, budget ?? undefined, estimator, structure);
    let known: Evaluated[] = [];
    if (engine.coreNow === null && plan.way === "sampled" && scale === manifest.scales[0]) {
      const situation = { scale, players, different, plan, started };
      const first = () => firstEstimates(engine, this, job, situation, watcher);
      known = await engine.turns.take(() => stage("first estimates", first));
    }
    const done = known.reduce((n, { masks }) => n + masks.length / job.input.length, 0);
    return {
      selected: job.selected!,
      total: plan.total,
      done,
      start: async (core, asked, partials) => {
        const trees = scale.trees ? await core.trees(scale.trees.nodes, engine.file) : undefined;
        watcher.signal.throwIfAborted();
        const subject = core.prepare(tableDocument(manifest, scale), job.input, background, trees);
        try {
          return core.start(asked, subject, partials);
        } finally {
          subject.close(); // the run keeps what it needs
        }
      },
      answer: (asked, watch) => this.#answer(scale, job.input, asked, known, watch),
    };
  }

  #answer(scale: Scale, x: Float32Array, asked: Asked, known: Evaluated[], watch: Watch): Promise<Float64Array> {
    switch (asked.type) {
      case "values": {
        const same = known.shift();
        if (same && equal(same.masks, asked.masks)) return Promise.resolve(same.values);
        return this.values.coalitions(scale, x, asked.masks, watch);
      }
      case "rows":
        return this.values.rows(scale, asked.rows, watch);
      case "activations":
        return this.values.treeFeatures(scale, asked.rows, { signal: watch.signal });
      default:
        throw new Error(`a table has no ${asked.type}`);
    }
  }

  prepare(): Promise<never> {
    return Promise.reject(noPlayers());
  }

  coalitions(_core: Core): Promise<never> {
    return Promise.reject(noPlayers());
  }
}

/** The table as `core/subjects/row.py` reads it. */
function tableDocument(manifest: TabularManifest, scale: Scale): object {
  return {
    kind: "tabular",
    features: manifest.features.map(({ name, levels }) =>
      levels ? { name, levels: levels.map((level) => level.name) } : { name },
    ),
    players: manifest.players.map(({ name, columns }) => ({ name, columns })),
    additive: scale.additive,
    trees: scale.trees && { columns: scale.trees.columns, prepared: scale.trees.features !== null },
  };
}

function noPlayers(): XaiwebError {
  return new XaiwebError("wrong-kind", "a row is not cut into players before it is explained.", {
    where: "prepare(), coalitions()",
    next: "Ask for an explanation; these are for photos and texts.",
  });
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
