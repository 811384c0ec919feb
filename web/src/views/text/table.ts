/** The numbers behind a coloured text, as a table. */
import { html, nothing, type TemplateResult } from "lit";
import type { Words } from "../../strings/words.js";
import type { Explanation, TextManifest } from "../../types.js";
import { errorText, intervalText } from "../uncertainty.js";
import type { UnitChoice } from "../unit.js";
import { additive, entries } from "./entries.js";
import type { Reading } from "./reading.js";
import { unitOf } from "./sentence.js";

/** Rows drawn; a file has them all. */
const ROWS = 500;

export interface TableOptions {
  readonly words: Words;
  readonly output: number;
  readonly unit: UnitChoice;
  readonly order: readonly string[];
  readonly active: number | null;
  /** Called when a row is pointed at; null: no longer. */
  readonly onPoint: (word: number | null) => void;
}

/** Every word with its place, contribution and standard error, then the sum that leads to the prediction. */
export function table(
  reading: Reading,
  explanation: Explanation,
  manifest: TextManifest,
  options: TableOptions,
): TemplateResult {
  const { words, output, order, active, onPoint } = options;
  const { s, n } = words;
  const inUnit = unitOf(explanation, manifest, output, options.unit, words);
  const by = new Map(entries(reading, explanation, output).map((entry) => [entry.player, entry]));
  const sorted = order.flatMap((player) => by.get(player) ?? []);
  const total = sorted.reduce((sum, { value }) => sum + value, 0);
  return html`<table>
    <caption>
      ${s.passage.caption(inUnit.axis, inUnit.name)}
      ${sorted.length > ROWS ? s.passage.more_rows(n.count(ROWS), n.count(sorted.length)) : nothing}
    </caption>
    <thead>
      <tr>
        <th scope="col">${s.passage.word}</th>
        <th scope="col" class="number">${s.passage.place}</th>
        <th scope="col" class="number">${s.table.contribution}</th>
        <th scope="col" class="number">${s.table.error}</th>
        <th scope="col" class="number">${s.table.interval}</th>
      </tr>
    </thead>
    <tbody>
      ${sorted.slice(0, ROWS).map(
        ({ index, text, value, error }) =>
          html`<tr
            class=${index === active ? "lit" : ""}
            @mouseenter=${() => onPoint(index)}
            @mouseleave=${() => onPoint(null)}
          >
            <th scope="row"><bdi class="cell">${text}</bdi></th>
            <td class="number">${n.count(index + 1)}</td>
            <td class="number ${value < 0 ? "down" : "up"}">${inUnit.fine(value)}</td>
            <td class="number">${errorText(error, inUnit, words)}</td>
            <td class="number">${intervalText(value, error, inUnit, words)}</td>
          </tr>`,
      )}
    </tbody>
    <tfoot>
      ${
        additive(explanation)
          ? html`<tr>
                <th scope="row" colspan="2">${s.passage.all_hidden}</th>
                <td class="number">${inUnit.level(explanation.base_values[output] ?? 0)}</td>
                <td colspan="2"></td>
              </tr>
              <tr>
                <th scope="row" colspan="2">${s.table.sum}</th>
                <td class="number">${inUnit.fine(total)}</td>
                <td colspan="2"></td>
              </tr>`
          : nothing
      }
      <tr>
        <th scope="row" colspan="2">${words.text(manifest.subject) || s.passage.here}</th>
        <td class="number">${inUnit.level(explanation.prediction[output] ?? 0)}</td>
        <td colspan="2"></td>
      </tr>
    </tfoot>
  </table>`;
}
