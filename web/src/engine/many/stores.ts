/** Where runs are kept: in this browser, or until the page is left. */
import { XaiwebError } from "../../errors.js";
import { BrowserStore, type KeptRun, MemoryStore, type Store } from "./store.js";

export class Stores {
  readonly #memory = new MemoryStore();
  #browser: Promise<Store> | null = null;

  /** Those that work here. */
  async all(): Promise<Store[]> {
    const browser = await this.#kept().catch(() => null); // nothing is kept here
    return browser ? [browser, this.#memory] : [this.#memory];
  }

  /** Where a new run is kept: in the browser if that is wanted and can be; else the run says why not. */
  async begin(run: KeptRun, file: File, keep: boolean): Promise<Store> {
    if (keep)
      try {
        const store = await this.#kept();
        run.where = store.where;
        await store.begin(run, file);
        return store;
      } catch (error) {
        run.where = "memory";
        run.reason = XaiwebError.wrap(error, "storage-failed", { where: "this browser's storage" }).toJSON();
      }
    await this.#memory.begin(run, file);
    return this.#memory;
  }

  /** A run and where it is, or null. */
  async look(id: string): Promise<{ store: Store; run: KeptRun } | null> {
    for (const store of await this.all()) {
      const run = (await store.runs()).find((one) => one.id === id);
      if (run) return { store, run };
    }
    return null;
  }

  /** @throws XaiwebError where it isn't there. */
  async find(id: string): Promise<{ store: Store; run: KeptRun }> {
    const found = await this.look(id);
    if (found) return found;
    throw new XaiwebError("no-run", "this run isn't kept any more.", {
      where: id.slice(0, 12),
      next: "Choose the file again.",
    });
  }

  #kept(): Promise<Store> {
    this.#browser ??= BrowserStore.open();
    return this.#browser;
  }
}
