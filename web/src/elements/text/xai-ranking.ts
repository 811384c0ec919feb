/** What weighs most, as a list: the same words as in the text, sorted, or its sentences. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { Words } from "../../strings/words.js";
import type { Entry, Sum } from "../../views/text/entries.js";
import { short } from "../../views/text/phrases.js";
import { largest } from "../../views/text/shade.js";
import type { Unit } from "../../views/unit.js";
import { ask } from "../asks.js";
import { shared, switchStyles } from "../styles.js";

/** Lines at first, and lines at most. */
const FEW = 10;
const MANY = 100;

/** A line: some words, and what they come to. */
interface Line {
  readonly words: readonly number[];
  readonly text: string;
  readonly value: number;
}

export class XaiRanking extends LitElement {
  static override properties = {
    entries: { attribute: false },
    sums: { attribute: false },
    order: { attribute: false },
    removed: { attribute: false },
    active: { attribute: false },
    unit: { attribute: false },
    words: { attribute: false },
    sentences: { state: true },
    all: { state: true },
  };

  declare entries: readonly Entry[];
  declare sums: readonly Sum[];
  declare order: readonly string[];
  declare removed: ReadonlySet<number>;
  declare active: number | null;
  declare unit: Unit;
  declare words: Words;
  /** Whether sentences are listed; whether more than a few lines are shown. */
  declare sentences: boolean;
  declare all: boolean;

  static override styles = [
    shared,
    switchStyles,
    css`
      :host {
        display: block;
        min-inline-size: 0;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 0.375rem 0.75rem;
        align-items: center;
        justify-content: space-between;
        min-block-size: 2.75rem;
      }
      ol {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 4rem max-content;
        column-gap: 0.625rem;
        list-style: none;
        margin: 0.25rem 0 0;
        padding: 0;
      }
      li,
      .line {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
      }
      .line {
        align-items: center;
        padding: 0.2rem 0.375rem;
        border-color: transparent;
        border-radius: 6px;
        background: none;
        text-align: start;
        font-size: 0.875rem;
      }
      .line.lit {
        background: var(--xai-highlight);
      }
      .line[aria-pressed="true"] {
        background: none;
        border-color: transparent;
      }
      .line[aria-pressed="true"] bdi {
        color: var(--xai-muted);
        text-decoration: line-through;
      }
      bdi {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        text-align: match-parent;
      }
      .line.sentence {
        row-gap: 0.125rem;
        padding-block: 0.375rem;
      }
      .line.sentence bdi {
        grid-column: 1 / -1;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        white-space: normal;
        overflow-wrap: anywhere;
        line-height: 1.3;
      }
      .line.sentence svg {
        grid-column: 1 / 3;
      }
      svg {
        display: block;
        inline-size: 100%;
        block-size: 0.625rem;
      }
      .amount {
        text-align: end;
        white-space: nowrap;
        font-weight: 600;
      }
      .plus {
        color: var(--xai-positive-text);
      }
      .minus {
        color: var(--xai-negative-text);
      }
      .more {
        margin-block-start: 0.25rem;
        font-size: 0.8125rem;
      }
    `,
  ];

  constructor() {
    super();
    this.sentences = this.all = false;
  }

  override render(): TemplateResult {
    const { words, sums } = this;
    const { ranking } = words.s.passage;
    const lines = this.#lines();
    const shown = lines.slice(0, this.all ? MANY : FEW);
    const most = largest(lines);
    return html`<div class="head">
        <h3>${ranking.title}</h3>
        ${sums.length > 0 ? this.#switch() : nothing}
      </div>
      <ol>
        ${shown.map((line) => this.#line(line, most))}
      </ol>
      ${
        lines.length > FEW
          ? html`<button class="more" type="button" aria-expanded=${this.all} @click=${() => (this.all = !this.all)}>
              ${this.all ? ranking.fewer : ranking.all(words.n.count(Math.min(MANY, lines.length)))}
            </button>`
          : nothing
      }
      ${this.#listsSentences ? html`<p class="muted">${ranking.sums}</p>` : nothing}`;
  }

  get #listsSentences(): boolean {
    return this.sentences && this.sums.length > 0;
  }

  #lines(): Line[] {
    if (this.#listsSentences) return [...this.sums].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    const by = new Map(this.entries.map((entry) => [entry.player, entry]));
    return this.order.flatMap((player) => {
      const entry = by.get(player);
      return entry ? [{ words: [entry.index], text: entry.text, value: entry.value }] : [];
    });
  }

  #line({ words: members, text, value }: Line, most: number): TemplateResult {
    const { active, removed, unit } = this;
    const said = short(text, this.#listsSentences ? 120 : 60);
    const lit = active !== null && members.includes(active);
    const point = (word: number | null) => ask(this, "xai-word", { word });
    const first = members[0] ?? null;
    return html`<li>
      <button
        type="button"
        class="line ${lit ? "lit" : ""} ${this.#listsSentences ? "sentence" : ""}"
        aria-pressed=${members.every((word) => removed.has(word))}
        @pointerenter=${() => point(first)}
        @pointerleave=${() => point(null)}
        @focus=${() => point(first)}
        @blur=${() => point(null)}
        @click=${() => ask(this, "xai-hide", { words: members })}
      >
        <bdi>${said}</bdi>
        <svg aria-hidden="true">
          <rect width="100%" height="10" rx="3" fill="var(--xai-line)"></rect>
          <rect
            width=${`${most > 0 ? (100 * Math.abs(value)) / most : 0}%`}
            height="10"
            rx="3"
            fill=${value < 0 ? "var(--xai-negative)" : "var(--xai-positive)"}
          ></rect>
        </svg>
        <span class="amount ${value < 0 ? "minus" : "plus"}">${unit.amount(value)}</span>
      </button>
    </li>`;
  }

  #switch(): TemplateResult {
    const { ranking } = this.words.s.passage;
    const choice = (sentences: boolean, label: string) =>
      html`<button
        type="button"
        aria-pressed=${this.sentences === sentences}
        @click=${() => (this.sentences = sentences)}
      >
        ${label}
      </button>`;
    return html`<div class="switch" role="group" aria-label=${ranking.choose}>
      ${choice(false, ranking.words)}${choice(true, ranking.sentences)}
    </div>`;
  }
}

customElements.define("xai-ranking", XaiRanking);

declare global {
  interface HTMLElementTagNameMap {
    "xai-ranking": XaiRanking;
  }
}
