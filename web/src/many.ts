/** The public types for a file of rows: what `explainer.rows` takes, tells and keeps. */
import type { ExplainOptions, MethodName, Scale, XaiwebErrorShape } from "./types.js";

/** A row that can't be explained, as in the list that `xaiweb explain` writes. */
export interface RefusedRow {
  /** From 0, as in the result. */
  row: number;
  reason: string;
  /** The place, rows counted from 1: `portfolio.csv, row 3, column "age"`. */
  where: string;
  next: string;
  code: string;
  /** What `reason` names, for other words: `column`, `value`, `meant`, `expected`, `found`. */
  facts: Readonly<Record<string, string>>;
}

export interface ExplainedRow {
  /** From 0. */
  row: number;
  /** (n_features,) as the model got it; a missing value is null. */
  x: (number | null)[];
  /** (n_outputs,), and (n_players, n_outputs) in the manifest's order. */
  outputs: string[];
  base_values: number[];
  prediction: number[];
  values: number[][];
  /** null where it isn't known. */
  std_error: (number | null)[][];
}

/** What a file holds, before anything is explained. */
export interface InspectedRows {
  columns: string[];
  /** Columns that may stand there and are passed over. */
  unused: string[];
  n_rows: number;
  n_refused: number;
  /** The first thousand. */
  refused: RefusedRow[];
  /** (n_features,) the first row that can be explained; null where there is none. */
  first: (number | null)[] | null;
}

/** How much each player counts over the rows so far, computed by the core. */
export interface Importance {
  n_rows: number;
  outputs: string[];
  /** (n_players, n_outputs): the mean of the values' sizes, whatever their sign. */
  mean_abs: number[][];
}

/** A run over a file, as it stands. */
export interface KeptRows {
  id: string;
  /** The file's name, size and number of rows. */
  name: string;
  bytes: number;
  n_rows: number;
  /** Rows that are done, refused ones included, from the first on. */
  done: number;
  n_refused: number;
  finished: boolean;
  /** Milliseconds since 1970. */
  started: number;
  method: MethodName;
  scale: Scale;
  /** In this browser until it is discarded, or only until the page is left; then `reason` may say why. */
  where: "browser" | "memory";
  reason: XaiwebErrorShape | null;
  /** Whether the file is there to go on with; if not, it has to be chosen again. */
  copied: boolean;
  /** Bytes of what was found. */
  found_bytes: number;
  importance: Importance | null;
}

export interface RowsOptions extends ExplainOptions {
  /** Whether the file and what is found are kept in this browser, so that a run can go on after a reload. */
  keep?: boolean;
}

export type RowsEvent =
  /** `run.done` rows of an earlier run are there already. */
  | { type: "started"; run: KeptRows }
  /** `remaining_ms` from the rows per second of the last while; null as long as nothing can be said. */
  | {
      type: "progress";
      done: number;
      total: number;
      unit: "rows";
      n_refused: number;
      rows_per_second: number | null;
      remaining_ms: number | null;
    }
  | { type: "part"; rows: ExplainedRow[]; refused: RefusedRow[]; importance: Importance | null }
  | { type: "result"; run: KeptRows };

/** What can be taken along: a line per row and output, or the rows that are refused. */
export type RowsFormat = "csv" | "parquet" | "refused.csv";

export interface InspectOptions {
  signal?: AbortSignal;
  /** Told now and then the share of the reading that is done, 0 to 1. */
  onProgress?: (share: number) => void;
}

export type Discarded = "all" | "file";

/** Files of rows, explained some rows at a time; nothing leaves the browser. */
export interface Rows {
  /**
   * Reads a file to its end: its columns, how many rows, which are refused and why.
   *
   * @throws XaiwebError where its columns don't fit, or it can't be read.
   */
  inspect(file: File, options?: InspectOptions): Promise<InspectedRows>;
  /** Milliseconds a row takes, tried out on the first rows of a file. */
  time(file: File, options?: ExplainOptions): Promise<number>;
  /**
   * Explains every row of a file (.csv, .tsv, .txt or .parquet), or goes on with a kept run.
   *
   * The same file with the same options goes on where it was. An aborted signal keeps what is finished.
   */
  explain(file: File | KeptRows, options?: RowsOptions): AsyncIterable<RowsEvent>;
  /** The runs of this bundle that are kept, the latest first. */
  kept(): Promise<KeptRows[]>;
  /** Some rows of a run, in order. */
  look(id: string, first: number, count: number): Promise<{ rows: ExplainedRow[]; refused: RefusedRow[] }>;
  /** What is there of a run, as a file. */
  save(id: string, format: RowsFormat): Promise<Blob>;
  /** Deletes the file and everything found, or the `"file"` alone: what was found stays. */
  discard(id: string, what?: Discarded): Promise<void>;
}
