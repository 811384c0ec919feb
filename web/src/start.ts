/**
 * The first script of a bundle's page: it starts the worker, then the page's own script.
 *
 * That one is large: while the browser reads and runs it, the worker would not come to its turn. What fails here is left
 * to it: it asks again, and says what is wrong.
 */
import { type EarlyWorker, offer } from "./engine/early.js";
import { LIST, sha256, WEB, WORKER } from "./engine/names.js";
import type { FromWorker, ToWorker } from "./engine/protocol.js";
import { stage } from "./engine/stage.js";
import type { SiteFiles } from "./schema.gen.js";

const root = new URL("./", import.meta.url).href;

const page = JSON.parse(document.getElementById("xaiweb-page")?.textContent ?? "{}") as { name?: string };
if (page.name && globalThis.crypto?.subtle) await begin(`bundles/${page.name}/`);
await import(/* @vite-ignore */ `${root}page.js`);

async function begin(bundle: string): Promise<void> {
  const list = get(LIST, "no-cache");
  const worker = stage("worker", () => start(bundle, list, get(WORKER, "default"))).catch(() => null);
  offer({ root, bundle, list, worker: await worker });
}

async function get(path: string, cache: RequestCache): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(root + path, { cache, redirect: "error", credentials: "same-origin" });
  if (!response.ok) throw new Error(String(response.status));
  return new Uint8Array(await response.arrayBuffer());
}

type Bytes = Promise<Uint8Array<ArrayBuffer>>;

/** A worker from verified bytes, which opens the bundle. */
async function start(bundle: string, listBytes: Bytes, scriptBytes: Bytes): Promise<EarlyWorker | null> {
  const [text, script] = await Promise.all([listBytes, scriptBytes]);
  const list = JSON.parse(new TextDecoder().decode(text)) as SiteFiles;
  if (list.web !== WEB || list.files[WORKER]?.sha256 !== (await sha256(script))) return null;
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module", name: `xaiweb ${bundle}` });
  const said: FromWorker[] = [];
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => void said.push(data);
  worker.addEventListener("message", () => URL.revokeObjectURL(url), { once: true });
  const open: ToWorker = { type: "open", root, list, bundle, provider: "auto" };
  worker.postMessage(open);
  return { worker, said };
}
