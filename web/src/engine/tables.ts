/** Rows of a table: predicted, and explained against the bundle's background. */
import type { PyProxy } from "pyodide/ffi";
import type { Scale, TabularManifest } from "../schema.gen.js";
import { XaiwebError } from "../errors.js";
import type { Estimator } from "../types.js";
import type { Watch } from "./chunks.js";
import type { Core } from "./core.js";
import type { CoreRows } from "./core-rows.js";
import type { Asked } from "./core-run.js";
import type { Data, Engine, Task, Watcher } from "./engine.js";
import { coreJob } from "./explain.js";
import { type Evaluated, firstEstimates } from "./first-estimates.js";
import { differs, outlook } from "./plan.js";
import type { ExplainJob, RowsJob } from "./protocol.js";
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
    const scale = this.scale(job.scale);
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
      start: async (core, asked) => {
        const trees = await treesOf(core, scale, engine);
        watcher.signal.throwIfAborted();
        const subject = core.prepare(tableDocument(manifest, scale), job.input, background, trees);
        try {
          return core.start(asked, subject);
        } finally {
          subject.close(); // the run keeps what it needs
        }
      },
      answer: (asked, watch) => {
        const same = asked.type === "values" ? known.shift() : undefined;
        if (same && asked.type === "values" && equal(same.masks, asked.masks)) return Promise.resolve(same.values);
        return this.answer(scale, job.input, asked, watch);
      },
    };
  }

  /** What explains many rows together. */
  async together(engine: Engine, core: Core, job: RowsJob): Promise<CoreRows> {
    const scale = this.scale(job.scale);
    const asked = coreJob(engine, job, job.selected!);
    const trees = await treesOf(core, scale, engine);
    return core.rows(asked, tableDocument(this.manifest, scale), this.background, trees);
  }

  scale(name: string): Scale {
    return this.manifest.scales.find((scale) => scale.name === name)!;
  }

  /** What the core asks of the row `x`. */
  answer(scale: Scale, x: Float32Array, asked: Asked, watch: Watch): Promise<Float64Array> {
    switch (asked.type) {
      case "values":
        return this.values.coalitions(scale, x, asked.masks, watch);
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

async function treesOf(core: Core, { trees }: Scale, { file }: Engine): Promise<PyProxy | undefined> {
  return trees ? core.trees(trees.nodes, file) : undefined;
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
