/** A run: how far it is, how fast it goes, where it is kept. */
import { html, nothing, type TemplateResult } from "lit";
import type { KeptRows } from "../../many.js";
import type { Words } from "../../strings/words.js";
import { duration } from "./duration.js";
import { deletion, goOn, sizes } from "./kept.js";
import type { ManyPart } from "./part.js";

export function running(run: KeptRows, part: ManyPart): TemplateResult {
  const { session, words } = part;
  const { s, n } = words;
  const [done, total] = [n.count(run.done), n.count(run.n_rows)];
  const { rows_per_second: rate = null, remaining_ms: left = null } = (session.running && session.progress) || {};
  return html`<section aria-label=${run.name}>
    <h3>${run.name}</h3>
    <progress value=${run.done} max=${run.n_rows} aria-label=${s.many.progress}></progress>
    <p class="line">
      <span>${s.many.done(done, total)}</span>
      ${rate ? html`<span>${s.many.rate(n.short(rate))}</span>` : nothing}
      ${left ? html`<span>${s.many.left(duration(left, words))}</span>` : nothing}
      ${session.running ? nothing : html`<span role="status">${run.finished ? s.many.over : s.many.paused}</span>`}
    </p>
    <div class="line">
      ${
        session.running
          ? html`<button type="button" @click=${() => void session.pause()}>${s.many.pause}</button>`
          : goOn(run, part)
      }
      ${deletion(run, part)}
    </div>
    <p class="muted">${kept(run, words)}</p>
    ${run.n_refused > 0 ? html`<p>${s.many.refused(n.count(run.n_refused))}</p>` : nothing}
  </section>`;
}

function kept(run: KeptRows, words: Words): string {
  const { s } = words;
  const where = s.many.where[run.where];
  if (run.where === "browser") return `${where} ${sizes(run, words)}`;
  if (!run.reason) return where;
  const known = (s.failures as Readonly<Record<string, { title: string }>>)[run.reason.code];
  return `${where} ${s.many.not_kept(known?.title ?? run.reason.message)}`;
}
