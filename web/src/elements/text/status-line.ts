/** What a text is compared with, how far its explanation is, and what can be done about that. */
import { html, nothing, type TemplateResult } from "lit";
import type { Words } from "../../strings/words.js";
import { errorsUnknown } from "../../views/convergence.js";
import { nextBudget, parametersOf, withParameters } from "../settings.js";
import { scaleNote, statusAction } from "../status-parts.js";
import { statusOf } from "../status.js";
import type { TextSession } from "./session.js";

export function statusLine(session: TextSession, words: Words): TemplateResult {
  const { s, n } = words;
  const { explanation, settings } = session;
  const { line, progress, can } = statusOf(session, words);
  const unknown = explanation !== null && session.final && errorsUnknown(explanation, session.shownOutput);
  return html`<div class="status">
    <span> ${s.passage.compared} ${scaleNote(explanation?.provenance.scale ?? settings.scale, words)} </span>
    <span>${line}${unknown ? `; ${s.status.unknown}` : ""}</span>
    ${
      progress
        ? html`<progress value=${progress.done} max=${progress.total} aria-label=${s.status.progress}></progress>
            <span>${s.status.of(n.count(progress.done), n.count(progress.total))}</span>`
        : nothing
    }
    ${statusAction(
      can,
      {
        cancel: () => session.cancel(),
        resume: () => session.change({}),
        refine: (budget) => session.change({ settings: withParameters(settings, { budget }) }),
        next: refined(session),
      },
      words,
    )}
  </div>`;
}

/** How many evaluations come next; null where the method takes no more. */
function refined({ explanation, settings }: TextSession): number | null {
  const budget = parametersOf(settings.method, "text").find(({ name }) => name === "budget");
  if (!explanation || !budget) return null;
  const next = Math.min(nextBudget(explanation), budget.maximum ?? Infinity);
  return next > explanation.provenance.n_coalitions ? next : null;
}
