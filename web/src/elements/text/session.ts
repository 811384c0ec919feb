/** What goes on between the page and an opened bundle of texts: the text, what is hidden of it, its explanation. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { hold, rank } from "../../chart/order.js";
import type { Explainer, Explanation, Open, ProviderChoice, XaiwebErrorShape } from "../../types.js";
import { likeliest } from "../../views/classes.js";
import { entries } from "../../views/text/entries.js";
import { read, type Reading } from "../../views/text/reading.js";
import { toShape } from "../failure.js";
import { defaultsFor, optionsOf, type Settings } from "../settings.js";
import { partsOf, unitsOf } from "./parts.js";
import { pause } from "./pause.js";
import { Removal } from "./removal.js";
import { OWN, type Sample, sampleOf } from "./sample.js";

/** Longer texts are refused in words: what reads them would take seconds for every letter typed. */
export const MOST_CHARACTERS = 1_000_000;
/** After the last letter typed: so long until the model is asked, and until an explanation is begun. */
const PREDICT_AFTER_MS = 120;
const EXPLAIN_AFTER_MS = 400;

export class TextSession implements ReactiveController {
  explainer: Explainer<"text"> | null = null;
  /** Nothing can be shown because of it. */
  failure: XaiwebErrorShape | null = null;
  /** This text or these settings can't be computed. */
  problem: XaiwebErrorShape | null = null;
  /** What keeps this text from being read at all. */
  refused: "empty" | "long" | null = null;

  sample: Sample = OWN;
  text = "";
  settings: Settings = defaultsFor("text");
  output = 0;

  /** The model's outputs for the whole text, and for the sample as it was. */
  whole: number[] | null = null;
  original: number[] | null = null;
  /** Which words are hidden, and what the model says without them. */
  readonly removal: Removal;

  /** What the picture shows; of an older text while a newer one is being read. */
  reading: Reading | null = null;
  explanation: Explanation | null = null;
  final = false;
  running = false;
  stopped = false;
  progress: { done: number; total: number } | null = null;
  order: string[] = [];
  offline: string | null | undefined = undefined;

  readonly #host: ReactiveControllerHost;
  #opening = 0;
  #starting = 0;
  #wanted = 0;
  #busy = false;
  #typed = false;
  #reorder = true;
  /** What has a value in the picture. */
  #units = "";
  #chosen = false;
  #abort: AbortController | null = null;
  readonly #changed = () => this.#activity();

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    this.removal = new Removal(this, () => host.requestUpdate());
    host.addController(this);
  }

  hostDisconnected(): void {
    this.close();
  }

  /** What the model says of what is shown: the text without its hidden words. */
  get prediction(): number[] | null {
    return this.removal.hidden.size > 0 ? (this.removal.prediction ?? this.whole) : this.whole;
  }

  /** The picture is of an older text, or of one cut otherwise. */
  get stale(): boolean {
    return this.reading !== null && (this.reading.text !== this.text || this.#units !== unitsOf(this.settings));
  }

  /** Opens a bundle and explains its first sample, or the text that is there already. */
  async open(open: Open, src: string, provider: ProviderChoice): Promise<void> {
    const again = this.explainer !== null && this.text !== "";
    this.close();
    const opening = ++this.#opening;
    this.failure = this.problem = null;
    this.offline = undefined;
    this.#host.requestUpdate();
    try {
      const explainer = await open(src, { provider, kind: "text" });
      if (opening !== this.#opening) return explainer.close();
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
      if (again) this.change({});
      else await this.start(manifest.examples[0]?.id ?? "");
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
    this.whole = this.original = this.explanation = this.reading = null;
    this.removal.clear();
    this.running = false;
  }

  /** Begins with a sample of the bundle. */
  async start(id: string): Promise<void> {
    const { explainer, text } = this;
    if (!explainer) return;
    const starting = ++this.#starting;
    try {
      const sample = await sampleOf(explainer, id);
      // What was typed or chosen meanwhile stays.
      if (starting !== this.#starting || explainer !== this.explainer || text !== this.text) return;
      this.original = null;
      this.change({ sample, text: sample.text });
    } catch (thrown) {
      this.problem = toShape(thrown);
      this.#host.requestUpdate();
    }
  }

  /** A new text, new settings: whatever ran for the old ones is dropped. */
  change(to: {
    text?: string;
    sample?: Sample;
    settings?: Settings;
    hidden?: ReadonlySet<number>;
    typed?: boolean;
  }): void {
    if (to.sample && to.sample.id !== this.sample.id) this.original = null;
    if (to.sample) this.sample = to.sample;
    if (to.text !== undefined && to.text !== this.text) {
      this.text = to.text;
      this.#reorder = true;
      this.removal.clear();
    }
    if (to.settings) {
      if (to.settings.method !== this.settings.method) this.#reorder = true;
      if (unitsOf(to.settings) !== unitsOf(this.settings)) this.removal.clear();
      this.settings = to.settings;
    }
    if (to.hidden) this.removal.hide(to.hidden);
    this.#typed = to.typed ?? false;
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

  /** Another output of the same explanation: nothing is computed anew. */
  select(output: number): void {
    this.output = output;
    this.#chosen = this.#reorder = true;
    if (this.explanation) this.#show(this.explanation, this.final);
    this.#host.requestUpdate();
  }

  /** The position of the output shown among the explanation's. */
  get shownOutput(): number {
    const name = this.explainer?.manifest.outputs[this.output]?.name ?? "";
    return Math.max(0, this.explanation?.outputs.indexOf(name) ?? 0);
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

  async #round(explainer: Explainer<"text">, round: number, signal: AbortSignal): Promise<void> {
    const current = () => round === this.#wanted && explainer === this.explainer;
    const { text, settings, sample } = this;
    this.progress = null;
    this.refused = text.trim() === "" ? "empty" : text.length > MOST_CHARACTERS ? "long" : null;
    if (this.refused) {
      this.whole = this.explanation = this.reading = this.problem = null;
      this.running = false;
      return;
    }
    this.running = true;
    try {
      if (this.#typed) await pause(PREDICT_AFTER_MS, signal);
      const edited = sample.id !== "" && sample.text !== text && !this.original;
      const [whole, original] = await explainer.predict(edited ? [text, sample.text] : [text]);
      if (!current()) return;
      this.whole = whole ?? null;
      if (sample.id !== "") this.original ??= (edited ? original : whole) ?? null;
      if (whole && !this.#chosen) this.output = likeliest(explainer.manifest, whole) ?? this.output;
      // A core that has failed stays failed: its message must not come and go with every keystroke.
      if (explainer.activity.core !== "failed") this.problem = null;
      this.#host.requestUpdate();
      if (this.#typed) await pause(EXPLAIN_AFTER_MS, signal);
      await this.#read(explainer, text, settings);
      if (!current()) return;
      this.removal.renew();
      for await (const event of explainer.explain(text, { ...optionsOf(settings), signal })) {
        if (!current()) return;
        if (event.type === "progress") this.progress = { done: event.done, total: event.total };
        else if (event.type === "result" || this.#improves(event.explanation)) {
          this.#show(event.explanation, event.type === "result");
          if (event.type === "result") performance.mark("xaiweb:result");
        }
        this.#host.requestUpdate();
      }
    } catch (thrown) {
      if (!current() || signal.aborted) return;
      this.problem = toShape(thrown);
      if (this.stale) this.explanation = this.reading = null;
    } finally {
      if (current()) this.running = false;
      this.#host.requestUpdate();
    }
  }

  /** The words of the text, and the sentences they are in: what the picture is drawn on. */
  async #read(explainer: Explainer<"text">, text: string, settings: Settings): Promise<void> {
    if (this.reading && !this.stale) return;
    const options = partsOf(settings);
    const nested = options.units === "hierarchy";
    const prepared = await explainer.prepare(text, options);
    const sentences = nested ? await explainer.prepare(text, { ...options, units: "sentences" }) : null;
    if (text !== this.text || settings !== this.settings) return;
    this.reading = read(text, prepared.players, sentences?.players);
    this.#units = unitsOf(settings);
    this.explanation = null;
    this.final = false;
  }

  /** Refining begins with few evaluations again: what stands there already and is better stays until it is overtaken. */
  #improves({ provenance }: Explanation): boolean {
    const shown = this.explanation?.provenance;
    const same = shown?.scale === provenance.scale && shown.method === provenance.method;
    return !same || provenance.n_coalitions > shown.n_coalitions;
  }

  #show(explanation: Explanation, final: boolean): void {
    this.explanation = explanation;
    this.final = final;
    if (!this.reading) return;
    const all = entries(this.reading, explanation, this.shownOutput);
    // While it refines the order is held as long as chance may explain a change; where nobody knows, it can't be.
    const unknown = all.some(({ error }) => error === null);
    this.order = this.#reorder || final || unknown ? rank(all) : hold(this.order, all);
    this.#reorder = false;
  }

  #setOffline(explainer: Explainer<"text">, reason: string | null): void {
    if (explainer !== this.explainer) return;
    this.offline = reason;
    this.#host.requestUpdate();
  }

  #activity(): void {
    const { activity } = this.explainer ?? {};
    if (activity?.phase === "failed" && activity.error && !this.whole) this.failure = activity.error;
    else if (activity?.core === "failed" && activity.error) this.problem = activity.error;
    this.#host.requestUpdate();
  }
}
