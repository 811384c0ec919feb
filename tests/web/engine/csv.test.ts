import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeRow, positionsOf } from "../../../web/src/engine/many/cells.js";
import { closest } from "../../../web/src/engine/many/closest.js";
import { readHead, records } from "../../../web/src/engine/many/csv.js";
import type { Feature } from "../../../web/src/schema.gen.js";

/** A file that arrives in pieces of `size` bytes, and counts how many are asked for. */
function inPieces(text: string, size: number): Blob & { pieces: number } {
  const bytes = new TextEncoder().encode(text);
  const blob = new Blob([bytes]) as Blob & { pieces: number };
  blob.pieces = 0;
  blob.stream = () => {
    let at = 0;
    return new ReadableStream(
      {
        pull(controller) {
          blob.pieces++;
          if (at < bytes.length) controller.enqueue(bytes.slice(at, (at += size)));
          else controller.close();
        },
      },
      { highWaterMark: 0 },
    );
  };
  return blob;
}

async function all(file: Blob, size = 3): Promise<string[][]> {
  const { delimiter } = await readHead(file, "t.csv");
  const found: string[][] = [];
  for await (const block of records(file, "t.csv", delimiter, size)) {
    expect(block.length).toBeLessThanOrEqual(size);
    found.push(...block);
  }
  return found;
}

/** The same by Python's own reader. */
function byPython(texts: string[]): string[][][] {
  const script = `
import csv, io, json, sys
print(json.dumps([[r for r in csv.reader(io.StringIO(t, newline="")) if r] for t in json.load(sys.stdin)]))`;
  return JSON.parse(
    execFileSync("python3", ["-c", script], { input: JSON.stringify(texts) }).toString(),
  ) as string[][][];
}

describe("records", () => {
  test("are those of Python's csv.reader, whatever the quotes and wherever a piece ends", async () => {
    const cells = fc.array(fc.constantFrom("a", '"', ",", "\n", "\r", "\r\n", " ", "é", "b"), { maxLength: 25 });
    const texts = fc.sample(cells, { seed: 5, numRuns: 400 }).map((some) => `h,i\n${some.join("")}`);
    const expected = byPython(texts);
    for (const [i, text] of texts.entries())
      for (const size of [1, 2, 1000])
        expect(await all(inPieces(text, size)), JSON.stringify(text)).toEqual(expected[i]);
  });

  test("the header tells the separator, outside quotes; a byte order mark is no part of it", async () => {
    expect(await readHead(new Blob(['\ufeff"a;b;c;d",x\n']), "t")).toEqual({
      columns: ["a;b;c;d", "x"],
      delimiter: ",",
    });
    expect((await readHead(new Blob(["a; b;c\n"]), "t")).columns).toEqual(["a", "b", "c"]);
  });

  test.each([
    ["the file is empty", ""],
    ["two columns have the same name", "a,a\n1,2\n"],
  ])("%s", async (message, text) => {
    await expect(readHead(new Blob([text]), "t.csv")).rejects.toMatchObject({ code: "csv", message: `${message}.` });
  });

  test("bytes that are no UTF-8 are refused", async () => {
    const file = new Blob(["a,b\n", new Uint8Array([0xff, 0xfe]), "\n"]);
    await expect(all(file)).rejects.toMatchObject({ code: "csv", message: "the file is not UTF-8 text." });
  });

  test("a file is read no further than its rows are wanted", async () => {
    const file = inPieces(`a,b\n${"1,2\n".repeat(100_000)}`, 1000);
    const found = records(file, "t.csv", ",", 100);
    for (let i = 0; i < 5; i++) await found.next();
    expect(file.pieces).toBeLessThanOrEqual(3);
    await found.return();
  });
});

const features = [
  { name: "age", kind: "number" },
  { name: "job", kind: "category", levels: [{ name: "skilled" }, { name: "unskilled" }] },
  { name: "income", kind: "number", missing: true },
] as Feature[];
const names = ["age", "job", "income"];

function read(cells: unknown[], { decimalComma = false, words = true } = {}): number[] {
  return [...encodeRow(cells, names, [0, 1, 2], features, { decimalComma, words }, "t.csv, row 1")];
}

describe("cells", () => {
  test("numbers as people write them", () => {
    expect(read([" 1e2 ", "skilled", ""])).toEqual([100, 0, Number.NaN]);
    expect(read(["\u22125", "unskilled", "NaN"])).toEqual([-5, 1, Number.NaN]);
    expect(read(["1.234,5", "skilled", "2,5"], { decimalComma: true })).toEqual([1234.5, 0, 2.5]);
    expect(read([7n, 1, true], { words: false })).toEqual([7, 1, 1]);
  });

  test.each<[string, unknown[], string]>([
    ["missing", ["", "skilled", "1"], 't.csv, row 1, column "age"'],
    ["not-a-number", ["1_000", "skilled", "1"], 't.csv, row 1, column "age"'],
    ["not-a-number", ["1,5", "skilled", "1"], 't.csv, row 1, column "age"'],
    ["not-finite", ["1", "skilled", "-inf"], 't.csv, row 1, column "income"'],
    ["not-finite", ["1e39", "skilled", "1"], 't.csv, row 1, column "age"'],
    ["unknown-level", ["1", "1", "1"], 't.csv, row 1, column "job"'],
    ["missing-columns", ["1", "skilled"], "t.csv, row 1"],
    ["extra-columns", ["1", "skilled", "1", "1"], "t.csv, row 1"],
  ])("%s: %s", (code, cells, where) => {
    expect(() => read(cells)).toThrow(expect.objectContaining({ code, where }));
  });

  test("columns may come in any order; what lacks or is too many is named, with what was meant", () => {
    expect(positionsOf(["income", "sex", "age", "job"], features, ["sex"], "t")).toEqual([2, 3, 0]);
    expect(() => positionsOf(["Age", "job", "income"], features, [], "t")).toThrow('"age". Is "Age" meant?');
    expect(() => positionsOf([...names, "zip"], features, [], "t")).toThrow('the model has no column "zip".');
  });

  test("what is meant is what Python's difflib says", () => {
    const words = ["skilled", "unskilled", "none", "manager", "abcd", "abdc", ""];
    const asked = fc.sample(fc.string({ unit: fc.constantFrom(..."abcdskilun"), maxLength: 9 }), {
      seed: 1,
      numRuns: 300,
    });
    const script = `
import difflib, json, sys
words, asked = json.load(sys.stdin)
print(json.dumps([next(iter(difflib.get_close_matches(a, words, n=1)), None) for a in asked]))`;
    const expected = JSON.parse(
      execFileSync("python3", ["-c", script], { input: JSON.stringify([words, asked]) }).toString(),
    ) as (string | null)[];
    expect(asked.map((word) => closest(word, words))).toEqual(expected);
  });
});
