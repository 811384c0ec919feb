/** What goes on between the page and an opened bundle: the row, its prediction, its explanation as it refines. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { hold, rank } from "../chart/order.js";
import { first, type Start, type Values } from "../inputs/row.js";
import type { Explainer, Explanation, ExplainOptions, Open, ProviderChoice, XaiwebErrorShape } from "../types.js";
import { likeliest } from "../views/classes.js";
import { contributions } from "../views/contributions.js";
import { words } from "../strings/words.js";
import { toShape } from "./failure.js";
import { DEFAULTS, optionsOf, type Settings } from "./settings.js";

export class Session implements ReactiveController {
  explainer: Explainer | null = null;
  /** Nothing can be shown because of it. */
  failure: XaiwebErrorShape | null = null;
  /** This row or these settings can't be computed; what stood there before is gone or labelled. */
  problem: XaiwebErrorShape | null = null;

  start: Start = { id: "", values: {} };
  values: Values = {};
  settings: Settings = DEFAULTS;
  output = 0;
  /** The model's outputs for the rows it is compared with, where these are numbers that need something to compare. */
  reference: readonly number[][] | null = null;

  /** The model's outputs for the row, and for the example as it was. */
  prediction: number[] | null = null;
  original: number[] | null = null;

  explanation: Explanation | null = null;
  /** The first estimate of the explanation shown. */
  firstEstimate: Explanation | null = null;
  final = false;
  running = false;
  stopped = false;
  progress: { done: number; total: number } | null = null;
  order: string[] = [];
  /** Why it can't be used without a network; undefined while that isn't known, null where it can. */
  offline: string | null | undefined = undefined;

  #host: ReactiveControllerHost;
  #opening = 0;
  #wanted = 0;
  #busy = false;
  /** The row that the explanation is of. */
  #explained: Values | null = null;
  #reorder = true;
  /** Whether a new row may show another output: of several classes the likeliest, until somebody chose. */
  #follow: "no" | "next" | "never" = "no";
  #abort: AbortController | null = null;
  readonly #changed = () => this.#activity();

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.close();
  }

  /** Opens a bundle and explains its first example. */
  async open(open: Open, src: string, provider: ProviderChoice): Promise<void> {
    this.close();
    const opening = ++this.#opening;
    this.failure = this.problem = null;
    this.offline = undefined;
    this.#host.requestUpdate();
    try {
      const explainer = await open(src, { provider });
      if (opening !== this.#opening) return explainer.close();
      const again = this.explainer === null && this.start.id !== "" && this.#fits(explainer);
      this.explainer = explainer;
      explainer.activity.addEventListener("change", this.#changed);
      // Their failures are told by the activity; unhandled they would only reach the console.
      explainer.ready.catch(() => undefined);
      explainer.offlineReady.then(
        () => this.#setOffline(explainer, null),
        (reason: unknown) => this.#setOffline(explainer, toShape(reason).message),
      );
      const { manifest } = explainer;
      this.output = Math.max(
        0,
        manifest.outputs.findIndex(({ name }) => name === manifest.decision?.output),
      );
      this.#follow = "no";
      if (again) this.change({});
      else this.change({ start: first(manifest, explainer.background) });
      this.#activity();
    } catch (thrown) {
      if (opening === this.#opening) this.failure = toShape(thrown);
    }
    this.#host.requestUpdate();
  }

  close(): void {
    this.#opening++;
    this.#abort?.abort();
    this.explainer?.activity.removeEventListener("change", this.#changed);
    this.explainer?.close();
    this.explainer = null;
    this.prediction = this.original = this.explanation = this.firstEstimate = this.reference = null;
    this.running = false;
  }

  /** A new row, a new start or new settings: whatever ran for the old ones is dropped. */
  change(to: { values?: Values; start?: Start; settings?: Settings }): void {
    if (to.start) {
      this.start = to.start;
      this.original = null;
      if (this.#follow === "no") this.#follow = "next";
    }
    if (to.start || to.values) {
      this.values = to.values ?? to.start?.values ?? this.values;
      // Another row deserves its own order; a refined explanation keeps the one it has.
      this.#reorder = true;
    }
    if (to.settings) this.settings = to.settings;
    this.#wanted++;
    this.stopped = false;
    this.#abort?.abort();
    this.#host.requestUpdate();
    void this.#work();
  }

  /** Stops the explanation that runs; what has been computed stays. */
  cancel(): void {
    this.stopped = true;
    this.#abort?.abort();
    this.#host.requestUpdate();
  }

  /** One loop for everything: a newer wish ends the present round early and starts the next. */
  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    let done = -1;
    while (done !== this.#wanted && this.explainer) {
      done = this.#wanted;
      this.#abort = new AbortController();
      await this.#round(this.explainer, done, this.#abort.signal);
    }
    this.#busy = false;
    this.#host.requestUpdate();
  }

  async #round(explainer: Explainer, round: number, signal: AbortSignal): Promise<void> {
    const current = () => round === this.#wanted && explainer === this.explainer;
    const { scale } = this.settings;
    const options: ExplainOptions = { ...optionsOf(this.settings), signal };
    const values = this.values;
    let predicted = false;
    this.running = true;
    this.progress = null;
    try {
      const needed = this.original ? [values] : [values, this.start.values];
      const [prediction, original] = await explainer.predict(needed);
      if (!current()) return;
      this.prediction = prediction ?? null;
      predicted = true;
      if (this.#follow === "next" && prediction) {
        this.output = likeliest(explainer.manifest, prediction) ?? this.output;
        this.#follow = "no";
      }
      this.original ??= original ?? null;
      // A core that has failed stays failed: its message must not come and go with every keystroke.
      if (explainer.activity.core !== "failed") this.problem = null;
      this.#host.requestUpdate();
      for await (const event of explainer.explain(values, options)) {
        if (!current()) return;
        if (event.type === "progress") this.progress = { done: event.done, total: event.total };
        else if (event.type === "result" || this.#improves(event.explanation, values)) {
          const another = this.#explained !== values || this.explanation?.provenance.scale !== scale;
          if (another) this.firstEstimate = event.type === "result" ? null : event.explanation;
          this.#explained = values;
          this.#show(event.explanation, event.type === "result");
          if (event.type === "result") performance.mark("xaiweb:result");
        }
        this.#host.requestUpdate();
      }
      this.reference ??= await referenceOf(explainer);
    } catch (thrown) {
      if (!current() || signal.aborted) return;
      this.problem = toShape(thrown);
      // A picture of another row must not stand beside this one; of this row it may, with its own provenance.
      if (!predicted) this.prediction = null;
      if (this.#explained !== values) this.explanation = this.firstEstimate = null;
    } finally {
      if (current()) this.running = false;
      this.#host.requestUpdate();
    }
  }

  /** Refining begins with few coalitions again: what stands there already and is better stays until it is overtaken. */
  #improves(partial: Explanation, values: Values): boolean {
    const shown = this.explanation?.provenance;
    if (!shown || this.#explained !== values || shown.scale !== partial.provenance.scale) return true;
    return partial.provenance.n_coalitions > shown.n_coalitions;
  }

  #show(explanation: Explanation, final: boolean): void {
    this.explanation = explanation;
    this.final = final;
    const { manifest } = this.explainer ?? {};
    if (!manifest) return;
    const all = contributions(explanation, manifest, this.#shownOutput(explanation), words("en"));
    // While it refines the order is held; what stays is sorted.
    this.order = this.#reorder || final ? rank(all) : hold(this.order, all);
    this.#reorder = false;
  }

  /** Another output of the same explanation: nothing is computed anew. */
  select(output: number): void {
    this.output = output;
    this.#follow = "never";
    this.#reorder = true;
    if (this.explanation) this.#show(this.explanation, this.final);
    this.#host.requestUpdate();
  }

  #shownOutput(explanation: Explanation): number {
    const name = this.explainer?.manifest.outputs[this.output]?.name ?? "";
    return Math.max(0, explanation.outputs.indexOf(name));
  }

  #fits({ manifest }: Explainer): boolean {
    return manifest.features.every(({ name }) => name in this.values);
  }

  #setOffline(explainer: Explainer, reason: string | null): void {
    if (explainer !== this.explainer) return;
    this.offline = reason;
    this.#host.requestUpdate();
  }

  #activity(): void {
    const { activity } = this.explainer ?? {};
    if (activity?.phase === "failed" && activity.error && !this.prediction) this.failure = activity.error;
    else if (activity?.core === "failed" && activity.error) this.problem = activity.error;
    this.#host.requestUpdate();
  }
}

/** What the model says of the rows it is compared with; null where its outputs are probabilities: they have a scale. */
async function referenceOf(explainer: Explainer): Promise<number[][] | null> {
  const { manifest, background } = explainer;
  if (manifest.outputs.every(({ kind }) => kind === "probability")) return null;
  return explainer.predict(background.map((row) => row.map((cell) => (Number.isFinite(cell) ? cell : null))));
}
