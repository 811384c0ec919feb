/** A provider tried in the background, once nothing else is to do: the next visit takes the faster one. */
import type { Provider } from "../types.js";
import type { LiveActivity } from "./activity.js";
import type { FromWorker, ToWorker } from "./protocol.js";
import type { Site } from "./site.js";
import { modelOf, writeSpeed } from "./speeds.js";
import { startWorker } from "./start-worker.js";

/** Nobody has asked for anything for so long. */
const QUIET_MS = 3000;
/** A provider that takes longer for a few chunks is no faster one. */
const LONGEST_MS = 30_000;

export class Trial {
  /** Until it starts, and until it has taken too long. */
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #limit: ReturnType<typeof setTimeout> | undefined;
  #provider: Provider | null = null;
  #worker: Worker | null = null;
  #over = false;

  /** @param busy - Whether somebody waits for an answer. */
  constructor(
    private readonly site: Site,
    private readonly bundle: string,
    private readonly activity: LiveActivity,
    private readonly busy: () => boolean,
  ) {}

  /** This provider is worth a trial. */
  propose(provider: Provider): void {
    this.#provider = provider;
    this.wait();
  }

  /** Something was asked or answered: only when it has been quiet for a while, the trial starts. */
  wait(): void {
    clearTimeout(this.#quiet);
    if (this.#provider === null || this.#worker !== null || this.#over) return;
    this.#quiet = setTimeout(() => (this.busy() ? this.wait() : void this.#start(this.#provider!)), QUIET_MS);
  }

  end(): void {
    this.#over = true;
    clearTimeout(this.#quiet);
    clearTimeout(this.#limit);
    this.#worker?.terminate();
    this.activity.update({ trial: null });
  }

  async #tooSlow(provider: Provider): Promise<void> {
    this.end();
    await writeSpeed(this.site.root, modelOf(this.site, this.bundle), provider, 0);
  }

  async #start(provider: Provider): Promise<void> {
    const { site, bundle, activity } = this;
    try {
      const worker = await startWorker(site, `xaiweb trial ${bundle}`, (file) => activity.tell(file));
      if (this.#over) return worker.terminate();
      this.#worker = worker;
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if (data.type === "file") activity.tell(data.file);
        if (data.type === "refused") activity.refuse();
        if (data.type === "sent") activity.send(data.bytes);
        if (data.type === "model") this.#limit = setTimeout(() => void this.#tooSlow(provider), LONGEST_MS);
        if (data.type === "tried") this.end();
      };
      worker.onerror = (event) => {
        event.preventDefault();
        this.end();
      };
      activity.update({ trial: provider });
      worker.postMessage({ type: "try", root: site.root, list: site.list, bundle, provider } satisfies ToWorker);
    } catch {
      this.end(); // it was only a trial
    }
  }
}
