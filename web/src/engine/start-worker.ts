/** Starts the engine's worker. */
import type { LoadedFile } from "../types.js";
import { VerifiedFiles } from "./files.js";
import { WORKER } from "./names.js";
import type { Site } from "./site.js";

/** A worker from verified bytes. From a blob: such a one is bound by the page's own policy, from the first visit. */
export async function startWorker(site: Site, name: string, tell: (file: LoadedFile) => void): Promise<Worker> {
  const url = await new VerifiedFiles(site, "page", tell).scriptUrl(WORKER);
  const worker = new Worker(url, { type: "module", name });
  worker.addEventListener("message", () => URL.revokeObjectURL(url), { once: true });
  return worker;
}
