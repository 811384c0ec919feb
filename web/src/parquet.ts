/** The script `parquet.js`: reads and writes parquet. The worker loads it when there is a file of that kind. */
import { type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema, type SchemaElement } from "hyparquet";
import { decompressGzip, decompressLz4, decompressLz4Raw, decompressZstd } from "hyparquet-compressors";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";

/** A file that is read in pieces. */
export interface ParquetFile {
  byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

export interface ParquetTable {
  columns: string[];
  groups: { first: number; n_rows: number }[];
  /** The column and row group with the most packed bytes: as much is held while rows are read. */
  largest: { column: string; group: number; bytes: number };
  /** Cells of the rows from `start` to before `end`; one column after the other is unpacked. */
  rows(start: number, end: number): Promise<unknown[][]>;
}

// Snappy is hyparquet's own. Brotli is left out: its dictionary alone is larger than the rest.
const compressors = {
  GZIP: (input: Uint8Array, length: number) => decompressGzip(input, length),
  ZSTD: (input: Uint8Array) => decompressZstd(input),
  LZ4: (input: Uint8Array, length: number) => decompressLz4(input, length),
  LZ4_RAW: (input: Uint8Array, length: number) => decompressLz4Raw(input, length),
};

/** The columns and row groups of a file, from its footer. */
export async function readParquet(file: ParquetFile): Promise<ParquetTable> {
  const metadata = await parquetMetadataAsync(file);
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  let first = 0;
  const groups = metadata.row_groups.map(({ num_rows }) => {
    const group = { first, n_rows: Number(num_rows) };
    first += group.n_rows;
    return group;
  });
  const cells = (column: string, rowStart: number, rowEnd: number) =>
    new Promise<unknown[][]>((resolve, reject) => {
      const asked = { file, metadata, columns: [column], rowStart, rowEnd, compressors, useOffsetIndex: true };
      parquetRead({ ...asked, onComplete: resolve }).catch(reject);
    });
  return {
    columns,
    groups,
    largest: largestOf(metadata),
    async rows(start, end) {
      const rows: unknown[][] = Array.from({ length: end - start }, () => []);
      for (const column of columns)
        for (const [i, [cell]] of (await cells(column, start, end)).entries()) rows[i]!.push(cell);
      return rows;
    },
  };
}

function largestOf({ row_groups }: FileMetaData): ParquetTable["largest"] {
  let largest = { column: "", group: 0, bytes: 0 };
  for (const [group, { columns }] of row_groups.entries())
    for (const { meta_data } of columns) {
      const bytes = Number(meta_data?.total_compressed_size ?? 0);
      if (bytes > largest.bytes) largest = { column: meta_data!.path_in_schema[0]!, group, bytes };
    }
  return largest;
}

/** A line per row and output. */
export interface ResultLine {
  row: number;
  output: string;
  base_value: number;
  prediction: number;
  values: number[];
  std_error: (number | null)[];
}

const NUMBER = { type: "DOUBLE", repetition_type: "OPTIONAL" } as const;
const list = (name: string): SchemaElement[] => [
  { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", ...NUMBER },
];
const SCHEMA: SchemaElement[] = [
  { name: "schema", num_children: 6 },
  { name: "row", type: "INT64", repetition_type: "OPTIONAL" },
  { name: "output", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
  { name: "base_value", ...NUMBER },
  { name: "prediction", ...NUMBER },
  ...list("values"),
  ...list("std_error"),
];

/** The bytes of a row group leave memory for a blob when it is written. */
class BlobWriter extends ByteWriter {
  readonly blobs: Blob[] = [];

  flush(): void {
    this.blobs.push(new Blob([this.getBytes().slice()]));
    this.index = 0;
  }
}

/** A result as `xaiweb explain --out FILE.parquet` writes it, a row group at a time. */
export class ParquetResult {
  readonly #bytes = new BlobWriter();
  readonly #file: ParquetWriter;

  /** @param metadata - JSON-ready values by name. */
  constructor(metadata: Readonly<Record<string, unknown>>) {
    this.#file = new ParquetWriter({
      writer: this.#bytes,
      schema: SCHEMA,
      kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value: JSON.stringify(value) })),
    });
  }

  async group(lines: readonly ResultLine[]): Promise<void> {
    const column = <Name extends keyof ResultLine>(name: Name) => ({ name, data: lines.map((line) => line[name]) });
    const row = { name: "row", data: lines.map((line) => BigInt(line.row)) };
    const names = ["output", "base_value", "prediction", "values", "std_error"] as const;
    await this.#file.write({ columnData: [row, ...names.map(column)], rowGroupSize: lines.length });
  }

  async finish(): Promise<Blob> {
    await this.#file.finish();
    this.#bytes.flush();
    return new Blob(this.#bytes.blobs, { type: "application/vnd.apache.parquet" });
  }
}
