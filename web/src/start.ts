/**
 * The first script of a bundle's page: it starts the worker, then the page's own script.
 *
 * That one is large: while the browser reads and runs it, the worker would not come to its turn. What fails here is left
 * to it: it asks again, and says what is wrong.
 */
import { type EarlyWorker, offer } from "./engine/early.js";
import { bootstrap } from "./engine/asked.js";
import { LIST, sha256, WEB, WORKER } from "./engine/names.js";
import type { FromWorker, ToWorker } from "./engine/protocol.js";
import { stage } from "./engine/stage.js";
import type { SiteFiles } from "./schema.gen.js";

/** What of the page's own data is read here. */
interface Page {
  name?: string;
  /** Paths of what the worker will ask for in any case. */
  first?: string[];
  /** Whether WebAssembly is compiled while it arrives. */
  streaming?: boolean;
}

const root = new URL("./", import.meta.url).href;

const page = JSON.parse(document.getElementById("xaiweb-page")?.textContent ?? "{}") as Page;
if (page.name && globalThis.crypto?.subtle) await begin(`bundles/${page.name}/`);
await import(/* @vite-ignore */ `${root}page.js`);

async function begin(bundle: string): Promise<void> {
  const list = get(LIST, "no-cache");
  const script = get(WORKER, "default");
  const worker = stage("worker", () => start(bundle, list, script)).catch(() => null);
  offer({ root, bundle, list, worker: await worker });
}

async function get(path: string, cache: RequestCache): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(root + path, { cache, redirect: "error", credentials: "same-origin" });
  if (!response.ok) throw new Error(String(response.status));
  return new Uint8Array(await response.arrayBuffer());
}

type Bytes = Promise<Uint8Array<ArrayBuffer>>;

/** A worker that opens the bundle, from verified bytes. It comes up, and asks for files, while its script is on its way. */
async function start(bundle: string, listBytes: Bytes, scriptBytes: Bytes): Promise<EarlyWorker | null> {
  // A service worker's answers would be slower than a look into the cache that it fills.
  const first = navigator.serviceWorker?.controller ? [] : (page.first ?? []);
  const asked = first.map((path) => root + path);
  const boot = blobUrl(bootstrap(asked, page.streaming === true));
  const worker = new Worker(boot, { type: "module", name: `xaiweb ${bundle}` });
  try {
    const [text, script] = await Promise.all([listBytes, scriptBytes]);
    const list = JSON.parse(new TextDecoder().decode(text)) as SiteFiles;
    if (list.web !== WEB || list.files[WORKER]?.sha256 !== (await sha256(script))) throw new Error("another build");
    const url = blobUrl(script);
    const said: FromWorker[] = [];
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => void said.push(data);
    const revoke = () => [boot, url].forEach((address) => URL.revokeObjectURL(address));
    worker.addEventListener("message", revoke, { once: true });
    const open: ToWorker = { type: "open", root, list, bundle, provider: "auto" };
    worker.postMessage({ url, open });
    return { worker, said };
  } catch (reason) {
    worker.terminate();
    throw reason;
  }
}

function blobUrl(script: BlobPart): string {
  return URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
}
