/** How far to trust an explanation of a photo, in plain words. */
import { html, type TemplateResult } from "lit";
import type { ImageManifest } from "../../types.js";
import { hiddenWords } from "./hidden.js";
import { ofSegments, parts } from "./parts.js";
import { additive, type Sight, unitOf } from "./sentence.js";
import { plan } from "../plan.js";
import { precision } from "../precision.js";

/** Titled paragraphs: how exact, how computed, how cut, in which unit, compared with what, what it can't say. */
export function trust(sight: Sight, image: ImageManifest["image"], final: boolean): TemplateResult {
  const { s, n } = sight.words;
  const { method, estimator, scale, parameters } = sight.explanation.provenance;
  const asked = parameters as Readonly<Record<string, unknown>>;
  const way = method === "shapley" ? (s.photo.trust.way[estimator] ?? s.photo.trust.way["sampled"]) : null;
  const bodies: [string, string | TemplateResult][] = [
    [s.trust.precision, `${exactness(sight)} ${final ? "" : s.trust.not_final}`],
    [s.trust.way, html`${way ?? s.photo.trust.way[method] ?? ""} ${plan(sight.explanation.provenance, sight.words)}`],
    [s.photo.trust.cut, s.photo.trust.cuts[ofSegments(method) ? String(asked["segments"]) : "grid"] ?? ""],
    [s.trust.scale, scale === "output" ? "" : (s.trust.scales[scale] ?? "")],
    [s.trust.reference, s.photo.trust.compared(hiddenWords(parameters, sight.words))],
    [s.photo.seen, s.photo.trust.crop(n.percent(image.crop))],
    [s.trust.adds_up, addsUp(sight)],
  ];
  return html`<div class="trust">
    ${bodies.map(([title, body]) =>
      typeof body !== "string" || body.trim()
        ? html`<h4>${title}</h4>
            <p>${body}</p>`
        : "",
    )}
    <h4>${s.trust.limits}</h4>
    <ul>
      ${s.photo.trust.limits.map((line) => html`<li>${line}</li>`)}
    </ul>
  </div>`;
}

/** Exact, or how far the values are from exact as a rule and at most. */
function exactness(sight: Sight): string {
  const { explanation, look, words } = sight;
  const errors = parts(explanation, { ...look, against: null }).map(({ error }) => error);
  return precision(errors, explanation.provenance.n_coalitions, unitOf(sight), words.s.photo.trust, words);
}

/** Base value plus values minus prediction: a check anyone can repeat. */
function addsUp(sight: Sight): string {
  const { explanation, look, words } = sight;
  if (!additive(explanation.provenance.method)) return words.s.photo.trust.no_sum;
  const sum = explanation.values.reduce((total, row) => total + (row[look.output] ?? 0), 0);
  const gap = (explanation.base_values[look.output] ?? 0) + sum - (explanation.prediction[look.output] ?? 0);
  return words.s.photo.trust.gap(unitOf(sight).distance(Math.abs(gap)) || "0");
}
