/** The worker: everything heavy lives here. It loads the bundle, the runtime and the core, and answers the page. */
import { XaiwebError } from "../errors.js";
import { countSent, guardWorker } from "../guard.js";
import { BundleFiles } from "./bundle-files.js";
import { Core } from "./core.js";
import { checkPolicy } from "./csp.js";
import type { Data, Engine } from "./engine.js";
import { explain } from "./explain.js";
import { VerifiedFiles } from "./files.js";
import { readTable } from "./npy.js";
import type { ExplainEvent, Manifest, Provider, TabularManifest } from "../types.js";
import type { Answers, ExplainJob, FromWorker, Question, ToWorker } from "./protocol.js";
import { Photos } from "./photos.js";
import { chooseProvider, likelyProvider } from "./provider.js";
import { type Aside, loadOrt, Sessions } from "./session.js";
import { Site } from "./site.js";
import { readSpeeds, writeSpeed } from "./speeds.js";
import { Tables } from "./tables.js";
import { Texts } from "./texts.js";
import { Turns } from "./turns.js";

type Ort = Awaited<ReturnType<typeof loadOrt>>;
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
    case "cancel":
      jobs.get(data.id)?.abort();
      break;
    default:
      void answer(data);
  }
};

/** Does what the page asked for, and may cancel. */
async function answer(asked: Exclude<ToWorker, { type: "open" | "cancel" }>): Promise<void> {
  const { id } = asked;
  const controller = new AbortController();
  const { signal } = controller;
  jobs.set(id, controller);
  try {
    const answer = asked.type === "explain" ? await explainJob(id, asked.job, signal) : await reply(asked, signal);
    if (!signal.aborted) send({ type: "answered", id, answer });
  } catch (reason) {
    if (!signal.aborted) send({ type: "failed", id, error: errorOf(reason) });
  } finally {
    jobs.delete(id);
  }
}

async function reply(asked: Question, signal: AbortSignal): Promise<Answers[keyof Answers]["answer"]> {
  const { data, turns, core, file, manifest } = await engine;
  const table = (flat: Float64Array) => tableOf(flat, manifest.outputs.length);
  switch (asked.type) {
    case "predict":
      return table(await turns.take(() => data.predict(asked.inputs, { signal })));
    case "prepare":
      return data.prepare(await core, asked.input, asked.cut);
    case "coalitions":
      return table(await data.coalitions(await core, asked.input, asked.cut, asked.masks, asked.n, { signal }));
    case "file":
      return file(asked.path);
  }
}

function tableOf(flat: Float64Array, width: number): number[][] {
  return Array.from({ length: flat.length / width }, (_, i) => Array.from(flat.subarray(i * width, (i + 1) * width)));
}

/** Once a visit is enough. */
let speedKept = false;

async function explainJob(id: number, job: ExplainJob, signal: AbortSignal): Promise<null> {
  const { root, model, data, provider } = await engine;
  let told = 0;
  const emit = (event: ExplainEvent) => {
    if (signal.aborted) return;
    // Chunks of a small model take less than a frame; nobody sees more than one a frame.
    if (event.type === "progress" && event.done < event.total && performance.now() - told < FRAME) return;
    if (event.type === "progress") told = performance.now();
    send({ type: "event", id, event });
  };
  await explain(await engine, job, { signal, emit });
  const speed = data.runs.speed();
  if (speed !== null && !speedKept) {
    speedKept = true;
    void writeSpeed(root, model, provider, speed);
  }
  return null;
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
  const besides = manifest.kind === "image" && provider !== "wasm" ? list.runtime.wasm : [];
  const runtime = [...list.runtime[provider], ...besides, ...list.runtime.python];
  files.announce([...paths, ...runtime]);
  for (const name of bundle.first(provider)) bundle.get(name).catch(() => {}); // whoever needs it hears of a failure
  const background = manifest.kind === "tabular" ? await readBackground(bundle, manifest) : new Float32Array();
  send({ type: "opened", opened: { manifest, provider, providerReason, background } });
  const [ort, external] = await Promise.all([
    provider === likely ? early : loadOrt(files, provider),
    externalData(bundle, provider),
  ]);
  const aside = await asideOf(files, manifest, provider, ort);
  const graph = (name: string) => bundle.get(name);
  const data = dataOf(new Sessions(ort, provider, graph, external, aside), bundle, background);
  await data.runs.open(manifest.scales[0]);
  send({ type: "model" });

  const core = loadCore(files, () => Promise.all(needed.map(graph)));
  const engine: Engine = {
    root,
    model,
    manifest,
    data,
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

async function readBackground(bundle: BundleFiles, { background, features }: TabularManifest): Promise<Float32Array> {
  const { file, n_rows } = background;
  const shape = [n_rows, features.length];
  return readTable(await bundle.get(file), bundle.folder + file, "float32", shape) as Float32Array;
}

/** What makes of a photo what the model sees is WASM's alone: other runtimes lack operators, or sizes that aren't fixed. */
async function asideOf(files: VerifiedFiles, manifest: Manifest, provider: Provider, ort: Ort): Promise<Aside | null> {
  if (manifest.kind !== "image") return null;
  return { path: manifest.image.preprocess, ort: provider === "wasm" ? ort : await loadOrt(files, "wasm") };
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
