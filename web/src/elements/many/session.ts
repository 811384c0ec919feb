/** What goes on with a file of rows: looked at, explained, paused, kept. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type {
  Discarded,
  ExplainedRow,
  InspectedRows,
  KeptRows,
  RefusedRow,
  Rows,
  RowsEvent,
  RowsFormat,
} from "../../many.js";
import type { Explainer, ExplainOptions, XaiwebErrorShape } from "../../types.js";
import { toShape } from "../failure.js";

/** Rows of a page of the table. */
export const PAGE_ROWS = 10;

export type Progress = Extract<RowsEvent, { type: "progress" }>;

export class ManySession implements ReactiveController {
  /** Runs that are kept, but for the one that is shown. */
  kept: readonly KeptRows[] = [];
  file: File | null = null;
  /** The share of the chosen file that is read, while it is; else null. */
  reading: number | null = null;
  inspected: InspectedRows | null = null;
  /** Milliseconds that one row took, tried out; null while that isn't known. */
  perRow: number | null = null;
  /** The run that is shown. */
  run: KeptRows | null = null;
  running = false;
  progress: Progress | null = null;
  problem: XaiwebErrorShape | null = null;
  page: { first: number; rows: readonly ExplainedRow[]; refused: readonly RefusedRow[] } | null = null;
  saving = false;

  #host: ReactiveControllerHost;
  #explainer: Explainer | null = null;
  #abort: AbortController | null = null;
  /** Counts what was begun: what an earlier one tells is dropped. */
  #turn = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#abort?.abort();
  }

  get #rows(): Rows {
    return this.#explainer!.rows;
  }

  /** Another bundle, or the same one opened anew. */
  use(explainer: Explainer | null): void {
    if (explainer === this.#explainer) return;
    this.#abort?.abort();
    this.#explainer = explainer;
    this.#begin();
    this.kept = [];
    if (explainer) void this.#look();
  }

  /** Reads a file; what is shown of another one is put aside. */
  async choose(file: File, options: ExplainOptions): Promise<void> {
    const turn = this.#begin();
    const { signal } = (this.#abort = new AbortController());
    this.file = file;
    this.reading = 0;
    await this.#try(turn, async () => {
      const inspected = await this.#rows.inspect(file, { signal, onProgress: (share) => this.#read(turn, share) });
      if (turn !== this.#turn) return;
      this.inspected = inspected;
      this.#read(turn, null);
      if (inspected.first === null) return;
      await this.#explainer?.ready;
      const perRow = await this.#rows.time(file, { ...options, signal });
      if (turn === this.#turn) this.perRow = perRow;
    });
    this.#read(turn, null);
  }

  #read(turn: number, share: number | null): void {
    if (turn !== this.#turn) return;
    this.reading = share;
    this.#host.requestUpdate();
  }

  /** Stops reading; nothing is chosen any more. */
  cancel(): void {
    this.#begin();
  }

  /** Explains the chosen file, or goes on with a kept run. */
  async start(source: File | KeptRows, options: ExplainOptions, keep = false): Promise<void> {
    const turn = ++this.#turn;
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.problem = null;
    this.running = true;
    if (!(source instanceof File)) {
      this.run = source;
      this.kept = this.kept.filter(({ id }) => id !== source.id);
    }
    this.#host.requestUpdate();
    await this.#try(turn, async () => {
      for await (const event of this.#rows.explain(source, { ...options, keep, signal: abort.signal })) {
        if (turn !== this.#turn) return;
        await this.#hear(event);
      }
    });
    if (turn !== this.#turn) return;
    this.running = false;
    await this.#look();
  }

  /** Stops; every row that is finished is kept. */
  async pause(): Promise<void> {
    this.#turn++;
    this.#abort?.abort();
    this.running = false;
    this.#host.requestUpdate();
    await this.#look();
  }

  /** Shows a run without going on with it. */
  async show(run: KeptRows): Promise<void> {
    const turn = this.#begin();
    this.run = run;
    await this.#look();
    await this.#try(turn, () => this.turn(0));
  }

  /** Shows the rows from `first` on. */
  async turn(first: number): Promise<void> {
    const { run } = this;
    if (!run) return;
    const page = await this.#rows.look(run.id, first, PAGE_ROWS);
    if (this.run?.id === run.id) this.page = { first, ...page };
    this.#host.requestUpdate();
  }

  /** Deletes a run, its file and what was found; or its file only. */
  async discard(run: KeptRows, what: Discarded): Promise<void> {
    if (this.run?.id === run.id) {
      if (what === "all") this.#begin();
      else await this.pause();
    }
    await this.#try(this.#turn, () => this.#rows.discard(run.id, what));
    await this.#look();
  }

  /** What is there of the run that is shown, as a file; null where that fails. */
  async save(format: RowsFormat): Promise<Blob | null> {
    let blob: Blob | null = null;
    this.saving = true;
    this.#host.requestUpdate();
    const { run } = this;
    if (run) await this.#try(this.#turn, async () => void (blob = await this.#rows.save(run.id, format)));
    this.saving = false;
    this.#host.requestUpdate();
    return blob;
  }

  #begin(): number {
    this.#abort?.abort();
    this.file = this.inspected = this.perRow = this.run = this.progress = this.problem = this.page = null;
    this.reading = null;
    this.running = false;
    this.#host.requestUpdate();
    return ++this.#turn;
  }

  async #hear(event: RowsEvent): Promise<void> {
    switch (event.type) {
      case "started":
      case "result":
        this.run = event.run;
        break;
      case "progress":
        this.progress = event;
        if (this.run) this.run = { ...this.run, done: event.done, n_refused: event.n_refused };
        break;
      case "part":
        if (this.run) this.run = { ...this.run, importance: event.importance };
    }
    this.#host.requestUpdate();
    const shown = this.page?.rows.length ?? 0;
    if (event.type !== "progress" && this.run && this.run.done > 0 && shown < PAGE_ROWS)
      await this.turn(this.page?.first ?? 0);
  }

  /** What is kept now; of the run that is shown, what the worker says of it. */
  async #look(): Promise<void> {
    const explainer = this.#explainer;
    if (!explainer) return;
    const kept = await explainer.rows.kept().catch(() => []);
    if (explainer !== this.#explainer) return;
    this.kept = kept.filter(({ id }) => id !== this.run?.id);
    if (!this.running && this.run) this.run = kept.find(({ id }) => id === this.run?.id) ?? this.run;
    this.#host.requestUpdate();
  }

  async #try(turn: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (turn !== this.#turn || (error as Error).name === "AbortError") return;
      this.problem = toShape(error);
      this.#host.requestUpdate();
    }
  }
}
