/** A slider that hides the strongest words, and what the model says then. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { Words } from "../../strings/words.js";
import type { Entry } from "../../views/text/entries.js";
import { ask } from "../asks.js";
import { shared } from "../styles.js";

/** Words that the slider reaches. */
const MOST = 50;
const SIDES = ["both", "up", "down"] as const;
type Side = (typeof SIDES)[number];

export class XaiRemoval extends LitElement {
  static override properties = {
    entries: { attribute: false },
    order: { attribute: false },
    removed: { attribute: false },
    whole: { attribute: false },
    now: { attribute: false },
    label: { attribute: false },
    words: { attribute: false },
    side: { state: true },
  };

  declare entries: readonly Entry[];
  declare order: readonly string[];
  declare removed: ReadonlySet<number>;
  /** What the model says of the whole text, and without the hidden words; in words, empty until it has said it. */
  declare whole: string;
  declare now: string;
  /** What raises, what lowers. */
  declare label: readonly [up: string, down: string];
  declare words: Words;
  /** Which of the strongest words are hidden. */
  declare side: Side;

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
        padding-block: 0.75rem;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 1rem;
        align-items: center;
      }
      label {
        display: inline-flex;
        flex-wrap: wrap;
        gap: 0.25rem 0.5rem;
        align-items: center;
        font-size: 0.875rem;
      }
      .slide {
        flex: 1 1 16rem;
      }
      input {
        flex: 1 1 8rem;
        min-inline-size: 0;
        min-block-size: 1.5rem;
      }
      select {
        min-inline-size: 0;
        max-inline-size: 100%;
      }
      output {
        min-block-size: 2rem;
        font-size: 0.9375rem;
        align-content: center;
      }
    `,
  ];

  constructor() {
    super();
    this.side = "both";
    this.whole = this.now = "";
  }

  override render(): TemplateResult {
    const { words, removed, label } = this;
    const { s, n } = words;
    const { removal } = s.passage;
    const strongest = this.#strongest(this.side);
    const count = hiddenFirst(strongest, removed);
    const names: Record<Side, string> = { both: removal.both, up: label[0], down: label[1] };
    return html`<h3>${removal.title}</h3>
      <div class="row">
        <label class="slide"
          >${removal.label(n.count(count))}
          <input
            type="range"
            min="0"
            max=${strongest.length}
            step="1"
            .value=${String(count)}
            ?disabled=${strongest.length === 0}
            @input=${(event: Event) => this.#hide(this.side, Number((event.target as HTMLInputElement).value))}
        /></label>
        <label
          >${removal.which}
          <select @change=${(event: Event) => this.#choose((event.target as HTMLSelectElement).value as Side, count)}>
            ${SIDES.map((side) => html`<option value=${side} .selected=${side === this.side}>${names[side]}</option>`)}
          </select></label
        >
      </div>
      <div class="row">
        <output
          >${
            removed.size === 0
              ? removal.none
              : this.now
                ? removal.said(n.count(removed.size), this.whole, this.now)
                : removal.count(n.count(removed.size))
          }</output
        >
        ${
          removed.size > 0
            ? html`<button type="button" @click=${() => ask(this, "xai-hidden", { words: [] })}>
                ${removal.restore}
              </button>`
            : nothing
        }
      </div>`;
  }

  #choose(side: Side, count: number): void {
    this.side = side;
    if (count > 0) this.#hide(side, count);
  }

  #hide(side: Side, count: number): void {
    ask(this, "xai-hidden", { words: this.#strongest(side).slice(0, count) });
  }

  /** The strongest words of a side, the strongest first. */
  #strongest(side: Side): number[] {
    const by = new Map(this.entries.map((entry) => [entry.player, entry]));
    return this.order
      .flatMap((player) => by.get(player) ?? [])
      .filter(({ value }) => value !== 0 && (side === "both" || value > 0 === (side === "up")))
      .slice(0, MOST)
      .map(({ index }) => index);
  }
}

/** How many of a list are hidden, counted from its start. */
function hiddenFirst(words: readonly number[], removed: ReadonlySet<number>): number {
  const first = words.findIndex((word) => !removed.has(word));
  return first < 0 ? words.length : first;
}

customElements.define("xai-removal", XaiRemoval);

declare global {
  interface HTMLElementTagNameMap {
    "xai-removal": XaiRemoval;
  }
}
