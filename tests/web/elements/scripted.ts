/** An explainer that answers on command: the tests say what the engine tells, and when. */
import type {
  Activity,
  ExplainEvent,
  Explainer,
  ExplainOptions,
  LoadedFile,
  Open,
  TabularManifest,
  Row,
} from "../../../web/src/types.js";
import { ScriptedRows } from "./scripted-rows.js";
import { manifest } from "../golden.js";

export class ScriptedActivity extends EventTarget implements Activity {
  files: LoadedFile[] = [];
  sent = 0;
  refused = 0;
  phase: Activity["phase"] = "model";
  core: Activity["core"] = "loading";
  error: Activity["error"] = null;
  newer = false;
  trial: Activity["trial"] = null;

  tell(change: Partial<Omit<ScriptedActivity, keyof EventTarget | "tell">>): void {
    Object.assign(this, change);
    this.dispatchEvent(new Event("change"));
  }
}

/** One explanation asked for: the test feeds its events. */
export class Job {
  readonly #events: (ExplainEvent | Error | null)[] = [];
  #wake = () => {};
  aborted = false;

  constructor(
    readonly row: Readonly<Record<string, unknown>>,
    readonly options: ExplainOptions,
  ) {
    options.signal?.addEventListener("abort", () => {
      this.aborted = true;
      this.say(new DOMException("cancelled", "AbortError"));
    });
  }

  /** An event, an error that ends it, or null: it is over. */
  say(event: ExplainEvent | Error | null): void {
    this.#events.push(event);
    this.#wake();
  }

  async *stream(): AsyncGenerator<ExplainEvent> {
    for (;;) {
      while (this.#events.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
      const event = this.#events.shift();
      if (event instanceof Error) throw event;
      if (!event) return;
      yield event;
    }
  }
}

export class Scripted implements Explainer {
  readonly rows = new ScriptedRows();
  readonly kind = "tabular";
  readonly manifest: TabularManifest;
  readonly provider = "wasm";
  readonly providerReason = "WASM runs everywhere.";
  readonly background: number[][];
  readonly ready = new Promise<void>(() => undefined);
  readonly offlineReady = new Promise<void>(() => undefined);
  readonly activity = new ScriptedActivity();
  readonly jobs: Job[] = [];
  readonly predicted: Row[] = [];
  closed = false;
  updated = false;

  constructor(of: TabularManifest = manifest) {
    this.manifest = of;
    this.background = [of.features.map(({ min }) => min ?? 0), of.features.map(({ max }) => max ?? 1)];
  }

  /** The model: 38.4 %, and one point less for each month above 15. */
  predict = async (rows: readonly Row[]): Promise<number[][]> => {
    this.predicted.push(...rows);
    return rows.map((row) => [0.3836511 - (Number((row as Record<string, unknown>)["duration"]) - 15) / 100]);
  };

  explain(row: Row, options: ExplainOptions = {}): AsyncGenerator<ExplainEvent> {
    const job = new Job(row as Record<string, unknown>, options);
    this.jobs.push(job);
    return job.stream();
  }

  prepare = (): Promise<never> => Promise.reject(new Error("a row has no cutout"));
  coalitions = (): Promise<never> => Promise.reject(new Error("a row has no cutout"));
  file = async (): Promise<Uint8Array> => new Uint8Array();

  get job(): Job {
    return this.jobs.at(-1)!;
  }

  update(): void {
    this.updated = true;
  }

  close(): void {
    this.closed = true;
  }
}

/** An `open` that gives whatever this does, of whichever kind. */
export function opening(open: () => Promise<unknown>): Open {
  return open as unknown as Open;
}

/** Lets everything that waits for nothing outside come to rest. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}
