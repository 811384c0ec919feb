/** How far to trust an explanation of a photo, in plain words. */
import { html, type TemplateResult } from "lit";
import { Z95 } from "../../chart/order.js";
import type { ImageManifest } from "../../types.js";
import { hiddenWords } from "./hidden.js";
import { ofSegments, parts } from "./parts.js";
import { additive, type Sight, unitOf } from "./sentence.js";
import { plan } from "../plan.js";

/** Titled paragraphs: how exact, how computed, how cut, in which unit, compared with what, what it can't say. */
export function trust(sight: Sight, image: ImageManifest["image"], final: boolean): TemplateResult {
  const { s, n } = sight.words;
  const { method, estimator, scale, parameters } = sight.explanation.provenance;
  const asked = parameters as Readonly<Record<string, unknown>>;
  const way = method === "shapley" ? (s.photo.trust.way[estimator] ?? s.photo.trust.way["sampled"]) : null;
  const bodies: [string, string | TemplateResult][] = [
    [s.trust.precision, `${precision(sight)} ${final ? "" : s.trust.not_final}`],
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
function precision(sight: Sight): string {
  const { s, n } = sight.words;
  const errors = parts(sight.explanation, { ...sight.look, against: null }).map(({ error }) => error);
  if (errors.every((error) => error === 0)) return s.trust.exact;
  const known = errors.filter((error) => error !== null).sort((a, b) => a - b);
  if (known.length === 0) return s.trust.unknown;
  const inUnit = unitOf(sight);
  const [typical = 0, largest = 0] = [known[Math.floor(known.length / 2)], known.at(-1)];
  const { n_coalitions } = sight.explanation.provenance;
  const said = s.photo.trust.estimated(
    n.count(n_coalitions),
    inUnit.distance(typical * Z95),
    inUnit.distance(largest * Z95),
  );
  const missing = errors.length - known.length;
  return missing > 0 ? `${said} ${s.photo.trust.partly_unknown(n.count(missing))}` : said;
}

/** Base value plus values minus prediction: a check anyone can repeat. */
function addsUp(sight: Sight): string {
  const { explanation, look, words } = sight;
  if (!additive(explanation.provenance.method)) return words.s.photo.trust.no_sum;
  const sum = explanation.values.reduce((total, row) => total + (row[look.output] ?? 0), 0);
  const gap = (explanation.base_values[look.output] ?? 0) + sum - (explanation.prediction[look.output] ?? 0);
  return words.s.photo.trust.gap(unitOf(sight).distance(Math.abs(gap)) || "0");
}
