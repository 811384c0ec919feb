/** The public types of xaiweb: what `open()` gives, what it takes, what it tells. */
import type { METHODS } from "./methods.gen.js";
import type { Explanation, Manifest, SiteFiles, Text } from "./schema.gen.js";

type Parameter = (typeof METHODS)[number]["parameters"][number];
type Choice<Name extends string> = Extract<Parameter, { name: Name }>["choices"][number];

export type { Explanation, Manifest, SiteFiles, Text };

/** Where a model's graphs run. */
export type Provider = "wasm" | "webgpu" | "webgl";

/** `auto` follows the documented rule: WASM, unless another provider exists and measured faster. */
export type ProviderChoice = Provider | "auto";

/** A row: `{column: number | level word | null}`, or an array in manifest order (a category by word or index). */
export type Row = Readonly<Record<string, number | string | null>> | readonly (number | string | null)[];

/** The choices of the method's parameter; which of them a model has is the core's to say. */
export type Estimator = Choice<"estimator">;
/** An index of interaction, `auto` for pairs where they are accurate enough to show, or `none`. */
export type InteractionIndex = Choice<"interactions">;
export type Scale = "output" | "margin" | "logit";

export interface ExplainOptions {
  method?: "shapley";
  estimator?: Estimator;
  /** Distinct coalitions evaluated, the empty and the full one included; absent: the method's default. */
  budget?: number;
  seed?: number;
  interactions?: InteractionIndex;
  /** Players in the largest sets whose interaction is given: 2 or 3. */
  interactionOrder?: number;
  scale?: Scale;
  /** Names or indices of outputs; absent: all, in manifest order. */
  outputs?: readonly (string | number)[];
  signal?: AbortSignal;
}

export type ExplainEvent =
  | { type: "progress"; done: number; total: number; unit: string }
  | { type: "partial"; explanation: Explanation }
  | { type: "result"; explanation: Explanation };

export interface OpenOptions {
  provider?: ProviderChoice;
}

/** One file of the site that was asked for. */
export interface LoadedFile {
  path: string;
  role: "page" | "web" | "python" | "core" | "onnxruntime" | "bundle" | "list";
  bytes: number;
  loaded: number;
  /** Who asked: the page, the worker, the service worker. */
  where: "page" | "worker" | "service worker";
  /** From the network or from the cache of verified bytes. */
  source: "network" | "cache";
  /** `loaded`: arrived, but by the browser's own doing, before its hash could be checked; or files.json itself. */
  state: "loading" | "loaded" | "verified" | "failed";
}

/** What goes on: dispatches "change" whenever one of the fields changes. */
export interface Activity extends EventTarget {
  readonly files: readonly LoadedFile[];
  /** Bytes of the visitor's data sent: zero by construction, and counted anyway. */
  readonly sent: number;
  /** Requests refused because they were not a plain GET of a listed file. */
  readonly refused: number;
  /** `model`: the first prediction can be made; `ready`: the core is loaded too. */
  readonly phase: "loading" | "model" | "ready" | "failed";
  readonly core: "waiting" | "loading" | "ready" | "failed";
  readonly error: XaiwebErrorShape | null;
  /** A newer build of the site waits; `update()` takes it. */
  readonly newer: boolean;
}

export interface XaiwebErrorShape {
  /** Machine-readable name in kebab-case, the key of the page's own words for it. */
  code: string;
  message: string;
  where: string;
  next: string;
}

/** A bundle opened in this browser. */
export interface Explainer {
  readonly manifest: Manifest;
  readonly provider: Provider;
  /** Why this provider: a sentence for the details. */
  readonly providerReason: string;
  /** (n_rows, n_features) raw background rows, for the reference the page shows. */
  readonly background: readonly (readonly number[])[];
  /** Every file of this bundle and its provider has arrived and the core is loaded. */
  readonly ready: Promise<void>;
  /** All of it is cached for use without a network; rejects with the reason where that can't be. */
  readonly offlineReady: Promise<void>;
  readonly activity: Activity;
  /** The model's outputs per row, as the graph gives them (scale "output"). */
  predict(rows: readonly Row[]): Promise<number[][]>;
  explain(row: Row, options?: ExplainOptions): AsyncIterable<ExplainEvent>;
  /** Take a waiting newer build: activates it and reloads the page. */
  update(): void;
  close(): void;
}

export type Open = (src: string | URL, options?: OpenOptions) => Promise<Explainer>;
