/** What stands above an explainer: its title and chips where no page shows them, and the offer of a newer version. */
import { html, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { ProviderChoice } from "../types.js";
import type { Opened } from "./opened.js";
import "./xai-card.js";
import "./xai-privacy.js";
import "./xai-provider.js";

/** What is opened, and what was: nothing moves while it is opened anew. */
interface Session {
  readonly explainer: Opened | null;
  readonly last: Opened | null;
  readonly offline: string | null | undefined;
}

/** Title, model card, privacy, where it runs: for a page that embeds the element and has no header for it. */
export function head({ explainer, last, offline }: Session, provider: ProviderChoice, words: Words): TemplateResult {
  // Its place, so that nothing moves when the bundle is open.
  if (!last) return html`<div class="banner"></div>`;
  const { manifest } = last;
  return html`<div class="banner">
    <h2>${words.text(manifest.title)}</h2>
    <xai-card .manifest=${manifest} .words=${words}></xai-card>
    <xai-privacy .explainer=${explainer} .offline=${offline} .words=${words}></xai-privacy>
    <xai-provider .explainer=${last} .choice=${provider} .words=${words}></xai-provider>
  </div>`;
}

/** Nothing is replaced behind a reader's back: the newer version waits until it is asked for. */
export function newer(explainer: Opened, words: Words): TemplateResult {
  return html`<div class="newer" role="status">
    <p>${words.s.newer.text}</p>
    <button type="button" class="primary" @click=${() => explainer.update()}>${words.s.newer.button}</button>
  </div>`;
}
