/** Files of rows that are explained on command. */
import type { InspectedRows, KeptRows, Rows, RowsEvent, RowsOptions } from "../../../web/src/many.js";

export class ScriptedRows implements Rows {
  inspected: InspectedRows | Error = new Error("nothing was inspected");
  runs: KeptRows[] = [];
  asked: { source: File | KeptRows; options: RowsOptions }[] = [];
  discarded: string[] = [];
  /** What a run tells; it then waits for its abort, unless the last one is its result. */
  events: RowsEvent[] = [];

  async inspect(): Promise<InspectedRows> {
    if (this.inspected instanceof Error) throw this.inspected;
    return this.inspected;
  }

  async *explain(source: File | KeptRows, options: RowsOptions = {}): AsyncGenerator<RowsEvent, void, void> {
    this.asked.push({ source, options });
    for (const event of this.events) yield event;
    if (this.events.at(-1)?.type === "result") return;
    await new Promise((_, reject) => {
      options.signal?.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
    });
  }

  kept(): Promise<KeptRows[]> {
    return Promise.resolve(this.runs);
  }

  look(): ReturnType<Rows["look"]> {
    return Promise.resolve({ rows: [], refused: [] });
  }

  save(): Promise<Blob> {
    return Promise.resolve(new Blob(["saved"]));
  }

  discard(id: string): Promise<void> {
    this.discarded.push(id);
    this.runs = this.runs.filter((run) => run.id !== id);
    return Promise.resolve();
  }
}
