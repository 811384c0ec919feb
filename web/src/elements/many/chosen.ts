/** A file that was chosen: while it is read, and what explaining it would take. */
import { html, nothing, type TemplateResult } from "lit";
import type { InspectedRows } from "../../many.js";
import { METHODS } from "../../methods.gen.js";
import { refusedText } from "../../views/many/rows-table.js";
import { duration } from "./duration.js";
import type { ManyPart } from "./part.js";

/** How far the reading is, and the way out of it. */
export function reading(name: string, share: number, part: ManyPart): TemplateResult {
  const { s, n } = part.words;
  const said = s.many.reading(name, n.percent(share));
  return html`<section aria-label=${name}>
    <p>${said}</p>
    <div class="line reading">
      <progress value=${share} max="1" aria-label=${s.many.reading(name, "")}></progress>
      <button type="button" @click=${() => part.stop()}>${s.many.stop}</button>
    </div>
  </section>`;
}

/** What the file holds, and the button that starts. */
export function chosen(file: File, inspected: InspectedRows, part: ManyPart): TemplateResult {
  const { session, words, settings } = part;
  const { s, n } = words;
  const { manifest } = part.explainer!;
  const good = inspected.n_rows - inspected.n_refused;
  const method = s.methods[settings.method]?.["title"] ?? METHODS.find(({ name }) => name === settings.method)!.title;
  return html`<section aria-label=${file.name}>
    <p>${s.many.facts(file.name, n.count(inspected.n_rows), n.count(manifest.features.length))}</p>
    ${inspected.unused.length > 0 ? html`<p>${s.many.unused(n.list(inspected.unused))}</p>` : nothing}
    ${inspected.n_refused > 0 ? refusals(inspected, part) : nothing}
    ${
      good === 0
        ? nothing
        : html`<p class="muted">${s.many.settings(method)}</p>
            <label>
              <input
                type="checkbox"
                .checked=${part.keep}
                @change=${(event: Event) => (part.keep = (event.target as HTMLInputElement).checked)}
              />
              <span>${s.many.keep}<br /><small>${s.many.keep_note}</small></span>
            </label>
            <div class="line">
              <button type="button" class="primary" @click=${() => part.start(file)}>
                ${s.many.start(n.count(good))}
              </button>
              <span role="status" class="muted">
                ${
                  session.perRow === null
                    ? `${s.many.timing} …`
                    : s.many.estimate(duration(session.perRow * good, words))
                }
              </span>
            </div>`
    }
  </section>`;
}

function refusals({ n_refused, refused }: InspectedRows, { words, explainer }: ManyPart): TemplateResult {
  const { s, n } = words;
  const said = s.many.refused(n.count(n_refused));
  return html`<details>
    <summary>${said}</summary>
    <ul tabindex="0" aria-label=${said}>
      ${refused.map(
        (row) => html`<li>${s.many.row} ${n.count(row.row + 1)}: ${refusedText(row, explainer!.manifest, words)}</li>`,
      )}
    </ul>
    ${n_refused > refused.length ? html`<p class="muted">${s.many.refused_note(n.count(refused.length))}</p>` : nothing}
  </details>`;
}
