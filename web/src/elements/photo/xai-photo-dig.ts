/** The third depth of a photo's explanation: numbers, method and settings, provenance, how far to trust. */
import { html, type TemplateResult } from "lit";
import type { Words } from "../../strings/words.js";
import type { ImageManifest, XaiwebErrorShape } from "../../types.js";
import type { Sight } from "../../views/photo/sentence.js";
import { table } from "../../views/photo/table.js";
import { trust } from "../../views/photo/trust.js";
import { provenance } from "../../views/provenance.js";
import { type Panel, Panels } from "../panels.js";
import type { Settings } from "../settings.js";
import "../xai-settings.js";
import { ask } from "./asks.js";

export class XaiPhotoDig extends Panels {
  static override properties = {
    ...Panels.properties,
    manifest: { attribute: false },
    sight: { attribute: false },
    final: { attribute: false },
    settings: { attribute: false },
    output: { attribute: false },
    active: { attribute: false },
    problem: { attribute: false },
    words: { attribute: false },
  };

  declare manifest: ImageManifest;
  declare sight: Sight | null;
  declare final: boolean;
  declare settings: Settings;
  /** Position in the manifest's outputs. */
  declare output: number;
  declare active: number | null;
  declare problem: XaiwebErrorShape | null;
  declare words: Words;

  protected override panels(): readonly Panel[] {
    const { dig } = this.words.s;
    const of = (draw: (sight: Sight) => TemplateResult) => () =>
      this.sight ? draw(this.sight) : html`<p class="muted">${dig.nothing}</p>`;
    return [
      { name: "numbers", title: dig.numbers, body: of((sight) => this.#numbers(sight)) },
      { name: "settings", title: dig.settings, body: () => this.#settings() },
      {
        name: "provenance",
        title: dig.provenance,
        body: of((sight) => provenance(sight.explanation, sight.words)),
      },
      { name: "trust", title: dig.trust, body: of((sight) => trust(sight, this.manifest.image, this.final)) },
    ];
  }

  #numbers(sight: Sight): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${this.words.s.dig.numbers}>
      ${table(sight, {
        active: this.active,
        onPoint: (segment) => ask(this, "xai-segment", { segment }),
        onPin: (segment) => ask(this, "xai-pin", { segment }),
      })}
    </div>`;
  }

  #settings(): TemplateResult {
    return html`<xai-settings
      .manifest=${this.manifest}
      .settings=${this.settings}
      .output=${this.output}
      .problem=${this.problem}
      .words=${this.words}
    ></xai-settings>`;
  }
}

customElements.define("xai-photo-dig", XaiPhotoDig);

declare global {
  interface HTMLElementTagNameMap {
    "xai-photo-dig": XaiPhotoDig;
  }
}
