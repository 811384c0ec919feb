import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { Sessions } from "../../../web/src/engine/session.js";
import { Values } from "../../../web/src/engine/values.js";
import type { Scale } from "../../../web/src/schema.gen.js";
import type { TabularManifest, Provider } from "../../../web/src/types.js";
import { file, never, sessions } from "./runtime.js";

const { weights } = JSON.parse(file("model.json").toString()) as { weights: number[][] };

/** The fixtures' model, by hand. */
const model = (row: readonly number[]) =>
  [0, 1].map((k) => Math.exp(row.reduce((sum, value, j) => sum + (value * weights[j]![k]!) / 4, 0)));

const background = [
  [0.5, -1, 2],
  [1, 0, 0.25],
  [-0.75, 2, 1],
  [0, 0.125, -2],
  [3, -0.5, 0.5],
];
const x = [1.5, -2, 0.75];
const every = Array.from({ length: 8 }, (_, code) => [0, 1, 2].map((j) => (code >> j) & 1));

/** Values of coalitions, straight from their definition. */
const expected = every.flatMap((mask) => {
  const rows = background.map((row) => model(row.map((value, j) => (mask[j] ? x[j]! : value))));
  return [0, 1].map((k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length);
});

function values(provider: Provider, chunkRows: number, rows = background) {
  const scale: Scale = {
    name: "output",
    graph: "values.onnx",
    webgl: { graph: "values.webgl.onnx", n_coalitions: 4, n_background: 3 },
    additive: false,
    trees: null,
  };
  const manifest = {
    features: [{ name: "a" }, { name: "b" }, { name: "c" }],
    outputs: [{ name: "first" }, { name: "second" }],
    scales: [scale],
    chunk_rows: { cpu: 1, wasm: chunkRows, webgpu: chunkRows, webgl: 12 },
  } as unknown as TabularManifest;
  return { scale, values: new Values(sessions(provider), manifest, Float32Array.from(rows.flat())) };
}

describe.each<[Provider, number, string]>([
  ["wasm", 1000, "all at once"],
  ["wasm", 11, "two coalitions at a time"],
  ["wasm", 5, "one at a time"],
  ["wasm", 2, "a background larger than a chunk, in blocks"],
  ["webgl", 12, "fixed sizes, the last chunk and block padded"],
])("on %s with %i rows a run: %s", (provider, chunkRows) => {
  test("coalitions have the mean over the background as their value", async () => {
    const on = values(provider, chunkRows);
    const told: number[] = [];
    const found = await on.values.coalitions(on.scale, Float32Array.from(x), Uint8Array.from(every.flat()), {
      ...never(),
      onChunk: (done) => told.push(done),
    });
    expect(found).toHaveLength(16);
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
    expect(told.at(-1)).toBe(8);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });

  test("whole rows have the model's outputs", async () => {
    const on = values(provider, chunkRows);
    const rows = [...background, x, [0, 0, 0]];
    const found = await on.values.rows(on.scale, Float32Array.from(rows.flat()), never());
    expect(found).toHaveLength(14);
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(rows.flatMap(model)[i]!, 5);
  });
});

test("an answer that isn't finite is refused, with the output's name", async () => {
  const on = values("wasm", 100);
  await expect(on.values.rows(on.scale, Float32Array.from([0, 0, 0, 0, 0, 1e6]), never())).rejects.toMatchObject({
    code: "model-not-finite",
    where: 'output "second", scale "output"',
  });
});

test("a cancel is obeyed before the next chunk", async () => {
  const on = values("wasm", 5);
  const controller = new AbortController();
  const told: number[] = [];
  const onChunk = (done: number) => {
    told.push(done);
    controller.abort();
  };
  const running = on.values.coalitions(on.scale, Float32Array.from(x), Uint8Array.from(every.flat()), {
    signal: controller.signal,
    onChunk,
  });
  await expect(running).rejects.toThrow(expect.objectContaining({ name: "AbortError" }) as Error);
  expect(told).toEqual([1]);
});

test("a graph that onnxruntime refuses is a corrupt model", async () => {
  const corrupt = new Sessions(ort, "wasm", () => Promise.resolve(new Uint8Array([1, 2, 3])), null);
  await expect(corrupt.open("values.onnx")).rejects.toMatchObject({ code: "model-corrupt", where: "values.onnx" });
});

test("at most two sessions are alive, and the one used longest ago goes first", async () => {
  const events: string[] = [];
  const counting = {
    ...ort,
    InferenceSession: {
      create: (bytes: Uint8Array) => {
        const name = String.fromCharCode(...bytes);
        events.push(`+${name}`);
        return Promise.resolve({ release: () => Promise.resolve(void events.push(`-${name}`)) });
      },
    },
  } as unknown as typeof ort;
  const bytes = (name: string) => Promise.resolve(new TextEncoder().encode(name) as Uint8Array<ArrayBuffer>);
  const few = new Sessions(counting, "wasm", bytes, null);
  for (const name of ["a", "b", "a", "c", "b"]) await few.open(name);
  expect(events).toEqual(["+a", "+b", "-b", "+c", "-a", "+b"]);
});

test("onnxruntime that doesn't start is not the graph's fault", async () => {
  const broken = {
    InferenceSession: {
      create: () => Promise.reject(new Error("no available backend found. ERR: [wasm] out of memory")),
    },
  } as unknown as typeof ort;
  const bytes = () => Promise.resolve(new Uint8Array());
  await expect(new Sessions(broken, "wasm", bytes, null).open("a.onnx")).rejects.toMatchObject({
    code: "runtime-failed",
  });
  await expect(new Sessions(broken, "webgl", bytes, null).open("a.onnx")).rejects.toMatchObject({
    code: "provider-unavailable",
  });
});
