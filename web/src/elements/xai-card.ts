/** The model card: what its makers say of the model, and the exact file it is. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { Manifest } from "../types.js";
import { chip, shared } from "./styles.js";
import "./xai-sheet.js";

export class XaiCard extends LitElement {
  static override properties = { manifest: { attribute: false }, words: { attribute: false } };

  declare manifest: Manifest;
  declare words: Words;

  static override styles = [
    shared,
    chip,
    css`
      section {
        padding-block: 0.625rem;
      }
      h3 {
        margin-block-end: 0.125rem;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0.25rem 1rem;
        margin-block-start: 0.75rem;
        padding-block-start: 0.75rem;
        border-block-start: 1px solid var(--xai-line);
        color: var(--xai-muted);
        font-size: 0.8125rem;
      }
    `,
  ];

  override render(): TemplateResult {
    const { manifest, words } = this;
    const { card } = words.s;
    const { model } = manifest;
    const domains = Object.entries(model.opset).map(([domain, version]) => `${domain || "ai.onnx"} ${version}`);
    return html`<xai-sheet .heading=${card.title} .words=${words}>
      <span slot="button">${card.button}</span>
      ${manifest.description ? html`<p>${words.text(manifest.description)}</p>` : nothing}
      ${(model.card ?? []).map(
        ({ title, text: body }) =>
          html`<section>
            <h3>${words.text(title)}</h3>
            <p>${words.text(body)}</p>
          </section>`,
      )}
      ${(model.card ?? []).length === 0 ? html`<p class="muted">${card.none}</p>` : nothing}
      <dl>
        <dt>${card.source}</dt>
        <dd>${card.sources[model.source]}</dd>
        <dt>${card.opset}</dt>
        <dd>${domains.join(", ")}</dd>
        ${
          manifest.kind === "tabular"
            ? html`<dt>${card.entries}</dt>
                <dd>${words.n.count(manifest.features.length)}</dd>`
            : nothing
        }
        <dt>sha256</dt>
        <dd><code>${model.sha256}</code></dd>
        <dt>${card.made_by}</dt>
        <dd>${manifest.created_by}</dd>
      </dl>
    </xai-sheet>`;
  }
}

customElements.define("xai-card", XaiCard);

declare global {
  interface HTMLElementTagNameMap {
    "xai-card": XaiCard;
  }
}
