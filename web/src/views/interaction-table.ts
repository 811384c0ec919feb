/** The numbers behind the matrix: every set of entries, larger sets included, as a table. */
import { html, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { Explanation, TabularManifest } from "../types.js";
import { type Pair, pairOf, samePair, together } from "./interactions.js";
import { errorText, intervalText } from "./uncertainty.js";
import { unit, type UnitChoice } from "./unit.js";

export interface InteractionTableOptions {
  readonly words: Words;
  readonly output?: number;
  readonly unit?: UnitChoice;
  readonly active?: Pair | null;
  /** Rows at most; the CSV has all. */
  readonly most?: number;
  readonly onPoint?: (pair: Pair | null) => void;
}

/** One row per set, the largest first. */
export function interactionTable(
  explanation: Explanation,
  manifest: TabularManifest,
  options: InteractionTableOptions,
): TemplateResult {
  const { words, output = 0, active = null, most = Infinity, onPoint } = options;
  const { s } = words;
  const { index = "", order = 0 } = explanation.interactions ?? {};
  const name = explanation.outputs[output] ?? "";
  const inUnit = unit(manifest, name, explanation.provenance.scale, options.unit ?? "points", words);
  return html`<table>
    <caption>
      ${s.together.caption(inUnit.axis, inUnit.name, s.interaction_terms.indices[index] ?? index, words.n.count(order))}
    </caption>
    <thead>
      <tr>
        <th scope="col">${s.together.entries}</th>
        <th scope="col" class="number">${s.together.beyond}</th>
        <th scope="col" class="number">${s.table.error}</th>
        <th scope="col" class="number">${s.table.interval}</th>
      </tr>
    </thead>
    <tbody>
      ${together(explanation, manifest, output, words)
        .slice(0, most)
        .map((set) => {
          const pair = set.members.length === 2 ? pairOf(set) : null;
          return html`<tr
            class=${samePair(pair, active) ? "lit" : ""}
            @mouseenter=${() => onPoint?.(pair)}
            @mouseleave=${() => onPoint?.(null)}
          >
            <th scope="row">${set.members.map(({ label }) => label).join(" × ")}</th>
            <td class="number ${set.value < 0 ? "down" : "up"}">${inUnit.fine(set.value)}</td>
            <td class="number">${errorText(set.error, inUnit, words)}</td>
            <td class="number">${intervalText(set.value, set.error, inUnit, words)}</td>
          </tr>`;
        })}
    </tbody>
  </table>`;
}
