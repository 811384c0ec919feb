/** What is kept of a run, made whole again. */
import type { TabularManifest } from "../../types.js";
import type { Core } from "../core.js";
import { flat, readPart } from "./part.js";
import { type KeptRun, type Store, verified } from "./store.js";

/** Takes a run back to its last whole part, where something is missing or damaged; the rest is computed again. */
export async function repair(store: Store, run: KeptRun, core: Core, { players }: TabularManifest): Promise<void> {
  const importance = core.importance(players.length, run.job.selected!.length, "");
  let [done, nRefused, found] = [0, 0, 0];
  try {
    for (;;) {
      const part = await store.part(run.id, done);
      const bytes = part?.first === done ? await verified(part).catch(() => null) : null;
      if (!part || !bytes) break;
      const { rows, refused } = readPart(bytes);
      if (rows.length > 0) importance.add(flat(rows), rows.length);
      nRefused += refused.length;
      done += part.n;
      found += bytes.length;
    }
    if (done === run.done) return;
    Object.assign(run, { done, n_refused: nRefused, found_bytes: found, finished: false, state: importance.state() });
    await store.cut(run.id, done);
  } finally {
    importance.close();
  }
}
