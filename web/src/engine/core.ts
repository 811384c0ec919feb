/** The explanation core: Pyodide, numpy and the core's wheel, driven step by step. */
import type { loadPyodide } from "pyodide";
import type { PyBuffer, PyBufferView, PyProxy } from "pyodide/ffi";
import { XaiwebError } from "../errors.js";
import type { Explanation } from "../schema.gen.js";
import type { VerifiedFiles } from "./files.js";
import { readNpy } from "./npy.js";

type Pyodide = Awaited<ReturnType<typeof loadPyodide>>;

/** What `Run.step()` asks for or tells; see `core/drive.py`. */
export type Step =
  | { type: "values"; masks: Uint8Array; reply: (values: Float64Array) => void }
  | { type: "rows" | "activations"; rows: Float32Array; reply: (values: Float64Array) => void }
  | { type: "progress"; done: number; total: number; unit: string }
  | { type: "partial" | "result"; explanation: Explanation };

const PACKAGE = "xaiweb-core";

/** Pictures that would stand shorter than this are not worth computing. */
const PARTIAL_MS = 60;

/** Python with the core loaded. */
export class Core {
  // Trees by the file of their nodes: read once, used by every explanation.
  readonly #trees = new Map<string, Promise<PyProxy>>();

  private constructor(private readonly drive: PyProxy) {}

  /**
   * Starts Pyodide from verified files.
   *
   * @param turn - Awaited between the steps, each of which holds the thread for a while.
   */
  static async load(files: VerifiedFiles, turn: () => Promise<void>): Promise<Core> {
    const paths = files.site.list.runtime.python;
    const entry = paths.find((path) => path.endsWith("/pyodide.mjs"));
    const glue = paths.find((path) => path.endsWith("/pyodide.asm.mjs"));
    if (!entry || !glue)
      throw new XaiwebError("core-failed", "the site has no Pyodide.", { where: "files.json, runtime.python" });
    try {
      // All of them beforehand: a file that Pyodide itself fails to fetch would leave it waiting for ever.
      const kept = await Promise.all(paths.map((path) => files.get(path)));
      files.hold(paths, kept);
      await turn();
      const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all([
        importScript<typeof import("pyodide")>(files, entry),
        importScript<{ default: never }>(files, glue),
      ]);
      const indexURL = files.site.url(entry.slice(0, entry.lastIndexOf("/") + 1));
      await turn();
      // packageBaseUrl: without it, Pyodide keeps its CDN's address as a second source.
      const pyodide = await loadPyodide({ indexURL, packageBaseUrl: indexURL, createPyodideModule } as never);
      await turn();
      await loadPackage(pyodide);
      await turn();
      return new Core(pyodide.pyimport("xaiweb.core.drive") as PyProxy);
    } catch (reason) {
      throw XaiwebError.wrap(reason, "core-failed", {
        where: "Pyodide",
        next: "Reload the page; the first estimate stays valid as such.",
      });
    } finally {
      files.drop(paths);
    }
  }

  /**
   * The trees of a scale, as Python holds them.
   *
   * @param path - The `.npy` file of their nodes, in the bundle.
   * @throws XaiwebError where the file doesn't hold trees.
   */
  trees(path: string, file: (path: string) => Promise<Uint8Array>): Promise<PyProxy> {
    let trees = this.#trees.get(path);
    if (!trees) {
      trees = file(path).then((bytes) => {
        const { data, shape } = readNpy(bytes, path);
        try {
          return this.drive.read_trees(data, shape[0]) as PyProxy;
        } catch (cause) {
          const next = "Export the bundle again.";
          throw XaiwebError.wrap(cause, "bundle-invalid", { where: path, next });
        }
      });
      trees.catch(() => this.#trees.delete(path)); // a lost network may come back
      this.#trees.set(path, trees);
    }
    return trees;
  }

  /** A running method; `job` as in `core/drive.py`. */
  start(job: object, x: Float32Array, background: Float32Array, trees: PyProxy | null): CoreRun {
    const proxy = this.drive.Run(JSON.stringify(job), x, background, PARTIAL_MS, trees ?? undefined) as PyProxy;
    return new CoreRun(proxy);
  }
}

/** One method running in Python. */
export class CoreRun {
  constructor(private readonly proxy: PyProxy) {}

  /**
   * What to do next, after the reply of the step before was given.
   *
   * @throws XaiwebError that the core raised.
   */
  step(): Step {
    let dict: PyProxy;
    try {
      dict = this.proxy.step() as PyProxy;
    } catch (reason) {
      throw XaiwebError.wrap(reason, "core-failed", {
        where: "core",
        next: "Please report this; it is a mistake of ours.",
      });
    }
    try {
      const type = dict.get("type") as Step["type"] | "error";
      switch (type) {
        case "error":
          throw XaiwebError.from(JSON.parse(dict.get("error") as string) as XaiwebError);
        case "progress":
          return { type, done: dict.get("done"), total: dict.get("total"), unit: dict.get("unit") } as Step;
        case "partial":
        case "result":
          return { type, explanation: JSON.parse(dict.get("explanation") as string) as Explanation };
        case "values":
          return {
            type,
            masks: copy(dict.get("masks") as PyBuffer, "u8") as Uint8Array,
            reply: fill(dict.get("reply") as PyBuffer),
          };
        case "rows":
        case "activations":
          return {
            type,
            rows: copy(dict.get("rows") as PyBuffer, "f32") as Float32Array,
            reply: fill(dict.get("reply") as PyBuffer),
          };
      }
    } finally {
      dict.destroy();
    }
  }

  close(): void {
    this.proxy.close();
    this.proxy.destroy();
  }
}

async function importScript<T>(files: VerifiedFiles, path: string): Promise<T> {
  const url = await files.scriptUrl(path);
  const module = (await import(/* @vite-ignore */ url)) as T;
  URL.revokeObjectURL(url);
  return module;
}

/** loadPackage doesn't throw where a package fails. */
async function loadPackage(pyodide: Pyodide): Promise<void> {
  const errors: string[] = [];
  await pyodide.loadPackage(PACKAGE, {
    messageCallback: () => {},
    errorCallback: (message) => errors.push(message),
  });
  if (errors.length > 0 || !(PACKAGE in pyodide.loadedPackages))
    throw new XaiwebError("core-failed", `the core's package didn't load. ${errors.join(" ")}`, { where: PACKAGE });
}

// A view of Python's memory is detached when that memory grows: each is taken for one use and released.
function withView<T>(array: PyBuffer, type: "u8" | "f32" | "f64", use: (view: PyBufferView) => T): T {
  const view = array.getBuffer(type);
  try {
    return use(view);
  } finally {
    view.release();
  }
}

function copy(array: PyBuffer, type: "u8" | "f32"): Uint8Array | Float32Array {
  try {
    return withView(array, type, ({ data, offset, nbytes }) => {
      const start = offset;
      return (data as Uint8Array).slice(start, start + nbytes / (data as Uint8Array).BYTES_PER_ELEMENT);
    });
  } finally {
    array.destroy();
  }
}

function fill(array: PyBuffer): (values: Float64Array) => void {
  return (values) => {
    try {
      withView(array, "f64", ({ data, offset }) => (data as Float64Array).set(values, offset));
    } finally {
      array.destroy();
    }
  };
}
