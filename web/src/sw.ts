/**
 * The service worker: serves one build of the site from verified bytes, and lets nothing else out of its pages.
 *
 * Each build has its own (the builder writes the build's hash below), so an older build goes on serving its own files
 * until its tabs are gone or the visitor takes the newer one: the two never mix.
 */
import { download, ERROR_HEADER, VerifiedFiles } from "./engine/files.js";
import type { FromServiceWorker, ToServiceWorker } from "./engine/service-protocol.js";
import { CACHE, LIST, parseSiteFiles, refusal, Site } from "./engine/site.js";
import { XaiwebError } from "./errors.js";
import { HEADERS } from "./policy.js";

const BUILD = "__XAIWEB_BUILD__";
const sw = globalThis as unknown as ServiceWorkerGlobalScope;
const root = new URL("./", sw.location.href).href;
const SNAPSHOT = `${root}__snapshot__/${BUILD}`;
const KEPT = `${root}__kept__`;
const VERIFIED = `${root}__verified__/`;

/** This build's site, and its files. */
interface Snapshot {
  site: Site;
  files: VerifiedFiles;
  text: string;
}

let loaded: Promise<Snapshot> | null = null;

sw.addEventListener("install", (event) => event.waitUntil(install()));
sw.addEventListener("activate", (event) => event.waitUntil(activate()));
sw.addEventListener("fetch", (event) => {
  // The browser's own check for a newer service worker.
  if (event.request.url !== `${root}sw.js`) event.respondWith(answer(event));
});
sw.addEventListener("message", (event) => {
  const message = event.data as ToServiceWorker;
  if (message.type === "take-over") event.waitUntil(sw.skipWaiting());
  if (message.type === "keep") event.waitUntil(keep(message, event.ports[0]));
});

/** Takes the list that belongs to this build, and all that the earlier build had kept for use without a network. */
async function install(): Promise<void> {
  const { site, files } = await fetchSnapshot();
  const kept = (await keptPaths()).filter((path) => Object.hasOwn(site.list.files, path));
  await Promise.all(kept.map((path) => files.get(path)));
}

async function fetchSnapshot(): Promise<Snapshot> {
  const text = new TextDecoder().decode(await download(root + LIST, LIST, "no-cache"));
  const snapshot = read(text);
  if (snapshot.site.list.build !== BUILD)
    throw new XaiwebError("stale-page", "files.json belongs to another build.", { where: LIST });
  const cache = await caches.open(CACHE);
  await cache.put(SNAPSHOT, new Response(text, { headers: { "content-type": "application/json" } }));
  return snapshot;
}

function read(text: string): Snapshot {
  const site = new Site(root, parseSiteFiles(text));
  return { site, text, files: new VerifiedFiles(site, "service worker", (file) => tell({ type: "file", file })) };
}

/** This build's own list; fetched again only where the browser has dropped it. */
function snapshot(): Promise<Snapshot> {
  loaded ??= (async () => {
    const kept = await (await caches.open(CACHE)).match(SNAPSHOT);
    return kept ? read(await kept.text()) : fetchSnapshot();
  })();
  loaded.catch(() => (loaded = null));
  return loaded;
}

/** The earlier build's tabs are gone: so goes what only it needed. */
async function activate(): Promise<void> {
  const { site } = await snapshot();
  const cache = await caches.open(CACHE);
  const needed = new Set(Object.values(site.list.files).map(({ sha256 }) => VERIFIED + sha256));
  for (const { url } of await cache.keys()) {
    const old = url.startsWith(`${root}__snapshot__/`) && url !== SNAPSHOT;
    if (old || (url.startsWith(VERIFIED) && !needed.has(url))) await cache.delete(url);
  }
  await sw.clients.claim();
}

/** Answers a request of a page, or of a worker, in the scope. */
async function answer({ request, clientId }: FetchEvent): Promise<Response> {
  const url = new URL(request.url);
  const { site, files, text } = await snapshot();
  if (request.mode === "navigate") {
    // A query stays here: it never reaches the server. Pages that aren't ours are the server's business.
    const path = request.method === "GET" ? site.path(url) : null;
    return path === null || path === LIST ? fetch(request) : navigate(files, path);
  }
  const reason = refusal(site, url, request.method, request.body != null);
  if (reason === null) {
    const path = site.path(url) as string;
    if (path === LIST) return new Response(text, { headers: { "content-type": "application/json" } });
    return files.response(path).catch(errorResponse);
  }
  if (!(await isOurs(site, clientId))) return fetch(request);
  tell({ type: "refused", what: reason });
  return Response.error();
}

/** Whether a request comes from a page of this site or from a worker of such a page, not from a page that embeds. */
async function isOurs(site: Site, clientId: string): Promise<boolean> {
  const client = clientId ? await sw.clients.get(clientId) : undefined;
  return client?.type !== "window" || site.path(new URL(client.url)) !== null;
}

async function navigate(files: VerifiedFiles, path: string): Promise<Response> {
  try {
    const page = await files.response(path);
    for (const [name, value] of Object.entries(HEADERS)) page.headers.set(name, value);
    return page;
  } catch (reason) {
    if ((reason as XaiwebError).code !== "hash-mismatch") return errorResponse(reason);
    // The server has a newer build of this page, and this one was not kept: make way.
    await sw.registration.update().catch(() => {});
    sw.registration.waiting?.postMessage({ type: "take-over" } satisfies ToServiceWorker);
    const headers = { ...HEADERS, "content-type": "text/html; charset=utf-8" };
    return new Response(NEWER, { status: 503, headers });
  }
}

const NEWER = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Newer version</title>
<p>This site has a newer version. <a href="">Open it</a>.</p>
<p lang="de">Diese Seite hat eine neuere Fassung. <a href="">Öffnen</a>.</p></html>`;

/** The reason goes along, so that the page can say more than "network error". */
function errorResponse(reason: unknown): Response {
  const { code } = XaiwebError.wrap(reason, "network-lost");
  if (code === "network-lost") return Response.error();
  return new Response(null, { status: code === "file-missing" ? 404 : 502, headers: { [ERROR_HEADER]: code } });
}

/** Loads what a page needs and remembers it, so that a newer build keeps as much. */
async function keep({ build, paths }: Extract<ToServiceWorker, { type: "keep" }>, port?: MessagePort): Promise<void> {
  const reply = (message: FromServiceWorker) => port?.postMessage(message);
  try {
    if (build !== BUILD)
      throw new XaiwebError("stale-page", "the page and its service worker come from different builds.", {
        where: "sw.js",
        next: "Close the site's other tabs and reload.",
      });
    const { files } = await snapshot();
    for (const path of paths)
      if (!(await files.keep(path)))
        throw new XaiwebError("offline-unavailable", "the browser has no room to keep the files.", {
          where: path,
          next: "Free some space for this site; it works while online.",
        });
    const all = [...new Set([...(await keptPaths()), ...paths])];
    await (await caches.open(CACHE)).put(KEPT, new Response(JSON.stringify(all)));
    reply({ type: "kept" });
  } catch (reason) {
    const error = XaiwebError.wrap(reason, "offline-unavailable", { where: "sw.js", next: "Use it while online." });
    reply({ type: "failed", error: error.toJSON() });
  }
}

async function keptPaths(): Promise<string[]> {
  const kept = await (await caches.open(CACHE)).match(KEPT);
  const paths: unknown = kept ? await kept.json() : [];
  return Array.isArray(paths) ? paths.filter((path) => typeof path === "string") : [];
}

/** Tells every page of the site what goes on here. */
function tell(message: FromServiceWorker): void {
  void sw.clients.matchAll({ type: "window" }).then((pages) => {
    for (const page of pages) page.postMessage(message);
  });
}
