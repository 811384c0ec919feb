/** Every message between page and worker. No other file names one. */
import type { Discarded, ExplainedRow, InspectedRows, KeptRows, RefusedRow, RowsEvent, RowsFormat } from "../many.js";
import type { ExplainEvent, Explanation, Kind, LoadedFile, Manifest, MethodName, Provider } from "../types.js";
import type { ProviderChoice, Scale, SiteFiles, XaiwebErrorShape } from "../types.js";

/** What is asked of a file of rows, or of a kept run. */
export interface RowsAsk {
  file: File | null;
  /** A kept run to go on with; it has a job of its own. */
  run: string | null;
  job: RowsJob;
  keep: boolean;
}

/** Some rows of a run. */
export interface LookedRows {
  rows: ExplainedRow[];
  refused: RefusedRow[];
}

/** A photo on its way to the worker. */
export interface Photo {
  /** The same photo has the same key: what was made of it is used again. */
  key: string;
  /** A file, pixels, or the path of a listed file of the site. */
  source: Blob | ImageData | string;
}

/** What is explained, by kind of data, as the worker gets it. */
export interface Sent {
  /** float32 (n_features,), raw columns. */
  tabular: Float32Array;
  image: Photo;
  text: string;
}

/** Parameters by the core's names, defaults filled in; null leaves the choice to the core. */
export type Parameters = Readonly<Record<string, number | string | null>>;

/** How a photo or a text is cut into players, and what stands for hidden ones. */
export interface Cut {
  parameters: Parameters;
  /** Of a photo, where they are given: the user's own segments, (height * width). */
  regions: Int32Array | null;
}

/** An explanation asked for, checked. */
export interface ExplainJob<K extends Kind = Kind> {
  input: Sent[K];
  method: MethodName;
  /** The method's own. */
  parameters: Parameters;
  cut: Cut;
  scale: Scale;
  /** Positions of the outputs explained; null: the likeliest ones of a photo. */
  selected: number[] | null;
}

/** The same for every row of a file. */
export type RowsJob = Omit<ExplainJob<"tabular">, "input">;

/** What the worker found when it opened the bundle. */
export interface Opened {
  manifest: Manifest;
  provider: Provider;
  providerReason: string;
  /** float32 (n_background, n_features); of photos and texts empty. */
  background: Float32Array;
}

/** A photo or a text with its players; arrays in the form a page draws. */
export interface Cutout {
  players: Explanation["players"][number][];
  /** Of a photo: what the model sees, and what it sees where all is hidden, RGBA; each pixel's player. */
  image: {
    pixels: Uint8ClampedArray<ArrayBuffer>;
    hidden: Uint8ClampedArray<ArrayBuffer>;
    segments: Int32Array;
  } | null;
}

/** Which players are kept: `n` rows of 0 and 1. */
export interface Kept {
  masks: Uint8Array;
  n: number;
  /** Of a photo: other players than the cut's own, a label for each pixel that the model sees. */
  map: Int32Array | null;
}

/** What the page can ask for, and what it gets for an answer. */
export interface Answers {
  /** The outputs of each input, in the first scale. */
  predict: { ask: { inputs: Sent[Kind][] }; answer: number[][] };
  prepare: { ask: { input: Sent[Kind]; cut: Cut }; answer: Cutout };
  /** The outputs, in the first scale, where only some players are kept. */
  coalitions: { ask: { input: Sent[Kind]; cut: Cut; kept: Kept }; answer: number[][] };
  /** The bytes of a file of the bundle. */
  file: { ask: { path: string }; answer: Uint8Array };
  /** Of files of rows: what one holds; the runs that are kept, some of one's rows, a file of it, its end. */
  inspectRows: { ask: { file: File }; answer: InspectedRows };
  timeRows: { ask: { file: File; job: RowsJob }; answer: number };
  keptRows: { ask: object; answer: KeptRows[] };
  lookRows: { ask: { run: string; first: number; count: number }; answer: LookedRows };
  saveRows: { ask: { run: string; format: RowsFormat }; answer: Blob };
  discardRows: { ask: { run: string; what: Discarded }; answer: null };
}

export type Question = { [Q in keyof Answers]: { type: Q } & Answers[Q]["ask"] }[keyof Answers];

export type ToWorker =
  /** The first message: where the site lies, what it holds, which bundle and provider. */
  | { type: "open"; root: string; list: SiteFiles; bundle: string; provider: ProviderChoice }
  /** The only message to a worker that tries a provider; answered by `tried`. */
  | { type: "try"; root: string; list: SiteFiles; bundle: string; provider: Provider }
  /** Answered by `answered` or `failed` with the same id. */
  | (Question & { id: number })
  /** Answered by `event`s, then `answered` or `failed`, with the same id. */
  | { type: "explain"; id: number; job: ExplainJob }
  | ({ type: "explainRows"; id: number } & RowsAsk)
  /** Obeyed within one chunk; nothing more comes for this id. */
  | { type: "cancel"; id: number };

/** How far the reading of a file is, 0 to 1. */
export interface Reading {
  type: "reading";
  share: number;
}

/** What a call is told while it runs. */
export type CallEvent = ExplainEvent | RowsEvent | Reading;

export type FromWorker =
  | { type: "opened"; opened: Opened }
  /** The first prediction can be made. */
  | { type: "model" }
  | { type: "core"; state: "loading" | "ready" }
  /** Every file of this bundle and provider has arrived, and the core is loaded; `files` are their paths. */
  | { type: "ready"; files: string[] }
  /** The model can't be used (`core` false), or only the core can't. */
  | { type: "broken"; core: boolean; error: XaiwebErrorShape }
  /** This provider may be faster here, and was never tried. */
  | { type: "worth-trying"; provider: Provider }
  /** The trial is over; what was measured is kept. */
  | { type: "tried" }
  | { type: "file"; file: LoadedFile }
  | { type: "refused"; what: string }
  /** Bytes that left in spite of the guard. */
  | { type: "sent"; bytes: number }
  | { type: "event"; id: number; event: CallEvent }
  | { type: "answered"; id: number; answer: Answers[keyof Answers]["answer"] | null }
  | { type: "failed"; id: number; error: XaiwebErrorShape };
