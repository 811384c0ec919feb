/** What stands above an explainer: its title and chips where no page shows them, and the offer of a newer version. */
import { html, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { ProviderChoice } from "../types.js";
import type { Opened } from "./opened.js";
import "./xai-card.js";
import "./xai-privacy.js";
import "./xai-provider.js";

/** Title, model card, where it runs, privacy: for a page that embeds the element and has no header for it. */
export function head(
  explainer: Opened,
  provider: ProviderChoice,
  offline: string | null | undefined,
  words: Words,
): TemplateResult {
  const { manifest } = explainer;
  return html`<div class="banner">
    <h2>${words.text(manifest.title)}</h2>
    <xai-card .manifest=${manifest} .words=${words}></xai-card>
    <xai-privacy .explainer=${explainer} .offline=${offline} .words=${words}></xai-privacy>
    <xai-provider .explainer=${explainer} .choice=${provider} .words=${words}></xai-provider>
  </div>`;
}

/** Nothing is replaced behind a reader's back: the newer version waits until it is asked for. */
export function newer(explainer: Opened, words: Words): TemplateResult {
  return html`<div class="newer" role="status">
    <p>${words.s.newer.text}</p>
    <button type="button" class="primary" @click=${() => explainer.update()}>${words.s.newer.button}</button>
  </div>`;
}
