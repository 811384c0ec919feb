/** Offline use: the service worker keeps what this page needs, where it may serve this page at all. */
import { XaiwebError } from "../errors.js";
import type { LoadedFile } from "../types.js";
import type { LiveActivity } from "./activity.js";
import { Deferred } from "./deferred.js";
import type { Site } from "./site.js";
import type { FromServiceWorker, ToServiceWorker } from "./service-protocol.js";

const SCRIPT = "sw.js";
/** The page's own shell; what of it a site has is kept. */
const SHELL = ["index.html", "xaiweb.js", "start.js", "page.js", "page.css", "icon.svg", "licences.txt", "worker.js"];

export class Offline {
  readonly done = new Deferred<void>();
  #registration: ServiceWorkerRegistration | null = null;
  /** Whoever has closed the bundle listens no longer. */
  readonly #closed = new AbortController();

  constructor(
    private readonly site: Site,
    private readonly activity: LiveActivity,
  ) {
    const { serviceWorker } = navigator;
    if (!serviceWorker) return;
    const { signal } = this.#closed;
    // A page that embeds may have a service worker of its own, which says other things.
    const ours = site.url(SCRIPT);
    const hear = ({ data, source }: MessageEvent<FromServiceWorker>) => {
      if ((source as ServiceWorker | null)?.scriptURL === ours) this.#receive(data);
    };
    serviceWorker.addEventListener("message", hear, { signal });
    // From an earlier visit: it may be replaced long before this bundle has loaded.
    const known = serviceWorker.getRegistration(site.root);
    known.then((registration) => registration && this.#watch(registration)).catch(() => {});
  }

  fail(error: XaiwebError): void {
    this.done.reject(error);
  }

  close(): void {
    this.#closed.abort();
  }

  /** Registers the service worker and has it keep these files, with the page's own. */
  keep(files: readonly string[]): void {
    this.#keep(files).then(this.done.resolve, (reason: unknown) =>
      this.fail(XaiwebError.wrap(reason, "offline-unavailable", { where: SCRIPT, next: "Use it while online." })),
    );
  }

  /** Activates a newer build that waits, then shows it. */
  update(): void {
    const waiting = this.#registration?.waiting;
    if (!waiting) return location.reload();
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage({ type: "take-over" } satisfies ToServiceWorker);
  }

  async #keep(files: readonly string[]): Promise<void> {
    const { site } = this;
    const page = this.#page();
    if (!("serviceWorker" in navigator) || !("caches" in globalThis))
      throw new XaiwebError("offline-unavailable", "this browser has no service workers or cache here.", {
        where: "browser",
        next: "Use it while online; private windows often keep nothing.",
      });
    const options = { scope: site.root, updateViaCache: "none" } as const;
    const registration = await navigator.serviceWorker.register(site.url(SCRIPT), options);
    this.#watch(registration);
    const shell = SHELL.filter((path) => Object.hasOwn(site.list.files, path));
    await this.#ask(await active(registration), [...new Set([page, ...shell, ...files])]);
  }

  /** The page's path in the site. */
  #page(): string {
    const url = new URL(location.href);
    if (!url.href.startsWith(this.site.root))
      throw new XaiwebError(
        "outside-scope",
        "the page lies outside the site, where its service worker can't serve it.",
        {
          where: url.pathname,
          next: `Pages below ${this.site.root} work offline; here it works while online.`,
        },
      );
    const path = this.site.path(url);
    if (path !== null) return path;
    throw new XaiwebError("outside-scope", "the page is not one of the site's own, so its bytes can't be verified.", {
      where: url.pathname,
      next: "The pages that `xaiweb build` writes work offline; here it works while online.",
    });
  }

  #watch(registration: ServiceWorkerRegistration): void {
    if (this.#registration === registration) return;
    this.#registration = registration;
    const { signal } = this.#closed;
    // A first service worker is no news; one that comes to replace another is.
    const look = () => {
      const coming = registration.installing ?? registration.waiting;
      if (!coming || !registration.active) return;
      const check = () => coming.state === "installed" && this.activity.update({ newer: true });
      coming.addEventListener("statechange", check, { signal });
      check();
    };
    registration.addEventListener("updatefound", look, { signal });
    look();
  }

  #receive(message: FromServiceWorker): void {
    if (message.type === "file") this.activity.tell(message.file satisfies LoadedFile);
    if (message.type === "refused") this.activity.refuse();
  }

  #ask(worker: ServiceWorker, paths: string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }: MessageEvent<FromServiceWorker>) => {
        port1.close();
        if (data.type === "kept") resolve();
        else if (data.type === "failed") reject(XaiwebError.from(data.error));
      };
      const message: ToServiceWorker = { type: "keep", build: this.site.list.build, paths };
      worker.postMessage(message, [port2]);
    });
  }
}

/** The registration's active worker, once there is one. */
function active(registration: ServiceWorkerRegistration): Promise<ServiceWorker> {
  if (registration.active) return Promise.resolve(registration.active);
  const coming = registration.installing ?? registration.waiting;
  return new Promise((resolve, reject) => {
    if (!coming) return reject(new Error("the service worker did not start"));
    coming.addEventListener("statechange", () => {
      if (coming.state === "activated") resolve(coming);
      if (coming.state === "redundant") reject(new Error("the service worker could not be installed"));
    });
  });
}
