/** How far to trust an explanation, in plain words. */
import { html, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { Explanation, TabularManifest } from "../types.js";
import { stoppedEarly } from "./convergence.js";
import { plan } from "./plan.js";
import { precision } from "./precision.js";
import { unit, type UnitChoice } from "./unit.js";

export interface TrustOptions {
  readonly words: Words;
  readonly output?: number;
  readonly unit?: UnitChoice;
  /** The estimate that stood on the screen first, if it wasn't the final one. */
  readonly first?: Explanation | null;
  /** False while the numbers may still change. */
  readonly final: boolean;
}

/** Titled paragraphs: how exact, how computed, in which unit, compared with what, what it can't say. */
export function trust(explanation: Explanation, manifest: TabularManifest, options: TrustOptions): TemplateResult {
  const { words } = options;
  const { s } = words;
  const reference = words.text(manifest.background.label);
  const { estimator, scale } = explanation.provenance;
  const way = html`${s.trust.ways[estimator] ?? ""} ${plan(explanation.provenance, words)}`;
  const parts: [string, string | TemplateResult][] = [
    [s.trust.precision, exactness(explanation, manifest, options)],
    [s.trust.way, way],
    [s.trust.scale, s.trust.scales[scale] ?? ""],
    [s.trust.reference, s.trust.compared(reference, s.trust.kinds[manifest.background.kind])],
    [s.trust.first, firstEstimate(explanation, manifest, options)],
    [s.trust.adds_up, addsUp(explanation, manifest, options)],
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
      ${s.trust.limit_list.map((line) => html`<li>${line}</li>`)}
    </ul>
  </div>`;
}

function inUnit(
  explanation: Explanation,
  manifest: TabularManifest,
  { words, output = 0, unit: choice }: TrustOptions,
) {
  const name = explanation.outputs[output] ?? "";
  return unit(manifest, name, explanation.provenance.scale, choice ?? "points", words);
}

/** Exact, or how far the numbers are from exact as a rule and at most, and why it stopped there. */
function exactness(explanation: Explanation, manifest: TabularManifest, options: TrustOptions): string {
  const { words, output = 0 } = options;
  const { s, n } = words;
  const { n_coalitions: count } = explanation.provenance;
  const errors = explanation.std_error.map((row) => row[output] ?? null);
  const said = precision(errors, count, inUnit(explanation, manifest, options), s.trust, words);
  const budget = options.final ? stoppedEarly(explanation) : null;
  return budget === null ? said : `${said} ${s.trust.enough(n.count(count), n.count(budget))}`;
}

function firstEstimate(explanation: Explanation, manifest: TabularManifest, options: TrustOptions): string {
  const { words, output = 0, first, final } = options;
  if (!final) return words.s.trust.not_final;
  if (!first) return "";
  const gaps = explanation.values.map((row, player) =>
    Math.abs((row[output] ?? 0) - (first.values[player]?.[output] ?? 0)),
  );
  const said = inUnit(explanation, manifest, options);
  return words.s.trust.moved(words.n.count(first.provenance.n_coalitions), said.distance(Math.max(...gaps)));
}

/** Base value plus contributions minus prediction: a check anyone can repeat. */
function addsUp(explanation: Explanation, manifest: TabularManifest, options: TrustOptions): string {
  const { output = 0, words } = options;
  const sum = explanation.values.reduce((total, row) => total + (row[output] ?? 0), 0);
  const gap = (explanation.base_values[output] ?? 0) + sum - (explanation.prediction[output] ?? 0);
  return words.s.trust.gap(inUnit(explanation, manifest, options).distance(Math.abs(gap)));
}
