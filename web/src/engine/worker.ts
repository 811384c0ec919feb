/** The worker: everything heavy lives here. It loads the bundle, the runtime and the core, and answers the page. */
import { XaiwebError } from "../errors.js";
import { guardWorker } from "../guard.js";
import { loadManifest, neededFiles } from "./bundle-files.js";
import { Core } from "./core.js";
import { checkPolicy } from "./csp.js";
import { type Bench, explain } from "./explain.js";
import { VerifiedFiles } from "./files.js";
import { readTable } from "./npy.js";
import type { ExplainJob, FromWorker, ToWorker } from "./protocol.js";
import { chooseProvider } from "./provider.js";
import { loadOrt, Sessions } from "./session.js";
import { Site } from "./site.js";
import { readSpeeds, writeSpeed } from "./speeds.js";
import { Turns } from "./turns.js";
import { graphOf, Values } from "./values.js";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const send = (message: FromWorker) => scope.postMessage(message);
const errorOf = (reason: unknown, code = "worker-failed") => XaiwebError.wrap(reason, code, { where: "worker" }).toJSON();

const jobs = new Map<number, AbortController>();
const turns = new Turns();
let bench: Promise<Bench> = Promise.reject(new XaiwebError("worker-failed", "no bundle is open.", { where: "worker" }));
bench.catch(() => {});

scope.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case "open":
      bench = open(data);
      // Whoever asks for an answer hears of the failure too; here the page is told.
      bench.catch((reason: unknown) => send({ type: "broken", core: false, error: errorOf(reason) }));
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
  const { manifest, values } = await bench;
  const flat = await turns.take(() => values.rows(manifest.scales[0], rows, { signal }));
  const k = manifest.outputs.length;
  const table = Array.from({ length: flat.length / k }, (_, i) => Array.from(flat.subarray(i * k, (i + 1) * k)));
  send({ type: "predicted", id, values: table });
}

async function explainJob(id: number, job: ExplainJob, signal: AbortSignal): Promise<void> {
  const { root, manifest, values, provider, ...rest } = await bench;
  await explain({ root, manifest, values, provider, ...rest }, job, signal, (event) => {
    if (!signal.aborted) send({ type: "event", id, event });
  });
  if (!signal.aborted) send({ type: "done", id });
  const speed = values.speed();
  if (speed !== null) await writeSpeed(root, manifest.model.sha256, provider, speed);
}

/** Loads the bundle and the runtime, in the order in which they are needed; the core comes last and by itself. */
async function open({ root, list, bundle, provider: choice }: Extract<ToWorker, { type: "open" }>): Promise<Bench> {
  const site = new Site(root, list);
  const files = new VerifiedFiles(site, "worker", (file) => send({ type: "file", file }));
  guardWorker(
    site,
    (path) => files.response(path),
    (what) => send({ type: "refused", what }),
  );
  await checkPolicy();

  const manifest = await loadManifest(files, bundle);
  const path = bundle + manifest.background.file;
  const shape = [manifest.background.n_rows, manifest.features.length];
  const background = readTable(await files.get(path), path, "float32", shape) as Float32Array;
  const speeds = await readSpeeds(root, manifest.model.sha256);
  const { provider, reason: providerReason } = await chooseProvider(choice, manifest, speeds);
  send({ type: "opened", opened: { manifest, provider, providerReason, background } });

  const needed = neededFiles(manifest, provider);
  const runtime = [...list.runtime[provider], ...list.runtime.python];
  files.announce([...needed.filter((name) => name !== manifest.background.file).map((name) => bundle + name), ...runtime]);
  // In memory from here on: after `ready` nothing is asked for again, even where there is no cache.
  const kept = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  const file = (name: string) => {
    const bytes = kept.get(name) ?? files.get(bundle + name);
    kept.set(name, bytes);
    return bytes;
  };
  const [ort, weights] = await Promise.all([
    loadOrt(files, provider),
    manifest.weights === null ? null : file(manifest.weights),
    file(graphOf(manifest.scales[0], provider)),
  ]);
  // Graphs and weights lie in one folder; a graph names only the file.
  const external = weights && { path: (manifest.weights as string).split("/").pop() as string, data: weights };
  const values = new Values(new Sessions(ort, provider, file, external), manifest, background);
  await values.open(manifest.scales[0]);
  send({ type: "model" });

  let coreNow: Core | null = null;
  const core = loadCore(files, () => Promise.all(needed.map(file)));
  core.then(
    (loaded) => {
      coreNow = loaded;
      send({ type: "core", state: "ready" });
      send({ type: "ready", files: [`${bundle}manifest.json`, ...needed.map((name) => bundle + name), ...runtime] });
    },
    (reason: unknown) => send({ type: "broken", core: true, error: errorOf(reason, "core-failed") }),
  );
  const engine = `onnxruntime-web ${ort.env.versions.web}`;
  const coreVersion = list.core_version;
  const constant = { root, manifest, background, values, provider, engine, coreVersion, file, turns, core };
  return { ...constant, coreNow: () => coreNow };
}

/** The core, and the rest of the bundle's files: nobody waits for them yet, so whoever asks something goes first. */
async function loadCore(files: VerifiedFiles, rest: () => Promise<unknown>): Promise<Core> {
  const idle = () => turns.idle();
  await idle();
  send({ type: "core", state: "loading" });
  await rest();
  return Core.load(files, idle);
}
