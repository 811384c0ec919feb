/** The third depth: numbers, method and settings, provenance, how far to trust; each one click away. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { Explanation, TabularManifest, XaiwebErrorShape } from "../types.js";
import { complementary } from "../views/classes.js";
import type { Pair } from "../views/interactions.js";
import { outputsTable } from "../views/outputs-table.js";
import { provenance } from "../views/provenance.js";
import { table } from "../views/table.js";
import { trust } from "../views/trust.js";
import type { UnitChoice } from "../views/unit.js";
import { ask } from "./asks.js";
import { numbersStyles } from "./numbers.styles.js";
import type { Settings } from "./settings.js";
import { shared } from "./styles.js";
import "./xai-settings.js";
import "./xai-together.js";

const PANELS = ["numbers", "together", "settings", "provenance", "trust"] as const;
export type Panel = (typeof PANELS)[number];

/** Closed at first: a person who was refused something needs the first two depths only. */
export class XaiDig extends LitElement {
  static override properties = {
    explanation: { attribute: false },
    first: { attribute: false },
    final: { attribute: false },
    manifest: { attribute: false },
    settings: { attribute: false },
    output: { attribute: false },
    shownOutput: { attribute: false },
    unit: { attribute: false },
    order: { attribute: false },
    active: { attribute: false },
    pair: { attribute: false },
    selected: { attribute: false },
    problem: { attribute: false },
    words: { attribute: false },
    open: { state: true },
  };

  declare explanation: Explanation | null;
  declare first: Explanation | null;
  declare final: boolean;
  declare manifest: TabularManifest;
  declare settings: Settings;
  /** Position in the manifest's outputs, and in the explanation's. */
  declare output: number;
  declare shownOutput: number;
  declare unit: UnitChoice;
  declare order: readonly string[];
  declare active: string | null;
  declare pair: Pair | null;
  declare selected: string | null;
  declare problem: XaiwebErrorShape | null;
  declare words: Words;
  declare open: ReadonlySet<Panel>;

  static override styles = [
    shared,
    numbersStyles,
    css`
      :host {
        display: block;
      }
      .toggles {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
      .toggles button::before {
        content: "";
        display: inline-block;
        margin-inline-end: 0.5rem;
        border: 0.28rem solid transparent;
        border-inline-start-color: currentColor;
        border-inline-end: 0;
        vertical-align: 0.05em;
        transition: rotate 0.15s;
      }
      .toggles button[aria-expanded="true"]::before {
        rotate: 90deg;
      }
      .panel {
        margin-block-start: 1rem;
        padding-block-start: 1rem;
        border-block-start: 1px solid var(--xai-line);
      }
      .panel > h3 {
        margin-block-end: 0.75rem;
      }
      .provenance {
        display: grid;
        gap: 0.75rem 2rem;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr));
      }
      .provenance dt {
        font-weight: 600;
      }
      .provenance small {
        display: block;
        font-weight: 400;
      }
      .provenance code {
        display: block;
        color: var(--xai-muted);
      }
      .trust {
        max-inline-size: 44rem;
      }
      .trust h4 {
        margin-block-start: 0.75rem;
      }
      .trust ul {
        padding-inline-start: 1.1rem;
      }
      .trust li {
        margin-block: 0.25rem;
      }
    `,
  ];

  constructor() {
    super();
    this.open = new Set();
    this.problem = null;
    this.pair = null;
    this.first = null;
  }

  /** Opens a panel from outside: a refused setting must be seen where it can be mended. */
  show(panel: Panel): void {
    this.#toggle(panel, true);
  }

  override render(): TemplateResult {
    const { dig } = this.words.s;
    return html`<div class="toggles">
        ${PANELS.map(
          (panel) =>
            html`<button
              type="button"
              aria-expanded=${this.open.has(panel)}
              aria-controls=${panel}
              @click=${() => this.#toggle(panel, !this.open.has(panel))}
            >
              ${dig[panel]}
            </button>`,
        )}
      </div>
      ${PANELS.map(
        (panel) =>
          html`<section class="panel" id=${panel} ?hidden=${!this.open.has(panel)} aria-label=${dig[panel]}>
            ${
              this.open.has(panel)
                ? html`<h3>${dig[panel]}</h3>
                    ${this.#panel(panel)}`
                : nothing
            }
          </section>`,
      )}`;
  }

  #panel(panel: Panel): TemplateResult {
    const { explanation, manifest, words, unit, shownOutput: output } = this;
    if (panel === "settings")
      return html`<xai-settings
        .manifest=${manifest}
        .settings=${this.settings}
        .output=${this.output}
        .problem=${this.problem}
        .words=${words}
      ></xai-settings>`;
    if (!explanation) return html`<p class="muted">${words.s.dig.nothing}</p>`;
    if (panel === "provenance") return provenance(explanation, words);
    if (panel === "trust")
      return trust(explanation, manifest, { words, output, unit, first: this.first, final: this.final });
    const { order, active, selected } = this;
    if (panel === "together")
      return html`<xai-together
        .explanation=${explanation}
        .final=${this.final}
        .manifest=${manifest}
        .settings=${this.settings}
        .output=${output}
        .unit=${unit}
        .order=${order}
        .pair=${this.pair}
        .words=${words}
      ></xai-together>`;
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${words.s.dig.numbers}>
      ${table(explanation, manifest, {
        words,
        output,
        unit,
        order,
        active,
        selected,
        onPoint: (player) => ask(this, "xai-point", { player }),
        onSelect: (player) => ask(this, "xai-select", { player }),
      })}
      ${
        explanation.outputs.length > 1 && !complementary(explanation)
          ? outputsTable(explanation, manifest, {
              words,
              output,
              unit,
              order,
              onChoose: (chosen) =>
                ask(this, "xai-output", { output: manifest.outputs.findIndex(({ name }) => name === chosen) }),
            })
          : nothing
      }
    </div>`;
  }

  #toggle(panel: Panel, open: boolean): void {
    const next = new Set(this.open);
    if (open) next.add(panel);
    else next.delete(panel);
    this.open = next;
    ask(this, "xai-panels", { open: next.size });
  }
}

customElements.define("xai-dig", XaiDig);

declare global {
  interface HTMLElementTagNameMap {
    "xai-dig": XaiDig;
  }
}
