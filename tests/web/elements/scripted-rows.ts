/** Files of rows that are explained on command. */
import type {
  Discarded,
  InspectedRows,
  InspectOptions,
  KeptRows,
  Rows,
  RowsEvent,
  RowsOptions,
} from "../../../web/src/many.js";

export class ScriptedRows implements Rows {
  inspected: InspectedRows | Error = new Error("nothing was inspected");
  runs: KeptRows[] = [];
  asked: { source: File | KeptRows; options: RowsOptions }[] = [];
  discarded: [id: string, what: Discarded | undefined][] = [];
  /** How far a reading comes before it waits for its abort; null: to the end. */
  reads: number | null = null;
  /** What a run tells; it then waits for its abort, unless the last one is its result. */
  events: RowsEvent[] = [];

  async inspect(_: File, { signal, onProgress }: InspectOptions = {}): Promise<InspectedRows> {
    if (this.reads !== null) {
      onProgress?.(this.reads);
      await aborted(signal);
    }
    if (this.inspected instanceof Error) throw this.inspected;
    return this.inspected;
  }

  async *explain(source: File | KeptRows, options: RowsOptions = {}): AsyncGenerator<RowsEvent, void, void> {
    this.asked.push({ source, options });
    for (const event of this.events) yield event;
    if (this.events.at(-1)?.type === "result") return;
    await aborted(options.signal);
  }

  time(): Promise<number> {
    return Promise.resolve(20);
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

  discard(id: string, what?: Discarded): Promise<void> {
    this.discarded.push([id, what]);
    this.runs = this.runs
      .filter((run) => what === "file" || run.id !== id)
      .map((run) => (run.id === id ? { ...run, copied: false } : run));
    return Promise.resolve();
  }
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
  });
}
