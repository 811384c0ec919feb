/** The worker: everything heavy lives here. It loads the bundle, the runtime and the core, and answers the page. */
import { XaiwebError } from "../errors.js";
import { countSent, guardWorker } from "../guard.js";
import { BundleFiles } from "./bundle-files.js";
import { Core } from "./core.js";
import { checkPolicy } from "./csp.js";
import type { Engine } from "./engine.js";
import { explain } from "./explain.js";
import { VerifiedFiles } from "./files.js";
import { readTable } from "./npy.js";
import type { ExplainEvent, Provider } from "../types.js";
import type { ExplainJob, FromWorker, ToWorker } from "./protocol.js";
import { chooseProvider, likelyProvider } from "./provider.js";
import { loadOrt, Sessions } from "./session.js";
import { Site } from "./site.js";
import { readSpeeds, writeSpeed } from "./speeds.js";
import { Turns } from "./turns.js";
import { Values } from "./values.js";

type Open = Extract<ToWorker, { type: "open" }>;

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const send = (message: FromWorker) => scope.postMessage(message);
const errorOf = (reason: unknown, code = "worker-failed") =>
  XaiwebError.wrap(reason, code, { where: "worker" }).toJSON();

const FRAME = 16;
const GRACE = 100;
const jobs = new Map<number, AbortController>();
const turns = new Turns();
let engine: Promise<Engine> = Promise.reject(
  new XaiwebError("worker-failed", "no bundle is open.", { where: "worker" }),
);
engine.catch(() => {});

scope.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case "open":
      engine = open(data);
      // Whoever asks for an answer hears of the failure too; here the page is told.
      engine.catch((reason: unknown) => send({ type: "broken", core: false, error: errorOf(reason) }));
      break;
    case "predict":
      void answer(data.id, (signal) => predict(data.id, data.rows, signal));
      break;
    case "explain":
      void answer(data.id, (signal) => explainJob(data.id, data.job, signal));
      break;
    case "cancel":
      jobs.get(data.id)?.abort();
      break;
  }
};

/** Does what the page asked for, and may cancel. */
async function answer(id: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  jobs.set(id, controller);
  try {
    await work(controller.signal);
  } catch (reason) {
    if (!controller.signal.aborted) send({ type: "failed", id, error: errorOf(reason) });
  } finally {
    jobs.delete(id);
  }
}

async function predict(id: number, rows: Float32Array, signal: AbortSignal): Promise<void> {
  const { manifest, values } = await engine;
  const flat = await turns.take(() => values.rows(manifest.scales[0], rows, { signal }));
  const k = manifest.outputs.length;
  const table = Array.from({ length: flat.length / k }, (_, i) => Array.from(flat.subarray(i * k, (i + 1) * k)));
  send({ type: "predicted", id, values: table });
}

/** Once a visit is enough. */
let speedKept = false;

async function explainJob(id: number, job: ExplainJob, signal: AbortSignal): Promise<void> {
  const { root, model, values, provider } = await engine;
  let told = 0;
  const emit = (event: ExplainEvent) => {
    if (signal.aborted) return;
    // Chunks of a small model take less than a frame; nobody sees more than one a frame.
    if (event.type === "progress" && event.done < event.total && performance.now() - told < FRAME) return;
    if (event.type === "progress") told = performance.now();
    send({ type: "event", id, event });
  };
  await explain(await engine, job, { signal, emit });
  if (!signal.aborted) send({ type: "done", id });
  const speed = values.speed();
  if (speed === null || speedKept) return;
  speedKept = true;
  await writeSpeed(root, model, provider, speed);
}

/** Loads the bundle and the runtime, in the order in which they are needed; the core comes last and by itself. */
async function open({ root, list, bundle: folder, provider: choice }: Open): Promise<Engine> {
  const site = new Site(root, list);
  const files = new VerifiedFiles(site, "worker", (file) => send({ type: "file", file }));
  guardWorker(
    site,
    (path) => files.response(path),
    (what) => send({ type: "refused", what }),
  );
  countSent(Promise.resolve(site), (bytes) => send({ type: "sent", bytes }));
  await checkPolicy();

  // The runtime is the largest part of the way to the first picture: it starts before the manifest says anything.
  const model = list.files[`${folder}manifest.json`]?.sha256 ?? "";
  const speeds = await readSpeeds(root, model);
  const likely = likelyProvider(choice, speeds);
  const early = loadOrt(files, likely);
  early.catch(() => {});

  const bundle = await BundleFiles.load(files, folder);
  const { manifest } = bundle;
  const { provider, reason: providerReason } = await chooseProvider(choice, manifest, speeds);
  const needed = bundle.needed(provider);
  const paths = needed.map((name) => folder + name);
  const runtime = [...list.runtime[provider], ...list.runtime.python];
  files.announce([...paths, ...runtime]);
  for (const name of bundle.first(provider)) bundle.get(name).catch(() => {}); // whoever needs it hears of a failure
  const background = await readBackground(bundle);
  send({ type: "opened", opened: { manifest, provider, providerReason, background } });
  const [ort, external] = await Promise.all([
    provider === likely ? early : loadOrt(files, provider),
    externalData(bundle, provider),
  ]);
  const graph = (name: string) => bundle.get(name);
  const values = new Values(new Sessions(ort, provider, graph, external), manifest, background);
  await values.open(manifest.scales[0]);
  send({ type: "model" });

  const core = loadCore(files, () => Promise.all(needed.map(graph)));
  const engine: Engine = {
    root,
    model,
    manifest,
    background,
    values,
    provider,
    turns,
    core,
    name: `onnxruntime-web ${ort.env.versions.web}`,
    coreVersion: list.core_version,
    file: graph,
    coreNow: null,
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

async function readBackground(bundle: BundleFiles): Promise<Float32Array> {
  const { manifest, folder } = bundle;
  const { file, n_rows } = manifest.background;
  return readTable(await bundle.get(file), folder + file, "float32", [
    n_rows,
    manifest.features.length,
  ]) as Float32Array;
}

/** Weights that the graphs share: they lie in one folder, and a graph names only the file. */
async function externalData(bundle: BundleFiles, provider: Provider) {
  const { weights } = bundle.manifest;
  if (weights === null || provider === "webgl") return null; // WebGL's graphs carry their own
  return { path: weights.slice(weights.lastIndexOf("/") + 1), data: await bundle.get(weights) };
}

/** The core, and the rest of the bundle's files: nobody waits for them yet, so whoever asks something goes first. */
async function loadCore(files: VerifiedFiles, rest: () => Promise<unknown>): Promise<Core> {
  const idle = () => turns.idle();
  // The page shows the prediction before it asks for the explanation, whose first picture comes first too.
  await idle();
  await new Promise((resolve) => setTimeout(resolve, GRACE));
  await idle();
  send({ type: "core", state: "loading" });
  await rest();
  return Core.load(files, idle);
}
