/** How the photo is cut into parts, and what stands for a hidden one: shown, not only named. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { KINDS } from "../../methods.gen.js";
import type { Words } from "../../strings/words.js";
import type { PreparedImage } from "../../types.js";
import type { Region } from "../../views/photo/regions.js";
import { type Settings, withParameters } from "../settings.js";
import { shared } from "../styles.js";
import { ask } from "./asks.js";
import { HIDDEN } from "./tasks.js";
import "./xai-pixels.js";
import "./xai-regions.js";

const COUNT = KINDS.image.find(({ name }) => name === "n_segments");
const CUTS: readonly string[] = KINDS.image.flatMap(({ name, choices }) => (name === "segments" ? [...choices] : []));
/** More are for the settings: a slider reaches what a picture can show. */
const MOST = 150;

export class XaiCut extends LitElement {
  static override properties = {
    settings: { attribute: false },
    looks: { attribute: false },
    prepared: { attribute: false },
    regions: { attribute: false },
    narrow: { type: Boolean },
    words: { attribute: false },
    open: { state: true },
    typed: { state: true },
  };

  declare settings: Settings;
  /** What everything hidden looks like, by its name; those that are known. */
  declare looks: ReadonlyMap<string, ImageData>;
  declare prepared: PreparedImage | null;
  declare regions: readonly Region[];
  declare narrow: boolean;
  declare words: Words;
  /** On a phone it is folded away at first. */
  declare open: boolean;
  /** The slider's place while it is dragged. */
  declare typed: number | null;

  static override styles = [
    shared,
    css`
      :host,
      .all {
        display: grid;
        gap: 1rem;
      }
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
        min-inline-size: 0;
      }
      legend {
        padding: 0;
        margin-block-end: 0.375rem;
        font-weight: 650;
      }
      .choices {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(3.75rem, 1fr));
        gap: 0.375rem;
        margin-block-end: 0.5rem;
      }
      .look {
        overflow-wrap: anywhere;
        position: relative;
        display: grid;
        align-content: start;
        gap: 0.25rem;
        font-size: 0.8125rem;
        line-height: 1.25;
        cursor: pointer;
      }
      .look input {
        position: absolute;
        inset-block-start: 0.25rem;
        inset-inline-start: 0.25rem;
        inline-size: 1.5rem;
        block-size: 1.5rem;
        margin: 0;
      }
      .look xai-pixels,
      .look .wait {
        aspect-ratio: 1;
        border: 2px solid var(--xai-line);
        border-radius: 8px;
        overflow: hidden;
        background: var(--xai-line);
      }
      .look:has(:checked) xai-pixels {
        border-color: var(--xai-accent);
      }
      .row {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        min-block-size: 1.75rem;
      }
      .row input {
        inline-size: 1.125rem;
        block-size: 1.125rem;
        margin: 0;
      }
      .row input[type="color"] {
        inline-size: 3rem;
        block-size: 2rem;
        padding: 2px;
      }
      .slider {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.125rem 0.75rem;
        margin-block-start: 0.5rem;
        font-size: 0.875rem;
      }
      .slider input {
        grid-column: 1 / -1;
        inline-size: 100%;
        min-block-size: 1.5rem;
      }
    `,
  ];

  constructor() {
    super();
    this.narrow = this.open = false;
    this.typed = null;
    this.regions = [];
    this.prepared = null;
  }

  override render(): TemplateResult {
    const { s, n } = this.words;
    if (!this.narrow) return html`<div class="all">${this.#all()}</div>`;
    const parts = this.prepared ? n.count(this.prepared.players.length) : "…";
    return html`<button
        type="button"
        aria-expanded=${this.open}
        aria-controls="all"
        @click=${() => (this.open = !this.open)}
      >
        ${s.photo.cut.more(s.photo.cut.parts(parts))}
      </button>
      <div class="all" id="all" ?hidden=${!this.open}>${this.open ? this.#all() : nothing}</div>`;
  }

  #all(): TemplateResult {
    const { cut, hidden } = this.words.s.photo;
    const { parameters } = this.settings;
    return html`<fieldset>
        <legend>${hidden.title}</legend>
        <div class="choices">${HIDDEN.map((name) => this.#look(name))}</div>
        ${parameters["hidden"] === "colour" ? this.#colour() : nothing}
        <small>${hidden.help}</small>
      </fieldset>
      <fieldset>
        <legend>${cut.title}</legend>
        ${CUTS.map(
          (name) =>
            html`<label class="row">
              <input
                type="radio"
                name="segments"
                value=${name}
                .checked=${parameters["segments"] === name}
                @change=${() => this.#set({ segments: name })}
              />
              ${cut.names[name] ?? name}
            </label>`,
        )}
        ${parameters["segments"] === "given" ? nothing : this.#count()}
      </fieldset>
      ${
        parameters["segments"] === "given"
          ? html`<xai-regions
              .pixels=${this.prepared?.pixels ?? null}
              .regions=${this.regions}
              .words=${this.words}
            ></xai-regions>`
          : nothing
      }`;
  }

  #look(name: string): TemplateResult {
    const { hidden } = this.words.s.photo;
    const pixels = this.looks.get(name);
    return html`<label class="look">
      <input
        type="radio"
        name="hidden"
        value=${name}
        .checked=${this.settings.parameters["hidden"] === name}
        @change=${() => this.#set({ hidden: name })}
      />
      ${pixels ? html`<xai-pixels .pixels=${pixels}></xai-pixels>` : html`<span class="wait"></span>`}
      <span>${hidden.names[name] ?? name}</span>
    </label>`;
  }

  #colour(): TemplateResult {
    return html`<label class="row">
      <input
        id="colour"
        type="color"
        .value=${String(this.settings.parameters["colour"] ?? "#000000")}
        @change=${(event: Event) => this.#set({ colour: (event.target as HTMLInputElement).value })}
      />
      ${this.words.s.photo.hidden.colour}
    </label>`;
  }

  #count(): TemplateResult {
    const { s, n } = this.words;
    const asked = this.typed ?? Number(this.settings.parameters["n_segments"] ?? COUNT?.default ?? 50);
    return html`<div class="slider">
      <label for="count">${s.photo.cut.count}</label>
      <output for="count">${n.count(asked)}</output>
      <input
        id="count"
        type="range"
        min="2"
        max=${Math.max(MOST, asked)}
        .value=${String(asked)}
        @input=${(event: Event) => (this.typed = Number((event.target as HTMLInputElement).value))}
        @change=${(event: Event) => {
          this.typed = null;
          this.#set({ n_segments: Number((event.target as HTMLInputElement).value) });
        }}
      />
      <small>${this.prepared ? s.photo.cut.parts(n.count(this.prepared.players.length)) : nothing}</small>
    </div>`;
  }

  #set(part: Settings["parameters"]): void {
    ask(this, "xai-settings", { settings: withParameters(this.settings, part) });
  }
}

customElements.define("xai-cut", XaiCut);

declare global {
  interface HTMLElementTagNameMap {
    "xai-cut": XaiCut;
  }
}
