/** Files of rows, read in blocks: whatever a file's size, only a block of it is held. */
import { XaiwebError } from "../../errors.js";
import type { Reading } from "./cells.js";
import { sha256 } from "../files.js";
import { readHead, records, unreadable } from "./csv.js";

/** Rows of a block; no more are held as cells. */
export const BLOCK_ROWS = 256;

export interface Source extends Reading {
  readonly columns: readonly string[];
  /** All rows in order from the row `from` on, in blocks of at most `BLOCK_ROWS`. */
  blocks(from?: number): AsyncGenerator<Block, void, void>;
}

export interface Block {
  /** How many rows come before these. */
  first: number;
  rows: unknown[][];
  /** The share of the file that was read for it, 0 to 1. */
  share: number;
}

/** Opens a parquet file; loaded only where there is one. */
export type OpenParquet = (file: Blob, name: string) => Promise<Source>;

/**
 * The rows of a file.
 *
 * @throws XaiwebError where it is of another kind, or not what its name says.
 */
export async function openSource(file: Blob, name: string, parquet: OpenParquet): Promise<Source> {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  if (ending === "parquet") return parquet(file, name);
  if (!["csv", "tsv", "txt"].includes(ending))
    throw new XaiwebError("table-kind", `a table can't be read from a .${ending} file.`, {
      where: name,
      next: "Use .csv or .parquet.",
    });
  const { columns, delimiter } = await readHead(file, name);
  return {
    columns,
    decimalComma: delimiter !== ",",
    words: true,
    async *blocks(from = 0) {
      let first = -1; // the header is a record too
      let read = 0;
      for await (const block of records(file, name, delimiter, BLOCK_ROWS, (bytes) => (read = bytes))) {
        const rows = block.slice(Math.max(0, from - first));
        if (rows.length > 0) yield { first: first + block.length - rows.length, rows, share: read / file.size };
        first += block.length;
      }
    },
  };
}

const HASHED = 1 << 20;

/**
 * A file's identity: a chain of sha256 over its MiB, so that no more than one of them is held.
 *
 * @param onShare - Told how much of it is read, 0 to 1.
 */
export async function fingerprint(
  file: Blob,
  where: string,
  signal: AbortSignal,
  onShare: (share: number) => void = () => {},
): Promise<string> {
  let chain = "";
  for (let start = 0; start < file.size; start += HASHED) {
    signal.throwIfAborted();
    onShare(start / file.size);
    const part = await file
      .slice(start, start + HASHED)
      .arrayBuffer()
      .catch((cause: unknown) => {
        throw unreadable(where, cause);
      });
    chain = await sha256(new TextEncoder().encode(chain + (await sha256(part))));
  }
  return chain;
}
