/** The numbers behind a picture, as a table. */
import { html, type TemplateResult } from "lit";
import { rank } from "../chart/order.js";
import type { Words } from "../strings/words.js";
import type { Explanation, TabularManifest } from "../types.js";
import { contributions } from "./contributions.js";
import { errorText, intervalText } from "./uncertainty.js";
import { unit, type UnitChoice } from "./unit.js";

export interface TableOptions {
  readonly words: Words;
  readonly output?: number;
  readonly unit?: UnitChoice;
  readonly order?: readonly string[];
  readonly active?: string | null;
  readonly selected?: string | null;
  /** Called when a row is pointed at (null: no longer) or chosen. */
  readonly onPoint?: (player: string | null) => void;
  readonly onSelect?: (player: string) => void;
}

/** All entries with value, contribution and standard error, then the sum that leads to the prediction. */
export function table(explanation: Explanation, manifest: TabularManifest, options: TableOptions): TemplateResult {
  const { words, output = 0, active = null, selected = null, onPoint, onSelect } = options;
  const { s } = words;
  const name = explanation.outputs[output] ?? "";
  const inUnit = unit(manifest, name, explanation.provenance.scale, options.unit ?? "points", words);
  const all = contributions(explanation, manifest, output, words);
  const by = new Map(all.map((entry) => [entry.player, entry]));
  const order = options.order ?? rank(all);
  const reference = words.text(manifest.background.label);
  return html`<table>
    <caption>
      ${s.table.caption(inUnit.axis, inUnit.name)}
    </caption>
    <thead>
      <tr>
        <th scope="col">${s.table.entry}</th>
        <th scope="col">${s.table.value}</th>
        <th scope="col" class="number">${s.table.contribution}</th>
        <th scope="col" class="number">${s.table.error}</th>
        <th scope="col" class="number">${s.table.interval}</th>
      </tr>
    </thead>
    <tbody>
      ${order.flatMap((player) => {
        const entry = by.get(player);
        if (!entry) return [];
        const { value, error } = entry;
        return html`<tr
          data-player=${player}
          class=${player === active || player === selected ? "lit" : ""}
          @mouseenter=${() => onPoint?.(player)}
          @mouseleave=${() => onPoint?.(null)}
        >
          <th scope="row">
            <button
              type="button"
              class="plain"
              aria-pressed=${player === selected}
              @focus=${() => onPoint?.(player)}
              @blur=${() => onPoint?.(null)}
              @click=${() => onSelect?.(player)}
            >
              ${entry.label}
            </button>
          </th>
          <td>${entry.valueText}</td>
          <td class="number ${value < 0 ? "down" : "up"}">${inUnit.fine(value)}</td>
          <td class="number">${errorText(error, inUnit, words)}</td>
          <td class="number">${intervalText(value, error, inUnit, words)}</td>
        </tr>`;
      })}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row" colspan="2">${s.picture.average(reference)}</th>
        <td class="number">${inUnit.level(explanation.base_values[output] ?? 0)}</td>
        <td colspan="2"></td>
      </tr>
      <tr>
        <th scope="row" colspan="2">${s.table.sum}</th>
        <td class="number">${inUnit.fine(all.reduce((sum, { value }) => sum + value, 0))}</td>
        <td colspan="2"></td>
      </tr>
      <tr>
        <th scope="row" colspan="2">${words.text(manifest.subject) || s.picture.here}</th>
        <td class="number">${inUnit.level(explanation.prediction[output] ?? 0)}</td>
        <td colspan="2"></td>
      </tr>
    </tfoot>
  </table>`;
}
