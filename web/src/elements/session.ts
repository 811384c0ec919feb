/** What goes on between the page and an opened bundle: the row, its prediction, its explanation as it refines. */
import type { ReactiveControllerHost } from "lit";
import { first, type Start, type Values } from "../inputs/row.js";
import { words } from "../strings/words.js";
import type { Explainer, Explanation } from "../types.js";
import { likeliest } from "../views/classes.js";
import { type Contribution, contributions } from "../views/contributions.js";
import { Rounds } from "./rounds.js";
import { DEFAULTS, optionsOf, type Settings } from "./settings.js";

export class Session extends Rounds<"tabular"> {
  start: Start = { id: "", values: {} };
  values: Values = {};
  /** The model's outputs for the rows it is compared with, where these are numbers that need something to compare. */
  reference: readonly number[][] | null = null;

  /** The model's outputs for the row, and for the example as it was. */
  prediction: number[] | null = null;
  original: number[] | null = null;
  /** The first estimate of the explanation shown. */
  firstEstimate: Explanation | null = null;

  /** The rows that prediction and explanation are of. */
  #predicted: Values | null = null;
  #explained: Values | null = null;
  /** Whether a new row may show another output: of several classes the likeliest, until somebody chose. */
  #follow: "no" | "next" | "never" = "no";

  constructor(host: ReactiveControllerHost) {
    super(host, "tabular", DEFAULTS);
  }

  /** Explains the row that stands there, where the bundle knows its columns, else its own first. */
  protected override opened(explainer: Explainer): void {
    const { manifest, background } = explainer;
    this.output = this.decisive;
    this.#follow = "no";
    const fits = this.start.id !== "" && manifest.features.every(({ name }) => name in this.values);
    this.change(fits ? {} : { start: first(manifest, background) });
  }

  protected override closed(): void {
    super.closed();
    this.prediction = this.original = this.firstEstimate = this.reference = null;
  }

  protected override get answered(): boolean {
    return this.prediction !== null;
  }

  protected override get alike(): boolean {
    return this.#explained === this.values;
  }

  /** The picture is of the entries as they were. */
  get stale(): boolean {
    return this.explanation !== null && !this.alike;
  }

  /** A new row, a new start or new settings. */
  change(to: { values?: Values; start?: Start; settings?: Settings }): void {
    if (to.start) {
      this.start = to.start;
      this.original = null;
      if (this.#follow === "no") this.#follow = "next";
    }
    if (to.start || to.values) {
      this.values = to.values ?? to.start?.values ?? this.values;
      this.reorder = true;
    }
    if (to.settings) this.settings = to.settings;
    this.renew();
  }

  override select(output: number): void {
    this.#follow = "never";
    super.select(output);
  }

  protected override async round(explainer: Explainer, current: () => boolean, signal: AbortSignal): Promise<void> {
    const { values, start, settings } = this;
    const [prediction, original] = await explainer.predict(this.original ? [values] : [values, start.values]);
    if (!current()) return;
    this.prediction = prediction ?? null;
    this.#predicted = values;
    if (this.#follow === "next" && prediction) {
      this.output = likeliest(explainer.manifest, prediction) ?? this.output;
      this.#follow = "no";
    }
    this.original ??= original ?? null;
    this.settle();
    await this.follow(explainer.explain(values, { ...optionsOf(settings), signal }), current);
    if (this.reference || !current()) return;
    const reference = await referenceOf(explainer);
    if (explainer === this.explainer) this.reference = reference;
  }

  protected override drop(): void {
    // A picture of another row must not stand beside this one; of this row it may, with its own provenance.
    if (this.#predicted !== this.values) this.prediction = null;
    if (!this.alike) this.explanation = this.firstEstimate = null;
  }

  protected override show(explanation: Explanation, final: boolean): void {
    const { provenance } = this.explanation ?? {};
    if (explanation !== this.explanation) {
      const another = !this.alike || provenance?.scale !== explanation.provenance.scale;
      if (another) this.firstEstimate = final ? null : explanation;
      this.#explained = this.values;
    }
    super.show(explanation, final);
  }

  protected override entries(explanation: Explanation): readonly Contribution[] | null {
    const { manifest } = this.explainer ?? {};
    return manifest ? contributions(explanation, manifest, this.among(explanation), words("en")) : null;
  }
}

/** What the model says of the rows it is compared with; null where its outputs are probabilities: they have a scale. */
async function referenceOf(explainer: Explainer): Promise<number[][] | null> {
  const { manifest, background } = explainer;
  if (manifest.outputs.every(({ kind }) => kind === "probability")) return null;
  return explainer.predict(background.map((row) => row.map((cell) => (Number.isFinite(cell) ? cell : null))));
}
