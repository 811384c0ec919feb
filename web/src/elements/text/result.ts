/** The explanation's side of a text: glance, coloured words, what can be tried, where it stands, and the dig. */
import { html, nothing, svg, type TemplateResult } from "lit";
import { browserMeasure } from "../../chart/text-width.js";
import { LIGHT } from "../../chart/palette.js";
import { type PictureFile, pictureFile } from "../../chart/picture-file.js";
import type { Words } from "../../strings/words.js";
import type { Explanation, TextManifest } from "../../types.js";
import { decision } from "../../views/sentence.js";
import { csv } from "../../views/text/csv.js";
import { poster } from "../../views/text/poster.js";
import type { Reading } from "../../views/text/reading.js";
import { hasPoints, type UnitChoice, unit as unitOf } from "../../views/unit.js";
import { ask } from "../asks.js";
import { failure, type FailureAction } from "../failure.js";
import { files } from "../files.js";
import type { Drawing, Drawn } from "./drawn.js";
import { MOST_CHARACTERS, type TextSession } from "./session.js";
import { statusLine } from "./status-line.js";
import { unitSwitch } from "../unit-switch.js";
import "../xai-loading.js";
import "../xai-curve.js";
import "./xai-passage.js";
import "./xai-ranking.js";
import "./xai-removal.js";
import "./xai-text-dig.js";

const FILE_WIDTH = 760;
/** Always the same nothing: another one would be drawn anew. */
const NONE: readonly never[] = [];

/** What the element knows beside its session. */
export interface Shown extends EventTarget {
  readonly words: Words;
  readonly unit: UnitChoice;
  readonly active: number | null;
  readonly narrow: boolean;
  readonly drawing: Drawing;
}

export function result(shown: Shown, session: TextSession, mend: (action: FailureAction) => void): TemplateResult {
  const { words, unit, active } = shown;
  const { explainer, explanation, problem, refused, reading } = session;
  const output = session.shownOutput;
  const drawn =
    reading && explanation && explainer
      ? shown.drawing.of(reading, explanation, explainer.manifest, output, unit, words)
      : null;
  return html`${problem ? failure(problem, words, mend, explainer?.activity.core === "failed") : nothing}
  ${
    refused
      ? refusal(refused, session.text.length, words)
      : html`<div class="card">
          <div class="glance">
            ${drawn && !session.stale ? drawn.glance.map((line) => html`<p>${line}</p>`) : nothing}
          </div>
          ${reading && explainer ? picture(shown, session, reading, drawn, explainer.manifest) : waiting(shown, session)}
          ${explainer ? statusLine(session, words) : nothing}
        </div>`
  }
  ${
    explainer
      ? html`<div class="card">
          <xai-text-dig
            .reading=${reading}
            .explanation=${explanation}
            .final=${session.final}
            .manifest=${explainer.manifest}
            .settings=${session.settings}
            .output=${session.output}
            .shownOutput=${output}
            .unit=${unit}
            .order=${session.order}
            .active=${active}
            .problem=${problem}
            .words=${words}
          ></xai-text-dig>
        </div>`
      : nothing
  }`;
}

/** A text that can't be read, in words, with a way on; nothing is lost. */
function refusal(why: "empty" | "long", length: number, { s, n }: Words): TemplateResult {
  const { editor } = s.passage;
  return html`<section class="card refusal" role="alert">
    <h3>${why === "empty" ? editor.empty_title : editor.long_title}</h3>
    <p>${why === "empty" ? editor.empty : editor.long(n.count(length), n.count(MOST_CHARACTERS))}</p>
  </section>`;
}

/** The coloured text, what weighs most in it, and what happens without that. */
function picture(
  shown: Shown,
  session: TextSession,
  reading: Reading,
  drawn: Drawn | null,
  manifest: TextManifest,
): TemplateResult {
  const { words, active } = shown;
  const { explanation, removal, order } = session;
  const { hidden } = removal;
  const passage = html`<xai-passage
    ?narrow=${shown.narrow}
    .reading=${reading}
    .entries=${drawn?.entries ?? null}
    .sums=${drawn?.sums ?? NONE}
    .removed=${hidden}
    .active=${active}
    .stale=${session.stale}
    .unit=${drawn?.unit ?? null}
    .label=${drawn?.label ?? NONE}
    .words=${words}
  ></xai-passage>`;
  if (!explanation || !drawn) return html`<div class="reading">${passage}</div>`;
  const output = session.shownOutput;
  const [whole = "", now = ""] = levels(session, manifest, words);
  return html`${head(shown, session, drawn, explanation, manifest)}
    <figure class="reading" role="group" aria-label=${drawn.description}>
      ${passage}
      <xai-ranking
        .entries=${drawn.entries}
        .sums=${drawn.sums}
        .order=${order}
        .removed=${hidden}
        .active=${active}
        .unit=${drawn.unit}
        .words=${words}
      ></xai-ranking>
    </figure>
    <xai-removal
      .entries=${drawn.entries}
      .order=${order}
      .removed=${hidden}
      .whole=${whole}
      .now=${now}
      .label=${drawn.label}
      .words=${words}
    ></xai-removal>
    ${session.final && !session.stale ? falling(shown, session, drawn, manifest) : nothing}
    ${files(
      {
        name: `${manifest.name}-${explanation.outputs[output] ?? "explanation"}`,
        document: explanation,
        picture: () => file(reading, drawn, words),
        csv: () => csv(explanation, output, words),
      },
      words.s.picture.files,
      words,
    )}`;
}

/** How the prediction falls as words go, what speaks most for the output first. */
function falling(shown: Shown, session: TextSession, { entries }: Drawn, manifest: TextManifest): TemplateResult {
  const { output, text, settings } = session;
  const { words, narrow } = shown;
  const name = manifest.outputs[output]?.name ?? "";
  return html`<xai-curve
    ?narrow=${narrow}
    .subject=${JSON.stringify([text, settings])}
    .order=${[...entries].sort((a, b) => b.value - a.value).map(({ index }) => index)}
    .answer=${session.answer}
    .output=${output}
    .unit=${unitOf(manifest, name, "output", "points", words)}
    .words=${words}
  ></xai-curve>`;
}

/** Title, which output, which unit. */
function head(
  shown: Shown,
  session: TextSession,
  { finding }: Drawn,
  explanation: Explanation,
  manifest: TextManifest,
): TemplateResult {
  const { words, unit } = shown;
  const { s } = words;
  const output = session.shownOutput;
  const points = hasPoints(manifest, explanation.outputs[output] ?? "", explanation.provenance.scale);
  return html`<div class="finding">
    <h2>${finding}</h2>
    ${
      explanation.outputs.length > 1
        ? html`<label
            >${s.picture.output}
            <select
              @change=${(event: Event) =>
                ask(shown, "xai-output", { output: Number((event.target as HTMLSelectElement).value) })}
            >
              ${manifest.outputs.map(
                ({ name, label }, at) =>
                  html`<option value=${at} .selected=${at === session.output}>${words.text(label ?? name)}</option>`,
              )}
            </select></label
          >`
        : nothing
    }
    ${points ? unitSwitch(shown, unit, words) : nothing}
  </div>`;
}

/** The whole text's result and that of what is left of it, as the decision strip says them. */
function levels({ whole, removal, output }: TextSession, manifest: TextManifest, words: Words): string[] {
  if (!whole || !removal.prediction) return [];
  return [whole, removal.prediction].map((prediction) => {
    const { name, kind } = manifest.outputs[output] ?? manifest.outputs[0];
    if (kind !== "probability") return decision(manifest, prediction, output, words).word;
    const threshold = manifest.decision?.output === name ? manifest.decision.threshold : undefined;
    return words.n.percent(prediction[output] ?? 0, threshold);
  });
}

/** A file's picture is for paper: light, of one width, nothing hidden. */
function file(reading: Reading, { entries, label, finding, description }: Drawn, words: Words): PictureFile {
  const measure = browserMeasure("system-ui, sans-serif");
  const options = { words, width: FILE_WIDTH, palette: LIGHT, legend: label, measure };
  return pictureFile(poster(reading, entries, options), finding, description, LIGHT);
}

/** The place of the picture before there is one: as large, with what is being loaded. */
function waiting({ words, narrow }: Shown, session: TextSession): TemplateResult {
  if (session.problem) return html`<p class="muted">${words.s.dig.nothing}</p>`;
  const lines = Array.from({ length: narrow ? 14 : 17 }, (_, index) => index);
  const { activity } = session.explainer ?? {};
  const loading = activity?.phase !== "failed" && activity?.core !== "ready";
  return html`<div class="stage">
    <svg class="skeleton" height=${lines.length * 30} aria-hidden="true">
      ${lines.map(
        (index) =>
          svg`<rect x="0" y=${8 + index * 30} width=${`${index % 6 === 5 ? 38 : 82 + ((index * 11) % 18)}%`} height="14" rx="7" fill="currentColor"></rect>`,
      )}
    </svg>
    ${loading ? html`<xai-loading .files=${activity?.files ?? []} .words=${words}></xai-loading>` : nothing}
  </div>`;
}
