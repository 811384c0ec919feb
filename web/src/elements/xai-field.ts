/** One entry of the form: its name, its control, what is remarkable about its value. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { check, computes, type Finding } from "../inputs/check.js";
import type { Feature } from "../schema.gen.js";
import type { Words } from "../strings/words.js";
import { featureLabel, type Value, valueText } from "../views/value-text.js";
import { fieldStyles } from "./field.styles.js";
import { ask } from "./asks.js";
import { shared } from "./styles.js";

/** Tells every value the model can compute with; warns of those it has hardly seen. */
export class XaiField extends LitElement {
  static override properties = {
    feature: { attribute: false },
    value: { attribute: false },
    original: { attribute: false },
    words: { attribute: false },
    edition: { attribute: false },
    lit: { type: Boolean, reflect: true },
    draft: { state: true },
    open: { state: true },
  };

  declare feature: Feature;
  declare value: Value;
  /** The value of the example one started from: shown once it differs. */
  declare original: Value;
  declare words: Words;
  /** Grows with every change from outside (example, undo, reset): such a change replaces what is half typed. */
  declare edition: number;
  declare lit: boolean;
  /** What stands in the number field while the model can't compute with it. */
  declare draft: string | null;
  declare open: boolean;

  static override styles = [shared, fieldStyles];

  constructor() {
    super();
    this.edition = 0;
    this.lit = false;
    this.draft = null;
    this.open = false;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("edition")) this.draft = null;
  }

  override updated(changed: Map<string, unknown>): void {
    // Not bound in the template: writing a half-typed number back would move the caret, or erase "0.".
    const input = this.renderRoot.querySelector<HTMLInputElement>("input[type=number]");
    const outside = changed.has("edition") || (changed.has("value") && this.draft === null);
    if (input && outside && parse(input.value) !== this.value) input.value = String(this.value ?? "");
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>("select, input")?.focus();
  }

  override render(): TemplateResult {
    const { feature, words } = this;
    const found = this.draft === null ? check(feature, this.value) : check(feature, parse(this.draft));
    const note = this.#note(found);
    const help = words.text(feature.help);
    return html`<div class="line">
        <div class="name">
          <label for="control">${featureLabel(feature, words)}</label>${feature.immutable ? this.#lock() : nothing}
        </div>
        <div class="control">
          ${feature.kind === "category" ? this.#levels(note !== "") : this.#number(found, note !== "")}
        </div>
        ${
          help
            ? html`<button
                class="about"
                type="button"
                aria-expanded=${this.open}
                aria-controls="help"
                aria-label=${words.s.form.about(featureLabel(feature, words))}
                @click=${() => (this.open = !this.open)}
              >
                ?
              </button>`
            : nothing
        }
      </div>
      <p class="note ${computes(found) ? "warn" : "bad"}" id="note" ?hidden=${note === ""}>${note}</p>
      <p class="note" id="help" ?hidden=${!this.open}>
        ${help} ${feature.immutable ? words.s.form.immutable : ""} ${this.#range()}
      </p>
      ${
        this.original !== this.value
          ? html`<p class="note">${words.s.form.was(valueText(feature, this.original, words))}</p>`
          : nothing
      }`;
  }

  #levels(noted: boolean): TemplateResult {
    const { feature, value, words } = this;
    const levels = feature.levels ?? [];
    const index = levels.findIndex((level, at) => level.name === value || at === value);
    return html`<select
      id="control"
      aria-describedby=${noted ? "note help" : "help"}
      @change=${(event: Event) => {
        const chosen = (event.target as HTMLSelectElement).value;
        this.#change(chosen === "" ? null : (levels[Number(chosen)]?.name ?? null));
      }}
    >
      ${
        feature.missing || value === null
          ? html`<option value="" ?selected=${value === null} ?disabled=${!feature.missing}>
              ${words.s.value.missing}
            </option>`
          : nothing
      }
      ${value !== null && index < 0 ? html`<option value="?" selected disabled>${value}</option>` : nothing}
      ${levels.map(
        (level, at) =>
          html`<option value=${at} .selected=${at === index}>${words.text(level.label ?? level.name)}</option>`,
      )}
    </select>`;
  }

  #number(found: Finding, noted: boolean): TemplateResult {
    const { feature, value, words } = this;
    const { min, max } = feature;
    const step = feature.step ?? "any";
    const unit = words.text(feature.unit);
    return html`<input
        id="control"
        type="number"
        inputmode="decimal"
        step=${step}
        min=${min ?? nothing}
        max=${max ?? nothing}
        aria-invalid=${!computes(found)}
        aria-describedby=${noted ? "note help" : "help"}
        @input=${(event: Event) => this.#typed(event.target as HTMLInputElement)}
      />
      ${unit ? html`<span class="unit">${unit}</span>` : nothing}
      ${
        min !== undefined && max !== undefined
          ? // The same value by pointer; with the keyboard the number field does all of it.
            html`<input
              class="slide"
              type="range"
              tabindex="-1"
              aria-hidden="true"
              min=${min}
              max=${max}
              step=${feature.step ?? (max - min) / 200}
              .value=${String(value ?? min)}
              @input=${(event: Event) => this.#change((event.target as HTMLInputElement).valueAsNumber)}
            />`
          : nothing
      }`;
  }

  #lock(): TemplateResult {
    return html`  <svg class="fixed" viewBox="0 0 12 14" role="img" aria-label=${this.words.s.form.immutable}>
        <title>${this.words.s.form.immutable}</title>
        <path fill="none" stroke="currentColor" stroke-width="1.5" d="M3.5 6V4a2.5 2.5 0 0 1 5 0v2" />
        <rect x="1.5" y="6" width="9" height="7" rx="1.5" fill="currentColor" />
      </svg>`;
  }

  #note(found: Finding): string {
    const { form } = this.words.s;
    const { feature, words } = this;
    switch (found.kind) {
      case "below":
        return form.below(valueText(feature, found.bound, words));
      case "above":
        return form.above(valueText(feature, found.bound, words));
      case "step":
        return form.step(words.n.plain(found.step));
      case "level":
        return form.level;
      case "empty":
        return form.empty(valueText(feature, this.value, words));
      case "number":
        return form.number(valueText(feature, this.value, words));
      case "fine":
        return "";
    }
  }

  #range(): string {
    const { min, max } = this.feature;
    if (min === undefined || max === undefined) return "";
    return this.words.s.form.range(valueText(this.feature, min, this.words), valueText(this.feature, max, this.words));
  }

  #typed(input: HTMLInputElement): void {
    const raw = input.validity?.badInput ? "?" : input.value;
    const value = parse(raw);
    if (!computes(check(this.feature, value))) {
      this.draft = raw;
      return;
    }
    this.draft = null;
    this.#change(value);
  }

  #change(value: Value): void {
    ask(this, "xai-change", { name: this.feature.name, value });
  }
}

/** The number in a field; null for an empty one, the text itself where it is no number. */
function parse(raw: string): Value {
  if (raw.trim() === "") return null;
  const value = Number(raw);
  return Number.isFinite(value) ? value : raw;
}

customElements.define("xai-field", XaiField);

declare global {
  interface HTMLElementTagNameMap {
    "xai-field": XaiField;
  }
}
