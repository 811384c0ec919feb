/** Explains the rows of a file, some of them together, part by part. */
import { XaiwebError } from "../../errors.js";
import type { ExplainedRow, Importance, RefusedRow, RowsEvent } from "../../many.js";
import type { TabularManifest } from "../../types.js";
import type { Core } from "../core.js";
import type { CoreImportance } from "../core-run.js";
import type { Engine } from "../engine.js";
import type { Turns } from "../turns.js";
import type { RowReader } from "./inspect.js";
import { Pace } from "./pace.js";
import { addProvenance, explainedRow, flat, type PartDocument, refusedRow, writePart } from "./part.js";
import type { Block } from "./source.js";
import { type KeptRun, partOf, type Store } from "./store.js";
import type { Found, Together } from "./together.js";

/** A part ends with its block, or when it took so long: what a closed page costs at most. */
const PART_MS = 2000;
/** Progress is told no more often. */
const TELL_MS = 200;

export interface Work {
  engine: Engine;
  core: Core;
  together: Together;
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
    const { run, reader } = this.work;
    this.#first = run.done;
    const rows = [...reader.read(block)].map((read) => ({ ...read, key: "x" in read ? keyOf(read.x) : "" }));
    const distinct = new Map(rows.flatMap((one) => ("x" in one ? [[one.key, one.x] as const] : [])));
    const waiting = [...distinct];
    const known = new Map<string, Found>();
    const told = new Set<string>();
    let began = performance.now();
    for (const one of rows) {
      if ("refused" in one) this.#refuse(one.refused);
      else {
        if (!known.has(one.key)) await this.#explain(waiting, known);
        const found = known.get(one.key)!;
        if (found instanceof XaiwebError) this.#refuse(refusedRow(one.row, found));
        else {
          this.#part.rows.push(explainedRow(one.row, one.x, found));
          addProvenance(this.#part.provenance, found, !told.has(one.key));
        }
        told.add(one.key);
      }
      run.done++;
      this.#tell(false);
      if (performance.now() - began < PART_MS) continue;
      await this.#commit();
      began = performance.now();
    }
    await this.#commit();
  }

  /** Explains the next ones of the rows that wait. */
  async #explain(waiting: [key: string, x: Float32Array][], known: Map<string, Found>): Promise<void> {
    const { together, signal, visitors } = this.work;
    const group = waiting.splice(0, together.size);
    const rows = group.map(([, x]) => x);
    const found = await together.explain(rows, signal, () => visitors.idle());
    for (const [i, [key]] of group.entries()) known.set(key, found[i]!);
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
    const bytes = writePart(part);
    if (n > 0) run.found_bytes += bytes.length;
    await store.commit(run, n === 0 ? null : await partOf(this.#first, n, bytes));
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

/** Equal rows have equal keys; their bits count, so that -0 is not 0. */
function keyOf(x: Float32Array): string {
  return new Uint32Array(x.buffer, x.byteOffset, x.length).join();
}
