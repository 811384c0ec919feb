/** Rows explained together in Python, seen from this side. */
import type { PyBuffer, PyProxy } from "pyodide/ffi";
import type { XaiwebError } from "../errors.js";
import type { Explanation, XaiwebErrorShape } from "../types.js";
import { type Asked, readStep } from "./core-run.js";
import { copy, guarded } from "./py-arrays.js";

type Provenance = Explanation["provenance"];

/** What was found of some rows, in order; see `core/rows_worker.py`. */
export interface FoundRows {
  outputs: string[];
  /** By estimator, of its first row. */
  provenance: Record<string, Provenance>;
  rows: (FoundRow | { error: XaiwebErrorShape })[];
}

export type FoundRow = Pick<Explanation, "base_values" | "prediction" | "values" | "std_error"> &
  Pick<Provenance, "estimator" | "n_coalitions" | "n_model_rows">;

/** What it asks for, of the row `x`, or tells. */
export type RowsStep =
  { type: "asked"; asked: Asked; x: Float32Array } | { type: "progress" } | { type: "found"; found: FoundRows };

export class CoreRows {
  constructor(private readonly proxy: PyProxy) {}

  /** Rows that may be explained together. */
  get atOnce(): number {
    return guarded(() => this.proxy.at_once as number);
  }

  /** Begins with rows, flat (n, n_features); what was begun is dropped. */
  begin(rows: Float32Array): void {
    guarded(() => this.proxy.begin(rows) as undefined);
  }

  /**
   * What to do next, after the step before was answered.
   *
   * @throws XaiwebError that the core raised, for all rows.
   */
  step(): RowsStep {
    const dict = guarded(() => this.proxy.step() as PyProxy);
    if (dict.get("type") === "found") {
      const found = JSON.parse(dict.get("found") as string) as FoundRows;
      dict.destroy();
      return { type: "found", found };
    }
    const x = dict.has("x") ? copy(dict.get("x") as PyBuffer, "f32") : null;
    const step = readStep(dict);
    return x ? { type: "asked", asked: step as Asked, x } : { type: "progress" };
  }

  /** Instead of an answer: why there is none. */
  refuse({ reply }: Asked, error: XaiwebError): void {
    reply(null);
    guarded(() => this.proxy.refuse(JSON.stringify(error)) as undefined);
  }

  close(): void {
    this.proxy.close();
    this.proxy.destroy();
  }
}
