/** The public types of xaiweb: what `open()` gives, what it takes, what it tells. */
import type { Rows } from "./many.js";
import type { METHODS } from "./methods.gen.js";
import type {
  Explanation,
  ImageManifest,
  Manifest,
  SiteFiles,
  TabularManifest,
  Text,
  TextManifest,
} from "./schema.gen.js";

export type MethodName = (typeof METHODS)[number]["name"];
type ShapleyParameter = Extract<(typeof METHODS)[number], { name: "shapley" }>["parameters"][number];
type Choice<Name extends string> = Extract<
  ShapleyParameter,
  { name: Name; choices: readonly string[] }
>["choices"][number];

export type { Explanation, ImageManifest, Manifest, SiteFiles, TabularManifest, Text, TextManifest };

/** A kind of data. */
export type Kind = Manifest["kind"];

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

/** A photo: a file, pixels, or the address of a listed file of the site, a `blob:` or a `data:` URL. */
export type ImageSource = Blob | ImageData | string | URL;

/** What is explained, by kind of data. */
export interface Inputs {
  tabular: Row;
  image: ImageSource;
  text: string;
}

export interface ExplainOptions {
  method?: MethodName;
  estimator?: Estimator;
  /** Distinct coalitions evaluated, the empty and the full one included; absent: the method's default. */
  budget?: number;
  seed?: number;
  interactions?: InteractionIndex;
  /** Players in the largest sets whose interaction is given: 2 or 3. */
  interactionOrder?: number;
  /** Of a photo: how it is cut, into how many, and what hides a segment. */
  segments?: "slic" | "grid" | "given";
  nSegments?: number;
  /** With segments "given": a label for each pixel that the model sees, row by row. */
  regions?: Int32Array;
  /** What stands for what is hidden: of a photo blur, mean, grey, colour or inpaint; of a text mask, delete or pad. */
  hidden?: string;
  /** The colour, `#rrggbb`, where `hidden` is `colour`; absent: black. */
  colour?: string;
  /** Of a text: what gets a value. */
  units?: "hierarchy" | "words" | "sentences";
  /** Other parameters of the method, by their names in `xaiweb methods`, in camelCase. */
  [parameter: string]: unknown;
  scale?: Scale;
  /** Names or indices of outputs; absent: all, in manifest order. */
  outputs?: readonly (string | number)[];
  signal?: AbortSignal;
}

export type ExplainEvent =
  | { type: "progress"; done: number; total: number; unit: string }
  /** Of a photo with its players' map: for each pixel, row by row, the index of a player. */
  | { type: "partial"; explanation: Explanation; segments?: Int32Array }
  | { type: "result"; explanation: Explanation; segments?: Int32Array };

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
  /** The provider that is tried in the background, for the next visit. */
  readonly trial: Provider | null;
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

/** One of the players of a photo or a text. */
export type Player = Explanation["players"][number];

/** A photo as the model sees it, cut into segments. */
export interface PreparedImage {
  kind: "image";
  width: number;
  height: number;
  /** What the model sees. */
  pixels: ImageData;
  /** What it sees where everything is hidden. */
  hidden: ImageData;
  /** For each pixel, row by row, its segment: the index of a player. */
  segments: Int32Array;
  players: Player[];
}

/** A text cut into words or sentences; what lies behind the last one is more than the model reads. */
export interface PreparedText {
  kind: "text";
  players: Player[];
}

export interface Prepared {
  tabular: never;
  image: PreparedImage;
  text: PreparedText;
}

/** A bundle opened in this browser. */
export interface Explainer<K extends Kind = "tabular"> {
  readonly kind: K;
  readonly manifest: Extract<Manifest, { kind: K }>;
  readonly provider: Provider;
  /** Why this provider: a sentence for the details. */
  readonly providerReason: string;
  /** (n_rows, n_features) raw background rows, for the reference the page shows; of photos and texts none. */
  readonly background: readonly (readonly number[])[];
  /** Every file of this bundle and its provider has arrived and the core is loaded. */
  readonly ready: Promise<void>;
  /** All of it is cached for use without a network; rejects with the reason where that can't be. */
  readonly offlineReady: Promise<void>;
  readonly activity: Activity;
  /** Of a model of rows: files of them. */
  readonly rows: K extends "tabular" ? Rows : null;
  /** The model's outputs for each input, as the graph gives them (scale "output"). */
  predict(inputs: readonly Inputs[K][]): Promise<number[][]>;
  explain(input: Inputs[K], options?: ExplainOptions): AsyncIterable<ExplainEvent>;
  /** Of a photo or a text: its players, before anything is explained. */
  prepare(input: Inputs[K], options?: ExplainOptions): Promise<Prepared[K]>;
  /**
   * Of a photo or a text: the model's outputs, scale "output", where only these players are kept. Of a photo they may
   * be others than its own, such as the squares of occlusion: `map` is then a label for each pixel that the model sees.
   */
  coalitions(
    input: Inputs[K],
    options: ExplainOptions,
    masks: readonly (readonly boolean[])[],
    map?: Int32Array,
  ): Promise<number[][]>;
  /** The bytes of a file of the bundle that its manifest names: an example. */
  file(path: string): Promise<Uint8Array>;
  /** Take a waiting newer build: activates it and reloads the page. */
  update(): void;
  close(): void;
}

/** Opens a bundle; where a kind is named, a bundle of another kind is refused. */
export type Open = <K extends Kind = "tabular">(
  src: string | URL,
  options?: OpenOptions & { kind?: K },
) => Promise<Explainer<K>>;
