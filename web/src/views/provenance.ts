/** Where an explanation comes from: every field of its provenance, in words and exactly. */
import { html, nothing, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { Explanation } from "../types.js";

type Provenance = Explanation["provenance"];

/** The fields in reading order: what was computed, how, with what. The type makes a forgotten field an error. */
const FIELDS = Object.keys({
  method: 0,
  estimator: 0,
  plan: 0,
  parameters: 0,
  seed: 0,
  scale: 0,
  n_coalitions: 0,
  n_model_rows: 0,
  chunk_rows: 0,
  elapsed_ms: 0,
  engine: 0,
  provider: 0,
  model_sha256: 0,
  core_version: 0,
  core_kernels: 0,
} satisfies Record<keyof Provenance, 0>) as (keyof Provenance)[];

/** A description list of all fields: what it means for a reader, and the exact value. */
export function provenance(explanation: Explanation, words: Words): TemplateResult {
  const { s, n } = words;
  const source = explanation.provenance;
  return html`<dl class="provenance">
    ${FIELDS.map((field) => {
      const value = source[field];
      const { label, help } = s.provenance[field];
      return html`<div>
        <dt>${label}<small>${help}</small></dt>
        <dd>
          ${said(field, value, words)}
          <code lang=${field === "plan" ? "en" : nothing}
            >${typeof value === "string" ? value : JSON.stringify(value)}</code
          >
        </dd>
      </div>`;
    })}
  </dl>`;

  function said(field: keyof Provenance, value: unknown, { s }: Words): string {
    if (field === "core_kernels") return s.provenance_words.kernels[String(value)] ?? "";
    if (value === null) return s.provenance_words.none;
    if (field === "method") return s.provenance_words.methods[String(value)] ?? "";
    if (field === "estimator") return s.provenance_words.estimators[String(value)] ?? "";
    if (field === "scale") return s.provenance_words.scales[String(value)] ?? "";
    if (field === "elapsed_ms") return n.duration(Number(value));
    if (field === "provider") return s.provenance_words.providers[String(value)] ?? "";
    if (typeof value === "number" && field !== "seed") return n.count(value);
    return "";
  }
}
