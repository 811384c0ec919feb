/** What works together: the matrix of pairs, a way through its cells, its table and files; or why there is none. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { LIGHT } from "../chart/palette.js";
import { type PictureFile, pictureFile } from "../chart/picture-file.js";
import { browserMeasure, type Measure, textWidth } from "../chart/text-width.js";
import type { Words } from "../strings/words.js";
import type { Explanation, TabularManifest } from "../types.js";
import { interactionsCsv } from "../views/csv.js";
import { interactionMatrix, matrixLayout, type MatrixLayout } from "../views/interaction-matrix.js";
import { interactionTable } from "../views/interaction-table.js";
import {
  absence,
  independent,
  matrixDescription,
  type Pair,
  pairOf,
  samePair,
  strongestTogether,
  together,
  togetherSentence,
  uncertain,
} from "../views/interactions.js";
import { unit, type Unit, type UnitChoice } from "../views/unit.js";
import { ask } from "./asks.js";
import { files, filesStyles } from "./files.js";
import { numbersStyles } from "./numbers.styles.js";
import { step } from "./matrix-walk.js";
import type { Settings } from "./settings.js";
import { shared } from "./styles.js";
import { absentTogether } from "./together-absent.js";
import { togetherStyles } from "./together.styles.js";

const FILE_WIDTH = 760;
/** Rows of the table before all are asked for. */
const FIRST_ROWS = 15;

export class XaiTogether extends LitElement {
  static override properties = {
    explanation: { attribute: false },
    final: { attribute: false },
    manifest: { attribute: false },
    settings: { attribute: false },
    output: { attribute: false },
    unit: { attribute: false },
    order: { attribute: false },
    pair: { attribute: false },
    words: { attribute: false },
    narrow: { type: Boolean, reflect: true },
    width: { state: true },
    at: { state: true },
    tabled: { state: true },
  };

  declare explanation: Explanation;
  declare final: boolean;
  declare manifest: TabularManifest;
  declare settings: Settings;
  /** Position in the explanation's outputs. */
  declare output: number;
  declare unit: UnitChoice;
  declare order: readonly string[];
  /** The pair that is pointed at, here or elsewhere. */
  declare pair: Pair | null;
  declare words: Words;
  declare narrow: boolean;
  declare width: number;
  /** The cell that Tab reaches; the arrow keys move it. */
  declare at: number;
  /** Rows of the table that are shown; 0: it is closed. */
  declare tabled: number;

  #resized: ResizeObserver | null = null;
  #measure: Measure = textWidth;

  static override styles = [shared, numbersStyles, filesStyles, togetherStyles];

  constructor() {
    super();
    this.pair = null;
    this.narrow = false;
    this.width = 640;
    this.at = 0;
    this.tabled = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#measure = browserMeasure("system-ui, sans-serif");
    if (typeof ResizeObserver === "undefined") return;
    this.#resized = new ResizeObserver(() => {
      if (this.clientWidth === 0) return;
      this.width = Math.max(240, Math.floor(this.clientWidth));
      this.narrow = this.width < 560;
    });
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized?.disconnect();
  }

  override render(): TemplateResult {
    const { explanation, words, output, manifest } = this;
    const absent = absence(explanation, this.final);
    if (absent) return absentTogether(this, absent, explanation, this.settings, words);
    const all = together(explanation, manifest, output, words);
    const inUnit = this.#inUnit();
    const heading = html`<h4>${strongestTogether(all, inUnit, words)}</h4>`;
    if (all.every(independent)) return html`${heading}${this.#about()}`;
    return html`${heading}
      <p class="what">${words.s.together.what}</p>
      ${this.#plot(inUnit)}
      <div class="actions">
        <button
          type="button"
          aria-expanded=${this.tabled > 0}
          aria-controls="table"
          @click=${() => (this.tabled = this.tabled > 0 ? 0 : FIRST_ROWS)}
        >
          ${words.s.together.table}
        </button>
        ${files(this.#files(), words.s.together.files, words)}
      </div>
      ${this.#table(all.length)} ${this.#about()}`;
  }

  #inUnit(): Unit {
    const { explanation, manifest, output, words } = this;
    return unit(manifest, explanation.outputs[output] ?? "", explanation.provenance.scale, this.unit, words);
  }

  #plot(inUnit: Unit): TemplateResult {
    const { explanation, manifest, words, output } = this;
    const at = matrixLayout(explanation, manifest, this.#options());
    this.style.setProperty("--xai-cell", `${at.cell}px`);
    const { together: said } = words.s;
    const estimated = at.cells.some(({ set }) => set.error !== 0);
    const sets = at.cells.map(({ set }) => set).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    const shown =
      sets.find((set) => samePair(pairOf(set), this.pair)) ?? sets.find((set) => !uncertain(set)) ?? sets[0];
    return html`<div>
        <div class="plot" @keydown=${(event: KeyboardEvent) => this.#key(event, at)}>
          <figure role="img" aria-label=${matrixDescription(explanation, manifest, output, this.unit, words)}>
            ${interactionMatrix(explanation, manifest, this.#options())}
          </figure>
          <div class="marks" role="group" aria-label=${said.pairs}>
            ${at.players.slice(1).map((_, before) => html`<div>${this.#row(at, before + 1, inUnit)}</div>`)}
          </div>
        </div>
        <p class="said">${shown ? togetherSentence(shown, inUnit, words) : ""}</p>
      </div>
      <p class="muted" ?hidden=${!estimated && at.left === 0}>
        ${estimated ? said.sure(words.n.percent(0.95)) : nothing}
        ${at.left > 0 ? said.left(words.n.count(at.left)) : nothing}
      </p>`;
  }

  #row({ cells }: MatrixLayout, row: number, inUnit: Unit): TemplateResult[] {
    const present = Math.min(this.at, cells.length - 1);
    return cells.flatMap((cell, place) => {
      if (cell.row !== row) return [];
      const pair = pairOf(cell.set);
      const point = (to: Pair | null) => () => ask(this, "xai-pair", { pair: to });
      return html`<button
        type="button"
        tabindex=${place === present ? 0 : -1}
        aria-label=${togetherSentence(cell.set, inUnit, this.words)}
        @mouseenter=${point(pair)}
        @mouseleave=${point(null)}
        @focus=${() => {
          this.at = place;
          ask(this, "xai-pair", { pair });
        }}
        @blur=${point(null)}
      ></button>`;
    });
  }

  #table(count: number): TemplateResult {
    const { explanation, manifest, words, output, tabled } = this;
    const { together: said } = words.s;
    return html`<div
      class="scroll"
      id="table"
      tabindex="0"
      role="group"
      aria-label=${said.table}
      ?hidden=${tabled === 0}
    >
      ${
        tabled === 0
          ? nothing
          : html`${interactionTable(explanation, manifest, {
              words,
              output,
              unit: this.unit,
              active: this.pair,
              most: tabled,
              onPoint: (pair) => ask(this, "xai-pair", { pair }),
            })}
            ${
              count > tabled
                ? html`<p>
                    <button type="button" @click=${() => (this.tabled = count)}>
                      ${said.all(words.n.count(count))}
                    </button>
                  </p>`
                : nothing
            }`
      }
    </div>`;
  }

  /** The field's exact terms, for who looks for them. */
  #about(): TemplateResult {
    const { index = "", order = 0 } = this.explanation.interactions ?? {};
    const { s, n } = this.words;
    return html`<details>
      <summary>${s.together.about}</summary>
      <p>
        ${s.interaction_terms.indices[index] ?? index} (${n.count(order)}). ${s.interaction_terms.about[index] ?? ""}
      </p>
    </details>`;
  }

  #options() {
    const { words, output, unit, order, pair: active, width } = this;
    return { words, output, unit, order, active, width, measure: this.#measure };
  }

  #files() {
    const { explanation, manifest, output, words } = this;
    const { interactions, players, outputs, provenance } = explanation;
    return {
      name: `${manifest.name}-${explanation.outputs[output] ?? "explanation"}-together`,
      document: { interactions, players, outputs, provenance },
      picture: () => this.#file(),
      csv: () => interactionsCsv(explanation, manifest, output, words),
    };
  }

  #file(): PictureFile {
    const { explanation, manifest, output, words } = this;
    const options = { ...this.#options(), active: null, width: FILE_WIDTH, palette: LIGHT };
    const heading = strongestTogether(together(explanation, manifest, output, words), this.#inUnit(), words);
    const said = matrixDescription(explanation, manifest, output, this.unit, words);
    return pictureFile(interactionMatrix(explanation, manifest, options), heading, said, LIGHT);
  }

  #key(event: KeyboardEvent, layout: MatrixLayout): void {
    const at = step(layout, this.at, event.key);
    if (at === null) return;
    event.preventDefault();
    this.at = at;
    this.renderRoot.querySelectorAll<HTMLButtonElement>(".marks button")[at]?.focus();
  }
}

customElements.define("xai-together", XaiTogether);

declare global {
  interface HTMLElementTagNameMap {
    "xai-together": XaiTogether;
  }
}
