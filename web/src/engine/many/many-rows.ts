/** The worker's side of files of rows: opens them, runs over them, and looks after what is kept. */
import { XaiwebError } from "../../errors.js";
import type { Discarded, InspectedRows, KeptRows, RowsEvent, RowsFormat } from "../../many.js";
import type { TabularManifest } from "../../types.js";
import { aborted } from "../chunks.js";
import type { Core } from "../core.js";
import type { Engine } from "../engine.js";
import { sha256 } from "../files.js";
import type { LookedRows, RowsAsk, RowsJob } from "../protocol.js";
import { Tables } from "../tables.js";
import { Turns } from "../turns.js";
import { RowFiles } from "./files.js";
import { readPart } from "./part.js";
import { repair } from "./repair.js";
import { Run } from "./run.js";
import { saved } from "./save.js";
import { type Identity, type KeptRun, type Store, verified } from "./store.js";
import { Stores } from "./stores.js";
import { Together } from "./together.js";

/** How long it is tried out how long a row takes, but for the last group. */
const TRIED_MS = 500;

export class ManyRows {
  /** Who asks for one row meanwhile goes first. */
  readonly visitors = new Turns();
  readonly #stores = new Stores();
  readonly #files: RowFiles;
  /** Runs under way, by id; each settles when all that it found is kept. */
  readonly #running = new Map<string, { work: Promise<void>; signal: AbortSignal }>();

  /** @param bundle - Address of the bundle's folder. */
  constructor(
    private readonly engine: Engine,
    private readonly bundle: string,
  ) {
    this.#files = new RowFiles(engine, () => this.#manifest);
  }

  get #tables(): Tables {
    const { data } = this.engine;
    if (data instanceof Tables) return data;
    throw new XaiwebError("wrong-kind", "only rows of a table are explained from a file of rows.", {
      where: "rows",
      next: "Explain one photo or text after the other.",
    });
  }

  get #manifest(): TabularManifest {
    return this.#tables.manifest;
  }

  async inspect(file: File, signal: AbortSignal, onShare: (share: number) => void): Promise<InspectedRows> {
    return (await this.#files.inspect(file, signal, onShare)).found;
  }

  /** Milliseconds that a row takes; 0 where none can be explained. */
  async time(file: File, job: RowsJob, signal: AbortSignal): Promise<number> {
    const core = await aborted(this.engine.core, signal);
    const { sample } = await this.#files.inspect(file, signal);
    const together = await Together.open(this.engine, this.#tables, core, job);
    try {
      const started = performance.now();
      for (let at = 0; at < sample.length && performance.now() - started < TRIED_MS;) {
        const group = sample.slice(at, at + together.size);
        await together.explain(group, signal, () => this.visitors.idle());
        at += group.length;
      }
      return sample.length > 0 ? together.perRow : 0;
    } finally {
      together.close();
    }
  }

  async explain(asked: RowsAsk, signal: AbortSignal, emit: (event: RowsEvent) => void): Promise<void> {
    const core = await aborted(this.engine.core, signal);
    await this.#settled();
    const { store, run, file } = asked.run === null ? await this.#start(asked, signal) : await this.#goOn(asked.run);
    const work = alone(run.id, () => this.#run({ core, store, run, file }, signal, emit));
    this.#running.set(run.id, { work, signal });
    await work.finally(() => this.#running.delete(run.id));
  }

  async #run(
    { core, store, run, file }: { core: Core; store: Store; run: KeptRun; file: Blob },
    signal: AbortSignal,
    emit: (event: RowsEvent) => void,
  ): Promise<void> {
    const { engine, visitors } = this;
    const reader = await this.#files.reader(file, run.name);
    await repair(store, run, core, this.#manifest);
    emit({ type: "started", run: told(run) });
    const tell = (event: RowsEvent) => emit(event.type === "result" ? { type: "result", run: told(run) } : event);
    const together = await Together.open(engine, this.#tables, core, run.job);
    try {
      await new Run({ engine, core, together, store, run, reader, visitors, signal, emit: tell }).all();
    } finally {
      together.close();
    }
  }

  async kept(): Promise<KeptRows[]> {
    await this.#settled();
    const runs = (await Promise.all((await this.#stores.all()).map((store) => store.runs()))).flat();
    return runs
      .filter(({ bundle }) => bundle === this.bundle)
      .sort((a, b) => b.started - a.started)
      .map(told);
  }

  async look(id: string, first: number, count: number): Promise<LookedRows> {
    const { store } = await this.#stores.find(id);
    const found: LookedRows = { rows: [], refused: [] };
    const inside = ({ row }: { row: number }) => row >= first && row < first + count;
    for (let at = first; at < first + count;) {
      const part = await store.part(id, at);
      if (!part) break;
      const { rows, refused } = readPart(await verified(part));
      found.rows.push(...rows.filter(inside));
      found.refused.push(...refused.filter(inside));
      at = part.first + part.n;
    }
    return found;
  }

  async save(id: string, format: RowsFormat): Promise<Blob> {
    await this.#settled();
    const { store, run } = await this.#stores.find(id);
    return saved(store, run, this.#manifest, format, this.engine.parquet);
  }

  async discard(id: string, what: Discarded): Promise<void> {
    await this.#running.get(id)?.work.catch(() => {});
    for (const store of await this.#stores.all()) await store.discard(id, what);
  }

  /** A run over a file: the one that is kept of it, or a new one. */
  async #start({ file, job, keep }: RowsAsk, signal: AbortSignal) {
    if (!file) throw new XaiwebError("file-unreadable", "there is no file.", { next: "Choose a file." });
    const { found, input } = await this.#files.inspect(file, signal);
    if (found.n_rows === 0)
      throw new XaiwebError("empty", "there are no rows.", { where: file.name, next: "Give at least one row." });
    const identity = this.#identity(input);
    const id = await sha256(new TextEncoder().encode(JSON.stringify([this.bundle, identity, job, file.name])));
    const kept = await this.#stores.look(id);
    if (kept) return { ...kept, file };
    const { name, size: bytes } = file;
    const { method, scale } = job;
    const run: KeptRun = {
      id,
      name,
      bytes,
      n_rows: found.n_rows,
      done: 0,
      n_refused: 0,
      finished: false,
      started: Date.now(),
      method,
      scale,
      where: "memory",
      reason: null,
      copied: true,
      found_bytes: 0,
      importance: null,
      bundle: this.bundle,
      identity,
      job,
      state: "",
    };
    return { store: await this.#stores.begin(run, file, keep), run, file };
  }

  async #goOn(id: string) {
    const { store, run } = await this.#stores.find(id);
    const now = this.#identity(run.identity.input);
    const other = (Object.keys(now) as (keyof Identity)[]).find((key) => now[key] !== run.identity[key]);
    if (other)
      throw new XaiwebError("run-changed", `${CHANGED[other]} is another one since this run began.`, {
        where: `${run.name}: ${run.identity[other].slice(0, 60)}, now ${now[other].slice(0, 60)}`,
        next: "Discard it and start again; its results would not fit together.",
      });
    const file = await store.input(id);
    if (file) return { store, run, file };
    throw new XaiwebError("file-unreadable", "the file of this run is gone.", {
      where: run.name,
      next: "Choose it again.",
    });
  }

  #identity(input: string): Identity {
    const { model, coreVersion, name, provider } = this.engine;
    return { bundle: model, input, core: coreVersion, engine: name, provider };
  }

  /** Waits for runs that were told to stop: their last part is being written. */
  async #settled(): Promise<void> {
    const stopping = [...this.#running.values()].filter(({ signal }) => signal.aborted);
    await Promise.allSettled(stopping.map(({ work }) => work));
  }
}

const CHANGED: Record<keyof Identity, string> = {
  bundle: "the model",
  input: "the file",
  core: "the release of xaiweb",
  engine: "what runs the model",
  provider: "the provider that runs the model",
};

/** What of a run the page is told. */
function told(run: KeptRun): KeptRows {
  const { bundle: _, identity: __, job: ___, state: ____, ...shown } = run;
  return shown;
}

/** Runs `work` unless another tab has the same run under way. */
function alone(id: string, work: () => Promise<void>): Promise<void> {
  return navigator.locks.request(`xaiweb-rows ${id}`, { ifAvailable: true }, (lock) => {
    if (lock) return work();
    throw new XaiwebError("run-busy", "this file is being explained in another tab.", {
      next: "Pause it there, or wait until it is done.",
    });
  });
}
