/** Tries a provider on a bundle, in a worker of its own, so that a later visit can take the faster one. */
import { XaiwebError } from "../errors.js";
import type { Manifest } from "../schema.gen.js";
import type { Provider } from "../types.js";
import { BundleFiles } from "./bundle-files.js";
import type { VerifiedFiles } from "./files.js";
import { loadModel, runtimePaths } from "./model.js";
import type { FromWorker } from "./protocol.js";
import { rivalOf, type Speeds } from "./provider.js";
import { modelOf, writeSpeed } from "./speeds.js";

/** What a provider has to say of a graph it can't run, and not of a network that is gone. */
const FINAL = ["provider-unavailable", "model-corrupt", "runtime-failed", "model-not-finite"];

/** Loads the bundle on a provider, lets it answer a few chunks and remembers how fast it was; 0 where it can't. */
export async function rehearse(
  files: VerifiedFiles,
  folder: string,
  provider: Provider,
  send: (message: FromWorker) => void,
): Promise<void> {
  const { root, list } = files.site;
  const model = modelOf(files.site, folder);
  try {
    const bundle = await BundleFiles.load(files, folder);
    const paths = bundle.first(provider).map((name) => folder + name);
    files.announce([...paths, ...runtimePaths(list, bundle.manifest, provider)]);
    const { data } = await loadModel(files, bundle, provider, new Float32Array());
    send({ type: "model" });
    await writeSpeed(root, model, provider, (await data.rehearse?.()) ?? 0);
  } catch (error) {
    if (error instanceof XaiwebError && FINAL.includes(error.code)) await writeSpeed(root, model, provider, 0);
  }
}

/** Rows per second above which nobody waits for the model. */
const FAST = 50;

/** The provider that is worth a trial here, after WASM ran so many rows per second; null where none is. */
export async function worthTrying(manifest: Manifest, speed: number, speeds: Speeds): Promise<Provider | null> {
  if (speed >= FAST || savesData()) return null;
  const rival = await rivalOf(manifest);
  return rival !== null && speeds[rival] === undefined ? rival : null;
}

function savesData(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
}
