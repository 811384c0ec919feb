/** What every entry does to every output, side by side: for models with several outputs. */
import { html, type TemplateResult } from "lit";
import { rank } from "../chart/order.js";
import type { Words } from "../strings/words.js";
import type { Explanation, TabularManifest } from "../types.js";
import { contributions } from "./contributions.js";
import { unit, type UnitChoice } from "./unit.js";

export interface OutputsTableOptions {
  readonly words: Words;
  /** The output that the picture shows. */
  readonly output?: number;
  readonly unit?: UnitChoice;
  readonly order?: readonly string[];
  /** Called when another output is wanted, with its name. */
  readonly onChoose?: (output: string) => void;
}

/** One row per entry, one column per output; the averages above and the predictions below as in a sum. */
export function outputsTable(
  explanation: Explanation,
  manifest: TabularManifest,
  options: OutputsTableOptions,
): TemplateResult {
  const { words, output = 0, onChoose } = options;
  const { s } = words;
  const columns = explanation.outputs.map((name, at) => {
    const declared = manifest.outputs.find((one) => one.name === name);
    const inUnit = unit(manifest, name, explanation.provenance.scale, options.unit ?? "points", words);
    const by = new Map(contributions(explanation, manifest, at, words).map((entry) => [entry.player, entry]));
    return { name, at, label: words.text(declared?.label ?? name), inUnit, by };
  });
  const rows = contributions(explanation, manifest, output, words);
  const labels = new Map(rows.map(({ player, label }) => [player, label]));
  const ends = (title: string, values: readonly number[]) =>
    html`<tr>
      <th scope="row">${title}</th>
      ${columns.map(({ at, inUnit }) => html`<td class="number">${inUnit.level(values[at] ?? 0)}</td>`)}
    </tr>`;
  return html`<table>
    <caption>
      ${s.table.outputs(columns[output]?.inUnit.name ?? "")}
    </caption>
    <thead>
      <tr>
        <th scope="col">${s.table.entry}</th>
        ${columns.map(
          ({ name, at, label }) =>
            html`<th scope="col" class="number">
              <button type="button" class="plain" aria-pressed=${at === output} @click=${() => onChoose?.(name)}>
                ${label}
              </button>
            </th>`,
        )}
      </tr>
    </thead>
    <tbody>
      ${(options.order ?? rank(rows)).map(
        (player) =>
          html`<tr data-player=${player}>
            <th scope="row">${labels.get(player) ?? player}</th>
            ${columns.map(({ by, inUnit }) => {
              const value = by.get(player)?.value ?? 0;
              return html`<td class="number ${value < 0 ? "down" : "up"}">${inUnit.fine(value)}</td>`;
            })}
          </tr>`,
      )}
    </tbody>
    <tfoot>
      ${ends(s.picture.average(words.text(manifest.background.label)), explanation.base_values)}
      ${ends(words.text(manifest.subject) || s.picture.here, explanation.prediction)}
    </tfoot>
  </table>`;
}
