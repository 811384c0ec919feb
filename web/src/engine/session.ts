/** Sessions of onnxruntime: one provider, one run at a time, at most two alive. */
import type * as Ort from "onnxruntime-web";
import { XaiwebError } from "../errors.js";
import type { Provider } from "../types.js";
import { assembled, compiled, type Glue } from "./compiled.js";
import type { VerifiedFiles } from "./files.js";

export type { Ort };
export type Feeds = Record<string, Ort.Tensor>;

/** Which files of `runtime` a provider starts from, by the ending of their names. */
const ENTRY: Record<Provider, string> = {
  wasm: "/ort.wasm.min.mjs",
  webgpu: "/ort.webgpu.min.mjs",
  webgl: "/ort.webgl.min.mjs",
};

const ALIVE = 2;

/** onnxruntime-web from verified bytes, set up for one provider. */
export async function loadOrt(files: VerifiedFiles, provider: Provider): Promise<typeof Ort> {
  const paths = files.site.list.runtime[provider];
  const ending = (end: string) => paths.find((path) => `/${path}`.endsWith(end));
  const entry = ending(ENTRY[provider]);
  if (!entry)
    throw new XaiwebError("provider-unavailable", `the site has no files for ${provider}.`, { where: "files.json" });
  const wasm = paths.find((path) => path.endsWith(".wasm"));
  const glue = paths.find((path) => path.endsWith(".mjs") && path !== entry);
  const [ort, start] = await Promise.all([importOrt(files, entry), glue && wasm ? startUrl(files, glue, wasm) : null]);
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.proxy = false;
  // The second address is never asked: without one, onnxruntime would look for a file beside the first.
  if (start && wasm) ort.env.wasm.wasmPaths = { mjs: start, wasm: files.site.url(wasm) };
  return ort;
}

/**
 * The address of a script that onnxruntime takes for its glue: the glue with its module compiled already, which
 * onnxruntime has no setting for.
 */
async function startUrl(files: VerifiedFiles, glue: string, wasm: string): Promise<string> {
  const [{ default: make }, module] = await Promise.all([
    files.scriptUrl(glue).then((url) => import(/* @vite-ignore */ url) as Promise<{ default: Glue }>),
    compiled(files, wasm),
  ]);
  const name = `xaiweb ${wasm}`;
  Object.defineProperty(globalThis, name, { value: assembled(make, module), configurable: true });
  const script = `export default (settings) => globalThis[${JSON.stringify(name)}](settings);`;
  return URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
}

async function importOrt(files: VerifiedFiles, entry: string): Promise<typeof Ort> {
  const url = await files.scriptUrl(entry);
  try {
    return (await import(/* @vite-ignore */ url)) as typeof Ort;
  } catch (cause) {
    throw runtimeFailed(cause);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A graph that runs on WASM whichever provider runs the others, and has no external data. */
export interface Aside {
  path: string;
  ort: typeof Ort;
}

/** The sessions of one bundle. */
export class Sessions {
  // In the order of their last use; the first is the next to go.
  readonly #alive = new Map<string, Ort.InferenceSession>();
  // Everything that touches onnxruntime waits for its turn here.
  #chain: Promise<unknown> = Promise.resolve();

  /**
   * @param graph - Gives the bytes of a graph, by its path in the bundle.
   * @param weights - External data that every graph refers to, by the name it uses; null for none (and for WebGL,
   *   whose backend doesn't know external data: its graphs carry their own).
   */
  constructor(
    readonly ort: typeof Ort,
    readonly provider: Provider,
    private readonly graph: (path: string) => Promise<Uint8Array<ArrayBuffer>>,
    private readonly weights: { path: string; data: Uint8Array } | null,
    private readonly aside: Aside | null = null,
  ) {}

  tensor(type: "float32" | "bool" | "uint8" | "int32", data: Ort.Tensor.DataType, dims: number[]): Ort.Tensor {
    return new this.ort.Tensor(type, data, dims);
  }

  /** Makes sure that the graph's session exists. */
  open(path: string): Promise<void> {
    return this.#turn(async () => void (await this.#session(path)));
  }

  /** The named output of one run; `timed` is told how long it took, waiting for its turn not included. */
  run(path: string, feeds: Feeds, output: string, timed?: (ms: number) => void): Promise<Float32Array> {
    return this.#turn(async () => {
      const session = await this.#session(path);
      const started = performance.now();
      const result = await this.#answer(session, path, feeds, output);
      timed?.(performance.now() - started);
      return (await result.getData()) as Float32Array;
    });
  }

  async #answer(session: Ort.InferenceSession, path: string, feeds: Feeds, output: string): Promise<Ort.Tensor> {
    const fail = (message: string, cause?: unknown) =>
      new XaiwebError("model-corrupt", message, { where: path, next: "Export the bundle again.", cause });
    let answers: Ort.InferenceSession.OnnxValueMapType;
    try {
      answers = await session.run(feeds, [output]);
    } catch (cause) {
      throw fail(`onnxruntime stopped in this graph: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
    }
    const answer = answers[output];
    if (!answer) throw fail(`the graph has no output "${output}".`);
    return answer as Ort.Tensor;
  }

  #turn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#chain.then(work);
    this.#chain = done.catch(() => {});
    return done;
  }

  async #session(path: string): Promise<Ort.InferenceSession> {
    let session = this.#alive.get(path);
    if (session) {
      this.#alive.delete(path);
    } else {
      for (const [oldest, old] of this.#alive) {
        if (this.#alive.size < ALIVE) break;
        this.#alive.delete(oldest);
        await old.release();
      }
      session = await this.#create(path);
    }
    this.#alive.set(path, session);
    return session;
  }

  async #create(path: string): Promise<Ort.InferenceSession> {
    const bytes = await this.graph(path);
    const aside = path === this.aside?.path ? this.aside : null;
    const [ort, provider] = aside ? [aside.ort, "wasm" as const] : [this.ort, this.provider];
    const options: Ort.InferenceSession.SessionOptions = {
      executionProviders: [provider],
      logSeverityLevel: 3, // WebGPU warns of every shape operator that stays on the CPU
    };
    if (this.weights && !aside) options.externalData = [this.weights];
    try {
      return await ort.InferenceSession.create(bytes, options);
    } catch (cause) {
      throw refusal(provider, path, cause);
    }
  }
}

/** Why there is no session: the provider, onnxruntime itself, or the graph. */
function refusal(provider: Provider, where: string, cause: unknown): XaiwebError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (provider !== "wasm") {
    const next = 'Choose provider "wasm", which runs everywhere.';
    return new XaiwebError("provider-unavailable", `this graph doesn't run on ${provider}: ${reason}`, {
      where,
      next,
      cause,
    });
  }
  // onnxruntime's words for a backend that could not be started.
  if (reason.includes("no available backend")) return runtimeFailed(cause);
  const next = "Export the bundle again.";
  return new XaiwebError("model-corrupt", `onnxruntime refuses the graph: ${reason}`, { where, next, cause });
}

function runtimeFailed(cause: unknown): XaiwebError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new XaiwebError("runtime-failed", `onnxruntime doesn't start: ${reason}`, {
    where: "onnxruntime-web",
    next: "Close other tabs and reload: it may lack memory.",
    cause,
  });
}
