import { afterEach, describe, expect, test, vi } from "vitest";
import type { Core } from "../../../web/src/engine/core.js";
import type { FoundRows, RowsStep } from "../../../web/src/engine/core-rows.js";
import type { Asked } from "../../../web/src/engine/core-run.js";
import type { Engine } from "../../../web/src/engine/engine.js";
import { BLOCK_ROWS } from "../../../web/src/engine/many/source.js";
import { Together } from "../../../web/src/engine/many/together.js";
import type { RowsJob } from "../../../web/src/engine/protocol.js";
import type { Tables } from "../../../web/src/engine/tables.js";
import { XaiwebError } from "../../../web/src/errors.js";

/** A core that asks once for all rows, then has found them; each takes `ms` of a clock of its own. */
class ScriptedRows {
  asked: number[] = [];
  refused: XaiwebError[] = [];
  closed = false;
  #n = 0;
  #waiting: RowsStep["type"][] = [];

  constructor(
    readonly atOnce: number,
    private readonly ms: number,
    private readonly clock: { now: number },
    private readonly error: string | null = null,
  ) {}

  begin(rows: Float32Array): void {
    this.#n = rows.length / 2;
    this.asked.push(this.#n);
    this.#waiting = ["asked", "found"];
  }

  step(): RowsStep {
    const type = this.#waiting.shift();
    if (type === "asked") return { type, asked: { type: "rows" } as Asked, x: Float32Array.of(0, 0) };
    this.clock.now += this.ms * this.#n;
    const row = { base_values: [0], estimator: "exact", n_coalitions: 1, n_model_rows: 1 };
    const rows = Array.from({ length: this.#n }, (_, i) =>
      this.error !== null && i === 0
        ? { error: { code: this.error, message: "no", where: "", next: "" } }
        : { ...row, prediction: [i], values: [[i]], std_error: [[0]] },
    );
    return { type: "found", found: { outputs: ["yes"], provenance: {}, rows } as FoundRows };
  }

  refuse(_: Asked, error: XaiwebError): void {
    this.refused.push(error);
  }

  close(): void {
    this.closed = true;
  }
}

const never = new AbortController().signal;
const turn = () => Promise.resolve();
const rows = (n: number) => Array.from({ length: n }, (_, i) => Float32Array.of(i, -i));

async function opened(core: ScriptedRows, answer: () => Promise<Float64Array>): Promise<Together> {
  const asked = { reply: () => {} };
  const step = core.step.bind(core);
  core.step = () => {
    const next = step();
    return next.type === "asked" ? { ...next, asked: { ...next.asked, ...asked } } : next;
  };
  const tables = { together: () => Promise.resolve(core), scale: () => ({}), answer } as unknown as Tables;
  return Together.open({} as Engine, tables, {} as Core, { scale: "output" } as RowsJob);
}

const answered = () => Promise.resolve(new Float64Array(1));

function timed(): { now: number } {
  const clock = { now: 0 };
  vi.spyOn(performance, "now").mockImplementation(() => clock.now);
  return clock;
}

afterEach(() => void vi.restoreAllMocks());

describe("rows explained together", () => {
  test.each([
    ["fast ones are many, but never more than a block", 1, 1000, [1, 4, 16, 64, 256, 256]],
    ["no more than the core holds at once", 1, 100, [1, 4, 16, 64, 100, 100]],
    ["slow ones are about a second's worth", 90, 1000, [1, 4, 11, 11, 11, 11]],
    ["the slowest go alone", 5000, 1000, [1, 1, 1, 1, 1, 1]],
  ])("%s", async (_, ms, atOnce, sizes) => {
    const core = new ScriptedRows(atOnce, ms, timed());
    const together = await opened(core, answered);
    const all = rows(1000);
    for (let i = 0; i < 6; i++) {
      const found = await together.explain(all.slice(0, together.size), never, turn);
      expect(found.map((one) => one instanceof XaiwebError || one.prediction[0])).toEqual(found.map((__, at) => at));
    }
    expect(core.asked).toEqual(sizes);
    expect(Math.max(...core.asked)).toBeLessThanOrEqual(BLOCK_ROWS);
    expect(together.perRow).toBeCloseTo(ms);
    together.close();
    expect(core.closed).toBe(true);
  });

  test("a row's own error is that row's, and the core hears of it; any other ends all", async () => {
    const core = new ScriptedRows(10, 1, { now: 0 }, "infinite");
    const bad = new XaiwebError("model-not-finite", "NaN");
    const [first, second] = await (await opened(core, () => Promise.reject(bad))).explain(rows(2), never, turn);
    expect(core.refused).toEqual([bad]);
    expect(first).toMatchObject({ code: "infinite" });
    expect(second).toMatchObject({ outputs: ["yes"], prediction: [1] });

    const corrupt = new XaiwebError("model-corrupt", "no");
    const ended = (await opened(core, () => Promise.reject(corrupt))).explain(rows(2), never, turn);
    await expect(ended).rejects.toBe(corrupt);
    const other = await opened(new ScriptedRows(10, 1, { now: 0 }, "parameter"), answered);
    await expect(other.explain(rows(2), never, turn)).rejects.toMatchObject({ code: "parameter" });
  });

  test("who may go first goes between any two pieces of work, and a cancel is heard there", async () => {
    const stop = new AbortController();
    const turns: string[] = [];
    const core = new ScriptedRows(10, 1, { now: 0 });
    const together = await opened(core, answered);
    await together.explain(rows(1), never, () => Promise.resolve(void turns.push("turn")));
    expect(turns).toEqual(["turn", "turn"]);
    const cancelled = together.explain(rows(4), stop.signal, () => Promise.resolve(stop.abort()));
    await expect(cancelled).rejects.toMatchObject({ name: "AbortError" });
  });
});
