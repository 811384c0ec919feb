/** Explains the rows of a file, one after the other, part by part. */
import { XaiwebError } from "../../errors.js";
import type { ExplainedRow, Importance, RefusedRow, RowsEvent } from "../../many.js";
import type { Explanation, TabularManifest } from "../../types.js";
import type { Core } from "../core.js";
import type { CoreImportance } from "../core-run.js";
import type { Engine } from "../engine.js";
import { explain } from "../explain.js";
import type { Turns } from "../turns.js";
import type { RowReader } from "./inspect.js";
import { Pace } from "./pace.js";
import { addProvenance, explainedRow, flat, type PartDocument, refusedRow, writePart } from "./part.js";
import type { Block } from "./source.js";
import { type KeptRun, partOf, type Store } from "./store.js";

/** A part ends with its block, or when it took so long: what a closed page costs at most. */
const PART_MS = 2000;
/** Progress is told no more often. */
const TELL_MS = 200;

/** Codes of errors that one row may raise while others don't; any other ends the run. */
const OF_A_ROW = ["budget-too-small", "infinite", "model-not-finite"];

export interface Work {
  engine: Engine;
  core: Core;
  store: Store;
  run: KeptRun;
  reader: RowReader;
  /** Those whom a person waits for; they go first. */
  visitors: Turns;
  signal: AbortSignal;
  emit: (event: RowsEvent) => void;
}

/** One run, from the row it stands at to the file's end; an abort keeps every row that is finished. */
export class Run {
  readonly #importance: CoreImportance;
  readonly #pace = new Pace();
  #told = 0;
  #part: PartDocument = { rows: [], refused: [], provenance: {} };
  #first = 0;

  constructor(private readonly work: Work) {
    const { core, run, engine } = work;
    const { players } = engine.manifest as TabularManifest;
    this.#importance = core.importance(players.length, run.job.selected!.length, run.state);
  }

  async all(): Promise<void> {
    const { run, reader, signal, emit } = this.work;
    try {
      this.#pace.mark(performance.now(), run.done);
      this.#tell(true);
      for await (const block of reader.source.blocks(run.done)) {
        await this.#block(block);
        signal.throwIfAborted();
      }
      run.finished = true;
      await this.#commit();
      emit({ type: "result", run });
    } catch (error) {
      if (signal.aborted) await this.#commit();
      throw error;
    } finally {
      this.#importance.close();
    }
  }

  /** The rows of a block; equal ones are computed once. */
  async #block(block: Block): Promise<void> {
    const known = new Map<string, Explanation | XaiwebError>();
    const { run, signal, visitors } = this.work;
    this.#first = run.done;
    let began = performance.now();
    for (const read of this.work.reader.read(block)) {
      if ("refused" in read) this.#refuse(read.refused);
      else {
        const key = new Uint32Array(read.x.buffer).join();
        const seen = known.get(key);
        if (!seen) await visitors.idle();
        signal.throwIfAborted();
        const found = seen ?? (await this.#explain(read.x));
        known.set(key, found);
        if (found instanceof XaiwebError) this.#refuse(refusedRow(read.row, found));
        else {
          this.#part.rows.push(explainedRow(read.row, read.x, found));
          addProvenance(this.#part.provenance, found.provenance, !seen);
        }
      }
      run.done++;
      this.#tell(false);
      if (performance.now() - began < PART_MS) continue;
      await this.#commit();
      began = performance.now();
    }
    await this.#commit();
  }

  async #explain(x: Float32Array): Promise<Explanation | XaiwebError> {
    const { engine, run, signal } = this.work;
    let found: Explanation | undefined;
    try {
      const job = { ...run.job, input: x };
      await explain(engine, job, {
        signal,
        partials: false,
        emit: (event) => {
          if (event.type === "result") found = event.explanation;
        },
      });
      return found!;
    } catch (error) {
      if (error instanceof XaiwebError && OF_A_ROW.includes(error.code)) return error;
      throw error;
    }
  }

  #refuse(refused: RefusedRow): void {
    this.#part.refused.push(refused);
    this.work.run.n_refused++;
  }

  /** Keeps what was found since the last part, and tells it. */
  async #commit(): Promise<void> {
    const { run, store, emit } = this.work;
    const part = this.#part;
    const n = run.done - this.#first;
    if (n === 0 && !run.finished) return;
    if (part.rows.length > 0) this.#importance.add(flat(part.rows), part.rows.length);
    run.state = this.#importance.state();
    run.importance = importanceOf(run, part.rows[0]);
    await store.commit(run, n === 0 ? null : await partOf(this.#first, n, writePart(part)));
    this.#part = { rows: [], refused: [], provenance: {} };
    this.#first = run.done;
    if (n > 0) emit({ type: "part", rows: part.rows, refused: part.refused, importance: run.importance });
    this.#tell(run.done === run.n_rows);
  }

  #tell(now: boolean): void {
    const at = performance.now();
    if (!now && at - this.#told < TELL_MS) return;
    this.#told = at;
    const { run, emit } = this.work;
    this.#pace.mark(at, run.done);
    emit({
      type: "progress",
      done: run.done,
      total: run.n_rows,
      unit: "rows",
      n_refused: run.n_refused,
      rows_per_second: this.#pace.rowsPerSecond,
      remaining_ms: this.#pace.remaining(run.n_rows),
    });
  }
}

function importanceOf(run: KeptRun, row: ExplainedRow | undefined): Importance | null {
  const outputs = row?.outputs ?? run.importance?.outputs;
  if (!outputs) return null;
  const { n_rows, mean_abs } = JSON.parse(run.state) as { n_rows: number; mean_abs: number[][] };
  return { n_rows, outputs, mean_abs };
}
