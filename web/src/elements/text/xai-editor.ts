/** Where a text comes from: a sample, the clipboard, the keyboard. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { Words } from "../../strings/words.js";
import type { TextManifest } from "../../types.js";
import { ask } from "../asks.js";
import { shared } from "../styles.js";

export class XaiEditor extends LitElement {
  static override properties = {
    manifest: { attribute: false },
    text: { attribute: false },
    sample: { attribute: false },
    edited: { attribute: false },
    count: { attribute: false },
    canUndo: { attribute: false },
    words: { attribute: false },
    refused: { state: true },
  };

  declare manifest: TextManifest;
  declare text: string;
  /** The sample it began with; empty for a text of one's own. */
  declare sample: string;
  declare edited: boolean;
  /** How many words the model reads of it; null while that isn't known. */
  declare count: number | null;
  declare canUndo: boolean;
  declare words: Words;
  /** The browser didn't give the clipboard away. */
  declare refused: boolean;

  /** The next input takes the place of everything. */
  #replaced = false;

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.625rem;
      }
      label {
        display: grid;
        gap: 0.25rem;
        font-size: 0.875rem;
      }
      select {
        inline-size: 100%;
        min-inline-size: 0;
      }
      textarea {
        display: block;
        inline-size: 100%;
        block-size: min(34rem, 60vh);
        min-block-size: 8rem;
        padding: 0.625rem 0.75rem;
        border: 1px solid var(--xai-field);
        border-radius: 8px;
        background: var(--xai-surface);
        color: inherit;
        font: inherit;
        line-height: 1.5;
        resize: vertical;
        overflow-wrap: anywhere;
        unicode-bidi: plaintext;
        scroll-margin-block: 8rem 2rem;
      }
      :host([narrow]) textarea {
        block-size: 11rem;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 0.375rem;
        align-items: center;
      }
      .tools small {
        flex: 1 1 100%;
      }
      .bad {
        color: var(--xai-warn);
        font-size: 0.8125rem;
      }
    `,
  ];

  constructor() {
    super();
    this.refused = false;
    this.canUndo = this.edited = false;
    this.count = null;
  }

  override render(): TemplateResult {
    const { manifest, words, text } = this;
    const { s, n } = words;
    const { editor } = s.passage;
    const paste = typeof navigator.clipboard?.readText === "function";
    return html`<h2>${editor.title}</h2>
      ${
        manifest.examples.length > 0
          ? html`<label
              >${editor.samples}
              <select
                @change=${(event: Event) => {
                  const id = (event.target as HTMLSelectElement).value;
                  if (id) ask(this, "xai-start", { id });
                }}
              >
                ${this.sample === "" ? html`<option value="" .selected=${true}>${editor.own}</option>` : nothing}
                ${manifest.examples.map(
                  ({ id, title }) =>
                    html`<option value=${id} .selected=${id === this.sample}>${words.text(title)}</option>`,
                )}
              </select></label
            >`
          : nothing
      }
      <textarea
        dir="auto"
        spellcheck="false"
        aria-label=${editor.label}
        placeholder=${editor.hint}
        .value=${live(text)}
        @paste=${() => (this.#replaced = this.#allSelected())}
        @input=${(event: Event) => this.#typed((event.target as HTMLTextAreaElement).value)}
      ></textarea>
      <div class="tools">
        <button type="button" ?disabled=${!this.canUndo} @click=${() => ask(this, "xai-undo", null)}>
          ${editor.undo}
        </button>
        <button type="button" ?disabled=${!this.edited} @click=${() => ask(this, "xai-reset", null)}>
          ${editor.reset}
        </button>
        ${paste ? html`<button type="button" @click=${() => void this.#paste()}>${editor.paste}</button>` : nothing}
        <button type="button" ?disabled=${text === ""} @click=${() => ask(this, "xai-text", { text: "", own: true })}>
          ${editor.clear}
        </button>
        <small> ${this.count === null ? nothing : editor.size(n.count(this.count), n.count(text.length))} </small>
      </div>
      <span class="bad" role="status">${this.refused ? editor.no_paste : ""}</span>`;
  }

  #typed(text: string): void {
    ask(this, "xai-text", { text, own: this.#replaced || text === "" });
    this.#replaced = false;
  }

  #allSelected(): boolean {
    const field = this.renderRoot.querySelector("textarea");
    return field !== null && field.selectionStart === 0 && field.selectionEnd === field.value.length;
  }

  async #paste(): Promise<void> {
    this.refused = false;
    try {
      const text = await navigator.clipboard.readText();
      if (text !== "") ask(this, "xai-text", { text, own: true });
    } catch {
      this.refused = true;
      this.renderRoot.querySelector("textarea")?.focus();
    }
  }
}

customElements.define("xai-editor", XaiEditor);

declare global {
  interface HTMLElementTagNameMap {
    "xai-editor": XaiEditor;
  }
}
