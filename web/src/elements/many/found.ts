/** What is found of a file's rows: what counts most, the rows page by page, and files to take along. */
import { html, nothing, type TemplateResult } from "lit";
import { save } from "../../chart/picture-file.js";
import { named } from "../../inputs/row.js";
import type { ExplainedRow, KeptRows, RowsFormat } from "../../many.js";
import type { Explainer } from "../../types.js";
import { importance } from "../../views/many/importance.js";
import { rowsTable } from "../../views/many/rows-table.js";
import { ask } from "../asks.js";
import type { ManyPart } from "./part.js";
import { type ManySession, PAGE_ROWS } from "./session.js";

/** The picture and the rows, as far as they are there. */
export function found(run: KeptRows, element: ManyPart, explainer: Explainer): TemplateResult | typeof nothing {
  const { words, unit, session } = element;
  const { s, n } = words;
  if (run.done === 0) return nothing;
  const { manifest } = explainer;
  const output = manifest.outputs[element.output]?.name ?? "";
  const shown = { words, output, scale: run.scale, unit };
  const { page } = session;
  const onOpen = (row: ExplainedRow) => openRow(row, element, explainer);
  return html`${
      run.importance
        ? html`<div class="scroll" tabindex="0" role="group" aria-label=${s.many.counts}>
            ${importance(run.importance, manifest, shown)}
          </div>`
        : nothing
    }
    ${
      page
        ? html`<div class="scroll" tabindex="0" role="group" aria-label=${s.many.pages}>
              ${rowsTable(page.rows, page.refused, manifest, { ...shown, onOpen })}
            </div>
            <div class="line" role="group" aria-label=${s.many.pages}>
              <button
                type="button"
                ?disabled=${page.first === 0}
                @click=${() => void session.turn(Math.max(0, page.first - PAGE_ROWS))}
              >
                ${s.many.earlier}
              </button>
              <button
                type="button"
                ?disabled=${page.first + PAGE_ROWS >= run.done}
                @click=${() => void session.turn(page.first + PAGE_ROWS)}
              >
                ${s.many.later}
              </button>
              <label>
                ${s.many.go}
                <input
                  type="number"
                  min="1"
                  max=${run.done}
                  .value=${String(page.first + 1)}
                  @change=${(event: Event) => go(event, run, session)}
                />
              </label>
            </div>`
        : nothing
    }
    <section aria-label=${s.many.files}>
      <h3>${s.many.files}</h3>
      <div class="line">
        <button type="button" ?disabled=${session.saving} @click=${() => take(run, session, "csv")}>CSV</button>
        <button type="button" ?disabled=${session.saving} @click=${() => take(run, session, "parquet")}>Parquet</button>
        ${
          run.n_refused > 0
            ? html`<button type="button" ?disabled=${session.saving} @click=${() => take(run, session, "refused.csv")}>
                ${s.many.refused_file}
              </button>`
            : nothing
        }
      </div>
      <p class="muted">
        ${s.many.files_note} ${run.n_refused > 0 ? s.many.refused_file_note : ""}
        ${run.finished ? "" : s.many.partial(n.count(run.done))}
      </p>
    </section>`;
}

function go(event: Event, run: KeptRows, session: ManySession): void {
  const row = Math.round(Number((event.target as HTMLInputElement).value));
  if (row >= 1) void session.turn(Math.min(row, Math.max(1, run.done)) - 1);
}

async function take(run: KeptRows, session: ManySession, format: RowsFormat): Promise<void> {
  const blob = await session.save(format);
  const part = run.finished ? "" : `.first-${run.done}`;
  const name = run.name.replace(/\.[^.]*$/, "").replace(/[^\w.-]+/g, "-");
  if (blob) save(blob, `${name}.${format === "refused.csv" ? "" : "explanations"}${part}.${format}`.replace("..", "."));
}

function openRow({ row, x }: ExplainedRow, element: ManyPart, explainer: Explainer): void {
  const { s, n } = element.words;
  const cells = x.map((cell) => cell ?? Number.NaN);
  ask(element, "xai-row", { row, values: named(explainer.manifest, cells) });
  ask(element, "xai-said", { text: s.many.opened(n.count(row + 1)) });
}
