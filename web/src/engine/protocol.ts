/** Every message between page and worker. No other file names one. */
import type { Estimator, ExplainEvent, InteractionIndex, LoadedFile, Manifest, Provider } from "../types.js";
import type { ProviderChoice, Scale, SiteFiles, XaiwebErrorShape } from "../types.js";

/** An explanation asked for, checked and with every default but the budget's filled in. */
export interface ExplainJob {
  method: "shapley";
  /** float32 (n_features,), raw columns. */
  x: Float32Array;
  estimator: Estimator;
  budget: number | undefined;
  seed: number;
  interactions: InteractionIndex;
  interactionOrder: number;
  scale: Scale;
  /** Positions of the outputs explained. */
  selected: number[];
}

/** What the worker found when it opened the bundle. */
export interface Opened {
  manifest: Manifest;
  provider: Provider;
  providerReason: string;
  /** float32 (n_background, n_features). */
  background: Float32Array;
}

export type ToWorker =
  /** The first message: where the site lies, what it holds, which bundle and provider. */
  | { type: "open"; root: string; list: SiteFiles; bundle: string; provider: ProviderChoice }
  /** Answered by `predicted` or `failed` with the same id. */
  | { type: "predict"; id: number; rows: Float32Array }
  /** Answered by `event`s, then `done` or `failed`, with the same id. */
  | { type: "explain"; id: number; job: ExplainJob }
  /** Obeyed within one chunk; nothing more comes for this id. */
  | { type: "cancel"; id: number };

export type FromWorker =
  | { type: "opened"; opened: Opened }
  /** The first prediction can be made. */
  | { type: "model" }
  | { type: "core"; state: "loading" | "ready" }
  /** Every file of this bundle and provider has arrived, and the core is loaded; `files` are their paths. */
  | { type: "ready"; files: string[] }
  /** The model can't be used (`core` false), or only the core can't. */
  | { type: "broken"; core: boolean; error: XaiwebErrorShape }
  | { type: "file"; file: LoadedFile }
  | { type: "refused"; what: string }
  /** Bytes that left in spite of the guard. */
  | { type: "sent"; bytes: number }
  | { type: "predicted"; id: number; values: number[][] }
  | { type: "event"; id: number; event: ExplainEvent }
  | { type: "done"; id: number }
  | { type: "failed"; id: number; error: XaiwebErrorShape };
