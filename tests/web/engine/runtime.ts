/** The fixtures' graphs on onnxruntime's WebAssembly. */
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web";
import { type Aside, Sessions } from "../../../web/src/engine/session.js";
import type { Provider } from "../../../web/src/types.js";

ort.env.wasm.numThreads = 1;

export const file = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

// Node has WebAssembly alone: WebGL's graph runs on it too, and what is tested is how its fixed sizes are filled.
const runtime = {
  ...ort,
  InferenceSession: {
    create: (bytes: Uint8Array) => ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] }),
  },
} as unknown as typeof ort;

export function sessions(provider: Provider, aside: Aside["path"] | null = null): Sessions {
  const graph = (path: string) => Promise.resolve(new Uint8Array(file(path)));
  return new Sessions(runtime, provider, graph, null, aside === null ? null : { path: aside, ort });
}

export const never = () => ({ signal: new AbortController().signal });
