import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import type { Engine } from "../../../web/src/engine/engine.js";
import { RowFiles } from "../../../web/src/engine/many/files.js";
import { inspect, RowReader } from "../../../web/src/engine/many/inspect.js";
import { Pace } from "../../../web/src/engine/many/pace.js";
import { MOST_PACKED, openParquet, type ParquetScript } from "../../../web/src/engine/many/parquet.js";
import { joinProvenance, type Provenances, writePart } from "../../../web/src/engine/many/part.js";
import { saved } from "../../../web/src/engine/many/save.js";
import { BLOCK_ROWS, fingerprint, openSource } from "../../../web/src/engine/many/source.js";
import { type KeptRun, MemoryStore, partOf, verified } from "../../../web/src/engine/many/store.js";
import * as parquet from "../../../web/src/parquet.js";
import type { TabularManifest } from "../../../web/src/types.js";

const none = () => Promise.reject(new Error("no parquet here"));
const manifest = {
  features: [{ name: "n", kind: "number" }],
  protected: { features: [{ name: "sex" }], file: "p.npy" },
  players: [{ name: "=n", columns: ["n"] }],
} as unknown as TabularManifest;
const numbers = (n: number) => new Blob([`n,sex\n${Array.from({ length: n }, (_, i) => `${i},f\n`).join("")}`]);
const never = new AbortController().signal;

describe("a file of rows", () => {
  test("comes in blocks of bounded size, from any row on", async () => {
    const source = await openSource(numbers(1000), "t.csv", none);
    for (const from of [0, 1, 255, 256, 257, 700, 999, 1000]) {
      const found: [number, number][] = [];
      for await (const { first, rows } of source.blocks(from)) {
        expect(rows.length).toBeLessThanOrEqual(BLOCK_ROWS);
        found.push(...rows.map((row, i): [number, number] => [first + i, Number(row[0])]));
      }
      expect(found).toEqual(Array.from({ length: 1000 - from }, (_, i) => [from + i, from + i]));
    }
  });

  test("is read to its end before anything is explained: what is refused, and why", async () => {
    const source = await openSource(new Blob(["sex,n\nf,1\nm,x\nf,\nm,4\n"]), "t.csv", none);
    const { found, sample } = await inspect(new RowReader(source, manifest, "t.csv"), never);
    expect(found).toMatchObject({ n_rows: 4, n_refused: 2, unused: ["sex"], first: [1] });
    expect(found.refused.map(({ row, where, reason, facts }) => [row, where, reason, facts])).toEqual([
      [1, 't.csv, row 2, column "n"', '"x" is not a number.', { column: "n", value: "x" }],
      [2, 't.csv, row 3, column "n"', "the value is missing.", { column: "n" }],
    ]);
    expect(sample).toEqual([Float32Array.of(1), Float32Array.of(4)]);
  });

  test("no more refused rows are listed than can be looked at", async () => {
    const source = await openSource(new Blob([`n\n${"x\n".repeat(3000)}`]), "t.csv", none);
    const { found } = await inspect(new RowReader(source, manifest, "t.csv"), never);
    expect(found.n_refused).toBe(3000);
    expect(found.refused).toHaveLength(1000);
  });

  test("is told how far it is read, and is not read on where nobody wants it", async () => {
    const stop = new AbortController();
    const file = new File([`n\n${"1\n".repeat(200_000)}`], "t.csv");
    const files = new RowFiles({} as Engine, () => manifest);
    const shares: number[] = [];
    const whole = await files.inspect(file, never, (share) => shares.push(share));
    expect(whole.found.n_rows).toBe(200_000);
    expect(shares.length).toBeGreaterThan(0);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);

    const other = new File([`n\n${"2\n".repeat(200_000)}`], "t.csv");
    const stopped = files.inspect(other, stop.signal, (share) => share > 0.2 && stop.abort());
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  });

  test("of another kind is refused", async () => {
    await expect(openSource(new Blob([]), "t.xlsx", none)).rejects.toMatchObject({ code: "table-kind" });
  });

  test("is known by its bytes, all of them", async () => {
    const bytes = new Uint8Array((1 << 20) + 10);
    const one = await fingerprint(new Blob([bytes]), "t", never);
    expect(await fingerprint(new Blob([bytes]), "t", never)).toBe(one);
    bytes[bytes.length - 1] = 1;
    expect(await fingerprint(new Blob([bytes]), "t", never)).not.toBe(one);
  });
});

const run = (id: string) => ({ id, done: 4, n_rows: 4, finished: true }) as KeptRun;
const row = (at: number) => ({
  row: at,
  x: [at],
  outputs: ["yes"],
  base_values: [0.5],
  prediction: [0.5 + at],
  values: [[at]],
  std_error: [[null]],
});

describe("what is kept", () => {
  async function filled(): Promise<MemoryStore> {
    const store = new MemoryStore();
    await store.begin(run("a"), new Blob(["n\n"]));
    const refused = [{ row: 1, reason: "=1+1", where: "t, row 2", next: "-", code: "missing", facts: {} }];
    const first = writePart({ rows: [row(0)], refused, provenance: {} });
    await store.commit(run("a"), await partOf(0, 2, first));
    await store.commit(
      run("a"),
      await partOf(2, 2, writePart({ rows: [row(2), row(3)], refused: [], provenance: {} })),
    );
    return store;
  }

  test("a part is found by any of its rows", async () => {
    const store = await filled();
    const firsts = [];
    for (const at of [0, 1, 2, 3, 4]) firsts.push((await store.part("a", at))?.first);
    expect(firsts).toEqual([0, 0, 2, 2, undefined]);
    await store.cut("a", 2);
    expect(await store.part("a", 3)).toBeNull();
    await store.discard("a", "file");
    expect(await store.input("a")).toBeNull();
    expect((await store.runs())[0]).toMatchObject({ id: "a", copied: false });
    expect((await store.part("a", 0))?.first).toBe(0);
    await store.discard("a", "all");
    expect(await store.runs()).toEqual([]);
  });

  test("a part whose bytes have changed is refused", async () => {
    const part = await partOf(0, 1, new Uint8Array([1, 2]));
    expect(await verified(part)).toBe(part.bytes);
    part.bytes[0] = 7;
    await expect(verified(part)).rejects.toMatchObject({ code: "part-damaged" });
  });

  test("as CSV: words that would be formulas are plain text, numbers stay numbers", async () => {
    const store = await filled();
    const text = await (await saved(store, run("a"), manifest, "csv", none)).text();
    expect(text.split("\r\n")).toEqual([
      '"row","output","base_value","prediction","values.=n","std_error.=n"',
      '0,"yes",0.5,0.5,0,',
      '2,"yes",0.5,2.5,2,',
      '3,"yes",0.5,3.5,3,',
      "",
    ]);
    const refused = await (await saved(store, run("a"), manifest, "refused.csv", none)).text();
    expect(refused.split("\r\n")[1]).toBe(`1,"'=1+1","t, row 2","'-","missing"`);
  });

  test("counts of parts add up", () => {
    const one = () => ({ exact: { n_rows: 2, n_coalitions: 3, n_model_rows: 5 } }) as unknown as Provenances;
    const sum: Provenances = {};
    joinProvenance(sum, one());
    joinProvenance(sum, one());
    expect(sum["exact"]).toMatchObject({ n_rows: 4, n_coalitions: 6, n_model_rows: 10 });
  });
});

describe("a parquet file", () => {
  const script = () => Promise.resolve(parquet);

  /** A file that counts how much of it was asked for at once. */
  class Counted extends Blob {
    largest = 0;
    override slice(start?: number, end?: number): Blob {
      const part = super.slice(start, end);
      this.largest = Math.max(this.largest, part.size);
      return part;
    }
  }

  test("of one large row group is held a column at a time", async () => {
    const n = 20_000;
    const names = ["a", "b", "c", "d", "e", "f"];
    const columnData = names.map((name, j) => ({
      name,
      data: Array.from({ length: n }, (_, i) => Math.sin(i * 7 + j)),
      type: "DOUBLE" as const,
    }));
    const file = new Counted([parquetWriteBuffer({ columnData, rowGroupSize: n, codec: "UNCOMPRESSED" })]);
    const source = await openParquet(script, file, "t.parquet");
    file.largest = 0; // the footer, and what comes with it
    let seen = 0;
    for await (const { first, rows, share } of source.blocks()) {
      expect(rows[0]).toEqual(names.map((_, j) => Math.sin(first * 7 + j)));
      expect(rows.length).toBeLessThanOrEqual(BLOCK_ROWS);
      expect(share).toBeLessThanOrEqual(1);
      seen += rows.length;
    }
    expect(seen).toBe(n);
    expect(file.size).toBeGreaterThan(6 * 8 * n);
    expect(file.largest).toBeLessThan(8 * n * 1.1);
  });

  test("whose row groups wouldn't fit is refused: where, and what to do", async () => {
    const largest = { column: "n", group: 2, bytes: MOST_PACKED + 1 };
    const table = { columns: ["n"], groups: [{ first: 0, n_rows: 1 }], largest, rows: () => Promise.resolve([[1]]) };
    const large = (() => Promise.resolve({ ...parquet, readParquet: () => Promise.resolve(table) })) as ParquetScript;
    await expect(openParquet(large, new Blob([]), "t.parquet")).rejects.toMatchObject({
      code: "group-too-large",
      where: 't.parquet, row group 3, column "n"',
      next: expect.stringContaining("smaller row groups") as string,
    });
    largest.bytes = MOST_PACKED;
    expect((await openParquet(large, new Blob([]), "t.parquet")).columns).toEqual(["n"]);
  });
});

describe("the pace", () => {
  test("is that of the last while, and rows of an earlier run don't count", () => {
    const pace = new Pace();
    pace.mark(0, 500);
    expect(pace.rowsPerSecond).toBeNull();
    pace.mark(1000, 510);
    expect(pace.rowsPerSecond).toBe(10);
    expect(pace.remaining(610)).toBe(10_000);
    for (let second = 2; second <= 60; second++) pace.mark(second * 1000, 510 + 2 * (second - 1));
    expect(pace.rowsPerSecond).toBeCloseTo(2, 5);
  });
});
