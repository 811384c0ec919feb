/** The explanation's side of the explainer: glance, picture, where it stands, and the dig. */
import { html, nothing, svg, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { Explanation } from "../types.js";
import { compare } from "../views/compare.js";
import { contributions, nothingChanges } from "../views/contributions.js";
import { errorsUnknown } from "../views/convergence.js";
import { type Pair, strongestWith, together, togetherSentence } from "../views/interactions.js";
import { glance } from "../views/sentence.js";
import { unit, type UnitChoice } from "../views/unit.js";
import { waterfallHeight } from "../views/waterfall-layout.js";
import { ask } from "./asks.js";
import { failure, type FailureAction } from "./failure.js";
import type { Session } from "./session.js";
import { nextBudget, withParameters } from "./settings.js";
import { scaleNote, statusAction } from "./status-parts.js";
import { statusOf } from "./status.js";
import "./many/xai-many.js";
import "./xai-dig.js";
import "./xai-loading.js";
import "./xai-picture.js";

/** What the explainer knows beside its session. */
export interface Shown extends EventTarget {
  readonly words: Words;
  readonly unit: UnitChoice;
  readonly active: string | null;
  readonly selected: string | null;
  /** Two players that are pointed at together; whether arcs show what works together. */
  readonly pair: Pair | null;
  readonly arcs: boolean;
  readonly terms: boolean;
  readonly narrow: boolean;
}

export function result(shown: Shown, session: Session, mend: (action: FailureAction) => void): TemplateResult {
  const { words, unit, active, selected, pair } = shown;
  const { explainer, explanation, problem } = session;
  const name = explainer?.manifest.outputs[session.output]?.name ?? "";
  const output = Math.max(0, explanation?.outputs.indexOf(name) ?? 0);
  return html`${problem ? failure(problem, words, mend, explainer?.activity.core === "failed") : nothing}
    <div class="card ${session.running && session.stale ? "stale" : ""}" aria-busy=${session.stale}>
      <div class="glance">
        ${explanation && explainer ? glance(explanation, explainer.manifest, output, words).map((line) => html`<p>${line}</p>`) : nothing}
      </div>
      ${
        explanation && explainer
          ? html`<xai-picture
                .explanation=${explanation}
                .manifest=${explainer.manifest}
                .output=${output}
                .unit=${unit}
                .order=${session.order}
                .active=${active}
                .selected=${selected}
                .pair=${pair}
                .arcs=${shown.arcs}
                .terms=${shown.terms}
                .words=${words}
              ></xai-picture>
              ${selected === null ? nothing : detail(shown, session, explanation, output)}`
          : waiting(shown, session)
      }
      ${explainer ? statusLine(shown, session) : nothing}
    </div>
    ${
      explainer
        ? html`<div class="card">
              <xai-dig
                .explanation=${explanation}
                .first=${session.firstEstimate}
                .final=${session.final}
                .manifest=${explainer.manifest}
                .settings=${session.settings}
                .output=${session.output}
                .shownOutput=${output}
                .unit=${unit}
                .order=${session.order}
                .active=${active}
                .pair=${pair}
                .selected=${selected}
                .problem=${problem}
                .words=${words}
              ></xai-dig>
            </div>
            <div class="card">
              <xai-many
                .explainer=${explainer}
                .settings=${session.settings}
                .output=${session.output}
                .unit=${unit}
                .words=${words}
              ></xai-many>
            </div>`
        : nothing
    }`;
}

/** The place of the picture before there is one: as large, with what is being loaded. */
function waiting({ words, narrow }: Shown, session: Session): TemplateResult {
  if (session.problem) return html`<p class="muted">${words.s.dig.nothing}</p>`;
  const players = session.explainer?.manifest.players.length ?? 12;
  const height = waterfallHeight(players, narrow ? 360 : 720) + 80;
  const row = narrow ? 46 : 38;
  const bars = Array.from({ length: Math.floor((height - 150) / row) }, (_, index) => index);
  const { activity } = session.explainer ?? {};
  const loading = !session.explainer || activity?.phase === "loading" || activity?.core === "loading";
  return html`<div class="stage">
    <svg class="skeleton" height=${height} aria-hidden="true">
      ${bars.map(
        (index) => svg`<rect x="0" y=${80 + index * row} width="24%" height="12" rx="6" fill="currentColor"></rect>
        <rect x=${`${36 + index * 3}%`} y=${76 + index * row} width=${`${24 - index * 2}%`} height="20" rx="4" fill="currentColor"></rect>`,
      )}
    </svg>
    ${loading ? html`<xai-loading .files=${activity?.files ?? []} .words=${words}></xai-loading>` : nothing}
  </div>`;
}

/** The place of the form before it can be drawn. */
export function formSkeleton(words: Words, narrow: boolean): TemplateResult {
  const lines = Array.from({ length: narrow ? 3 : 18 }, (_, index) => index);
  return html`<h2>${words.s.form.title}</h2>
    <svg class="skeleton" height=${4 + lines.length * 44} aria-hidden="true">
      ${lines.map(
        (
          index,
        ) => svg`<rect x="0" y=${28 + index * 44} width=${`${22 + ((index * 7) % 16)}%`} height="12" rx="6" fill="currentColor"></rect>
        <rect x="46%" y=${18 + index * 44} width="54%" height="32" rx="8" fill="currentColor"></rect>`,
      )}
    </svg>`;
}

/** What it is compared with, how far it is, and what can be done about that. */
function statusLine(shown: Shown, session: Session): TemplateResult {
  const { words } = shown;
  const { s, n } = words;
  const { line, progress, can } = statusOf(session, words);
  const { manifest, activity } = session.explainer!;
  const { explanation } = session;
  const unknown = explanation !== null && session.final && errorsUnknown(explanation, session.output);
  const early = explanation !== null && !session.final && activity.core !== "ready";
  return html`<div class="status">
    <span>
      ${s.picture.compared(words.text(manifest.background.label))}
      ${scaleNote(explanation?.provenance.scale ?? session.settings.scale, words)}
    </span>
    <span class=${early ? "first" : ""}>${line}${unknown ? `; ${s.status.unknown}` : ""}</span>
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
        refine: (budget) => session.change({ settings: withParameters(session.settings, { budget }) }),
        next: explanation && nextBudget(explanation),
      },
      words,
    )}
  </div>`;
}

/** The selected entry in words: how much it weighs, and where it stands among the reference. */
function detail(shown: Shown, session: Session, explanation: Explanation, output: number): TemplateResult {
  const { words, selected } = shown;
  const { manifest, background } = session.explainer!;
  const all = contributions(explanation, manifest, output, words);
  const entry = all.find(({ player }) => player === selected);
  if (!entry) return html``;
  const name = explanation.outputs[output] ?? "";
  const inUnit = unit(manifest, name, explanation.provenance.scale, shown.unit, words);
  const said = nothingChanges([entry])
    ? words.s.detail.none(entry.label, entry.valueText)
    : words.s.detail.moves(entry.label, entry.valueText, inUnit.amount(entry.value), inUnit.axis);
  const columns = manifest.players.find((player) => player.name === selected)?.columns ?? [];
  const held = explanation.players.find(({ name }) => name === selected)?.value ?? null;
  const values = Array.isArray(held) ? held : [held];
  const places = columns.map((column, at) => {
    const index = manifest.features.findIndex((feature) => feature.name === column);
    const feature = manifest.features[index];
    const value = values[at] ?? null;
    return feature
      ? compare(
          feature,
          value,
          background.map((row) => row[index] ?? Number.NaN),
          words,
        )
      : "";
  });
  const player = entry.player;
  const partner = strongestWith(player, together(explanation, manifest, output, words));
  const beside = partner ? togetherSentence(partner, inUnit, words) : "";
  return html`<div class="detail">
    <p>${said} ${places.join(" ")} ${beside}</p>
    <button type="button" @click=${() => ask(shown, "xai-reveal", { player })}>${words.s.detail.change}</button>
    <button type="button" @click=${() => ask(shown, "xai-select", { player })}>${words.s.close}</button>
  </div>`;
}
