/** What is found of the rows of a part, and how it is written. */
import { XaiwebError } from "../../errors.js";
import type { ExplainedRow, RefusedRow } from "../../many.js";
import type { Explanation } from "../../types.js";
import type { FoundOne } from "./together.js";

type Provenance = Explanation["provenance"];

/** By estimator; counts are sums over the distinct rows, `n_rows` over all. */
export type Provenances = Record<string, Omit<Provenance, "elapsed_ms"> & { elapsed_ms: null; n_rows: number }>;

export interface PartDocument {
  rows: ExplainedRow[];
  refused: RefusedRow[];
  provenance: Provenances;
}

/** What was found of a row; JSON has no NaN, so that a missing cell is null. */
export function explainedRow(row: number, x: Float32Array, found: FoundOne): ExplainedRow {
  const { outputs, base_values, prediction, values, std_error } = found;
  const cells = Array.from(x, (cell) => (Number.isNaN(cell) ? null : cell));
  return { row, x: cells, outputs, base_values, prediction, values, std_error } as ExplainedRow;
}

/** The refusal that an error is. */
export function refusedRow(row: number, { message, where, next, code, facts }: XaiwebError): RefusedRow {
  return { row, reason: message, where, next, code, facts };
}

/** Adds how a row's explanation came about; `first`: it was computed for this row, and not for an equal one. */
export function addProvenance(known: Provenances, found: FoundOne, first: boolean): void {
  const { estimator, n_coalitions, n_model_rows } = found;
  const own = (known[estimator] ??= {
    ...found.provenance[estimator]!,
    elapsed_ms: null,
    n_rows: 0,
    n_coalitions: 0,
    n_model_rows: 0,
  });
  own.n_rows++;
  if (!first) return;
  own.n_coalitions += n_coalitions;
  own.n_model_rows += n_model_rows;
}

/** Adds those of another part. */
export function joinProvenance(known: Provenances, others: Provenances): void {
  for (const [estimator, other] of Object.entries(others)) {
    const own = known[estimator];
    if (!own) {
      known[estimator] = { ...other };
      continue;
    }
    own.n_rows += other.n_rows;
    own.n_coalitions += other.n_coalitions;
    own.n_model_rows += other.n_model_rows;
  }
}

/** The values of some rows, flat (n_rows, n_players, n_outputs). */
export function flat(rows: readonly ExplainedRow[]): Float64Array {
  return Float64Array.from(rows.flatMap(({ values }) => values.flat()));
}

export function writePart(document: PartDocument): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(document));
}

export function readPart(bytes: Uint8Array): PartDocument {
  return JSON.parse(new TextDecoder().decode(bytes)) as PartDocument;
}
