/** The page's side of files of rows: asks the worker. */
import type {
  Discarded,
  ExplainedRow,
  InspectedRows,
  InspectOptions,
  KeptRows,
  RefusedRow,
  Rows,
  RowsEvent,
  RowsFormat,
  RowsOptions,
} from "../../many.js";
import type { ExplainOptions, TabularManifest } from "../../types.js";
import type { Client } from "../client.js";
import { abortError, events } from "../events.js";
import { jobOf } from "../job.js";
import { wrong } from "../parameters.js";
import type { CallEvent, RowsJob } from "../protocol.js";

export class FileRows implements Rows {
  /** @param check - Throws where the explainer was closed. */
  constructor(
    private readonly client: Client,
    private readonly manifest: TabularManifest,
    private readonly check: () => void,
  ) {}

  inspect(file: File, { signal, onProgress }: InspectOptions = {}): Promise<InspectedRows> {
    this.check();
    const next = (event: CallEvent) => event.type === "reading" && onProgress?.(event.share);
    return this.client.ask("inspectRows", { file }, { ...(signal ? { signal } : {}), next });
  }

  time(file: File, { signal, ...asked }: ExplainOptions = {}): Promise<number> {
    this.check();
    return this.client.ask("timeRows", { file, job: this.#job(asked) }, signal ? { signal } : {});
  }

  async *explain(source: File | KeptRows, options: RowsOptions = {}): AsyncGenerator<RowsEvent, void, void> {
    this.check();
    const { keep = false, signal, ...asked } = options;
    if (signal?.aborted) throw abortError();
    const job = this.#job(asked);
    const [file, run] = source instanceof File ? [source, null] : [null, source.id];
    yield* events<RowsEvent>(
      (listener) => this.client.explain({ type: "explainRows", file, run, job, keep }, listener),
      signal,
    );
  }

  kept(): Promise<KeptRows[]> {
    this.check();
    return this.client.ask("keptRows", {});
  }

  look(run: string, first: number, count: number): Promise<{ rows: ExplainedRow[]; refused: RefusedRow[] }> {
    this.check();
    return this.client.ask("lookRows", { run, first, count });
  }

  save(run: string, format: RowsFormat): Promise<Blob> {
    this.check();
    return this.client.ask("saveRows", { run, format });
  }

  async discard(run: string, what: Discarded = "all"): Promise<void> {
    this.check();
    await this.client.ask("discardRows", { run, what });
  }

  #job(asked: ExplainOptions): RowsJob {
    const { input: _, ...job } = jobOf<"tabular">(this.manifest, new Float32Array(), withoutInteractions(asked));
    return job;
  }
}

/** A table of explanations has no place for interactions: none are computed. */
function withoutInteractions({ method = "shapley", ...options }: RowsOptions): RowsOptions {
  if (method !== "shapley") return { method, ...options };
  if (options.interactions !== undefined && !["auto", "none"].includes(options.interactions))
    throw wrong(
      "interactions",
      "interactions have no place in a table of explanations.",
      "Explain single rows for them.",
    );
  return { ...options, method, interactions: "none" };
}
