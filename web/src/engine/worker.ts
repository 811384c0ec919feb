/** The worker: everything heavy lives here. It loads the bundle, the runtime and the core, and answers the page. */
import { XaiwebError } from "../errors.js";
import type { RowsEvent } from "../many.js";
import type { ExplainEvent, TabularManifest } from "../types.js";
import { dropAsked } from "./asked.js";
import { begin } from "./begin.js";
import { BundleFiles } from "./bundle-files.js";
import { Core, type Fetched, fetchCore } from "./core.js";
import { Deferred } from "./deferred.js";
import type { Engine } from "./engine.js";
import { explain } from "./explain.js";
import type { VerifiedFiles } from "./files.js";
import { ManyRows } from "./many/many-rows.js";
import { loadModel, runtimePaths } from "./model.js";
import { readTable } from "./npy.js";
import type { Answers, ExplainJob, FromWorker, Question, RowsAsk, ToWorker } from "./protocol.js";
import { chooseProvider, likelyProvider } from "./provider.js";
import { rehearse, worthTrying } from "./rehearsal.js";
import { loadOrt } from "./session.js";
import { stage } from "./stage.js";
import { modelOf, readSpeeds, writeSpeed } from "./speeds.js";
import { Turns } from "./turns.js";

type Open = Extract<ToWorker, { type: "open" }>;

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const send = (message: FromWorker) => scope.postMessage(message);
const errorOf = (reason: unknown, code = "worker-failed") =>
  XaiwebError.wrap(reason, code, { where: "worker" }).toJSON();

/** What reads and writes parquet: fetched with what nobody waits for, so that it is there when the network isn't. */
const PARQUET = "parquet.js";
const FRAME = 16;
const GRACE = 100;
/** Where onnxruntime took longer to arrive (ms), Python's files follow at once. */
const SLOW = 500;
/** Resolves when the first picture had its time. */
const started = new Deferred<void>();
const jobs = new Map<number, AbortController>();
const turns = new Turns();
let engine: Promise<Engine> = Promise.reject(
  new XaiwebError("worker-failed", "no bundle is open.", { where: "worker" }),
);
engine.catch(() => {});
let many = engine as Promise<never> as Promise<ManyRows>;
many.catch(() => {});

scope.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case "open":
      engine = open(data);
      many = engine.then((opened) => new ManyRows(opened, data.root + data.bundle));
      many.catch(() => {});
      // Whoever asks for an answer hears of the failure too; here the page is told.
      engine.catch((reason: unknown) => send({ type: "broken", core: false, error: errorOf(reason) }));
      break;
    case "try":
      void tryProvider(data);
      break;
    case "cancel":
      jobs.get(data.id)?.abort();
      break;
    default:
      void answer(data);
  }
};

async function tryProvider({ root, list, bundle, provider }: Extract<ToWorker, { type: "try" }>): Promise<void> {
  try {
    await rehearse(await begin(root, list, send, Promise.resolve()), bundle, provider, send);
  } finally {
    send({ type: "tried" });
  }
}

/** Does what the page asked for, and may cancel. */
async function answer(asked: Exclude<ToWorker, { type: "open" | "try" | "cancel" }>): Promise<void> {
  const { id } = asked;
  const controller = new AbortController();
  const { signal } = controller;
  jobs.set(id, controller);
  try {
    const answer =
      asked.type === "explain"
        ? await explainJob(id, asked.job, signal)
        : asked.type === "explainRows"
          ? await explainRows(id, asked, signal)
          : await reply(asked, signal);
    if (!signal.aborted) send({ type: "answered", id, answer });
  } catch (reason) {
    if (!signal.aborted) send({ type: "failed", id, error: errorOf(reason) });
  } finally {
    jobs.delete(id);
  }
}

async function reply(asked: Question & { id: number }, signal: AbortSignal): Promise<Answers[keyof Answers]["answer"]> {
  const { data, turns, core, file, manifest } = await engine;
  const rows = await many;
  const table = (flat: Float64Array) => tableOf(flat, manifest.outputs.length);
  switch (asked.type) {
    case "predict":
      return table(await turns.take(() => stage("predict", () => data.predict(asked.inputs, { signal }))));
    case "prepare":
      return data.prepare(await core, asked.input, asked.cut);
    case "coalitions":
      return table(await data.coalitions(await core, asked.input, asked.cut, asked.kept, { signal }));
    case "file":
      return file(asked.path);
    case "inspectRows":
      return rows.inspect(asked.file, signal, (share) =>
        send({ type: "event", id: asked.id, event: { type: "reading", share } }),
      );
    case "timeRows":
      return rows.time(asked.file, asked.job, signal);
    case "keptRows":
      return rows.kept();
    case "lookRows":
      return rows.look(asked.run, asked.first, asked.count);
    case "saveRows":
      return rows.save(asked.run, asked.format);
    case "discardRows":
      await rows.discard(asked.run, asked.what);
      return null;
  }
}

function tableOf(flat: Float64Array, width: number): number[][] {
  return Array.from({ length: flat.length / width }, (_, i) => Array.from(flat.subarray(i * width, (i + 1) * width)));
}

async function explainJob(id: number, job: ExplainJob, signal: AbortSignal): Promise<null> {
  let told = 0;
  const emit = (event: ExplainEvent) => {
    if (signal.aborted) return;
    // Chunks of a small model take less than a frame; nobody sees more than one a frame.
    if (event.type === "progress" && event.done < event.total && performance.now() - told < FRAME) return;
    if (event.type === "progress") told = performance.now();
    send({ type: "event", id, event });
  };
  const watcher = { signal, emit };
  const [opened, { visitors }] = await Promise.all([engine, many]);
  await visitors.take(() => explain(opened, job, watcher));
  void keepSpeed(await engine);
  return null;
}

async function explainRows(id: number, asked: RowsAsk, signal: AbortSignal): Promise<null> {
  const emit = (event: RowsEvent) => {
    if (!signal.aborted) send({ type: "event", id, event });
  };
  await (await many).explain(asked, signal, emit);
  return null;
}

/** Once a visit is enough. */
let speedKept = false;

/** Remembers how fast the model ran, and says where another provider may be faster. */
async function keepSpeed({ root, model, manifest, data, provider, tries }: Engine): Promise<void> {
  const speed = data.runs.speed();
  if (speed === null || speedKept) return;
  speedKept = true;
  await writeSpeed(root, model, provider, speed);
  const rival = tries ? await worthTrying(manifest, speed, await readSpeeds(root, model)) : null;
  if (rival !== null) send({ type: "worth-trying", provider: rival });
}

/** Loads the bundle and the runtime, in the order in which they are needed; the core comes last and by itself. */
async function open({ root, list, bundle: folder, provider: choice }: Open): Promise<Engine> {
  const files = await stage("policy", () => begin(root, list, send, started.promise));
  // The runtime is the largest part of the way to the first picture: it starts before the manifest says anything.
  const model = modelOf(files.site, folder);
  const speeds = await readSpeeds(root, model);
  const likely = likelyProvider(choice, speeds);
  const early = stage("onnxruntime", () => loadOrt(files, likely));
  early.catch(() => {});

  const bundle = await stage("manifest", () => BundleFiles.load(files, folder));
  const { manifest } = bundle;
  const { provider, reason: providerReason } = await chooseProvider(choice, manifest, speeds);
  const needed = bundle.needed(provider);
  const parquet = manifest.kind === "tabular" && Object.hasOwn(list.files, PARQUET) ? [PARQUET] : [];
  const paths = [...needed.map((name) => folder + name), ...parquet];
  const runtime = [...runtimePaths(list, manifest, provider), ...list.runtime.python];
  files.announce([...paths, ...runtime]);
  const first = Promise.all([early, ...bundle.first(provider).map((name) => bundle.get(name))]);
  const python = first.then(
    () => (files.site.uses("early-python") && slow() ? fetchCore(files) : null),
    () => null, // whoever needs it hears of a failure
  );
  python.catch(() => {});
  const background = manifest.kind === "tabular" ? await readBackground(bundle, manifest) : new Float32Array();
  send({ type: "opened", opened: { manifest, provider, providerReason, background } });
  const { data, name } = await loadModel(files, bundle, provider, background, provider === likely ? early : undefined);
  send({ type: "model" });

  const file = (path: string) => bundle.get(path);
  const rest = () => Promise.all([...needed.map(file), ...parquet.map((path) => files.get(path))]);
  const core = loadCore(files, python, rest);
  const coreVersion = list.core_version;
  const common = { root, model, manifest, data, provider, turns, core, name, coreVersion, file };
  const engine: Engine = {
    ...common,
    tries: choice === "auto" && provider === "wasm" && data.rehearse !== undefined,
    coreNow: null,
    parquet: () => files.script(PARQUET),
  };
  core.then(
    async (loaded) => {
      engine.coreNow = loaded;
      send({ type: "core", state: "ready" });
      await files.written(); // what follows reads it from there
      send({ type: "ready", files: [`${folder}manifest.json`, ...paths, ...runtime] });
    },
    (reason: unknown) => send({ type: "broken", core: true, error: errorOf(reason, "core-failed") }),
  );
  return engine;
}

async function readBackground(bundle: BundleFiles, { background, features }: TabularManifest): Promise<Float32Array> {
  const { file, n_rows } = background;
  const shape = [n_rows, features.length];
  return readTable(await bundle.get(file), bundle.folder + file, "float32", shape) as Float32Array;
}

/** Whether the network is what a start waits for: then it must not stand still while the first session is made. */
function slow(): boolean {
  const [wasm] = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".wasm"));
  return wasm !== undefined && wasm.duration > SLOW;
}

/**
 * The core, and the rest of the bundle's files: nobody waits for them yet, so whoever asks something goes first.
 *
 * @param early - Python's files, where they were asked for already.
 */
async function loadCore(
  files: VerifiedFiles,
  early: Promise<Fetched | null>,
  rest: () => Promise<unknown>,
): Promise<Core> {
  const idle = () => turns.idle();
  // The page shows the prediction before it asks for the explanation, whose first picture comes first too.
  await idle();
  await new Promise((resolve) => setTimeout(resolve, GRACE));
  await idle();
  started.resolve();
  dropAsked();
  send({ type: "core", state: "loading" });
  const [python] = await Promise.all([early.then((begun) => begun ?? fetchCore(files)), rest()]);
  return Core.load(files, python, idle);
}
