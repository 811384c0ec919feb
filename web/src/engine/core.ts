/** The explanation core: Pyodide, numpy and the core's wheel, driven step by step. */
import type { loadPyodide } from "pyodide";
import type { PyProxy } from "pyodide/ffi";
import { XaiwebError } from "../errors.js";
import { assembled, compiled, type Glue } from "./compiled.js";
import { CoreRows } from "./core-rows.js";
import { CoreImportance, CoreRun, CoreSubject } from "./core-run.js";
import type { VerifiedFiles } from "./files.js";
import { readNpy } from "./npy.js";
import { guarded } from "./py-arrays.js";
import { stage } from "./stage.js";

type Pyodide = Awaited<ReturnType<typeof loadPyodide>>;

const PACKAGE = "xaiweb-core";

/** Pictures that would stand shorter than this are not worth computing. */
const PARTIAL_MS = 60;

/** What the core starts from. */
export interface Fetched {
  entry: string;
  glue: string;
  wasm: string;
  module: WebAssembly.Module;
  kept: Uint8Array<ArrayBuffer>[];
}

/** Python's files, all of them: one that Pyodide itself fails to fetch would leave it waiting for ever. */
export async function fetchCore(files: VerifiedFiles): Promise<Fetched> {
  const paths = files.site.list.runtime.python;
  const [entry, glue, wasm] = ["/pyodide.mjs", "/pyodide.asm.mjs", "/pyodide.asm.wasm"].map((end) =>
    paths.find((path) => path.endsWith(end)),
  );
  if (!entry || !glue || !wasm)
    throw new XaiwebError("core-failed", "the site has no Pyodide.", { where: "files.json, runtime.python" });
  return stage("python files", async () => {
    const [module, kept] = await Promise.all([
      compiled(files, wasm),
      Promise.all(paths.map((path) => files.get(path))),
    ]);
    return { entry, glue, wasm, module, kept };
  });
}

/** How Python hears of errors that JavaScript has thrown: as in Pyodide's loader, where WebAssembly has no i31. */
function jsErrors(): WebAssembly.ModuleImports {
  const error = Symbol("error");
  return { Jsv_GetError_import: () => error, JsvError_Check: (value: unknown) => value === error };
}

/** Python with the core loaded. */
export class Core {
  // Trees by the file of their nodes: read once, used by every explanation.
  readonly #trees = new Map<string, Promise<PyProxy>>();

  private constructor(
    private readonly worker: PyProxy,
    private readonly prepared: PyProxy,
    /** Any other module of the core, imported where it is first needed. */
    private readonly module: (name: string) => PyProxy,
  ) {}

  /**
   * Starts Pyodide from verified files.
   *
   * @param fetched - What `fetchCore` brought.
   * @param turn - Awaited between the steps, each of which holds the thread for a while.
   */
  static async load(files: VerifiedFiles, fetched: Fetched, turn: () => Promise<void>): Promise<Core> {
    const paths = files.site.list.runtime.python;
    try {
      const { entry, glue, wasm, module, kept } = fetched;
      files.hold(paths, kept);
      // Its own loader asks for the file, and gets no more than an answer: the module is compiled already.
      files.hold([wasm], [new Uint8Array()]);
      await turn();
      const [{ loadPyodide }, { default: make }] = await stage("python scripts", () =>
        Promise.all([files.script<typeof import("pyodide")>(entry), files.script<{ default: Glue }>(glue)]),
      );
      const indexURL = files.site.url(entry.slice(0, entry.lastIndexOf("/") + 1));
      await turn();
      // packageBaseUrl: without it, Pyodide keeps its CDN's address as a second source.
      const createPyodideModule = assembled(make, module, jsErrors());
      const options = { indexURL, packageBaseUrl: indexURL, createPyodideModule };
      const pyodide = await stage("interpreter", () => loadPyodide(options as never));
      await turn();
      await stage("packages", () => loadPackage(pyodide));
      await turn();
      const part = (name: string) => pyodide.pyimport(`xaiweb.core.${name}`) as PyProxy;
      return await stage("core", () => new Core(part("worker"), part("prepared"), part));
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
          return this.prepared.read_trees(data, shape[0]) as PyProxy;
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

  /** What is explained, made once for many runs; `document` and `arrays` as in `core/prepared.py`. */
  prepare(document: object, ...arrays: unknown[]): CoreSubject {
    return new CoreSubject(this.prepared.Prepared(JSON.stringify(document), ...arrays) as PyProxy);
  }

  /** A running method; `job` as in `core/worker.py`. */
  start(job: object, subject: CoreSubject): CoreRun {
    return new CoreRun(this.worker.Run(JSON.stringify(job), subject.proxy, PARTIAL_MS) as PyProxy);
  }

  /** What explains rows together; `table` and `background` as in `core/rows_worker.py`. */
  rows(job: object, table: object, background: Float32Array, trees: PyProxy | undefined): CoreRows {
    const [asked, columns] = [JSON.stringify(job), JSON.stringify(table)];
    return new CoreRows(
      guarded(() => this.module("rows_worker").RowsWorker(asked, columns, background, trees) as PyProxy),
    );
  }

  /** The mean size of values over many rows; `state` as it said of itself before, or empty. */
  importance(nPlayers: number, nOutputs: number, state: string): CoreImportance {
    return new CoreImportance(this.module("importance").Importance(nPlayers, nOutputs, state) as PyProxy);
  }
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
