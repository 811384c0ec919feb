/** A button that opens a sheet at the side: for what is one click away and needs room. */
import { css, html, LitElement, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import { shared } from "./styles.js";

/** Slots: `button` for the button's content, the default one for the sheet's. */
export class XaiSheet extends LitElement {
  static override properties = {
    heading: { attribute: false },
    words: { attribute: false },
    open: { state: true },
  };

  declare heading: string;
  declare words: Words;
  declare open: boolean;

  static override styles = [
    shared,
    css`
      :host {
        display: inline-block;
      }
      dialog {
        inline-size: min(34rem, 100vw);
        max-inline-size: none;
        block-size: 100dvh;
        max-block-size: none;
        margin: 0;
        margin-inline-start: auto;
        padding: 0;
        border: 0;
        border-inline-start: 1px solid var(--xai-line);
        background: var(--xai-surface);
        color: var(--xai-ink);
        font-size: 0.9375rem;
      }
      dialog::backdrop {
        background: rgb(10 12 16 / 40%);
      }
      .head {
        position: sticky;
        inset-block-start: 0;
        display: flex;
        gap: 1rem;
        align-items: center;
        justify-content: space-between;
        padding: 1rem 1.25rem;
        background: var(--xai-surface);
        border-block-end: 1px solid var(--xai-line);
      }
      .body {
        padding: 1rem 1.25rem 2rem;
      }
      .trigger {
        display: inline-flex;
        align-items: center;
        gap: 0.4rem;
        padding-inline: var(--xai-chip-padding, 0.75rem);
        text-align: start;
      }
    `,
  ];

  constructor() {
    super();
    this.open = false;
  }

  override render(): TemplateResult {
    return html`<button class="trigger" part="button" type="button" aria-haspopup="dialog" @click=${() => this.show()}>
        <slot name="button"></slot>
      </button>
      <dialog
        aria-label=${this.heading}
        @close=${() => (this.open = false)}
        @click=${(event: MouseEvent) => {
          // A click on the dialog itself is one on its backdrop: the content lies in children.
          if (event.target === event.currentTarget) this.hide();
        }}
      >
        <div class="head">
          <h2>${this.heading}</h2>
          <button type="button" @click=${() => this.hide()}>${this.words.s.close}</button>
        </div>
        <div class="body">${this.open ? html`<slot></slot>` : ""}</div>
      </dialog>`;
  }

  show(): void {
    this.open = true;
    this.renderRoot.querySelector("dialog")?.showModal();
  }

  hide(): void {
    this.renderRoot.querySelector("dialog")?.close();
  }
}

customElements.define("xai-sheet", XaiSheet);

declare global {
  interface HTMLElementTagNameMap {
    "xai-sheet": XaiSheet;
  }
}
