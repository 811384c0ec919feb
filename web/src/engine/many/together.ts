/** Rows explained together, no more of them at a time than a person may lose or wait for. */
import { XaiwebError } from "../../errors.js";
import { breatheNowAndThen } from "../breathe.js";
import type { Core } from "../core.js";
import type { CoreRows, FoundRow, FoundRows } from "../core-rows.js";
import type { Asked } from "../core-run.js";
import type { Engine } from "../engine.js";
import type { RowsJob } from "../protocol.js";
import type { Tables } from "../tables.js";
import { BLOCK_ROWS } from "./source.js";

/** What rows explained together take, about: so much is lost where the page is closed, or the run is paused. */
const TOGETHER_MS = 1000;
/** How much larger than the last one a group may be: what the first rows take says little. */
const GROWTH = 4;

/** Codes of errors that one row may raise while others don't; any other ends the run. */
const OF_A_ROW = ["budget-too-small", "infinite", "model-not-finite"];

/** What was found of a row. */
export type FoundOne = FoundRow & Pick<FoundRows, "outputs" | "provenance">;

/** The same, or why it can't be explained. */
export type Found = FoundOne | XaiwebError;

export class Together {
  /** Rows of the next group. */
  size = 1;
  /** Milliseconds that a row of the last group took. */
  perRow = Infinity;

  private constructor(
    private readonly tables: Tables,
    private readonly scale: string,
    private readonly rows: CoreRows,
  ) {}

  static async open(engine: Engine, tables: Tables, core: Core, job: RowsJob): Promise<Together> {
    return new Together(tables, job.scale, await tables.together(engine, core, job));
  }

  /**
   * Explains at most `size` rows.
   *
   * @param turn - Awaited before each piece of work: who may go first, goes.
   * @throws XaiwebError that is no single row's.
   */
  async explain(inputs: readonly Float32Array[], signal: AbortSignal, turn: () => Promise<void>): Promise<Found[]> {
    const started = performance.now();
    this.rows.begin(flat(inputs));
    for (;;) {
      await turn();
      signal.throwIfAborted();
      const step = this.rows.step();
      if (step.type === "found") {
        this.#pace(inputs.length, performance.now() - started);
        return step.found.rows.map((row) => foundOf(row, step.found));
      }
      if (step.type === "asked") await this.#answer(step.asked, step.x, signal);
      else await breatheNowAndThen();
    }
  }

  close(): void {
    this.rows.close();
  }

  async #answer(asked: Asked, x: Float32Array, signal: AbortSignal): Promise<void> {
    try {
      asked.reply(await this.tables.answer(this.tables.scale(this.scale), x, asked, { signal }));
    } catch (error) {
      // The core asks the rows of a common request one by one, and refuses those at fault.
      if (!(error instanceof XaiwebError) || !OF_A_ROW.includes(error.code)) throw error;
      this.rows.refuse(asked, error);
    }
  }

  #pace(n: number, ms: number): void {
    this.perRow = ms / n;
    const most = Math.min(BLOCK_ROWS, this.rows.atOnce, GROWTH * this.size);
    this.size = Math.max(1, Math.min(most, Math.floor(TOGETHER_MS / this.perRow)));
  }
}

function foundOf(row: FoundRows["rows"][number], { outputs, provenance }: FoundRows): Found {
  if (!("error" in row)) return { ...row, outputs, provenance };
  const error = XaiwebError.from(row.error);
  if (OF_A_ROW.includes(error.code)) return error;
  throw error;
}

function flat(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]!.length;
  const all = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) all.set(row, i * width);
  return all;
}
