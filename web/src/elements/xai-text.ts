/** The explainer of texts as one element: the text, the decision, the coloured words, and what lies behind them. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { open } from "../engine/open.js";
import { History } from "../inputs/history.js";
import { pickLanguage } from "../strings/language.js";
import { type Words, words } from "../strings/words.js";
import type { Explainer, Open, ProviderChoice } from "../types.js";
import type { UnitChoice } from "../views/unit.js";
import { on } from "./asks.js";
import { head, newer } from "./banner.js";
import { layout } from "./explainer.styles.js";
import { failure, type FailureAction } from "./failure.js";
import { statusOf } from "./status.js";
import { shared, tokens } from "./styles.js";
import { Drawing } from "./text/drawn.js";
import { result } from "./text/result.js";
import { OWN, type Sample } from "./text/sample.js";
import { TextSession } from "./text/session.js";
import { textStyles } from "./text/text.styles.js";
import "./text/xai-editor.js";
import "./xai-decision.js";
import "./xai-header.js";

/** Narrower than this, text and explanation stand in one column. */
const TWO_COLUMNS = 860;

/** What can be undone. */
interface Before {
  readonly sample: Sample;
  readonly text: string;
  readonly hidden: ReadonlySet<number>;
}

/**
 * `<xai-text src="bundles/spam/" provider="auto" lang="en" theme="auto">`.
 *
 * `bare` leaves out the line with title and chips, for a page that shows them itself. Sends `xai-update` whenever
 * something changed that such a page shows.
 */
export class XaiText extends LitElement {
  static override properties = {
    src: { type: String },
    provider: { type: String },
    lang: { type: String, reflect: true },
    theme: { type: String, reflect: true },
    bare: { type: Boolean },
    narrow: { type: Boolean, reflect: true },
    unit: { state: true },
    active: { state: true },
    said: { state: true },
  };

  /** How bundles are opened; a test or another engine may put its own here. */
  static open: Open = open;

  declare src: string;
  declare provider: ProviderChoice;
  declare lang: string;
  declare theme: "auto" | "light" | "dark";
  declare bare: boolean;
  declare narrow: boolean;
  declare unit: UnitChoice;
  /** The word that is pointed at or focused. */
  declare active: number | null;
  /** What is told to screen readers now. */
  declare said: string;

  readonly session = new TextSession(this);
  readonly drawing = new Drawing();
  #history = new History<Before>();
  #announced = "";
  #resized: ResizeObserver | null = null;

  static override styles = [tokens, shared, layout, textStyles];

  constructor() {
    super();
    this.src = "";
    this.provider = "auto";
    this.theme = "auto";
    this.bare = false;
    this.narrow = typeof innerWidth === "number" && innerWidth < TWO_COLUMNS;
    this.unit = "points";
    this.active = null;
    this.said = "";
    this.#listen();
  }

  get explainer(): Explainer<"text"> | null {
    return this.session.explainer;
  }

  /** The words in use: the element's language, else the page's, else the reader's. */
  get words(): Words {
    const page = this.closest("[lang]")?.getAttribute("lang");
    return words(pickLanguage([this.lang, page, ...(navigator.languages ?? [])]));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // At the window: without a focus anywhere, keys go to the page and not to this element.
    addEventListener("keydown", this.#key);
    if (this.hasUpdated) this.#open();
    if (typeof ResizeObserver === "undefined") return;
    this.#resized = new ResizeObserver(() => {
      if (this.clientWidth > 0) this.narrow = this.clientWidth < TWO_COLUMNS;
    });
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized?.disconnect();
    removeEventListener("keydown", this.#key);
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has("src")) this.#history.clear();
    if (changed.has("src") || changed.has("provider")) this.#open();
    // Told once per milestone: a screen reader must not hear every chunk.
    const { announced } = statusOf(this.session, this.words);
    if (announced !== this.#announced) this.said = this.#announced = announced;
  }

  override updated(): void {
    this.dispatchEvent(new CustomEvent("xai-update", { bubbles: true, composed: true }));
  }

  override render(): TemplateResult {
    const { session, words } = this;
    const { explainer } = session;
    return html`<div lang=${words.lang}>
      ${this.bare || !explainer ? nothing : head(explainer, this.provider, session.offline, words)}
      ${explainer?.activity.newer ? newer(explainer, words) : nothing}
      ${
        session.failure
          ? html`<div class="whole">${failure(session.failure, words, (action) => this.#mend(action))}</div>`
          : html`<div class="grid">
              <section class="card decision" aria-label=${words.s.decision.region}>${this.#decision()}</section>
              <section class="card form" aria-label=${words.s.passage.editor.title}>${this.#editor()}</section>
              <section class="result" aria-label=${words.s.picture.region}>
                ${result(this, session, (action) => this.#mend(action))}
              </section>
            </div>`
      }
      <div class="hidden" role="status">${this.said}</div>
    </div>`;
  }

  #decision(): TemplateResult {
    const { session, words } = this;
    const { passage } = words.s;
    const hiding = session.removal.hidden.size > 0;
    const edited = session.sample.id !== "" && session.text !== session.sample.text;
    return html`<xai-decision
      ?narrow=${this.narrow}
      .manifest=${session.explainer?.manifest}
      .prediction=${session.prediction}
      .original=${hiding ? session.removal.prediction && session.whole : edited ? session.original : null}
      .output=${session.output}
      .phrases=${hiding ? passage.hiding : passage.decision}
      .words=${words}
    ></xai-decision>`;
  }

  #editor(): TemplateResult {
    const { session, words } = this;
    if (!session.explainer) return html`<h2>${words.s.passage.editor.title}</h2>`;
    const own = session.sample.id === "";
    return html`<xai-editor
      ?narrow=${this.narrow}
      .manifest=${session.explainer.manifest}
      .text=${session.text}
      .sample=${session.sample.id}
      .edited=${!own && session.text !== session.sample.text}
      .count=${session.stale ? null : (session.reading?.words.length ?? null)}
      .canUndo=${this.#history.canUndo}
      .words=${words}
    ></xai-editor>`;
  }

  #open(): void {
    if (this.src) void this.session.open(XaiText.open, this.src, this.provider);
  }

  /** What the parts ask for. */
  #listen(): void {
    const { session } = this;
    on(this, "xai-text", ({ text, own }) => {
      this.#remember(own ? null : "text");
      session.change({ text, typed: true, ...(own ? { sample: OWN } : {}) });
    });
    on(this, "xai-start", ({ id }) => {
      this.#remember(null);
      void session.start(id);
    });
    on(this, "xai-reset", () => {
      this.#remember(null);
      session.change({ text: session.sample.text });
    });
    on(this, "xai-undo", () => this.#undo());
    on(this, "xai-word", ({ word }) => (this.active = word));
    on(this, "xai-hide", ({ words }) => {
      const { hidden } = session.removal;
      const all = words.every((word) => hidden.has(word));
      const others = [...hidden].filter((word) => !words.includes(word));
      this.#hide(all ? others : [...hidden, ...words], null);
    });
    on(this, "xai-hidden", ({ words }) => this.#hide(words, "hidden"));
    on(this, "xai-unit", ({ unit }) => (this.unit = unit));
    on(this, "xai-said", ({ text }) => (this.said = text));
    on(this, "xai-output", ({ output }) => session.select(output));
    on(this, "xai-settings", ({ settings }) => session.change({ settings }));
    on(this, "xai-provider", ({ provider }) => (this.provider = provider));
  }

  #hide(words: readonly number[], field: string | null): void {
    if (this.session.stale) return;
    this.#remember(field);
    this.session.removal.hide(new Set(words));
  }

  #remember(field: string | null): void {
    const { sample, text, removal } = this.session;
    this.#history.before({ sample, text, hidden: removal.hidden }, field, performance.now());
  }

  #undo(): void {
    const before = this.#history.undo();
    if (!before) return;
    const { session } = this;
    const same = before.text === session.text && before.sample === session.sample;
    if (same) session.removal.hide(before.hidden);
    else session.change(before);
    this.requestUpdate();
  }

  readonly #key = (event: KeyboardEvent): void => {
    const [target] = event.composedPath();
    if (target !== document.body && !event.composedPath().includes(this)) return;
    if (event.key === "Escape") this.active = null;
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    // In a field the browser's own undo is what people expect.
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
    event.preventDefault();
    this.#undo();
  };

  #mend(action: FailureAction): void {
    if (action === "reload") location.reload();
    else if (action === "auto-provider" && this.provider !== "auto") this.provider = "auto";
    else this.#open();
  }
}

customElements.define("xai-text", XaiText);

declare global {
  interface HTMLElementTagNameMap {
    "xai-text": XaiText;
  }
}
