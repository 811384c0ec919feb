/** Where a photo comes from: the bundle's own, a file, or the camera. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Words } from "../../strings/words.js";
import type { Explainer } from "../../types.js";
import { shared } from "../styles.js";
import { ask } from "./asks.js";
import type { Photo } from "./wish.js";
import "./xai-camera.js";

export class XaiGallery extends LitElement {
  static override properties = {
    explainer: { attribute: false },
    photo: { attribute: false },
    canUndo: { attribute: false },
    words: { attribute: false },
    pictures: { state: true },
  };

  declare explainer: Explainer<"image">;
  declare photo: Photo | null;
  declare canUndo: boolean;
  declare words: Words;
  /** Addresses of the examples' pixels in this page, by id. */
  declare pictures: ReadonlyMap<string, string>;

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.75rem;
      }
      .head {
        display: flex;
        justify-content: space-between;
        align-items: center;
        gap: 0.5rem;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(5.5rem, 1fr));
        gap: 0.5rem;
        list-style: none;
      }
      :host([narrow]) ul {
        display: flex;
        overflow-x: auto;
        padding: 4px;
        margin: -4px;
      }
      :host([narrow]) li {
        flex: 0 0 4.75rem;
      }
      li button {
        display: block;
        inline-size: 100%;
        padding: 0;
        overflow: hidden;
        aspect-ratio: 1;
        border-width: 2px;
      }
      li button[aria-pressed="true"] {
        border-color: var(--xai-accent);
        box-shadow: 0 0 0 2px var(--xai-accent);
      }
      img {
        display: block;
        inline-size: 100%;
        block-size: 100%;
        object-fit: cover;
        background: var(--xai-line);
      }
      .own {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
      .name {
        font-weight: 600;
      }
      small {
        overflow-wrap: anywhere;
      }
    `,
  ];

  constructor() {
    super();
    this.photo = null;
    this.canUndo = false;
    this.pictures = new Map();
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has("explainer")) void this.#load(this.explainer);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forget();
  }

  override render(): TemplateResult {
    const { words, explainer, photo } = this;
    const { s, text } = words;
    const { examples } = explainer.manifest;
    const example = examples.find(({ id }) => id === photo?.id);
    return html`<div class="head">
        <h2>${s.photo.title}</h2>
        <button type="button" ?disabled=${!this.canUndo} @click=${() => ask(this, "xai-undo", null)}>
          ${s.photo.undo}
        </button>
      </div>
      ${
        examples.length > 0
          ? html`<ul aria-label=${s.photo.examples}>
              ${examples.map(
                ({ id, title }) =>
                  html`<li>
                    <button
                      type="button"
                      title=${text(title)}
                      aria-pressed=${id === photo?.id}
                      @click=${() => ask(this, "xai-example", { id })}
                    >
                      ${
                        this.pictures.has(id)
                          ? html`<img src=${this.pictures.get(id)!} alt=${text(title)} decoding="async" />`
                          : text(title)
                      }
                    </button>
                  </li>`,
              )}
            </ul>`
          : nothing
      }
      <p>
        <span class="name">${text(photo?.title)}</span>
        ${example?.credit ? html`<small>${s.photo.credit(text(example.credit))}</small>` : nothing}
      </p>
      <div class="own" role="group" aria-label=${s.photo.own}>
        <button type="button" class="primary" @click=${() => this.#input?.click()}>${s.photo.upload}</button>
        <input
          type="file"
          accept="image/*"
          hidden
          tabindex="-1"
          aria-label=${s.photo.upload}
          @change=${(event: Event) => this.#chosen(event.target as HTMLInputElement)}
        />
        <xai-camera .words=${words}></xai-camera>
      </div>
      <small>${s.photo.paste} ${s.photo.local}</small>`;
  }

  get #input(): HTMLInputElement | null {
    return this.renderRoot.querySelector("input[type=file]");
  }

  #chosen(input: HTMLInputElement): void {
    const file = input.files?.[0];
    if (file) ask(this, "xai-photo", { blob: file, title: this.words.s.photo.uploaded(file.name) });
    // The same file can be chosen again.
    input.value = "";
  }

  async #load(explainer: Explainer<"image">): Promise<void> {
    this.#forget();
    for (const { id, file } of explainer.manifest.examples) {
      try {
        const bytes = await explainer.file(file);
        if (explainer !== this.explainer || !this.isConnected) return;
        const url = URL.createObjectURL(new Blob([bytes as BlobPart]));
        this.pictures = new Map([...this.pictures, [id, url]]);
      } catch {
        // Its button says its name; choosing it tells what is wrong.
      }
    }
  }

  #forget(): void {
    for (const url of this.pictures.values()) URL.revokeObjectURL(url);
    this.pictures = new Map();
  }
}

customElements.define("xai-gallery", XaiGallery);

declare global {
  interface HTMLElementTagNameMap {
    "xai-gallery": XaiGallery;
  }
}
