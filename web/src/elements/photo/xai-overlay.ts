/** A photo with its parts in colour; where it is the large one, a way through the parts by pointer and by keyboard. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { overlay } from "../../views/photo/overlay.js";
import { limit, ordered, parts } from "../../views/photo/parts.js";
import { description, partSentence, type Sight } from "../../views/photo/sentence.js";
import { shared } from "../styles.js";
import { ask } from "./asks.js";
import type { Shown } from "./run.js";
import "./xai-pixels.js";

export class XaiOverlay extends LitElement {
  static override properties = {
    pixels: { attribute: false },
    shown: { attribute: false },
    sight: { attribute: false },
    order: { attribute: false },
    opacity: { attribute: false },
    borders: { attribute: false },
    active: { attribute: false },
    pinned: { attribute: false },
    walk: { type: Boolean },
  };

  declare pixels: ImageData | null;
  declare shown: Shown | null;
  declare sight: Sight | null;
  /** Segments from what speaks most for it; null: as the values are. */
  declare order: readonly number[] | null;
  declare opacity: number;
  declare borders: boolean;
  declare active: number | null;
  declare pinned: number | null;
  /** Whether its parts can be walked through. */
  declare walk: boolean;

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      figure {
        position: relative;
        border-radius: 8px;
        overflow: hidden;
        background: var(--xai-line);
      }
      /* Grey and of less contrast, so that the colours alone mean something, on black as on white. */
      .toned {
        filter: grayscale(1) contrast(0.65);
      }
      svg,
      .walk {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
      }
      .walk {
        cursor: crosshair;
        touch-action: pan-y;
        /* The decision strip sticks to the top. */
        scroll-margin-block: 7rem 2rem;
        border-radius: 8px;
      }
      .walk:focus-visible {
        outline-offset: -3px;
      }
      path {
        transition: fill-opacity 0.18s ease-out;
      }
    `,
  ];

  constructor() {
    super();
    this.pixels = this.shown = this.sight = this.order = this.active = this.pinned = null;
    this.opacity = 0.7;
    this.borders = this.walk = false;
  }

  override render(): TemplateResult {
    const { pixels, shown, sight } = this;
    return html`<figure>
      <div role="img" aria-label=${sight ? description(sight) : nothing}>
        <xai-pixels class=${shown && this.opacity > 0 ? "toned" : ""} .pixels=${pixels}></xai-pixels>
        ${shown && sight ? this.#colours(shown, sight) : nothing}
      </div>
      ${shown && sight && this.walk ? this.#walk(sight) : nothing}
    </figure>`;
  }

  #colours(shown: Shown, sight: Sight): TemplateResult {
    const { opacity, borders, active, pinned } = this;
    const { width, height, outlines } = shown;
    return html`<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
      ${overlay(parts(sight.explanation, sight.look), {
        width,
        height,
        outlines,
        opacity,
        borders,
        limit: limit(sight.explanation, sight.look),
        active: active ?? pinned,
      })}
    </svg>`;
  }

  /** One stop for Tab; a slider, because the parts stand in an order and one of them is the present one. */
  #walk(sight: Sight): TemplateResult {
    const { picture } = sight.words.s.photo;
    const order = this.#order(sight);
    const at = Math.max(0, order.indexOf(this.active ?? this.pinned ?? -1));
    const part = parts(sight.explanation, sight.look)[order[at] ?? 0];
    return html`<div
      class="walk"
      role="slider"
      tabindex="0"
      aria-label=${picture.walk}
      aria-valuemin="1"
      aria-valuemax=${order.length}
      aria-valuenow=${at + 1}
      aria-valuetext=${part ? partSentence(sight, part, at + 1) : nothing}
      @pointermove=${(event: PointerEvent) => this.#point(this.#under(event))}
      @pointerleave=${() => this.#point(null)}
      @focus=${() => this.#point(this.pinned ?? order[at] ?? null)}
      @blur=${() => this.#point(null)}
      @click=${(event: MouseEvent) => this.#pin(this.#under(event))}
      @keydown=${(event: KeyboardEvent) => this.#key(event, order, at)}
    ></div>`;
  }

  #order(sight: Sight): readonly number[] {
    const { length } = sight.explanation.players;
    if (this.order?.length === length) return this.order;
    return ordered(parts(sight.explanation, sight.look)).map(({ segment }) => segment);
  }

  #under(event: MouseEvent): number | null {
    const { shown } = this;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    if (!shown || box.width === 0) return null;
    const x = Math.floor(((event.clientX - box.left) / box.width) * shown.width);
    const y = Math.floor(((event.clientY - box.top) / box.height) * shown.height);
    if (x < 0 || y < 0 || x >= shown.width || y >= shown.height) return null;
    return shown.segments[y * shown.width + x] ?? null;
  }

  #key(event: KeyboardEvent, order: readonly number[], at: number): void {
    const places: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      PageDown: at + 10,
      PageUp: at - 10,
      Home: 0,
      End: order.length - 1,
    };
    const place = places[event.key];
    if (place !== undefined) this.#point(order[Math.min(order.length - 1, Math.max(0, place))] ?? null);
    else if (event.key === "Enter" || event.key === " ") this.#pin(this.active);
    else return;
    event.preventDefault();
  }

  #point(segment: number | null): void {
    if (segment !== this.active) ask(this, "xai-segment", { segment });
  }

  #pin(segment: number | null): void {
    ask(this, "xai-pin", { segment: segment === this.pinned ? null : segment });
  }
}

customElements.define("xai-overlay", XaiOverlay);

declare global {
  interface HTMLElementTagNameMap {
    "xai-overlay": XaiOverlay;
  }
}
