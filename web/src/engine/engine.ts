/** What an explanation works with, and who listens to it. */
import type { Manifest } from "../schema.gen.js";
import type { ExplainEvent, Provider } from "../types.js";
import type { Core } from "./core.js";
import type { Turns } from "./turns.js";
import type { Values } from "./values.js";

/** What every explanation of a bundle works with. */
export interface Engine {
  root: string;
  /** The bundle's identity: its manifest's sha256. */
  model: string;
  manifest: Manifest;
  background: Float32Array;
  values: Values;
  provider: Provider;
  /** The runtime and its version, for provenance. */
  name: string;
  coreVersion: string;
  turns: Turns;
  /** The bytes of a file of the bundle. */
  file: (path: string) => Promise<Uint8Array>;
  /** The core where it is loaded already, else null. */
  coreNow: Core | null;
  core: Promise<Core>;
}

/** Who listens to an explanation, and may stop it. */
export interface Watcher {
  signal: AbortSignal;
  emit: (event: ExplainEvent) => void;
}
