/** The third depth of a text: numbers, method and settings, provenance, how far to trust. */
import { html, type TemplateResult } from "lit";
import type { Words } from "../../strings/words.js";
import type { Explanation, TextManifest, XaiwebErrorShape } from "../../types.js";
import { provenance } from "../../views/provenance.js";
import type { Reading } from "../../views/text/reading.js";
import { table } from "../../views/text/table.js";
import { trust } from "../../views/text/trust.js";
import type { UnitChoice } from "../../views/unit.js";
import { ask } from "../asks.js";
import { type Panel, Panels } from "../panels.js";
import type { Settings } from "../settings.js";
import "../xai-settings.js";

const PANELS = ["numbers", "settings", "provenance", "trust"] as const;

export class XaiTextDig extends Panels {
  static override properties = {
    reading: { attribute: false },
    explanation: { attribute: false },
    final: { attribute: false },
    manifest: { attribute: false },
    settings: { attribute: false },
    output: { attribute: false },
    shownOutput: { attribute: false },
    unit: { attribute: false },
    order: { attribute: false },
    active: { attribute: false },
    problem: { attribute: false },
    words: { attribute: false },
  };

  declare reading: Reading | null;
  declare explanation: Explanation | null;
  declare final: boolean;
  declare manifest: TextManifest;
  declare settings: Settings;
  /** Position in the manifest's outputs, and in the explanation's. */
  declare output: number;
  declare shownOutput: number;
  declare unit: UnitChoice;
  declare order: readonly string[];
  declare active: number | null;
  declare problem: XaiwebErrorShape | null;
  declare words: Words;

  protected override panels(): Panel[] {
    const { dig } = this.words.s;
    return PANELS.map((name) => ({ name, title: dig[name], body: () => this.#panel(name) }));
  }

  #panel(panel: (typeof PANELS)[number]): TemplateResult {
    const { reading, explanation, manifest, words, unit, final, order, active, shownOutput: output } = this;
    if (panel === "settings")
      return html`<xai-settings
        .manifest=${manifest}
        .settings=${this.settings}
        .output=${this.output}
        .problem=${this.problem}
        .words=${words}
      ></xai-settings>`;
    if (!explanation || !reading) return html`<p class="muted">${words.s.dig.nothing}</p>`;
    if (panel === "provenance") return provenance(explanation, words);
    if (panel === "trust") return trust(explanation, manifest, { words, output, unit, final });
    const onPoint = (word: number | null) => ask(this, "xai-word", { word });
    return html`<div class="scroll tall" tabindex="0" role="group" aria-label=${words.s.dig.numbers}>
      ${table(reading, explanation, manifest, { words, output, unit, order, active, onPoint })}
    </div>`;
  }
}

customElements.define("xai-text-dig", XaiTextDig);

declare global {
  interface HTMLElementTagNameMap {
    "xai-text-dig": XaiTextDig;
  }
}
