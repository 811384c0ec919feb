/** A bundle's model on a provider: the runtime, the sessions, and how its kind of data is asked. */
import type { Manifest, SiteFiles } from "../schema.gen.js";
import type { Provider } from "../types.js";
import type { BundleFiles } from "./bundle-files.js";
import type { Data } from "./engine.js";
import type { VerifiedFiles } from "./files.js";
import { Photos } from "./photos.js";
import { loadOrt, type Ort, Sessions } from "./session.js";
import { stage } from "./stage.js";
import { Tables } from "./tables.js";
import { Texts } from "./texts.js";

export interface Model {
  data: Data;
  /** The runtime and its version, for provenance. */
  name: string;
}

/** Where a run has at most so many model rows, one row costs so much that threads pay. */
const FEW_ROWS = 32;
const MOST_THREADS = 4;

/** Files of the site that a provider runs from. */
export function runtimePaths({ runtime }: SiteFiles, manifest: Manifest, provider: Provider): string[] {
  return [...new Set([...runtime[provider], ...(manifest.kind === "image" ? runtime.wasm : [])])];
}

/**
 * The model, its first session made.
 *
 * @param background - float32 (n_background, n_features) of a model of rows; else empty.
 * @param early - The provider's runtime, where it is loading already.
 */
export async function loadModel(
  files: VerifiedFiles,
  bundle: BundleFiles,
  provider: Provider,
  background: Float32Array,
  early: Promise<typeof Ort> = loadOrt(files, provider),
): Promise<Model> {
  const { manifest } = bundle;
  // What makes of a photo what the model sees is WASM's: other runtimes lack operators, or sizes that aren't fixed.
  const preprocess = manifest.kind === "image" ? manifest.image.preprocess : null;
  const besides = preprocess === null || provider === "wasm" ? early : loadOrt(files, "wasm");
  const [ort, wasm, weights] = await Promise.all([early, besides, externalData(bundle, provider)]);
  const threads = provider === "wasm" && manifest.chunk_rows.wasm <= FEW_ROWS ? threadsHere() : 1;
  ort.env.wasm.numThreads = threads;
  const aside = preprocess === null ? null : { path: preprocess, ort: wasm };
  const data = dataOf(new Sessions(ort, provider, (path) => bundle.get(path), weights, aside), bundle, background);
  await stage("session", () => data.runs.open(manifest.scales[0]));
  const name = `onnxruntime-web ${ort.env.versions.web}`;
  return { data, name: threads > 1 ? `${name}, ${threads} threads` : name };
}

/**
 * Half of the cores: threads wait for each other actively, and where others want the cores too, all of them take longer
 * than one. They share memory, which browsers allow only in pages that are isolated from others.
 */
function threadsHere(): number {
  return globalThis.crossOriginIsolated
    ? Math.min(MOST_THREADS, Math.ceil((navigator.hardwareConcurrency || 1) / 2))
    : 1;
}

function dataOf(sessions: Sessions, bundle: BundleFiles, background: Float32Array): Data {
  const { manifest } = bundle;
  switch (manifest.kind) {
    case "tabular":
      return new Tables(sessions, manifest, background);
    case "image":
      return new Photos(sessions, manifest, (path) => bundle.listed(path));
    case "text":
      return new Texts(sessions, manifest, (path) => bundle.get(path));
  }
}

/** Weights that the graphs share: they lie in one folder, and a graph names only the file. */
async function externalData(bundle: BundleFiles, provider: Provider) {
  const { weights } = bundle.manifest;
  if (weights === null || provider === "webgl") return null; // WebGL's graphs carry their own
  return { path: weights.slice(weights.lastIndexOf("/") + 1), data: await bundle.get(weights) };
}
