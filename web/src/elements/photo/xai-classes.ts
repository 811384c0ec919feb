/** What the model takes the photo for: a bar for each of the likeliest classes, and the choice of what is explained. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { Words } from "../../strings/words.js";
import type { ImageManifest } from "../../types.js";
import { shared } from "../styles.js";
import { labelOf } from "../../views/photo/sentence.js";
import { unit } from "../../views/unit.js";
import { ask } from "./asks.js";

export class XaiClasses extends LitElement {
  static override properties = {
    manifest: { attribute: false },
    names: { attribute: false },
    prediction: { attribute: false },
    now: { attribute: false },
    chosen: { attribute: false },
    against: { attribute: false },
    words: { attribute: false },
  };

  declare manifest: ImageManifest;
  /** The classes that are explained, the likeliest first. */
  declare names: readonly string[];
  declare prediction: readonly number[];
  /** What the model says of the photo with the part hidden that is pointed at. */
  declare now: readonly number[] | null;
  declare chosen: string;
  declare against: string | null;
  declare words: Words;

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
      }
      .bars {
        display: grid;
        gap: 0.25rem;
      }
      .bars button {
        display: grid;
        grid-template-columns: minmax(0, 1fr) max-content;
        gap: 0 0.5rem;
        align-items: center;
        padding: 0.25rem 0.5rem;
        text-align: start;
        line-height: 1.25;
      }
      .bars span:first-child {
        overflow-wrap: anywhere;
      }
      .share {
        font-weight: 600;
      }
      .bars svg {
        grid-column: 1 / -1;
        display: block;
        inline-size: 100%;
        block-size: 8px;
      }
      rect {
        transition: width 0.18s ease-out;
      }
      label {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 0.5rem;
        align-items: center;
        font-size: 0.8125rem;
      }
      select {
        min-inline-size: 0;
        max-inline-size: 100%;
        flex: 1 1 8rem;
      }
    `,
  ];

  constructor() {
    super();
    this.now = this.against = null;
    this.names = [];
  }

  override render(): TemplateResult {
    const { words, manifest, names, chosen } = this;
    const { classes } = words.s.photo;
    return html`<h3>${classes.title}</h3>
      <div class="bars" role="group" aria-label=${classes.title}>${names.map((name) => this.#bar(name))}</div>
      ${
        names.length > 1
          ? html`<label
              ><span>${classes.against}</span>
              <select
                @change=${(event: Event) =>
                  ask(this, "xai-against", { name: (event.target as HTMLSelectElement).value || null })}
              >
                <option value="" .selected=${this.against === null}>${classes.none}</option>
                ${names
                  .filter((name) => name !== chosen)
                  .map(
                    (name) =>
                      html`<option value=${name} .selected=${name === this.against}>
                        ${labelOf(manifest, name, words)}
                      </option>`,
                  )}
              </select></label
            >`
          : nothing
      }
      ${this.against === null ? nothing : html`<small>${classes.contrast}</small>`}`;
  }

  #bar(name: string): TemplateResult {
    const { words, manifest, prediction, now, chosen } = this;
    const { classes } = words.s.photo;
    const at = manifest.outputs.findIndex((one) => one.name === name);
    const [before, after] = [prediction[at] ?? 0, (now ?? prediction)[at] ?? 0];
    const { level } = unit(manifest, name, "output", "points", words);
    const label = labelOf(manifest, name, words);
    const share = (value: number) => `${Math.min(100, Math.max(0, value * 100))}%`;
    const probability = manifest.outputs[at]?.kind === "probability";
    return html`<button type="button" aria-pressed=${name === chosen} @click=${() => ask(this, "xai-class", { name })}>
      <span>${label}</span><span class="share">${level(after)}</span>
      ${now ? html`<span class="hidden">${classes.whole(level(before))}</span>` : nothing}
      ${
        probability
          ? html`<svg aria-hidden="true">
              <rect width="100%" height="8" rx="4" fill="var(--xai-line)"></rect>
              <rect width=${share(Math.max(before, after))} height="8" rx="4" fill="var(--xai-field)"></rect>
              <rect width=${share(after)} height="8" rx="4" fill="var(--xai-accent)"></rect>
            </svg>`
          : nothing
      }
    </button>`;
  }
}

customElements.define("xai-classes", XaiClasses);

declare global {
  interface HTMLElementTagNameMap {
    "xai-classes": XaiClasses;
  }
}
