import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Core } from "../../../web/src/engine/core.js";
import { Texts } from "../../../web/src/engine/texts.js";
import { Tokenizer } from "../../../web/src/engine/tokenizer.js";
import type { TextManifest } from "../../../web/src/types.js";
import { never, sessions } from "./runtime.js";

const tokenizer = readFileSync(new URL("../../golden/tokens/tokenizer.json", import.meta.url));
const read = new Tokenizer(JSON.parse(tokenizer.toString()), 1000);

function texts(chunkRows: number, max_tokens = 1000) {
  const manifest = {
    outputs: [{ name: "sum" }, { name: "largest" }],
    scales: [{ name: "output", graph: "text.onnx" }],
    text: { tokenizer: "tokenizer.json", pad_id: 0, mask_id: 1, max_tokens },
    chunk_rows: { cpu: 1, wasm: chunkRows, webgpu: 1, webgl: 1 },
  } as unknown as TextManifest;
  return {
    scale: manifest.scales[0],
    texts: new Texts(sessions("wasm"), manifest, async () => new Uint8Array(tokenizer)),
  };
}

const outputs = (ids: readonly number[]) => [ids.reduce((a, b) => a + b, 0), Math.max(...ids)];

describe("texts", () => {
  test("are predicted from their tokens, as far as the model reads", async () => {
    const words = ["You have won a prize!", "See you at nine,\n\n\tthen."];
    const ids = words.map((text) => read.encode(text).flatMap(([, , tokens]) => tokens));
    expect([...(await texts(8).texts.predict(words, never()))]).toEqual(ids.flatMap(outputs));
    expect([...(await texts(8, 3).texts.predict(words, never()))]).toEqual(
      ids.flatMap((all) => outputs(all.slice(0, 3))),
    );
  });

  test.each(["", " \n\u00a0"])("without a word are refused: %j", async (text) => {
    await expect(texts(8).texts.predict([text], never())).rejects.toMatchObject({ code: "no-words", where: "text" });
  });

  const rows = [
    [5, 0, 7, 0, 0],
    [2, 3, 0, 0, 0],
    [1, 0, 0, 0, 0],
    [0, 0, 0, 0, 0],
    [4, 4, 4, 4, 9],
  ];
  test.each([100, 2, 1])(
    "of many lengths are run %i at a time, without the padding all end with",
    async (chunkRows) => {
      const on = texts(chunkRows);
      const told: number[] = [];
      const watch = { ...never(), onChunk: (done: number) => told.push(done) };
      const found = await on.texts.values(on.scale, Int32Array.from(rows.flat()), rows.length, watch);
      expect([...found]).toEqual(rows.flatMap(outputs));
      expect(told.at(-1)).toBe(rows.length);
    },
  );

  test("are cut once for many questions", async () => {
    const asked: object[] = [];
    const subject = {
      view: () => ({ players: [], photo: null }),
      sequences: () => Int32Array.of(1, 2),
      close: () => {},
    };
    const core = { prepare: (document: object) => (asked.push(document), subject) } as unknown as Core;
    const on = texts(8).texts;
    const cut = { parameters: { units: "words", hidden: "mask" }, regions: null };
    await on.prepare(core, "one two", cut);
    const kept = { masks: Uint8Array.of(1, 0), n: 1, map: null };
    expect([...(await on.coalitions(core, "one two", cut, kept, never()))]).toEqual([3, 2]);
    expect(asked).toEqual([
      {
        kind: "text",
        text: "one two",
        pieces: read.encode("one two"),
        vocabulary: { pad_id: 0, mask_id: 1, max_tokens: 1000 },
        parameters: cut.parameters,
      },
    ]);
  });
});
