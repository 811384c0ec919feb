/** A worker's first steps: nothing of it reaches more than the site's files, and the page hears of each. */
import { countSent, guardWorker } from "../guard.js";
import type { SiteFiles } from "../types.js";
import { checkPolicy } from "./csp.js";
import { heldNow, VerifiedFiles } from "./files.js";
import type { FromWorker } from "./protocol.js";
import { Site } from "./site.js";

/**
 * The site's files, from where on every request of this worker is guarded.
 *
 * @param over - Until then someone waits for a first picture.
 */
export async function begin(
  root: string,
  list: SiteFiles,
  send: (message: FromWorker) => void,
  over: Promise<unknown>,
): Promise<VerifiedFiles> {
  const site = new Site(root, list);
  const start = site.uses("late-writes") ? { held: heldNow(), over } : null;
  const files = new VerifiedFiles(site, "worker", (file) => send({ type: "file", file }), start);
  guardWorker(
    site,
    (path) => files.response(path),
    (url) => files.isScript(url),
    (what) => send({ type: "refused", what }),
  );
  countSent(Promise.resolve(site), (bytes) => send({ type: "sent", bytes }));
  await checkPolicy();
  return files;
}
