/** The switch between percentage points and the model's own unit, above a picture. */
import { html, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { UnitChoice } from "../views/unit.js";
import { ask } from "./asks.js";

export function unitSwitch(from: EventTarget, unit: UnitChoice, { s }: Words): TemplateResult {
  const choice = (kind: UnitChoice, label: string) =>
    html`<button type="button" aria-pressed=${unit === kind} @click=${() => ask(from, "xai-unit", { unit: kind })}>
      ${label}
    </button>`;
  return html`<div class="switch" role="group" aria-label=${s.unit.choose}>
    ${choice("points", s.unit.pointsName)}${choice("model", s.unit.modelName)}
  </div>`;
}
