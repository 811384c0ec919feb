/** Files of the site that the browser loads by itself: the page, its scripts and styles, and the list of files. */
import type { LoadedFile } from "../types.js";
import type { Report } from "./files.js";
import { LIST, type Site } from "./site.js";

/** What is read of an entry of the browser's own record. */
export type Timing = Pick<PerformanceResourceTiming, "name"> &
  Partial<Pick<PerformanceResourceTiming, "transferSize" | "decodedBodySize" | "responseStatus">>;

/**
 * A recorded request as a file of the site; null for what isn't one, or didn't arrive.
 *
 * No hash was checked: these bytes came before any code of ours ran, and the list is what others are checked against.
 */
export function browserFile(site: Site, timing: Timing): LoadedFile | null {
  const { responseStatus: status } = timing; // older browsers don't tell
  if (status !== undefined && (status === 0 || status >= 400)) return null;
  const path = site.path(new URL(timing.name));
  if (path === null) return null;
  const entry = site.list.files[path];
  const bytes = entry?.bytes ?? timing.decodedBodySize ?? 0;
  return {
    path,
    role: path === LIST || !entry ? "list" : entry.role,
    bytes,
    loaded: bytes,
    where: "page",
    source: timing.transferSize === 0 ? "cache" : "network",
    state: "loaded",
  };
}

/** Tells the files that the browser has loaded so far, then those that follow. */
export function watchBrowser(site: Site, report: Report): void {
  const tell = (entries: readonly PerformanceEntry[]) => {
    for (const entry of entries) {
      const file = browserFile(site, entry as PerformanceResourceTiming);
      if (file) report(file);
    }
  };
  tell(performance.getEntriesByType("navigation"));
  new PerformanceObserver((list) => tell(list.getEntries())).observe({ type: "resource", buffered: true });
  // The record leaves out the service worker's script. Another one's, of a page that embeds, is not ours to tell.
  void navigator.serviceWorker?.ready.then(({ active }) => {
    const file = active && browserFile(site, { name: active.scriptURL });
    if (file) report(file);
  });
}
