/** What goes on between the page and an opened bundle of texts: the text, what is hidden of it, its explanation. */
import type { ReactiveControllerHost } from "lit";
import type { Explainer, Explanation } from "../../types.js";
import { likeliest } from "../../views/classes.js";
import { entries, type Entry } from "../../views/text/entries.js";
import { read, type Reading } from "../../views/text/reading.js";
import type { Answer } from "../curve.js";
import { Rounds } from "../rounds.js";
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

export class TextSession extends Rounds<"text"> {
  /** What keeps this text from being read at all. */
  refused: "empty" | "long" | null = null;
  sample: Sample = OWN;
  text = "";

  /** The model's outputs for the whole text, and for the sample as it was. */
  whole: number[] | null = null;
  original: number[] | null = null;
  /** Which words are hidden, and what the model says without them. */
  readonly removal: Removal;
  /** What the picture shows; of an older text while a newer one is being read. */
  reading: Reading | null = null;

  /** The text that `whole` is of. */
  #predicted = "";
  #starting = 0;
  #typed = false;
  /** What has a value in the picture. */
  #units = "";
  #chosen = false;

  constructor(host: ReactiveControllerHost) {
    super(host, "text", defaultsFor("text"));
    this.removal = new Removal(this, () => host.requestUpdate());
  }

  /** What the model says of what is shown: the text without its hidden words. */
  get prediction(): number[] | null {
    return this.removal.hidden.size > 0 ? (this.removal.prediction ?? this.whole) : this.whole;
  }

  /** The picture is of an older text, or of one cut otherwise. */
  get stale(): boolean {
    return this.reading !== null && (this.reading.text !== this.text || this.#units !== unitsOf(this.settings));
  }

  /** The position of the output shown among the explanation's. */
  get shownOutput(): number {
    return this.among(this.explanation);
  }

  protected override get answered(): boolean {
    return this.whole !== null;
  }

  protected override get alike(): boolean {
    return !this.stale;
  }

  /** Explains the text that stands there, else the first sample. */
  protected override async opened({ manifest }: Explainer<"text">): Promise<void> {
    this.output = this.decisive;
    if (this.text !== "") this.change({});
    else await this.start(manifest.examples[0]?.id ?? "");
  }

  protected override closed(): void {
    super.closed();
    this.whole = this.original = this.reading = null;
    this.removal.clear();
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
      this.fail(thrown, explainer);
    }
  }

  /** A new text, new settings, other words hidden. */
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
      this.reorder = true;
      this.removal.clear();
    }
    if (to.settings) {
      if (to.settings.method !== this.settings.method) this.reorder = true;
      if (unitsOf(to.settings) !== unitsOf(this.settings)) this.removal.clear();
      this.settings = to.settings;
    }
    if (to.hidden) this.removal.hide(to.hidden);
    this.#typed = to.typed ?? false;
    this.renew();
  }

  override select(output: number): void {
    this.#chosen = true;
    super.select(output);
  }

  /** What the model says of the text with only some words kept. */
  readonly answer: Answer = async (masks) => {
    const { explainer, text, settings } = this;
    return explainer ? explainer.coalitions(text, partsOf(settings), masks) : [];
  };

  protected override async round(
    explainer: Explainer<"text">,
    current: () => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { text, settings, sample } = this;
    this.refused = text.trim() === "" ? "empty" : text.length > MOST_CHARACTERS ? "long" : null;
    if (this.refused) {
      this.whole = this.explanation = this.reading = this.problem = null;
      return;
    }
    if (this.#typed) await pause(PREDICT_AFTER_MS, signal);
    const edited = sample.id !== "" && sample.text !== text && !this.original;
    const [whole, original] = await explainer.predict(edited ? [text, sample.text] : [text]);
    if (!current()) return;
    this.whole = whole ?? null;
    this.#predicted = text;
    if (sample.id !== "") this.original ??= (edited ? original : whole) ?? null;
    if (whole && !this.#chosen) this.output = likeliest(explainer.manifest, whole) ?? this.output;
    this.settle();
    if (this.#typed) await pause(EXPLAIN_AFTER_MS, signal);
    await this.#read(explainer, text, settings);
    if (!current()) return;
    this.removal.renew();
    await this.follow(explainer.explain(text, { ...optionsOf(settings), signal }), current);
  }

  protected override drop(): void {
    if (this.#predicted !== this.text) this.whole = null;
    if (this.stale) this.explanation = this.reading = null;
  }

  protected override entries(explanation: Explanation): readonly Entry[] | null {
    return this.reading && entries(this.reading, explanation, this.shownOutput);
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
}
