/** Some rows of a file: what the model says of each, and what moved it most. */
import { html, type TemplateResult } from "lit";
import type { ExplainedRow, RefusedRow } from "../../many.js";
import type { Words } from "../../strings/words.js";
import type { Scale, TabularManifest } from "../../types.js";
import { unit, type UnitChoice } from "../unit.js";
import { featureLabel, playerLabel } from "../value-text.js";

export interface RowsTableOptions {
  readonly words: Words;
  readonly output: string;
  readonly scale: Scale;
  readonly unit: UnitChoice;
  readonly onOpen: (row: ExplainedRow) => void;
}

/** Entries that are named for a row. */
const REASONS = 3;

/** Explained and refused rows in the file's order. */
export function rowsTable(
  rows: readonly ExplainedRow[],
  refused: readonly RefusedRow[],
  manifest: TabularManifest,
  options: RowsTableOptions,
): TemplateResult {
  const { words, output, scale, onOpen } = options;
  const { many } = words.s;
  const inUnit = unit(
    manifest,
    rows[0]?.outputs.includes(output) ? output : (rows[0]?.outputs[0] ?? output),
    scale,
    options.unit,
    words,
  );
  const lines = [
    ...rows.map((row) => ({ row: row.row, line: () => explained(row) })),
    ...refused.map((row) => ({ row: row.row, line: () => refusal(row, manifest, words) })),
  ].sort((a, b) => a.row - b.row);
  return html`<table class="rows">
    <caption>
      ${many.rows_caption(inUnit.axis)}
    </caption>
    <thead>
      <tr>
        <th scope="col">${many.row}</th>
        <th scope="col" class="number">${many.predicted}</th>
        <th scope="col">${many.reasons}</th>
      </tr>
    </thead>
    <tbody>
      ${lines.map(({ line }) => line())}
    </tbody>
  </table>`;

  function explained(row: ExplainedRow): TemplateResult {
    const at = Math.max(0, row.outputs.indexOf(output));
    const reasons = manifest.players
      .map(({ name }, i) => ({ name, value: row.values[i]?.[at] ?? 0 }))
      .filter(({ value }) => Math.abs(value) > 1e-9)
      .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
      .slice(0, REASONS);
    return html`<tr>
      <th scope="row">
        <button
          type="button"
          class="plain"
          aria-label=${many.open(words.n.count(row.row + 1))}
          @click=${() => onOpen(row)}
        >
          ${words.n.count(row.row + 1)}
        </button>
      </th>
      <td class="number">${inUnit.level(row.prediction[at] ?? 0)}</td>
      <td>
        ${reasons.map(
          ({ name, value }, i) =>
            html`${i > 0 ? ", " : ""}${playerLabel(manifest, name, words)}
              <span class=${value > 0 ? "up" : "down"}>${inUnit.bare(value)}</span>`,
        )}
      </td>
    </tr>`;
  }
}

function refusal(refused: RefusedRow, manifest: TabularManifest, words: Words): TemplateResult {
  return html`<tr class="refused">
    <th scope="row">${words.n.count(refused.row + 1)}</th>
    <td colspan="2">${refusedText(refused, manifest, words)}</td>
  </tr>`;
}

type Refusal = (...facts: string[]) => string;

/** Why a row is refused, in the reader's words: the column, and what is wrong with it. */
export function refusedText({ reason, code, facts }: RefusedRow, manifest: TabularManifest, words: Words): string {
  const { many } = words.s;
  const { column, value, meant, found, expected } = facts;
  const known = (many.refusals as Readonly<Record<string, Refusal>>)[code];
  const feature = manifest.features.find(({ name }) => name === column);
  const said = known ? known(value ?? found ?? "", expected ?? "") : reason;
  return `${feature ? featureLabel(feature, words) : many.refused_row}: ${said}${meant ? `; ${many.meant(meant)}` : ""}`;
}
