/** What goes on: files asked for, requests refused, how far loading has come. */
import type { Activity, LoadedFile, XaiwebErrorShape } from "../types.js";

// Refusals in the page concern every bundle that is open in it.
const live = new Set<LiveActivity>();
let refusedInPage = 0;
let sentFromPage = 0;
// So do the files that the browser loads by itself, by path.
const byBrowser = new Map<string, LoadedFile>();
let watch: ((tell: (file: LoadedFile) => void) => void) | null = null;

/** Counts a request that the page's guard refused. */
export function countRefusal(): void {
  refusedInPage++;
  for (const activity of live) activity.changed();
}

/** Counts bytes that left the page in spite of its guard. */
export function countSentBytes(bytes: number): void {
  sentFromPage += bytes;
  for (const activity of live) activity.changed();
}

/** Names who tells of the files that the browser loads by itself; asked once, when the first bundle is opened. */
export function onFirstActivity(start: NonNullable<typeof watch>): void {
  watch = start;
}

function tellByBrowser(file: LoadedFile): void {
  byBrowser.set(file.path, file);
  for (const activity of live) activity.changed();
}

export class LiveActivity extends EventTarget implements Activity {
  phase: Activity["phase"] = "loading";
  core: Activity["core"] = "waiting";
  error: XaiwebErrorShape | null = null;
  newer = false;
  trial: Activity["trial"] = null;
  #files = new Map<string, LoadedFile>();
  #refused = 0;
  #sent = 0;

  constructor() {
    super();
    live.add(this);
    const start = watch;
    watch = null;
    start?.(tellByBrowser);
  }

  /** What was asked for; of a file that a part of ours asked for too, only what that part says of it. */
  get files(): readonly LoadedFile[] {
    const told = [...this.#files.values()];
    const paths = new Set(told.map(({ path }) => path));
    return [...[...byBrowser.values()].filter(({ path }) => !paths.has(path)), ...told];
  }

  get sent(): number {
    return this.#sent + sentFromPage;
  }

  get refused(): number {
    return this.#refused + refusedInPage;
  }

  /** A file was announced, has come further, or is there. */
  tell(file: LoadedFile): void {
    const key = `${file.where} ${file.path}`;
    const before = this.#files.get(key);
    // Asked for again after it came once (by the service worker's own requests): nothing new.
    if (before?.state === "verified" && file.state === "loading") return;
    this.#files.set(key, file);
    this.changed();
  }

  refuse(): void {
    this.#refused++;
    this.changed();
  }

  send(bytes: number): void {
    this.#sent += bytes;
    this.changed();
  }

  update(change: Partial<Pick<LiveActivity, "phase" | "core" | "error" | "newer" | "trial">>): void {
    Object.assign(this, change);
    this.changed();
  }

  changed(): void {
    this.dispatchEvent(new Event("change"));
  }

  close(): void {
    live.delete(this);
  }
}
