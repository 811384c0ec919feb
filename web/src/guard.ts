/**
 * Guards: nothing but a plain GET of a listed file leaves a page or a worker.
 *
 * The policy (CSP) forbids foreign origins; the guards forbid the rest, what could carry data to the site's own server:
 * bodies, queries, unlisted addresses, sockets, forms.
 */
import { XaiwebError } from "./errors.js";
import { refusal, type Site } from "./engine/site.js";

export type OnRefused = (what: string) => void;

/** The error that a refused request ends in. */
export function refused(what: string): XaiwebError {
  return new XaiwebError("refused", `${what} was refused: nothing is sent from here.`, {
    where: "privacy guard",
    next: "Only GETs of files listed in files.json are allowed.",
  });
}

// Everything besides fetch that reaches a network, or starts something that could.
const DOORS = [
  "XMLHttpRequest",
  "WebSocket",
  "WebSocketStream",
  "EventSource",
  "WebTransport",
  "RTCPeerConnection",
  "webkitRTCPeerConnection",
  "SharedWorker",
  "FontFace",
];
const METHODS: [owner: string, name: string][] = [
  ["Cache", "add"],
  ["Cache", "addAll"],
  ["Navigator", "sendBeacon"],
  ["HTMLFormElement", "submit"],
  ["HTMLFormElement", "requestSubmit"],
];

/**
 * Replaces a worker's ways out.
 *
 * @param answer - Serves listed files, from verified bytes.
 * @param isScript - Whether an address is a verified script's: only onnxruntime's own may start workers, for its threads.
 */
export function guardWorker(
  site: Site,
  answer: (path: string) => Promise<Response>,
  isScript: (url: string) => boolean,
  onRefused: OnRefused,
): void {
  closeDoors(DOORS, onRefused);
  guardWorkers(isScript, "Worker", onRefused);
  replace(globalThis, "fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = describe(input, init);
    const reason = refusal(site, request.url, request.method, request.hasBody);
    if (reason === null) return answer(site.path(request.url) as string);
    onRefused(reason);
    throw refused(reason);
  });
}

/** Guards one of our own pages: its scripts, forms, and elements that load by address. Not for pages that embed. */
export function guardPage(site: Promise<Site>, onRefused: OnRefused): void {
  const plain = globalThis.fetch.bind(globalThis);
  closeDoors(DOORS, onRefused);
  replace(globalThis, "fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const { url, method, hasBody } = describe(input, init);
    const reason =
      url.protocol === "blob:" || url.protocol === "data:" ? null : refusal(await site, url, method, hasBody);
    if (reason === null) return plain(input, init);
    onRefused(reason);
    throw refused(reason);
  });
  // A worker by address is not bound by a <meta> policy; one from a blob: is.
  const isBlob = (url: string) => new URL(url, document.baseURI).protocol === "blob:";
  guardWorkers(isBlob, "a worker by address", onRefused);
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      if (form.method === "dialog") return; // stays in the page
      event.preventDefault();
      if (form.hasAttribute("action")) onRefused("a form");
    },
    { capture: true },
  );
  const plainOpen = globalThis.open.bind(globalThis);
  replace(globalThis, "open", (url?: string | URL, ...rest: string[]) => {
    if (url === undefined || !leaves(url)) return plainOpen(url, ...rest);
    onRefused("a window");
    throw refused("a window");
  });
  guardAddresses(onRefused);
}

/** Whether an address could carry data away: of another origin, or with a query. */
function leaves(address: unknown): boolean {
  let url: URL;
  try {
    url = new URL(String(address), document.baseURI);
  } catch {
    return false; // loads nothing
  }
  if (url.protocol === "blob:" || url.protocol === "data:") return false;
  return url.origin !== location.origin || url.search !== "";
}

/**
 * Counts what left in spite of the guards: the length of every address that is not a listed file's and was answered.
 *
 * By construction nothing does; the page shows this number so that nobody has to take that on trust.
 */
export function countSent(site: Promise<Site>, onSent: (bytes: number) => void): void {
  const observer = new PerformanceObserver((entries) => {
    const look = (known: Site) => {
      for (const entry of entries.getEntries() as PerformanceResourceTiming[]) {
        const url = new URL(entry.name);
        const local = url.protocol === "blob:" || url.protocol === "data:";
        if (local || entry.responseStatus === 0) continue;
        if (refusal(known, url, "GET", false) !== null) onSent(url.pathname.length + url.search.length);
      }
    };
    site.then(look, () => {});
  });
  observer.observe({ type: "resource", buffered: true });
}

/** Elements load what their address says: one with a query, or of another origin, is refused. */
function guardAddresses(onRefused: OnRefused): void {
  const attributes: [element: string, name: string][] = [
    ["HTMLImageElement", "src"],
    ["HTMLImageElement", "srcset"],
    ["HTMLScriptElement", "src"],
    ["HTMLLinkElement", "href"],
    ["HTMLIFrameElement", "src"],
    ["HTMLMediaElement", "src"],
    ["HTMLSourceElement", "src"],
    ["HTMLSourceElement", "srcset"],
    ["HTMLEmbedElement", "src"],
    ["HTMLObjectElement", "data"],
    ["HTMLInputElement", "src"],
  ];
  const refuse = (name: string) => {
    onRefused(`an address in ${name}`);
    throw refused(`an address in ${name}`);
  };
  for (const [element, name] of attributes) {
    const prototype = (globalThis as unknown as Record<string, { prototype: object } | undefined>)[element]?.prototype;
    const property = prototype && Object.getOwnPropertyDescriptor(prototype, name);
    if (!property?.set) continue;
    const set = property.set;
    Object.defineProperty(prototype, name, {
      ...property,
      set(value: unknown) {
        if (leaves(value)) refuse(name);
        set.call(this, value);
      },
    });
  }
  const names = new Set(attributes.map(([, name]) => name));
  const guarded = attributes.flatMap(([element]) => (globalThis as unknown as Record<string, unknown>)[element] ?? []);
  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (this: Element, name: string, value: string) {
    if (
      names.has(name.toLowerCase()) &&
      guarded.some((type) => this instanceof (type as typeof Element)) &&
      leaves(value)
    )
      refuse(name);
    setAttribute.call(this, name, value);
  };
}

function closeDoors(names: readonly string[], onRefused: OnRefused): void {
  for (const name of names) {
    if (!(name in globalThis)) continue;
    replace(globalThis, name, closed(name, onRefused));
  }
  for (const [owner, name] of METHODS) {
    const prototype = (globalThis as unknown as Record<string, { prototype: object } | undefined>)[owner]?.prototype;
    if (prototype && name in prototype) replace(prototype, name, closed(`${owner}.${name}`, onRefused));
  }
}

/** Workers start from allowed addresses alone. */
function guardWorkers(allowed: (url: string) => boolean, what: string, onRefused: OnRefused): void {
  const PlainWorker = globalThis.Worker;
  if (PlainWorker === undefined) return;
  const GuardedWorker = function (url: string | URL, options?: WorkerOptions) {
    if (allowed(String(url))) return new PlainWorker(url, options);
    onRefused(what);
    throw refused(what);
  };
  GuardedWorker.prototype = PlainWorker.prototype;
  replace(globalThis, "Worker", GuardedWorker);
}

/** Called or constructed, it counts and throws. */
function closed(name: string, onRefused: OnRefused): () => never {
  return function () {
    onRefused(name);
    throw refused(name);
  };
}

/** Replaces a property on its owner and on every prototype that has it, for good. */
function replace(owner: object, name: string, value: unknown): void {
  for (let at: object | null = owner; at; at = Object.getPrototypeOf(at) as object | null)
    if (at === owner || Object.hasOwn(at, name))
      Object.defineProperty(at, name, { value, writable: false, configurable: false, enumerable: true });
}

function describe(input: RequestInfo | URL, init?: RequestInit): { url: URL; method: string; hasBody: boolean } {
  const request = input instanceof Request ? input : null;
  const base = typeof document === "undefined" ? undefined : document.baseURI;
  return {
    url: new URL(request ? request.url : String(input), base),
    method: (init?.method ?? request?.method ?? "GET").toUpperCase(),
    hasBody: (init?.body ?? request?.body ?? null) !== null,
  };
}
