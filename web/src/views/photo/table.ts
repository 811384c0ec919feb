/** The numbers behind the picture of a photo, as a table. */
import { html, type TemplateResult } from "lit";
import { errorText, intervalText } from "../uncertainty.js";
import { additive, type Sight, subject, unitOf } from "./sentence.js";
import { parts } from "./parts.js";

export interface TableOptions {
  readonly active: number | null;
  readonly onPoint: (segment: number | null) => void;
  readonly onPin: (segment: number) => void;
}

/** All parts, the largest value first; then where they start from and, where they add up to it, the prediction. */
export function table(sight: Sight, { active, onPoint, onPin }: TableOptions): TemplateResult {
  const { explanation, look, places, words } = sight;
  const { s, n } = words;
  const inUnit = unitOf(sight);
  const rows = parts(explanation, look).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const end = (values: readonly number[]) =>
    look.against === null
      ? inUnit.level(values[look.output] ?? 0)
      : inUnit.fine((values[look.output] ?? 0) - (values[look.against] ?? 0));
  return html`<table>
    <caption>
      ${s.photo.table.caption(subject(sight), inUnit.name)} ${look.against === null ? "" : s.photo.classes.contrast}
    </caption>
    <thead>
      <tr>
        <th scope="col">${s.photo.table.part}</th>
        <th scope="col">${s.photo.table.place}</th>
        <th scope="col" class="number">${s.photo.table.share}</th>
        <th scope="col" class="number">${s.table.contribution}</th>
        <th scope="col" class="number">${s.photo.table.error}</th>
        <th scope="col" class="number">${s.table.interval}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ segment, value, error }) =>
          html`<tr
            class=${segment === active ? "lit" : ""}
            @mouseenter=${() => onPoint(segment)}
            @mouseleave=${() => onPoint(null)}
          >
            <th scope="row">
              <button
                type="button"
                class="plain"
                @focus=${() => onPoint(segment)}
                @blur=${() => onPoint(null)}
                @click=${() => onPin(segment)}
              >
                ${n.count(segment + 1)}
              </button>
            </th>
            <td>${s.photo.places[places[segment]?.name ?? "middle"]}</td>
            <td class="number">${n.percent(places[segment]?.share ?? 0)}</td>
            <td class="number ${value < 0 ? "down" : "up"}">${inUnit.fine(value)}</td>
            <td class="number">${errorText(error, inUnit, words)}</td>
            <td class="number">${intervalText(value, error, inUnit, words)}</td>
          </tr>`,
      )}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row" colspan="3">${base(sight)}</th>
        <td class="number">${end(explanation.base_values)}</td>
        <td colspan="2"></td>
      </tr>
      ${
        additive(explanation.provenance.method)
          ? html`<tr>
              <th scope="row" colspan="3">${s.table.sum}</th>
              <td class="number">${inUnit.fine(rows.reduce((sum, { value }) => sum + value, 0))}</td>
              <td colspan="2"></td>
            </tr>`
          : ""
      }
      <tr>
        <th scope="row" colspan="3">${s.photo.table.prediction}</th>
        <td class="number">${end(explanation.prediction)}</td>
        <td colspan="2"></td>
      </tr>
    </tfoot>
  </table>`;
}

/** What a method's base value is. */
export function base({ explanation, words }: Sight): string {
  const { table: said } = words.s.photo;
  const { method } = explanation.provenance;
  return method === "rise" ? said.mean : method === "lime" ? said.intercept : said.base;
}
