/** A photo of 6 x 4 pixels in four parts, explained for three classes by hand. */
import type { Explanation, ImageManifest } from "../../../../web/src/types.js";
import { places } from "../../../../web/src/views/photo/places.js";
import type { Look } from "../../../../web/src/views/photo/parts.js";
import type { Sight } from "../../../../web/src/views/photo/sentence.js";
import { words } from "../../../../web/src/strings/words.js";

export const WIDTH = 6;
export const HEIGHT = 4;

/** Upper left, upper right, a strip below, and in it a hole that is the fourth. */
export const SEGMENTS = Int32Array.from(
  `0 0 0 1 1 1
   0 0 0 1 1 1
   2 2 3 2 2 2
   2 2 2 2 2 2`
    .split(/\s+/)
    .map(Number),
);

export const manifest = {
  version: 1,
  kind: "image",
  name: "toy",
  title: "Toy",
  created_by: "test",
  model: { file: "model.onnx", sha256: "0".repeat(64), source: "torch", opset: { "": 18 } },
  outputs: [
    { name: "cat", label: { en: "cat", de: "Katze" }, kind: "probability" },
    { name: "dog", kind: "probability" },
    { name: "fox", kind: "probability" },
  ],
  decision: null,
  scales: [{ name: "output", graph: "value.onnx", webgl: null }],
  image: { preprocess: "pre.onnx", height: HEIGHT, width: WIDTH, channels: 3, crop: 0.875 },
  examples: [
    { id: "one", title: { en: "The first", de: "Das erste" }, file: "examples/one.png", credit: "Nobody, CC0" },
    { id: "two", title: "The second", file: "examples/two.png" },
  ],
  weights: null,
  chunk_rows: { cpu: 1, wasm: 1, webgpu: 1, webgl: 1 },
  providers: { wasm: null, webgpu: null, webgl: null },
  files: {},
} as unknown as ImageManifest;

/** cat: 0.1 + 0.3 + 0.2 - 0.05 + 0 = 0.55; dog: 0.5 - 0.2 + 0.05 + 0 + 0 = 0.35. */
export const explanation = {
  version: 1,
  players: [0, 1, 2, 3].map((segment) => ({ name: `segment ${segment}`, columns: [], value: null, segment })),
  outputs: ["cat", "dog"],
  base_values: [0.1, 0.5],
  prediction: [0.55, 0.35],
  values: [
    [0.3, -0.2],
    [0.2, 0.05],
    [-0.05, 0],
    [0, 0],
  ],
  std_error: [
    [0.01, 0.01],
    [0.02, 0.01],
    [0.01, 0.01],
    [0, 0],
  ],
  interactions: null,
  segments: { height: HEIGHT, width: WIDTH, sha256: "a".repeat(64) },
  provenance: {
    method: "shapley",
    estimator: "owen",
    plan: "From coarse to fine.",
    parameters: { segments: "slic", n_segments: 4, hidden: "blur", budget: 50 },
    seed: 0,
    scale: "output",
    n_coalitions: 50,
    n_model_rows: 50,
    chunk_rows: 1,
    elapsed_ms: 10,
    engine: "test",
    provider: "wasm",
    model_sha256: "0".repeat(64),
    core_version: "0",
    core_kernels: "compiled",
  },
} as unknown as Explanation;

/** The same explanation of another method. */
export function by(method: string, values = explanation.values): Explanation {
  return { ...explanation, values, provenance: { ...explanation.provenance, method } } as Explanation;
}

export function sight(look: Look = { output: 0, against: null }, of = explanation, lang = "en"): Sight {
  return { explanation: of, manifest, look, places: places(SEGMENTS, WIDTH, HEIGHT, 4), words: words(lang) };
}
