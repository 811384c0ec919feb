/** What an explanation cost, in the reader's language, and its plan in the words it was recorded in. */
import { html, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { Explanation } from "../types.js";

export function plan({ plan, n_coalitions, n_model_rows }: Explanation["provenance"], { s, n }: Words): TemplateResult {
  const counted = s.trust.counted(n_coalitions > 0 ? n.count(n_coalitions) : null, n.count(n_model_rows));
  return html`${counted} ${s.trust.plan} <q lang="en">${plan}</q>`;
}
