/** What this browser keeps: each run with what it takes, to go on with, to look at, and to delete. */
import { html, nothing, type TemplateResult } from "lit";
import type { Discarded, KeptRows } from "../../many.js";
import type { Words } from "../../strings/words.js";
import type { ManyPart } from "./part.js";

export function keptRuns(part: ManyPart): TemplateResult | typeof nothing {
  const { session, words } = part;
  const { s, n } = words;
  if (session.kept.length === 0) return nothing;
  return html`<section aria-label=${s.many.kept}>
    <h3>${s.many.kept}</h3>
    <ul class="kept">
      ${session.kept.map(
        (run) =>
          html`<li>
            <p>
              ${run.finished ? s.many.finished(run.name, n.count(run.n_rows)) : unfinished(run, words)}
              <span class="muted">${sizes(run, words)}</span>
            </p>
            <div class="line">
              ${goOn(run, part)}
              <button type="button" ?disabled=${session.running} @click=${() => void session.show(run)}>
                ${s.many.show}
              </button>
              ${deletion(run, part)}
            </div>
          </li>`,
      )}
    </ul>
  </section>`;
}

export function unfinished(run: KeptRows, { s, n }: Words): string {
  return s.many.unfinished(run.name, n.count(run.done), n.count(run.n_rows));
}

/** What a run takes on this device. */
export function sizes({ copied, bytes, found_bytes }: KeptRows, { s, n }: Words): string {
  return copied ? s.many.sizes(n.bytes(bytes), n.bytes(found_bytes)) : s.many.size(n.bytes(found_bytes));
}

/** The button that goes on with a run, or what it takes to. */
export function goOn(run: KeptRows, part: ManyPart): TemplateResult | typeof nothing {
  const { many } = part.words.s;
  if (run.finished) return nothing;
  if (!run.copied) return html`<span class="muted">${many.again}</span>`;
  return html`<button type="button" class="primary" ?disabled=${part.session.running} @click=${() => part.start(run)}>
    ${many.continue}
  </button>`;
}

/** Deleting takes two clicks; the second says how much. */
export function deletion(run: KeptRows, part: ManyPart): TemplateResult {
  const { many } = part.words.s;
  if (part.deleting !== run.id)
    return html`<button type="button" @click=${() => (part.deleting = run.id)}>${many.delete}</button>`;
  const discard = (what: Discarded) => {
    part.deleting = null;
    void part.session.discard(run, what);
  };
  // Until the page is left the file is the visitor's own, and no copy.
  const both = run.copied && run.where === "browser";
  return html`<span role="alert" class="really">${both ? many.really(run.name) : many.really_found(run.name)}</span>
    <button type="button" class="primary" @click=${() => discard("all")}>${many.delete_all}</button>
    ${both ? html`<button type="button" @click=${() => discard("file")}>${many.delete_copy}</button>` : nothing}
    <button type="button" @click=${() => (part.deleting = null)}>${many.cancel}</button>`;
}
