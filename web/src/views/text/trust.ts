/** How far to trust an explanation of a text, in plain words. */
import { html, type TemplateResult } from "lit";
import type { Words } from "../../strings/words.js";
import type { Explanation, TextManifest } from "../../types.js";
import { plan } from "../plan.js";
import { precision } from "../precision.js";
import type { UnitChoice } from "../unit.js";
import { additive } from "./entries.js";
import { unitOf } from "./sentence.js";

export interface TrustOptions {
  readonly words: Words;
  readonly output: number;
  readonly unit: UnitChoice;
  /** False while the numbers may still change. */
  readonly final: boolean;
}

/** Titled paragraphs: how exact, how computed, what hiding means, in which unit, what adds up, what it can't say. */
export function trust(explanation: Explanation, manifest: TextManifest, options: TrustOptions): TemplateResult {
  const { words, final } = options;
  const { s } = words;
  const { method, scale, parameters } = explanation.provenance;
  const hidden = String((parameters as Readonly<Record<string, unknown>>)["hidden"] ?? "mask");
  const parts: readonly (readonly [string, string | TemplateResult])[] = [
    [s.trust.precision, exactness(explanation, manifest, options)],
    [s.trust.way, html`${s.passage_trust.ways[method] ?? ""} ${plan(explanation.provenance, words)}`],
    [s.passage_trust.hidden_title, s.passage_trust.hidden[hidden] ?? ""],
    [s.trust.scale, s.passage_trust.scales[scale] ?? ""],
    [s.trust.adds_up, addsUp(explanation, manifest, options)],
    [s.trust.first, final ? "" : s.passage_trust.not_final],
  ];
  return html`<div class="trust">
    ${parts.map(([title, body]) =>
      body
        ? html`<h4>${title}</h4>
            <p>${body}</p>`
        : "",
    )}
    <h4>${s.trust.limits}</h4>
    <ul>
      ${s.passage_trust.limit_list.map((line) => html`<li>${line}</li>`)}
    </ul>
  </div>`;
}

/** Exact, or how far the numbers are from exact as a rule and at most. */
function exactness(explanation: Explanation, manifest: TextManifest, options: TrustOptions): string {
  const { words, output, unit } = options;
  const errors = explanation.std_error.map((row) => row[output] ?? null);
  const inUnit = unitOf(explanation, manifest, output, unit, words);
  return precision(errors, explanation.provenance.n_coalitions, inUnit, words.s.passage_trust, words);
}

/** A check anyone can repeat, where there is one. */
function addsUp(explanation: Explanation, manifest: TextManifest, { words, output, unit }: TrustOptions): string {
  if (!additive(explanation)) return words.s.passage_trust.no_sum;
  const sum = explanation.values.reduce((total, row) => total + (row[output] ?? 0), 0);
  const gap = (explanation.base_values[output] ?? 0) + sum - (explanation.prediction[output] ?? 0);
  return words.s.passage_trust.gap(unitOf(explanation, manifest, output, unit, words).distance(Math.abs(gap)) || "0");
}
