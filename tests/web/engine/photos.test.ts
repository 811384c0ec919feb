import { describe, expect, test } from "vitest";
import { PhotoGraph } from "../../../web/src/engine/photo-graph.js";
import type { ImageManifest, Provider } from "../../../web/src/types.js";
import { never, sessions } from "./runtime.js";

const pixels = Float32Array.of(10, 20, 30, 40, 50, 60);
const hidden = Float32Array.of(1, 2, 3, 4, 5, 6);
const segments = Int32Array.of(0, 0, 2, 1, 1, 2);
const masks = [
  [1, 1, 1],
  [0, 0, 0],
  [1, 0, 0],
  [0, 1, 1],
  [0.5, 0.25, 0.75],
];

/** The fixtures' model, by hand. */
const model = (seen: ArrayLike<number>) =>
  [1, 2].map((power) => Array.from(seen).reduce((sum, value, p) => sum + value * (p + 1) ** power, 0) / 1000);

const expected = masks.flatMap((mask) =>
  model(Array.from(pixels, (value, p) => mask[segments[p]!]! * value + (1 - mask[segments[p]!]!) * hidden[p]!)),
);

function graph(provider: Provider, chunkRows: number) {
  const scale = { name: "output", graph: "photo.onnx", webgl: { graph: "photo.webgl.onnx", n_coalitions: 4 } } as const;
  const manifest = {
    outputs: [{ name: "first" }, { name: "second" }],
    scales: [scale],
    image: { preprocess: "preprocess.onnx", channels: 1, height: 2, width: 3 },
    chunk_rows: { cpu: 1, wasm: chunkRows, webgpu: chunkRows, webgl: 4 },
  } as unknown as ImageManifest;
  return { scale, graph: new PhotoGraph(sessions(provider, "preprocess.onnx"), manifest) };
}

describe.each<[Provider, number]>([
  ["wasm", 100],
  ["wasm", 2],
  ["webgl", 4],
])("on %s with %i photos a run", (provider, chunkRows) => {
  test("hidden segments are blended into the photo", async () => {
    const on = graph(provider, chunkRows);
    const told: number[] = [];
    const blend = { pixels, hidden, segments, masks: Float32Array.from(masks.flat()), n: masks.length };
    const found = await on.graph.values(on.scale, blend, { ...never(), onChunk: (done) => told.push(done) });
    expect(found).toHaveLength(10);
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
    expect(told.at(-1)).toBe(5);
  });

  test("a whole photo has the model's outputs", async () => {
    const on = graph(provider, chunkRows);
    const found = await on.graph.predict(on.scale, pixels, never());
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(model(pixels)[i]!, 5);
  });
});

test("preprocessing runs aside, whatever runs the model", async () => {
  const rgb = { data: Uint8Array.from({ length: 3 * 4 * 3 }, (_, i) => i), height: 3, width: 4 };
  for (const provider of ["wasm", "webgpu", "webgl"] as const)
    expect([...(await graph(provider, 4).graph.pixels(rgb))]).toEqual([0, 3, 6, 12, 15, 18]);
});
