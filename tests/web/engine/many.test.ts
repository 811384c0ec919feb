import { describe, expect, test } from "vitest";
import { inspect, RowReader } from "../../../web/src/engine/many/inspect.js";
import { Pace } from "../../../web/src/engine/many/pace.js";
import { joinProvenance, type Provenances, writePart } from "../../../web/src/engine/many/part.js";
import { saved } from "../../../web/src/engine/many/save.js";
import { BLOCK_ROWS, fingerprint, openSource } from "../../../web/src/engine/many/source.js";
import { type KeptRun, MemoryStore, partOf, verified } from "../../../web/src/engine/many/store.js";
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
    const found = await inspect(new RowReader(source, manifest, "t.csv"), never);
    expect(found).toMatchObject({ n_rows: 4, n_refused: 2, unused: ["sex"], first: [1] });
    expect(found.refused.map(({ row, where, reason }) => [row, where, reason])).toEqual([
      [1, 't.csv, row 2, column "n"', '"x" is not a number.'],
      [2, 't.csv, row 3, column "n"', "the value is missing."],
    ]);
  });

  test("no more refused rows are listed than can be looked at", async () => {
    const source = await openSource(new Blob([`n\n${"x\n".repeat(3000)}`]), "t.csv", none);
    const found = await inspect(new RowReader(source, manifest, "t.csv"), never);
    expect(found.n_refused).toBe(3000);
    expect(found.refused).toHaveLength(1000);
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
    const refused = [{ row: 1, reason: "=1+1", where: "t, row 2", next: "-", code: "missing" }];
    const first = writePart({ rows: [row(0)], refused, provenance: {} });
    await store.commit(run("a"), await partOf(0, 2, first));
    await store.commit(run("a"), await partOf(2, 2, writePart({ rows: [row(2), row(3)], refused: [], provenance: {} })));
    return store;
  }

  test("a part is found by any of its rows", async () => {
    const store = await filled();
    const firsts = [];
    for (const at of [0, 1, 2, 3, 4]) firsts.push((await store.part("a", at))?.first);
    expect(firsts).toEqual([0, 0, 2, 2, undefined]);
    await store.cut("a", 2);
    expect(await store.part("a", 3)).toBeNull();
    await store.discard("a");
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
