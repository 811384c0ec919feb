/** Panels that are closed at first, each behind its button: how the third depth looks on every page. */
import { css, html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { ask } from "./asks.js";
import { numbersStyles } from "./numbers.styles.js";
import { shared } from "./styles.js";

export interface Panel {
  readonly name: string;
  readonly title: string;
  /** Drawn only while the panel is open. */
  readonly body: () => TemplateResult;
}

export abstract class Panels extends LitElement {
  static override properties: PropertyDeclarations = { open: { state: true } };

  declare open: ReadonlySet<string>;

  static override styles = [
    shared,
    numbersStyles,
    css`
      :host {
        display: block;
      }
      .toggles {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
      .toggles button::before {
        content: "";
        display: inline-block;
        margin-inline-end: 0.5rem;
        border: 0.28rem solid transparent;
        border-inline-start-color: currentColor;
        border-inline-end: 0;
        vertical-align: 0.05em;
        transition: rotate 0.15s;
      }
      .toggles button[aria-expanded="true"]::before {
        rotate: 90deg;
      }
      .panel {
        margin-block-start: 1rem;
        padding-block-start: 1rem;
        border-block-start: 1px solid var(--xai-line);
      }
      .panel > h3 {
        margin-block-end: 0.75rem;
      }
      .provenance {
        display: grid;
        gap: 0.75rem 2rem;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr));
      }
      .provenance dt {
        font-weight: 600;
      }
      .provenance small {
        display: block;
        font-weight: 400;
      }
      .provenance code {
        display: block;
        color: var(--xai-muted);
      }
      .trust {
        max-inline-size: 44rem;
      }
      .trust h4 {
        margin-block-start: 0.75rem;
      }
      .trust ul {
        padding-inline-start: 1.1rem;
      }
      .trust li {
        margin-block: 0.25rem;
      }
    `,
  ];

  constructor() {
    super();
    this.open = new Set();
  }

  /** In reading order. */
  protected abstract panels(): readonly Panel[];

  /** Opens a panel from outside: a refused setting must be seen where it can be mended. */
  show(name: string): void {
    this.#toggle(name, true);
  }

  override render(): TemplateResult {
    const panels = this.panels();
    return html`<div class="toggles">
        ${panels.map(
          ({ name, title }) =>
            html`<button
              type="button"
              aria-expanded=${this.open.has(name)}
              aria-controls=${name}
              @click=${() => this.#toggle(name, !this.open.has(name))}
            >
              ${title}
            </button>`,
        )}
      </div>
      ${panels.map(
        ({ name, title, body }) =>
          html`<section class="panel" id=${name} ?hidden=${!this.open.has(name)} aria-label=${title}>
            ${
              this.open.has(name)
                ? html`<h3>${title}</h3>
                    ${body()}`
                : nothing
            }
          </section>`,
      )}`;
  }

  #toggle(name: string, open: boolean): void {
    const next = new Set(this.open);
    if (open) next.add(name);
    else next.delete(name);
    this.open = next;
    ask(this, "xai-panels", { open: next.size });
  }
}
