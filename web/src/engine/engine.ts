/** What the worker answers with: a model of one kind of data, and the core. */
import type { ExplainEvent, Kind, Manifest, Provider } from "../types.js";
import type { Watch } from "./chunks.js";
import type { Core } from "./core.js";
import type { Asked, CoreRun } from "./core-run.js";
import type { Cut, Cutout, ExplainJob, Kept, Sent } from "./protocol.js";
import type { ParquetScript } from "./many/parquet.js";
import type { Runs } from "./runs.js";
import type { Turns } from "./turns.js";

/** What every explanation of a bundle works with. */
export interface Engine {
  root: string;
  /** The bundle's identity: its manifest's sha256. */
  model: string;
  manifest: Manifest;
  data: Data;
  provider: Provider;
  /** The runtime and its version, for provenance. */
  name: string;
  coreVersion: string;
  /** Whether another provider may be tried in the background. */
  tries: boolean;
  turns: Turns;
  /** The bytes of a file of the bundle. */
  file: (path: string) => Promise<Uint8Array>;
  /** What reads and writes parquet. */
  parquet: ParquetScript;
  /** The core where it is loaded already, else null. */
  coreNow: Core | null;
  core: Promise<Core>;
}

/** Who listens to an explanation, and may stop it. */
export interface Watcher {
  signal: AbortSignal;
  emit: (event: ExplainEvent) => void;
}

/** A model of one kind of data: how it is asked. */
export interface Data<K extends Kind = Kind> {
  readonly runs: Runs;
  /** Outputs of whole inputs, flat float64 (n, n_outputs), in the first scale; Python isn't needed for it. */
  predict(inputs: readonly Sent[K][], watch: Watch): Promise<Float64Array>;
  /** Model rows per second on made-up inputs; only of kinds whose models can be slow. */
  rehearse?(): Promise<number>;
  /** What an explanation consists in; while the core loads, it may emit first estimates. */
  task(engine: Engine, job: ExplainJob<K>, watcher: Watcher): Promise<Task>;
  /** A photo or a text cut into players. */
  prepare(core: Core, input: Sent[K], cut: Cut): Promise<Cutout>;
  /** Outputs where only some players are kept, flat (n, n_outputs). */
  coalitions(core: Core, input: Sent[K], cut: Cut, kept: Kept, watch: Watch): Promise<Float64Array>;
}

/** One explanation, ready for the core. */
export interface Task {
  /** Positions of the outputs explained. */
  selected: readonly number[];
  /** Coalitions that will be evaluated, as far as that is known; else 0. */
  total: number;
  /** Those that have been evaluated and told already. */
  done: number;
  start(core: Core, job: object): Promise<CoreRun>;
  /** The values that a step asks for. */
  answer(asked: Asked, watch: Watch): Promise<Float64Array>;
}
