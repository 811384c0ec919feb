/** The picture of an explanation: title, waterfall, a way through its bars, and its files. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { LIGHT } from "../chart/palette.js";
import { type PictureFile, pictureFile } from "../chart/picture-file.js";
import { browserMeasure, type Measure, textWidth } from "../chart/text-width.js";
import type { Words } from "../strings/words.js";
import type { Explanation, TabularManifest } from "../types.js";
import { complementary } from "../views/classes.js";
import { contributions } from "../views/contributions.js";
import { csv } from "../views/csv.js";
import { independent, type Pair, pairs, together } from "../views/interactions.js";
import { description, finding } from "../views/sentence.js";
import { plusMinus } from "../views/uncertainty.js";
import { hasPoints, unit, type UnitChoice } from "../views/unit.js";
import { waterfall } from "../views/waterfall.js";
import { ARCS } from "../views/waterfall-arcs.js";
import { SHOWN } from "../views/waterfall-layout.js";
import { pictureStyles } from "./picture.styles.js";
import { ask } from "./asks.js";
import { files, filesStyles } from "./files.js";
import { shared, switchStyles } from "./styles.js";
import { unitSwitch } from "./unit-switch.js";

const FILE_WIDTH = 760;

/** Its bars, its unit and its files: each asks the explainer, none changes anything by itself. */
export class XaiPicture extends LitElement {
  static override properties = {
    explanation: { attribute: false },
    manifest: { attribute: false },
    output: { attribute: false },
    unit: { attribute: false },
    order: { attribute: false },
    active: { attribute: false },
    selected: { attribute: false },
    pair: { attribute: false },
    arcs: { attribute: false },
    words: { attribute: false },
    terms: { attribute: false },
    width: { state: true },
    at: { state: true },
  };

  declare explanation: Explanation;
  declare manifest: TabularManifest;
  declare output: number;
  declare unit: UnitChoice;
  declare order: readonly string[];
  declare active: string | null;
  declare selected: string | null;
  /** Two players that are pointed at together; whether arcs are wanted. */
  declare pair: Pair | null;
  declare arcs: boolean;
  declare words: Words;
  declare terms: boolean;
  declare width: number;
  /** The bar that Tab reaches; the arrow keys move it. */
  declare at: number;

  #resized: ResizeObserver | null = null;
  #measure: Measure = textWidth;

  static override styles = [shared, switchStyles, filesStyles, pictureStyles];

  constructor() {
    super();
    this.width = 640;
    this.at = 0;
    this.terms = this.arcs = false;
    this.pair = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#measure = browserMeasure("system-ui, sans-serif");
    if (typeof ResizeObserver === "undefined") return;
    this.#resized = new ResizeObserver(() => {
      // Below 280 px the labels would be unreadable; the picture then scrolls with the page.
      if (this.clientWidth > 0) this.width = Math.max(280, Math.floor(this.clientWidth));
    });
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized?.disconnect();
  }

  override firstUpdated(): void {
    performance.mark("xaiweb:first-picture"); // for whoever measures
  }

  override updated(changed: Map<string, unknown>): void {
    if (!changed.has("order") && !changed.has("explanation")) return;
    // The focus stays with the entry, not with the place it had.
    const focused = this.shadowRoot?.activeElement as HTMLElement | null;
    const player = focused?.dataset["player"] === undefined ? null : this.active;
    const place = player === null ? -1 : this.#shown().indexOf(player);
    if (place >= 0 && place !== this.at) this.#focus(place);
  }

  override render(): TemplateResult {
    const { explanation, manifest, output, words, width } = this;
    const name = explanation.outputs[output] ?? "";
    const points = hasPoints(manifest, name, explanation.provenance.scale);
    const all = new Map(contributions(explanation, manifest, output, words).map((entry) => [entry.player, entry]));
    const inUnit = unit(manifest, name, explanation.provenance.scale, this.unit, words);
    const shown = this.#shown();
    const { picture } = words.s;
    const said = (player: string) => {
      const { label = player, valueText = "", value = 0, error = null } = all.get(player) ?? {};
      const bar = picture.bar(label, valueText, inUnit.amount(value));
      const reach = plusMinus(error, inUnit, words);
      return reach ? picture.sure(bar, reach) : bar;
    };
    return html`<div class="head">
        <h3>${finding(explanation, manifest, output, this.unit, words)}</h3>
        <div class="tools">
          ${this.#outputs()} ${points ? unitSwitch(this, this.unit, words) : nothing} ${this.#arcs()}
        </div>
        ${this.arcs && this.#joined() ? html`<p class="muted">${words.s.together.arcs(words.n.count(ARCS))}</p>` : nothing}
      </div>
      <div class="plot" @keydown=${(event: KeyboardEvent) => this.#key(event)}>
        <figure role="img" aria-label=${description(explanation, manifest, output, this.unit, words)}>
          ${waterfall(explanation, manifest, this.#options())}
        </figure>
        <div class="marks ${width >= 560 ? "wide" : "stacked"}" role="group" aria-label=${picture.bars}>
          ${shown.map((player, place) => {
            const point = (to: string | null) => () => ask(this, "xai-point", { player: to });
            return html`<button
              type="button"
              data-player=${player}
              tabindex=${place === Math.min(this.at, shown.length - 1) ? 0 : -1}
              aria-pressed=${player === this.selected}
              aria-label=${said(player)}
              @mouseenter=${point(player)}
              @mouseleave=${point(null)}
              @focus=${() => {
                this.at = place;
                ask(this, "xai-point", { player });
              }}
              @blur=${point(null)}
              @click=${() => ask(this, "xai-select", { player })}
            ></button>`;
          })}
        </div>
      </div>
      ${files(this.#files(), picture.files, words)}`;
  }

  /** Players with a bar of their own, from the top. */
  #shown(): string[] {
    return this.order.length > SHOWN + 1 ? this.order.slice(0, SHOWN) : [...this.order];
  }

  #options() {
    const { words, output, unit, order, active, selected, pair, terms, width } = this;
    const arcs = this.arcs && this.#joined();
    return { words, output, unit, order, active, selected, pair, arcs, terms, width, measure: this.#measure };
  }

  /** Whether there is a pair that arcs could show. */
  #joined(): boolean {
    const { explanation, manifest, output, words } = this;
    return pairs(together(explanation, manifest, output, words)).some((set) => !independent(set));
  }

  #arcs(): TemplateResult | typeof nothing {
    if (!this.#joined()) return nothing;
    return html`<button
      type="button"
      class="arcs"
      aria-pressed=${this.arcs}
      @click=${() => ask(this, "xai-arcs", { on: !this.arcs })}
    >
      ${this.words.s.together.toggle}
    </button>`;
  }

  /** Several outputs: which one the picture is of. */
  #outputs(): TemplateResult | typeof nothing {
    const { explanation, manifest, output, words } = this;
    if (explanation.outputs.length < 2 || complementary(explanation)) return nothing;
    const { scale } = explanation.provenance;
    const label = (name: string, at: number) => {
      const declared = manifest.outputs.find((one) => one.name === name);
      const level = unit(manifest, name, scale, this.unit, words).level(explanation.prediction[at] ?? 0);
      return words.s.decision.of(words.text(declared?.label ?? name), level);
    };
    return html`<label class="output"
      ><span>${words.s.picture.output}</span>
      <select
        @change=${(event: Event) => ask(this, "xai-output", { output: Number((event.target as HTMLSelectElement).value) })}
      >
        ${explanation.outputs.map(
          (name, at) =>
            html`<option value=${manifest.outputs.findIndex((one) => one.name === name)} .selected=${at === output}>
              ${label(name, at)}
            </option>`,
        )}
      </select></label
    >`;
  }

  #files() {
    const { explanation, manifest, output, words } = this;
    return {
      name: `${manifest.name}-${explanation.outputs[output] ?? "explanation"}`,
      document: explanation,
      picture: () => this.#file(),
      csv: () => csv(explanation, manifest, output, words),
    };
  }

  #key(event: KeyboardEvent): void {
    const last = this.#shown().length - 1;
    const places: Record<string, number> = { ArrowDown: this.at + 1, ArrowUp: this.at - 1, Home: 0, End: last };
    const place = places[event.key];
    if (place === undefined) return;
    event.preventDefault();
    this.#focus(Math.min(last, Math.max(0, place)));
  }

  /** Puts the focus on a player's bar, where it has one of its own. */
  focusBar(player: string): void {
    const place = this.#shown().indexOf(player);
    if (place >= 0) this.#focus(place);
  }

  #focus(place: number): void {
    this.at = place;
    this.renderRoot.querySelectorAll<HTMLButtonElement>(".marks button")[place]?.focus();
  }

  /** A file's picture is for paper: light, of one width, nothing highlighted. */
  #file(): PictureFile {
    const { explanation, manifest, output, words } = this;
    const options = { ...this.#options(), active: null, selected: null, pair: null, width: FILE_WIDTH, palette: LIGHT };
    const heading = finding(explanation, manifest, output, this.unit, words);
    const said = description(explanation, manifest, output, this.unit, words);
    return pictureFile(waterfall(explanation, manifest, options), heading, said, LIGHT);
  }
}

customElements.define("xai-picture", XaiPicture);

declare global {
  interface HTMLElementTagNameMap {
    "xai-picture": XaiPicture;
  }
}
