/** The explanation's side of the photos' page: glance, picture, where it stands, and what lies behind it. */
import { html, nothing, type TemplateResult } from "lit";
import { hiddenWords } from "../../views/photo/hidden.js";
import { glance, type Sight } from "../../views/photo/sentence.js";
import { unit } from "../../views/unit.js";
import type { ImageManifest } from "../../types.js";
import { ask } from "./asks.js";
import type { Shown } from "./run.js";
import { failure, type FailureAction } from "../failure.js";
import { nextBudget, withParameters } from "../settings.js";
import { scaleNote, statusAction } from "../status-parts.js";
import { statusOf } from "../status.js";
import "../xai-curve.js";
import "../xai-loading.js";
import { keyOf, type PhotoSession } from "./session.js";
import type { View } from "./view.js";
import { explainable } from "./wish.js";
import "./xai-beside.js";
import "./xai-keep.js";
import "./xai-look.js";
import "./xai-photo-dig.js";

export function result(
  view: View,
  session: PhotoSession,
  host: EventTarget,
  mend: (action: FailureAction) => void,
): TemplateResult {
  const { words, sight, shown } = view;
  const { explainer, prediction, prepared, problem, run } = session;
  const trouble = problem ?? run.problem;
  return html`${trouble ? broken(view, session, host, mend) : nothing}
  ${
    explainer && prediction
      ? html`<div class="card">
          <div class="glance">${sight ? said(sight, view).map((line) => html`<p>${line}</p>`) : nothing}</div>
          <xai-look
            ?narrow=${view.narrow}
            .manifest=${explainer.manifest}
            .sight=${sight}
            .shown=${shown}
            .coarse=${view.coarse}
            .order=${view.order}
            .pixels=${view.pixels}
            .hiddenPixels=${prepared?.hidden ?? null}
            .names=${view.names}
            .chosen=${view.chosen}
            .against=${view.against}
            .prediction=${prediction}
            .answer=${view.answer}
            .unanswered=${view.unanswered}
            .active=${view.active}
            .pinned=${view.pinned}
            .opacity=${view.opacity}
            .borders=${view.borders}
            .words=${words}
          ></xai-look>
          ${statusLine(view, session)}
        </div>`
      : trouble
        ? nothing
        : waiting(view, session)
  }
  ${
    explainer && sight && shown && prepared && prediction && view.order.length === shown.explanation.players.length
      ? html`<div class="card">
            <xai-keep
              .sight=${sight}
              .shown=${shown}
              .order=${view.order}
              .pixels=${prepared.pixels}
              .hiddenPixels=${prepared.hidden}
              .prediction=${prediction}
              .answer=${(mask: readonly boolean[]) => session.answers.get(keyOf(shown, mask))}
            ></xai-keep>
            ${run.final ? falling(view, session, shown, explainer.manifest) : nothing}
          </div>
          <div class="card">
            <xai-beside
              .columns=${view.columns}
              .large=${session.settings.method}
              .pixels=${view.pixels}
              .opacity=${view.opacity}
              .words=${words}
            ></xai-beside>
          </div>`
      : nothing
  }
  ${
    explainer
      ? html`<div class="card">
          <xai-photo-dig
            .manifest=${explainer.manifest}
            .sight=${sight}
            .final=${run.final}
            .settings=${session.settings}
            .output=${view.output}
            .active=${view.active ?? view.pinned}
            .problem=${trouble}
            .words=${words}
          ></xai-photo-dig>
        </div>`
      : nothing
  }`;
}

/** How the prediction falls as parts go in the order that stands there. */
function falling(view: View, session: PhotoSession, shown: Shown, manifest: ImageManifest): TemplateResult {
  return html`<xai-curve
    ?narrow=${view.narrow}
    .subject=${shown.key}
    .order=${view.order}
    .answer=${session.answerOf(shown)}
    .output=${view.output}
    .unit=${unit(manifest, view.chosen, "output", "points", view.words)}
    .words=${view.words}
  ></xai-curve>`;
}

/** What matters and where; in a coarse picture parts have the share of the area they lie in, and none stands out. */
function said(sight: Sight, { coarse, words }: View): string[] {
  return coarse ? [words.s.photo.glance.coarse] : glance(sight);
}

/** What went wrong, and the ways on: try again, the photo before, or an example. */
function broken(
  { words }: View,
  session: PhotoSession,
  host: EventTarget,
  mend: (action: FailureAction) => void,
): TemplateResult {
  const { explainer, wish } = session;
  const trouble = (session.problem ?? session.run.problem)!;
  const core = explainer?.activity.core === "failed";
  const example = explainer?.manifest.examples.find(({ id }) => id !== wish?.photo.id)?.id;
  return html`${failure(trouble, words, mend, core)}
  ${
    core
      ? nothing
      : html`<p class="ways">
          ${
            session.canUndo
              ? html`<button type="button" class="primary" @click=${() => ask(host, "xai-undo", null)}>
                  ${words.s.photo.back}
                </button>`
              : nothing
          }
          ${
            example
              ? html`<button type="button" @click=${() => ask(host, "xai-example", { id: example })}>
                  ${words.s.photo.retry_example}
                </button>`
              : nothing
          }
        </p>`
  }`;
}

/** The place of the picture before there is a prediction: as large, with what is being loaded. */
function waiting({ words }: View, session: PhotoSession): TemplateResult {
  return html`<div class="card stage empty">
    <div class="wait" aria-hidden="true"></div>
    <xai-loading .files=${session.explainer?.activity.files ?? []} .words=${words}></xai-loading>
  </div>`;
}

/** What it is compared with, how far it is, and what can be done about that. */
function statusLine({ words, shown }: View, session: PhotoSession): TemplateResult {
  const { s, n } = words;
  const { run, explainer, settings, wish } = session;
  const { activity } = explainer!;
  const explanation = shown?.explanation ?? null;
  const { running, final, stopped, progress } = run;
  const { line, can, ...status } = statusOf({ explainer, explanation, running, final, stopped, progress }, words);
  const hidden = hiddenWords(explanation?.provenance.parameters ?? settings.parameters, words);
  const waits = activity.core !== "ready" && activity.core !== "failed";
  const nothingYet = wish && !explainable(wish) ? s.photo.regions.none : line;
  return html`<div class="status">
    <span> ${s.photo.status.hidden(hidden)} ${scaleNote(explanation?.provenance.scale ?? settings.scale, words)} </span>
    <span>${nothingYet}</span>
    ${
      status.progress
        ? html`<progress
              value=${status.progress.done}
              max=${status.progress.total}
              aria-label=${s.status.progress}
            ></progress>
            <span>${s.status.of(n.count(status.progress.done), n.count(status.progress.total))}</span>`
        : nothing
    }
    ${statusAction(
      can,
      {
        cancel: () => session.cancel(settings.method),
        resume: () => session.resume(settings.method),
        refine: (budget) => session.change({ settings: withParameters(settings, { budget }) }),
        next: explanation && "budget" in settings.parameters ? nextBudget(explanation) : null,
      },
      words,
    )}
    ${waits && !explanation ? html`<xai-loading .files=${activity.files} .words=${words}></xai-loading>` : nothing}
  </div>`;
}
