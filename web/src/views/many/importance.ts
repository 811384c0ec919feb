/** What counts most over the rows so far: bars with their numbers, in one table. */
import { html, svg, type TemplateResult } from "lit";
import type { Importance } from "../../many.js";
import type { Words } from "../../strings/words.js";
import type { Scale, TabularManifest } from "../../types.js";
import { unit, type UnitChoice } from "../unit.js";
import { playerLabel } from "../value-text.js";

export interface ImportanceOptions {
  readonly words: Words;
  /** Name of the output shown. */
  readonly output: string;
  readonly scale: Scale;
  readonly unit: UnitChoice;
}

/** Players by their mean size of value, the largest first. */
export function importance(
  found: Importance,
  manifest: TabularManifest,
  { words, output, scale, unit: choice }: ImportanceOptions,
): TemplateResult {
  const { many } = words.s;
  const at = Math.max(0, found.outputs.indexOf(output));
  const inUnit = unit(manifest, found.outputs[at] ?? "", scale, choice, words);
  const bars = manifest.players
    .map(({ name }, i) => ({ name, value: found.mean_abs[i]?.[at] ?? 0 }))
    .sort((a, b) => b.value - a.value);
  const largest = bars[0]?.value || 1;
  return html`<table class="importance">
    <caption>
      ${many.importance(words.n.count(found.n_rows), inUnit.axis)}
    </caption>
    <thead>
      <tr>
        <th scope="col">${words.s.table.entry}</th>
        <td aria-hidden="true"></td>
        <th scope="col" class="number">${many.mean}</th>
      </tr>
    </thead>
    <tbody>
      ${bars.map(
        ({ name, value }) =>
          html`<tr data-player=${name}>
            <th scope="row">${playerLabel(manifest, name, words)}</th>
            <td aria-hidden="true" class="bar">
              <svg width="100%" height="14">
                ${svg`<rect x="0" y="1" width=${`${(100 * value) / largest}%`} height="12" rx="2" fill="var(--xai-accent)"></rect>`}
              </svg>
            </td>
            <td class="number">${inUnit.distance(value)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
