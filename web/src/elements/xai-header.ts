/** The header of our own pages: title, model card, where it runs, privacy, language and colours. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { LANGUAGE_NAMES, LANGUAGES, type Language, pickLanguage } from "../strings/language.js";
import { type Words, words } from "../strings/words.js";
import type { ProviderChoice, Text } from "../types.js";
import type { Opened } from "./opened.js";
import { recall, remember } from "./preferences.js";
import { ask, type Asks } from "./asks.js";
import { shared, tokens } from "./styles.js";
import "./xai-card.js";
import "./xai-privacy.js";
import "./xai-provider.js";

const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** What every element that explains a kind of data has. */
export interface ExplainerElement extends HTMLElement {
  readonly explainer: Opened | null;
  readonly session: { readonly offline: string | null | undefined; readonly last: Opened | null };
  provider: ProviderChoice;
  lang: string;
  theme: Theme;
  bare: boolean;
}

/** Asks for language and colours, which the page applies to the whole document. */
export class XaiHeader extends LitElement {
  static override properties = {
    heading: { attribute: false },
    home: { attribute: false },
    explainer: { attribute: false },
    lang: { type: String, reflect: true },
    theme: { type: String, reflect: true },
  };

  /** The page's title. */
  declare heading: Text;
  /** Address of the gallery; empty on the gallery itself. */
  declare home: string;
  /** The explainer element of the page, if it has one. */
  declare explainer: ExplainerElement | null;
  declare lang: string;
  declare theme: Theme;

  readonly #changed = () => this.requestUpdate();
  #watched: ExplainerElement | null = null;

  static override styles = [
    tokens,
    shared,
    css`
      :host {
        display: block;
        background: var(--xai-surface);
        border-block-end: 1px solid var(--xai-line);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 0.75rem;
        max-inline-size: 86rem;
        margin-inline: auto;
        padding: 0.625rem 1.25rem;
      }
      .title {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 0.75rem;
        flex: 1 1 14rem;
      }
      h1,
      .name {
        margin: 0;
        font-size: 1.25rem;
        font-weight: 700;
        line-height: 1.25;
      }
      a {
        display: inline-block;
        min-block-size: 1.5rem;
        color: var(--xai-accent);
        font-size: 0.8125rem;
      }
      header > :not(.title) {
        font-size: 0.875rem;
      }
      .chip {
        visibility: hidden;
        min-block-size: 2rem;
        padding: 0.25rem var(--xai-chip-padding, 0.75rem);
        border: 1px solid;
      }
      select {
        border-radius: 999px;
        border-color: var(--xai-line);
        padding-inline: 0.625rem;
      }
      @media (max-width: 40rem) {
        header {
          --xai-chip-padding: 0.5rem;
          padding: 0.5rem 0.75rem;
          gap: 0.375rem;
        }
        .title {
          flex-basis: 100%;
        }
        header > :not(.title) {
          font-size: 0.75rem;
        }
        select {
          padding-inline: 0.125rem;
        }
      }
    `,
  ];

  constructor() {
    super();
    this.heading = "";
    this.home = "";
    this.explainer = null;
    this.lang = pickLanguage([recall("language"), ...navigator.languages]);
    const theme = THEMES.find((theme) => theme === recall("theme"));
    this.theme = theme ?? "auto";
  }

  /** The words of the page's language. */
  get words(): Words {
    return words(this.lang);
  }

  override willUpdate(): void {
    if (this.explainer === this.#watched) return;
    this.#watched?.removeEventListener("xai-update", this.#changed);
    this.explainer?.addEventListener("xai-update", this.#changed);
    this.#watched = this.explainer;
  }

  override render(): TemplateResult {
    const { words, home } = this;
    const { page } = words.s;
    const opened = this.explainer?.explainer ?? null;
    const last = this.explainer?.session.last ?? null;
    return html`<header>
      <div class="title">
        ${this.explainer ? html`<h1>${words.text(this.heading)}</h1>` : html`<span class="name">${words.text(this.heading)}</span>`}
        ${home ? html`<a href=${home}>${page.home}</a>` : nothing}
      </div>
      ${
        last
          ? html`<xai-card .manifest=${last.manifest} .words=${words}></xai-card>`
          : this.explainer
            ? // Their places, so that nothing moves when the bundle is open.
              html`<span class="chip">${words.s.card.button}</span>`
            : nothing
      }
      <xai-privacy .explainer=${opened} .offline=${this.explainer?.session.offline} .words=${words}></xai-privacy>
      ${
        last
          ? html`<xai-provider
              .explainer=${last}
              .choice=${this.explainer?.provider}
              .words=${words}
              @xai-provider=${(event: CustomEvent<Asks["xai-provider"]>) => {
                if (this.explainer) this.explainer.provider = event.detail.provider;
              }}
            ></xai-provider>`
          : this.explainer
            ? html`<span class="chip">${words.s.provider.runs(words.s.provider.names.wasm)}</span>`
            : nothing
      }
      <select
        aria-label=${page.language}
        @change=${(event: Event) => this.#language((event.target as HTMLSelectElement).value as Language)}
      >
        ${LANGUAGES.map(
          (lang) =>
            html`<option value=${lang} lang=${lang} .selected=${lang === words.lang}>${LANGUAGE_NAMES[lang]}</option>`,
        )}
      </select>
      <select
        aria-label=${page.theme}
        @change=${(event: Event) => this.#theme((event.target as HTMLSelectElement).value as Theme)}
      >
        ${THEMES.map(
          (theme) => html`<option value=${theme} .selected=${theme === this.theme}>${page.themes[theme]}</option>`,
        )}
      </select>
    </header>`;
  }

  #language(lang: Language): void {
    this.lang = lang;
    remember("language", lang);
    ask(this, "xai-language", { lang });
  }

  #theme(theme: Theme): void {
    this.theme = theme;
    remember("theme", theme);
    ask(this, "xai-theme", { theme });
  }
}

customElements.define("xai-header", XaiHeader);

declare global {
  interface HTMLElementTagNameMap {
    "xai-header": XaiHeader;
  }
}
