/** What stands beside an explanation's state: another scale than the model's own, and one button for what can be done. */
import { html, nothing, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { Scale } from "../types.js";
import type { Status } from "./status.js";

export interface Actions {
  readonly cancel: () => void;
  readonly resume: () => void;
  readonly refine: (budget: number) => void;
  /** How many evaluations come next; null where there are no more. */
  readonly next: number | null;
}

/** Always the same button, so that the focus stays where it was when a click makes another one of it. */
export function statusAction(can: Status["can"], actions: Actions, { s, n }: Words): TemplateResult | typeof nothing {
  const { cancel, resume, refine, next } = actions;
  if (can === null || (can === "refine" && next === null)) return nothing;
  const [label, act] = {
    cancel: [s.status.cancel, cancel] as const,
    continue: [s.status.continue, resume] as const,
    refine: [s.status.refine(n.count(next ?? 0)), () => refine(next ?? 0)] as const,
  }[can];
  return html`<button type="button" title=${can === "refine" ? s.status.refine_help : nothing} @click=${act}>
    ${label}
  </button>`;
}

/** Said only where somebody chose it: what the model gives needs no term of the field. */
export function scaleNote(scale: Scale, { s }: Words): TemplateResult | typeof nothing {
  return scale === "output" ? nothing : html`<small>${s.status.scale(s.settings.scales[scale])}</small>`;
}
