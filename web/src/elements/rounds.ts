/** One explanation at a time, of what is wanted last: a newer wish ends the present round and begins the next. */
import type { ReactiveControllerHost } from "lit";
import { hold, rank, type Ranked } from "../chart/order.js";
import type { Explainer, Explanation, ExplainEvent, Kind } from "../types.js";
import { Connection } from "./connection.js";
import type { Settings } from "./settings.js";

export abstract class Rounds<K extends Kind> extends Connection<K> {
  /** Position of the output shown, in the manifest. */
  output = 0;
  explanation: Explanation | null = null;
  final = false;
  running = false;
  stopped = false;
  progress: { done: number; total: number } | null = null;
  order: string[] = [];
  /** Another input deserves its own order; a refined explanation keeps the one it has. */
  protected reorder = true;

  #wanted = 0;
  #busy = false;
  #abort: AbortController | null = null;

  constructor(
    host: ReactiveControllerHost,
    kind: K,
    public settings: Settings,
  ) {
    super(host, kind);
  }

  /** Predicts and explains what is wanted now, for as long as it is; what is thrown is told. */
  protected abstract round(explainer: Explainer<K>, current: () => boolean, signal: AbortSignal): Promise<void>;
  /** What each player does for the output shown; null where that can't be drawn yet. */
  protected abstract entries(explanation: Explanation): readonly Ranked[] | null;
  /** Whether the explanation shown is of the input as it is now. */
  protected abstract get alike(): boolean;
  /** What stands there but is of another input goes: this one isn't computed. */
  protected abstract drop(): void;

  protected closed(): void {
    this.#abort?.abort();
    this.explanation = null;
    this.running = false;
  }

  /** Whatever runs for an older wish is dropped. */
  protected renew(): void {
    this.#wanted++;
    this.stopped = false;
    this.#abort?.abort();
    this.host.requestUpdate();
    void this.#work();
  }

  /** Stops the explanation that runs; what has been computed of this input stays. */
  cancel(): void {
    this.stopped = true;
    this.#abort?.abort();
    this.drop();
    this.host.requestUpdate();
  }

  /** Another output of the same explanation: nothing is computed anew. */
  select(output: number): void {
    this.output = output;
    this.reorder = true;
    if (this.explanation) this.show(this.explanation, this.final);
    this.host.requestUpdate();
  }

  /** The output that decides, else the first. */
  protected get decisive(): number {
    const { outputs, decision } = this.explainer!.manifest;
    return Math.max(
      0,
      outputs.findIndex(({ name }) => name === decision?.output),
    );
  }

  /** The position of the output shown among an explanation's. */
  protected among(explanation: Explanation | null): number {
    const name = this.explainer?.manifest.outputs[this.output]?.name ?? "";
    return Math.max(0, explanation?.outputs.indexOf(name) ?? 0);
  }

  /** The model has answered. A core that has failed stays failed: its message must not come and go with every key. */
  protected settle(): void {
    if (this.explainer?.activity.core !== "failed") this.problem = null;
    this.host.requestUpdate();
  }

  /** Shows what an explanation tells, as far as it is better than what stands there. */
  protected async follow(events: AsyncIterable<ExplainEvent>, current: () => boolean): Promise<void> {
    for await (const event of events) {
      if (!current()) return;
      if (event.type === "progress") this.progress = { done: event.done, total: event.total };
      else if (event.type === "result" || this.#improves(event.explanation)) {
        this.show(event.explanation, event.type === "result");
        if (event.type === "result") performance.mark("xaiweb:result");
      }
      this.host.requestUpdate();
    }
  }

  protected show(explanation: Explanation, final: boolean): void {
    this.explanation = explanation;
    this.final = final;
    const all = this.entries(explanation);
    if (!all) return;
    // While it refines the order is held as long as chance may explain a change; where nobody knows, it can't be.
    const unknown = all.some(({ error }) => error === null);
    this.order = this.reorder || final || unknown ? rank(all) : hold(this.order, all);
    this.reorder = false;
  }

  /** One loop for everything: a newer wish ends the present round early and starts the next. */
  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    let done = -1;
    while (done !== this.#wanted && this.explainer) {
      done = this.#wanted;
      await this.#attempt(this.explainer, done);
    }
    this.#busy = false;
    this.host.requestUpdate();
  }

  async #attempt(explainer: Explainer<K>, round: number): Promise<void> {
    const { signal } = (this.#abort = new AbortController());
    const current = () => round === this.#wanted && explainer === this.explainer;
    this.progress = null;
    this.running = true;
    try {
      await this.round(explainer, current, signal);
    } catch (thrown) {
      if (!current() || signal.aborted) return;
      this.drop();
      this.fail(thrown);
    } finally {
      if (current()) this.running = false;
      this.host.requestUpdate();
    }
  }

  /** Refining begins with few evaluations again: what stands there and is better stays until it is overtaken. */
  #improves({ provenance }: Explanation): boolean {
    const shown = this.explanation?.provenance;
    if (!shown || !this.alike || shown.scale !== provenance.scale || shown.method !== provenance.method) return true;
    return provenance.n_coalitions > shown.n_coalitions;
  }
}
