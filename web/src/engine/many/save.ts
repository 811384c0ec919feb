/** What was found of a file, as a file: a part after the other, so that no more than a row group is held. */
import type { RowsFormat } from "../../many.js";
import type { ResultLine } from "../../parquet.js";
import type { TabularManifest } from "../../types.js";
import { cell } from "../../views/csv.js";
import type { ParquetScript } from "./parquet.js";
import { joinProvenance, type PartDocument, type Provenances, readPart } from "./part.js";
import { type KeptRun, type Store, verified } from "./store.js";

/** Lines of a row group, and refused rows in the metadata. */
const GROUP_LINES = 8192;
const MOST_LISTED = 1000;
/** Text that is gathered before it leaves memory for a blob. */
const CHUNK = 1 << 20;

/** @throws XaiwebError where a part isn't what was written. */
export function saved(
  store: Store,
  run: KeptRun,
  manifest: TabularManifest,
  format: RowsFormat,
  parquet: ParquetScript,
): Promise<Blob> {
  if (format === "parquet") return parquetOf(store, run, manifest, parquet);
  return csvOf(format === "csv" ? resultLines(store, run, manifest) : refusedLines(store, run));
}

async function* documents(store: Store, { id, done }: KeptRun): AsyncGenerator<PartDocument, void, void> {
  for (let at = 0; at < done;) {
    const part = await store.part(id, at);
    if (!part) return;
    yield readPart(await verified(part));
    at = part.first + part.n;
  }
}

/** A line per row and output; a number per player in columns of their own. */
async function* resultLines(store: Store, run: KeptRun, manifest: TabularManifest) {
  const players = manifest.players.map(({ name }) => name);
  const numbered = (prefix: string) => players.map((name) => `${prefix}.${name}`);
  yield ["row", "output", "base_value", "prediction", ...numbered("values"), ...numbered("std_error")];
  for await (const document of documents(store, run))
    for (const { row, output, base_value, prediction, values, std_error } of linesOf(document))
      yield [row, output, base_value, prediction, ...values, ...std_error];
}

async function* refusedLines(store: Store, run: KeptRun) {
  yield ["row", "reason", "where", "next", "code"];
  for await (const { refused } of documents(store, run))
    for (const { row, reason, where, next, code } of refused) yield [row, reason, where, next, code];
}

async function csvOf(lines: AsyncIterable<(string | number | null)[]>): Promise<Blob> {
  const blobs: Blob[] = [];
  let text = "\ufeff"; // tells spreadsheets that this is UTF-8
  for await (const line of lines) {
    text += `${line.map(cell).join(",")}\r\n`;
    if (text.length < CHUNK) continue;
    blobs.push(new Blob([text]));
    text = "";
  }
  return new Blob([...blobs, text], { type: "text/csv" });
}

async function parquetOf(store: Store, run: KeptRun, { players }: TabularManifest, script: ParquetScript) {
  const { ParquetResult } = await script();
  const provenance: Provenances = {};
  const refused = { n_rows: 0, first: [] as PartDocument["refused"] };
  for await (const document of documents(store, run)) {
    joinProvenance(provenance, document.provenance);
    refused.n_rows += document.refused.length;
    refused.first.push(...document.refused.slice(0, MOST_LISTED - refused.first.length));
  }
  const result = new ParquetResult({
    players: players.map(({ name, columns }) => ({ name, columns })),
    provenance: Object.values(provenance),
    refused,
    ...(run.finished ? {} : { unfinished: { done: run.done, n_rows: run.n_rows } }),
  });
  let lines: ResultLine[] = [];
  for await (const document of documents(store, run)) {
    lines.push(...linesOf(document));
    if (lines.length < GROUP_LINES) continue;
    await result.group(lines);
    lines = [];
  }
  if (lines.length > 0) await result.group(lines);
  return result.finish();
}

function linesOf({ rows }: PartDocument): ResultLine[] {
  return rows.flatMap(({ row, outputs, base_values, prediction, values, std_error }) =>
    outputs.map((output, i) => ({
      row,
      output,
      base_value: base_values[i]!,
      prediction: prediction[i]!,
      values: values.map((player) => player[i]!),
      std_error: std_error.map((player) => player[i] ?? null),
    })),
  );
}
