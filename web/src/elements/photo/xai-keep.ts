/** The parts that count most, hidden or kept alone: what the model says then is the test of the picture. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { composed, first, type Removal } from "../../views/photo/masks.js";
import { labelOf, type Sight } from "../../views/photo/sentence.js";
import { unit } from "../../views/unit.js";
import { shared } from "../styles.js";
import { ask } from "./asks.js";
import type { Shown } from "./run.js";
import "./xai-pixels.js";

export class XaiKeep extends LitElement {
  static override properties = {
    sight: { attribute: false },
    shown: { attribute: false },
    order: { attribute: false },
    pixels: { attribute: false },
    hiddenPixels: { attribute: false },
    prediction: { attribute: false },
    answer: { attribute: false },
    k: { state: true },
    removal: { state: true },
  };

  declare sight: Sight;
  declare shown: Shown;
  /** Segments from what speaks most for the class. */
  declare order: readonly number[];
  declare pixels: ImageData;
  declare hiddenPixels: ImageData;
  declare prediction: readonly number[];
  /** What the model says with only these parts kept, where it is known. */
  declare answer: (mask: readonly boolean[]) => readonly number[] | null;
  declare k: number;
  declare removal: Removal;

  #last: readonly number[] | null = null;

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.75rem;
        container-type: inline-size;
      }
      .sides {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 14rem;
        gap: 0.75rem 1.25rem;
        align-items: start;
      }
      @container (max-width: 30rem) {
        .sides {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      .controls {
        display: grid;
        gap: 0.75rem;
      }
      .switch {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
      .slider {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.125rem 0.75rem;
      }
      input {
        grid-column: 1 / -1;
        inline-size: 100%;
        min-block-size: 1.5rem;
      }
      .answer {
        min-block-size: 4.5em;
      }
      .answer p:first-child {
        font-weight: 600;
      }
      .waits {
        color: var(--xai-muted);
      }
      xai-pixels {
        border-radius: 8px;
        overflow: hidden;
      }
    `,
  ];

  constructor() {
    super();
    this.k = 3;
    this.removal = "hide";
  }

  override updated(changed: PropertyValues): void {
    if (changed.has("k") || changed.has("removal") || changed.has("shown") || changed.has("order"))
      if (this.k > 0) ask(this, "xai-mask", { mask: this.#mask() });
  }

  override render(): TemplateResult {
    const { sight, k, removal } = this;
    const { s, n } = sight.words;
    const { keep } = s.photo;
    const total = this.order.length;
    const count = Math.min(k, total);
    const mask = this.#mask();
    const known = count === 0 && removal === "hide" ? this.prediction : this.answer(mask);
    this.#last = known ?? this.#last;
    const { pixels, hiddenPixels, shown } = this;
    const seen = new ImageData(
      composed(pixels.data, hiddenPixels.data, shown.segments, mask),
      pixels.width,
      pixels.height,
    );
    const title = removal === "hide" ? keep.hidden(n.count(count)) : keep.kept(n.count(count));
    return html`<h3>${keep.title}</h3>
      <p class="muted">${keep.help}</p>
      <div class="sides">
        <div class="controls">
          <div class="switch" role="group" aria-label=${keep.title}>
            ${(["hide", "keep"] as const).map(
              (one) =>
                html`<button type="button" aria-pressed=${one === removal} @click=${() => (this.removal = one)}>
                  ${keep[one]}
                </button>`,
            )}
          </div>
          <div class="slider">
            <label for="k">${keep.slider}</label>
            <output for="k">${keep.of(n.count(count), n.count(total))}</output>
            <input
              id="k"
              type="range"
              min="0"
              max=${total}
              .value=${String(count)}
              @input=${(event: Event) => (this.k = Number((event.target as HTMLInputElement).value))}
            />
          </div>
          <div class="answer ${known ? "" : "waits"}" role="status" aria-busy=${!known}>
            ${this.#last ? this.#said(this.#last) : nothing}
          </div>
        </div>
        <xai-pixels .pixels=${seen} label=${title}></xai-pixels>
      </div>`;
  }

  #mask(): boolean[] {
    return first(this.order, this.k, this.removal);
  }

  /** The class that is explained, how far it moved, and what is likeliest now. */
  #said(answer: readonly number[]): TemplateResult {
    const { sight, prediction } = this;
    const { manifest, explanation, look, words } = sight;
    const { keep } = words.s.photo;
    const name = explanation.outputs[look.output] ?? "";
    const at = manifest.outputs.findIndex((one) => one.name === name);
    const inUnit = unit(manifest, name, "output", "points", words);
    const [now, before] = [answer[at] ?? 0, prediction[at] ?? 0];
    const best = answer.reduce((top, value, index) => (value > (answer[top] ?? 0) ? index : top), 0);
    const likeliest = manifest.outputs[best]?.name ?? "";
    const level = unit(manifest, likeliest, "output", "points", words).level(answer[best] ?? 0);
    return html`<p>${keep.said(labelOf(manifest, name, words), inUnit.level(now), inUnit.amount(now - before))}</p>
      ${best === at ? nothing : html`<p>${keep.likeliest(labelOf(manifest, likeliest, words), level)}</p>`}`;
  }
}

customElements.define("xai-keep", XaiKeep);

declare global {
  interface HTMLElementTagNameMap {
    "xai-keep": XaiKeep;
  }
}
