/** The picture of an explanation: title, waterfall, a way through its bars, and its files. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { LIGHT } from "../chart/palette.js";
import { type PictureFile, pictureFile, pngOf, save } from "../chart/picture-file.js";
import { browserMeasure, type Measure, textWidth } from "../chart/text-width.js";
import type { Words } from "../strings/words.js";
import type { Explanation, Manifest } from "../types.js";
import { contributions } from "../views/contributions.js";
import { csv } from "../views/csv.js";
import { description, finding } from "../views/sentence.js";
import { hasPoints, unit, type UnitChoice } from "../views/unit.js";
import { waterfall } from "../views/waterfall.js";
import { SHOWN } from "../views/waterfall-layout.js";
import { pictureStyles } from "./picture.styles.js";
import { ask } from "./asks.js";
import { shared } from "./styles.js";

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
    words: { attribute: false },
    terms: { attribute: false },
    width: { state: true },
    at: { state: true },
  };

  declare explanation: Explanation;
  declare manifest: Manifest;
  declare output: number;
  declare unit: UnitChoice;
  declare order: readonly string[];
  declare active: string | null;
  declare selected: string | null;
  declare words: Words;
  declare terms: boolean;
  declare width: number;
  /** The bar that Tab reaches; the arrow keys move it. */
  declare at: number;

  #resized: ResizeObserver | null = null;
  #measure: Measure = textWidth;

  static override styles = [shared, pictureStyles];

  constructor() {
    super();
    this.width = 640;
    this.at = 0;
    this.terms = false;
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
    return html`<div class="head">
        <h3>${finding(explanation, manifest, output, this.unit, words)}</h3>
        ${points ? this.#units() : nothing}
      </div>
      <div class="plot" @keydown=${(event: KeyboardEvent) => this.#key(event)}>
        <figure role="img" aria-label=${description(explanation, manifest, output, this.unit, words)}>
          ${waterfall(explanation, manifest, this.#options())}
        </figure>
        <div class="marks ${width >= 560 ? "wide" : "stacked"}" role="group" aria-label=${picture.bars}>
          ${shown.map((player, place) => {
            const entry = all.get(player);
            const point = (to: string | null) => () => ask(this, "xai-point", { player: to });
            return html`<button
              type="button"
              data-player=${player}
              tabindex=${place === Math.min(this.at, shown.length - 1) ? 0 : -1}
              aria-pressed=${player === this.selected}
              aria-label=${picture.bar(entry?.label ?? player, entry?.valueText ?? "", inUnit.amount(entry?.value ?? 0))}
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
      <div class="files" role="group" aria-label=${picture.files}>
        <button type="button" @click=${() => this.#copy()}>${picture.copy}</button>
        <button type="button" @click=${() => this.#saveSvg()}>SVG</button>
        <button type="button" @click=${() => this.#savePng()}>PNG</button>
        <button type="button" @click=${() => this.#saveCsv()}>CSV</button>
      </div>`;
  }

  /** Players with a bar of their own, from the top. */
  #shown(): string[] {
    return this.order.length > SHOWN + 1 ? this.order.slice(0, SHOWN) : [...this.order];
  }

  #options() {
    const { words, output, unit, order, active, selected, terms, width } = this;
    return { words, output, unit, order, active, selected, terms, width, measure: this.#measure };
  }

  #units(): TemplateResult {
    const choice = (kind: UnitChoice, label: string) =>
      html`<button
        type="button"
        aria-pressed=${this.unit === kind}
        @click=${() => ask(this, "xai-unit", { unit: kind })}
      >
        ${label}
      </button>`;
    const { s } = this.words;
    return html`<div class="switch" role="group" aria-label=${s.unit.choose}>
      ${choice("points", s.unit.pointsName)}${choice("model", s.unit.modelName)}
    </div>`;
  }

  #key(event: KeyboardEvent): void {
    const last = this.#shown().length - 1;
    const places: Record<string, number> = { ArrowDown: this.at + 1, ArrowUp: this.at - 1, Home: 0, End: last };
    const place = places[event.key];
    if (place === undefined) return;
    event.preventDefault();
    this.#focus(Math.min(last, Math.max(0, place)));
  }

  #focus(place: number): void {
    this.at = place;
    this.renderRoot.querySelectorAll<HTMLButtonElement>(".marks button")[place]?.focus();
  }

  #name(): string {
    return `${this.manifest.name}-${this.explanation.outputs[this.output] ?? "explanation"}`.replace(/[^\w.-]+/g, "-");
  }

  /** A file's picture is for paper: light, of one width, nothing highlighted. */
  #file(): PictureFile {
    const { explanation, manifest, output, words } = this;
    const options = { ...this.#options(), active: null, selected: null, width: FILE_WIDTH, palette: LIGHT };
    const heading = finding(explanation, manifest, output, this.unit, words);
    const said = description(explanation, manifest, output, this.unit, words);
    return pictureFile(waterfall(explanation, manifest, options), heading, said, LIGHT);
  }

  #saveSvg(): void {
    save(new Blob([this.#file().svg], { type: "image/svg+xml" }), `${this.#name()}.svg`);
  }

  async #savePng(): Promise<void> {
    save(await pngOf(this.#file()), `${this.#name()}.png`);
  }

  #saveCsv(): void {
    const { explanation, manifest, output, words } = this;
    // The mark tells spreadsheets that this is UTF-8.
    const content = "\ufeff" + csv(explanation, manifest, output, words);
    save(new Blob([content], { type: "text/csv" }), `${this.#name()}.csv`);
  }

  async #copy(): Promise<void> {
    const { picture } = this.words.s;
    try {
      await navigator.clipboard.writeText(JSON.stringify(this.explanation, null, 2));
      ask(this, "xai-said", { text: picture.copied });
    } catch {
      save(new Blob([JSON.stringify(this.explanation, null, 2)], { type: "application/json" }), `${this.#name()}.json`);
      ask(this, "xai-said", { text: picture.not_copied });
    }
  }
}

customElements.define("xai-picture", XaiPicture);

declare global {
  interface HTMLElementTagNameMap {
    "xai-picture": XaiPicture;
  }
}
