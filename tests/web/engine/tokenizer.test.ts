import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chunks, type Piece, Tokenizer, whole } from "../../../web/src/engine/tokenizer.js";
import { XaiwebError } from "../../../web/src/errors.js";

interface Golden {
  max_tokens: number;
  cases: { text: string; pieces: Piece[] }[];
}

// Not imported: vite's reader of JSON refuses lone surrogates.
const read = (name: string) => JSON.parse(readFileSync(`tests/golden/tokens/${name}`, "utf-8")) as unknown;
const golden = read("tokens.json") as Golden;
const document = read("tokenizer.json");
const tokenizer = new Tokenizer(document, golden.max_tokens);

test("there are 50 mails and more", () => {
  expect(golden.cases.length).toBeGreaterThanOrEqual(60);
});

test.each(golden.cases.map(({ text, pieces }) => [text.slice(0, 40), text, pieces] as const))(
  "Python's tokenizers make the same of %j",
  (_, text, pieces) => {
    expect(tokenizer.encode(text)).toEqual(pieces);
  },
);

test("spans count code points and hold no whitespace; between them is nothing else", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.oneof(fc.constantFrom(" ", "\u00a0", "🎉", "\ud800"), fc.string()) }), (text) => {
      const points = Array.from(text);
      let rest = 0;
      for (const [start, stop] of chunks(text)) {
        expect(points.slice(rest, start).join("").trim()).toBe("");
        expect(points.slice(start, stop).join("")).toMatch(/^\S+$/u);
        rest = stop;
      }
      expect(points.slice(rest).join("").trim()).toBe("");
    }),
  );
});

test("a lone surrogate counts as U+FFFD, a pair stays", () => {
  expect(whole("a\ud800b\ud83c\udf89\udc00")).toBe("a\ufffdb🎉\ufffd");
  expect(tokenizer.encode("a\ud800b")).toEqual(tokenizer.encode("a\ufffdb"));
});

test("100 kB take no longer than the tokens that are read", () => {
  const pieces = tokenizer.encode("Free money now. ".repeat(6_250));
  expect(pieces.reduce((sum, [, , ids]) => sum + ids.length, 0)).toBeLessThan(golden.max_tokens + 20);
  expect(tokenizer.encode("x".repeat(100_000))).toEqual([[0, 100_000, [2]]]);
});

test("what isn't a tokenizer is refused", () => {
  for (const wrong of [null, [], {}, { model: {} }])
    expect(() => new Tokenizer(wrong, 8, "spam/tokenizer.json")).toThrow(
      expect.objectContaining<Partial<XaiwebError>>({ code: "bundle-invalid", where: "spam/tokenizer.json" }),
    );
});
