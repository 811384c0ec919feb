/** The third depth: numbers, method and settings, provenance, how far to trust; each one click away. */
import { html, nothing, type TemplateResult } from "lit";
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
import { type Panel, Panels } from "./panels.js";
import type { Settings } from "./settings.js";
import "./xai-settings.js";
import "./xai-together.js";

const PANELS = ["numbers", "together", "settings", "provenance", "trust"] as const;

/** Closed at first: a person who was refused something needs the first two depths only. */
export class XaiDig extends Panels {
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

  constructor() {
    super();
    this.problem = null;
    this.pair = null;
    this.first = null;
  }

  protected override panels(): Panel[] {
    const { dig } = this.words.s;
    return PANELS.map((name) => ({ name, title: dig[name], body: () => this.#panel(name) }));
  }

  #panel(panel: (typeof PANELS)[number]): TemplateResult {
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
}

customElements.define("xai-dig", XaiDig);

declare global {
  interface HTMLElementTagNameMap {
    "xai-dig": XaiDig;
  }
}
