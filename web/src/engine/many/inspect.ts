/** A file of rows read to its end: what of it the model can take. */
import { XaiwebError } from "../../errors.js";
import type { InspectedRows, RefusedRow } from "../../many.js";
import type { TabularManifest } from "../../types.js";
import { breatheNowAndThen } from "../breathe.js";
import { encodeRow, positionsOf } from "./cells.js";
import { refusedRow } from "./part.js";
import type { Block, Source } from "./source.js";

/** Refused rows that are listed; the result has all of them. */
const MOST_LISTED = 1000;

/** How the rows of a source are read for a model. */
export class RowReader {
  readonly #positions: number[];

  /** @throws XaiwebError where the columns don't fit. */
  constructor(
    readonly source: Source,
    private readonly manifest: TabularManifest,
    private readonly name: string,
  ) {
    this.#positions = positionsOf(source.columns, manifest.features, this.unseen, name);
  }

  /** Columns that are passed over where they stand in the file. */
  get unseen(): string[] {
    return (this.manifest.protected?.features ?? []).map((feature) => feature.name);
  }

  /** Each row of a block: float32 (n_features,), or why it can't be read. */
  *read({ first, rows }: Block): Generator<{ row: number; x: Float32Array } | { row: number; refused: RefusedRow }> {
    const { source, manifest, name } = this;
    for (const [i, cells] of rows.entries()) {
      const row = first + i;
      const where = `${name}, row ${row + 1}`;
      try {
        yield { row, x: encodeRow(cells, source.columns, this.#positions, manifest.features, source, where) };
      } catch (error) {
        if (!(error instanceof XaiwebError)) throw error;
        yield { row, refused: refusedRow(row, error) };
      }
    }
  }
}

/** Rows that how long a row takes is tried out on. */
const SAMPLE = 256;

/** What is found by reading, and the first rows that can be explained. */
export interface Inspected {
  found: InspectedRows;
  sample: Float32Array[];
}

/**
 * Reads all rows, a block at a time.
 *
 * @param onShare - Told how much of the file is read, 0 to 1.
 */
export async function inspect(
  reader: RowReader,
  signal: AbortSignal,
  onShare: (share: number) => void = () => {},
): Promise<Inspected> {
  const { source, unseen } = reader;
  const found: InspectedRows = {
    columns: [...source.columns],
    unused: source.columns.filter((column) => unseen.includes(column)),
    n_rows: 0,
    n_refused: 0,
    refused: [],
    first: null,
  };
  const sample: Float32Array[] = [];
  for await (const block of source.blocks()) {
    for (const read of reader.read(block)) {
      found.n_rows++;
      if ("x" in read) {
        found.first ??= Array.from(read.x, (cell) => (Number.isNaN(cell) ? null : cell));
        if (sample.length < SAMPLE) sample.push(read.x);
      } else if (++found.n_refused <= MOST_LISTED) found.refused.push(read.refused);
    }
    onShare(block.share);
    await breatheNowAndThen();
    signal.throwIfAborted();
  }
  return { found, sample };
}
