/** The text with its coloured words: point at one to read its value, click it to hide it. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import type { Words } from "../../strings/words.js";
import type { Entry, Sum } from "../../views/text/entries.js";
import { rightToLeft } from "../../views/text/poster.js";
import { bySentence, type Piece, pieces, type Reading, type Word } from "../../views/text/reading.js";
import { largest, shade, shadeClass } from "../../views/text/shade.js";
import type { Unit } from "../../views/unit.js";
import { ask } from "../asks.js";
import { shared } from "../styles.js";
import { passageStyles, shades } from "./passage.styles.js";
import { DRAWN, type InHand, legend, readout, unread } from "./readout.js";
import { type Direction, step } from "./walk.js";

const KEYS: Readonly<Record<string, Direction>> = {
  ArrowRight: "right",
  ArrowLeft: "left",
  ArrowDown: "down",
  ArrowUp: "up",
  Home: "first",
  End: "last",
};

export class XaiPassage extends LitElement {
  static override properties = {
    reading: { attribute: false },
    entries: { attribute: false },
    sums: { attribute: false },
    removed: { attribute: false },
    active: { attribute: false },
    stale: { attribute: false },
    unit: { attribute: false },
    label: { attribute: false },
    words: { attribute: false },
  };

  declare reading: Reading;
  /** Null until there are values: the text is then drawn without colours. */
  declare entries: readonly Entry[] | null;
  declare sums: readonly Sum[];
  /** Words that are hidden. */
  declare removed: ReadonlySet<number>;
  declare active: number | null;
  declare stale: boolean;
  declare unit: Unit | null;
  /** The legend: what raises, what lowers. */
  declare label: readonly [up: string, down: string];
  declare words: Words;

  /** The word that Tab reaches; the arrow keys move it. */
  #at = 0;
  /** Of each word its node, in reading order. */
  #nodes: HTMLElement[] = [];
  #sentence = new Map<number, Sum>();

  static override styles = [shared, shades, passageStyles];

  override willUpdate(changed: PropertyValues): void {
    if (!changed.has("sums")) return;
    this.#sentence = new Map(this.sums.flatMap((sum) => sum.words.map((word) => [word, sum] as const)));
  }

  override render(): TemplateResult {
    const { reading, words, removed, stale } = this;
    const { text } = words.s.passage;
    return html`<div class="pane ${stale ? "stale" : ""}" aria-busy=${stale}>
        <div class="readout">${readout(this.#inHand(), stale, this.unit, words)}</div>
        <div
          class="text"
          role="group"
          aria-label=${text.label}
          @pointerover=${this.#point}
          @pointerleave=${(event: PointerEvent) => touched(event) || ask(this, "xai-word", { word: null })}
          @focusin=${this.#point}
          @focusout=${() => ask(this, "xai-word", { word: null })}
          @click=${this.#click}
          @keydown=${this.#key}
        >
          <span class="run" dir="auto"
            >${guard([reading, this.entries, removed, this.unit, words], () => this.#run())}</span
          >
          ${guard([reading, words], () => unread(reading, words))}
        </div>
      </div>
      ${legend(this.entries, this.unit, this.label, words)}`;
  }

  /** Which word is lit is a matter of classes: thousands of templates needn't be compared for it. */
  override updated(changed: PropertyValues): void {
    if (changed.has("reading") || this.#nodes.length === 0)
      this.#nodes = [...this.renderRoot.querySelectorAll<HTMLElement>("[data-word]")];
    if (changed.has("reading")) this.#at = 0;
    for (const node of this.renderRoot.querySelectorAll(".lit, .near")) node.classList.remove("lit", "near");
    this.#nodes.forEach((node, at) => {
      const tab = at === this.#at ? 0 : -1;
      if (node.tabIndex !== tab) node.tabIndex = tab;
    });
    if (this.active === null) return;
    const node = this.#nodes[this.active];
    node?.classList.add("lit");
    node?.closest("[data-sentence]")?.classList.add("near");
    if (node && changed.has("active") && !this.renderRoot.querySelector(".text:hover, .text:focus-within"))
      this.#reveal(node);
  }

  /** The words and what lies between them, those of a sentence together. */
  #run(): TemplateResult[] {
    const { entries, reading } = this;
    const most = entries ? largest(entries) : 0;
    const draw = (piece: Piece) => (typeof piece === "string" ? html`${piece}` : this.#word(piece, most));
    return bySentence(reading, pieces(reading, DRAWN)).map(({ sentence, pieces }) =>
      sentence === null ? html`${pieces.map(draw)}` : html`<span data-sentence=${sentence}>${pieces.map(draw)}</span>`,
    );
  }

  /** Its colour is a step of one scale for all words. */
  #word({ index, text }: Word, most: number): TemplateResult {
    const { passage } = this.words.s;
    const value = this.entries?.[index]?.value ?? 0;
    const colour = shadeClass(shade(value, most));
    const gone = this.removed.has(index);
    const is = colour && this.unit ? passage.text.is(text, this.unit.amount(value)) : nothing;
    return html`<span
      role="button"
      data-word=${index}
      class=${colour}
      aria-pressed=${gone}
      aria-label=${gone ? passage.text.hidden(text) : is}
      >${text}</span
    >`;
  }

  /** The word that is pointed at. */
  #inHand(): InHand | null {
    const { active, entries, removed, reading } = this;
    const word = active === null ? undefined : reading.words[active];
    if (!word) return null;
    const { index } = word;
    return {
      word,
      entry: entries?.[index],
      sum: this.#sentence.get(index),
      gone: removed.has(index),
      toggle: () => ask(this, "xai-hide", { words: [index] }),
    };
  }

  #wordOf(event: Event): number | null {
    const node = (event.target as Element).closest<HTMLElement>("[data-word]");
    return node ? Number(node.dataset["word"]) : null;
  }

  #point(event: Event): void {
    if (touched(event)) return;
    const word = this.#wordOf(event);
    if (word !== null && event.type === "focusin") this.#at = word;
    // Between two words nothing changes: the readout would flicker.
    if (word !== null && word !== this.active) ask(this, "xai-word", { word });
  }

  #click(event: Event): void {
    const word = this.#wordOf(event);
    if (word === null || String(getSelection() ?? "") !== "") return;
    this.#at = word;
    // A finger can't point: its first tap reads the word, the second hides it.
    if (touched(event) && word !== this.active) ask(this, "xai-word", { word });
    else ask(this, "xai-hide", { words: [word] });
  }

  #key(event: KeyboardEvent): void {
    const word = this.#wordOf(event);
    if (word === null || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      ask(this, "xai-hide", { words: [word] });
      return;
    }
    const direction = KEYS[event.key];
    if (!direction) return;
    event.preventDefault();
    this.focusWord(step(this.#nodes, word, direction, rightToLeft(this.reading.text.slice(0, 2000))));
  }

  /** What is pointed at elsewhere is brought into view here, and the page itself stays where it is. */
  #reveal(node: HTMLElement): void {
    const pane = this.renderRoot.querySelector<HTMLElement>(".pane")!;
    const [all, one] = [pane.getBoundingClientRect(), node.getBoundingClientRect()];
    const readout = pane.firstElementChild?.clientHeight ?? 0;
    if (one.top < all.top + readout || one.bottom > all.bottom)
      pane.scrollTop += one.top - all.top - readout - (all.height - readout) / 3;
  }

  /** Brings a word into view and gives it the focus. */
  focusWord(word: number): void {
    this.#at = word;
    const node = this.#nodes[word];
    if (!node) return;
    node.tabIndex = 0;
    node.focus();
    node.scrollIntoView?.({ block: "nearest" });
    this.requestUpdate();
  }
}

function touched(event: Event): boolean {
  return (event as Partial<PointerEvent>).pointerType === "touch";
}

customElements.define("xai-passage", XaiPassage);

declare global {
  interface HTMLElementTagNameMap {
    "xai-passage": XaiPassage;
  }
}
