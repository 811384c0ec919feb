/** Parquet files of rows: the script that reads them is loaded only where there is one. */
import { XaiwebError } from "../../errors.js";
import type { ParquetFile, ParquetTable } from "../../parquet.js";
import { type Block, BLOCK_ROWS, type Source } from "./source.js";

/** The site's script `parquet.js`. */
export type ParquetScript = () => Promise<{ readParquet: typeof import("../../parquet.js").readParquet } & Writing>;
type Writing = { ParquetResult: typeof import("../../parquet.js").ParquetResult };

/** Rows decoded at a time: a row group is read anew for each such window, its pages are not. */
const WINDOW_ROWS = 16_384;
/** Packed bytes of one column in one row group, which are held together: more would endanger the page. */
export const MOST_PACKED = 128 << 20;

/** @throws XaiwebError where this is no parquet file, or one that is packed in an uncommon way. */
export async function openParquet(script: ParquetScript, file: Blob, name: string): Promise<Source> {
  const { readParquet } = await script();
  const table = await guarded(name, () => readParquet(fileOf(file)));
  const { largest } = table;
  if (largest.bytes > MOST_PACKED)
    throw new XaiwebError(
      "group-too-large",
      `its row groups are too large: one column of one takes ${Math.ceil(largest.bytes / 1e6)} MB packed, and this page holds ${Math.floor(MOST_PACKED / 1e6)}.`,
      {
        where: `${name}, row group ${largest.group + 1}, column "${largest.column}"`,
        next: "Write it with smaller row groups, such as 100,000 rows each, or explain it on the command line.",
      },
    );
  return { columns: table.columns, decimalComma: false, words: false, blocks: (from = 0) => blocks(table, name, from) };
}

async function* blocks(table: ParquetTable, name: string, from: number): AsyncGenerator<Block, void, void> {
  // Windows begin where row groups do: none is read for the sake of its last rows.
  const total = table.groups.reduce((sum, { n_rows }) => sum + n_rows, 0);
  for (const group of table.groups)
    for (let start = group.first; start < group.first + group.n_rows; start += WINDOW_ROWS) {
      const end = Math.min(start + WINDOW_ROWS, group.first + group.n_rows);
      if (end <= from) continue;
      const rows = await guarded(name, () => table.rows(start, end));
      for (let at = Math.max(start, from); at < end; at += BLOCK_ROWS)
        yield { first: at, rows: rows.slice(at - start, at - start + BLOCK_ROWS), share: at / total };
    }
}

function fileOf(file: Blob): ParquetFile {
  return { byteLength: file.size, slice: (start, end) => file.slice(start, end).arrayBuffer() };
}

async function guarded<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof XaiwebError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new XaiwebError("table-kind", `this is not a parquet file that can be read here (${reason}).`, {
      where,
      next: "Check the file, or save it as CSV.",
      cause,
    });
  }
}
