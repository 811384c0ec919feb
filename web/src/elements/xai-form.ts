/** The form: who is being decided about, every entry to change, and the ways back. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Values } from "../inputs/row.js";
import type { Words } from "../strings/words.js";
import type { TabularManifest } from "../types.js";
import { ask } from "./asks.js";
import { shared } from "./styles.js";
import "./xai-field.js";
import type { XaiField } from "./xai-field.js";

/** Asks for another start, undo, reset; its fields tell what was entered. */
export class XaiForm extends LitElement {
  static override properties = {
    manifest: { attribute: false },
    values: { attribute: false },
    original: { attribute: false },
    start: { attribute: false },
    edition: { attribute: false },
    active: { attribute: false },
    selected: { attribute: false },
    canUndo: { attribute: false },
    words: { attribute: false },
    narrow: { type: Boolean, reflect: true },
    open: { state: true },
  };

  declare manifest: TabularManifest;
  declare values: Values;
  declare original: Values;
  /** Id of the example one started from. */
  declare start: string;
  declare edition: number;
  declare active: string | null;
  declare selected: string | null;
  declare canUndo: boolean;
  declare words: Words;
  /** One column: the fields fold away so that the explanation is within reach. */
  declare narrow: boolean;
  declare open: boolean;

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .start {
        display: grid;
        gap: 0.5rem;
        padding-block: 0.75rem;
      }
      .start select {
        inline-size: 100%;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
      .fields {
        margin-inline: -0.5rem;
        display: grid;
        gap: 0.125rem;
      }
      .fold {
        inline-size: 100%;
        text-align: start;
        margin-block-end: 0.5rem;
      }
    `,
  ];

  constructor() {
    super();
    this.open = false;
    this.narrow = false;
  }

  /** Brings an entry into view and puts the focus there. */
  async reveal(player: string): Promise<void> {
    this.open = true;
    await this.updateComplete;
    const column = this.manifest.players.find(({ name }) => name === player)?.columns[0] ?? player;
    const field = [...this.renderRoot.querySelectorAll<XaiField>("xai-field")].find(
      ({ feature }) => feature.name === column,
    );
    await field?.updateComplete;
    field?.scrollIntoView({ block: "center" });
    field?.focus();
  }

  override render(): TemplateResult {
    const { manifest, words, values } = this;
    const { form } = words.s;
    const changed = manifest.features.filter(({ name }) => values[name] !== this.original[name]).length;
    const send = (type: "xai-shuffle" | "xai-undo" | "xai-reset") => () => ask(this, type, null);
    return html`<h2>${words.text(manifest.subject) || form.title}</h2>
      <div class="start">
        <label class="hidden" for="start">${form.examples}</label>
        <select
          id="start"
          @change=${(event: Event) => ask(this, "xai-start", { id: (event.target as HTMLSelectElement).value })}
        >
          ${manifest.examples.map(
            ({ id, title }) => html`<option value=${id} .selected=${id === this.start}>${words.text(title)}</option>`,
          )}
          ${this.#elsewhere()}
        </select>
        <div class="actions">
          <button type="button" @click=${send("xai-shuffle")} title=${form.shuffle_help}>${form.shuffle}</button>
          <button type="button" ?disabled=${!this.canUndo} @click=${send("xai-undo")}>${form.undo}</button>
          <button type="button" ?disabled=${changed === 0} @click=${send("xai-reset")}>
            ${changed > 0 ? form.reset_count(words.n.count(changed)) : form.reset}
          </button>
        </div>
      </div>
      ${
        this.narrow
          ? html`<button
              class="fold"
              type="button"
              aria-expanded=${this.open}
              aria-controls="fields"
              @click=${() => (this.open = !this.open)}
            >
              ${this.open ? form.close : form.open(words.n.count(manifest.features.length))}
            </button>`
          : nothing
      }
      <div class="fields" id="fields" ?hidden=${this.narrow && !this.open}>
        ${repeat(
          manifest.features,
          ({ name }) => name,
          (feature) => {
            const player = manifest.players.find(({ columns }) => columns.includes(feature.name))?.name ?? feature.name;
            const point = (player: string | null) => () => ask(this, "xai-point", { player });
            return html`<xai-field
              .feature=${feature}
              .value=${values[feature.name] ?? null}
              .original=${this.original[feature.name] ?? null}
              .edition=${this.edition}
              .words=${words}
              ?lit=${player === this.active || player === this.selected}
              @mouseenter=${point(player)}
              @mouseleave=${point(null)}
              @focusin=${point(player)}
              @focusout=${point(null)}
            ></xai-field>`;
          },
        )}
      </div>`;
  }

  /** A row that came out of the reference, or of a file, has no title of its own. */
  #elsewhere(): TemplateResult | typeof nothing {
    const [kind, index] = this.start.split(":");
    if (index === undefined || this.manifest.examples.some(({ id }) => id === this.start)) return nothing;
    const { s, n } = this.words;
    const number = n.count(Number(index) + 1);
    return html`<option value=${this.start} .selected=${true}>
      ${kind === "file" ? s.form.from_file(number) : s.form.from_reference(number)}
    </option>`;
  }
}

customElements.define("xai-form", XaiForm);

declare global {
  interface HTMLElementTagNameMap {
    "xai-form": XaiForm;
  }
}
