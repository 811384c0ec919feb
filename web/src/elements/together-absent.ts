/** Why nothing is told of what works together, and what can be done about that. */
import { html, nothing, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { Explanation } from "../types.js";
import type { Absence } from "../views/interactions.js";
import { ask } from "./asks.js";
import { type Settings, towardsInteractions } from "./settings.js";

/** Said as it is: not asked for, not to be had this way, or not accurate enough. */
export function absentTogether(
  from: EventTarget,
  absent: Absence,
  explanation: Explanation,
  settings: Settings,
  words: Words,
): TemplateResult {
  const said = words.s.together;
  const to = towardsInteractions(settings, explanation, absent);
  const label = {
    waiting: "",
    not_asked: said.ask,
    not_this_way: said.other_way,
    not_accurate: said.refine(words.n.count(Number(to?.parameters["budget"]))),
  }[absent];
  return html`<p>${said.absent[absent]}</p>
    ${
      to
        ? html`<p>
            <button type="button" @click=${() => ask(from, "xai-settings", { settings: to })}>${label}</button>
          </p>`
        : nothing
    }`;
}
