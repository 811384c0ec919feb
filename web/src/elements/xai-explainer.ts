/** The whole explainer as one element: the form, the decision, the picture, and what lies behind it. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { open } from "../engine/open.js";
import { History } from "../inputs/history.js";
import { another, starts, type Values } from "../inputs/row.js";
import { pickLanguage } from "../strings/language.js";
import { type Words, words } from "../strings/words.js";
import type { Explainer, Open, ProviderChoice } from "../types.js";
import type { Pair } from "../views/interactions.js";
import type { UnitChoice } from "../views/unit.js";
import { on } from "./asks.js";
import { head, newer } from "./banner.js";
import { layout } from "./explainer.styles.js";
import { failure, type FailureAction } from "./failure.js";
import { formSkeleton, result } from "./result.js";
import { Session } from "./session.js";
import { statusOf } from "./status.js";
import { shared, tokens } from "./styles.js";
import "./xai-decision.js";
import "./xai-form.js";
import type { XaiForm } from "./xai-form.js";
import "./xai-header.js";

/** Narrower than this, form and explanation stand in one column. */
const TWO_COLUMNS = 860;

/**
 * `<xai-explainer src="bundles/loan/" provider="auto" lang="en" theme="auto">`.
 *
 * `bare` leaves out the line with title and chips, for a page that shows them itself. Sends `xai-update` whenever
 * something changed that such a page shows.
 */
export class XaiExplainer extends LitElement {
  static override properties = {
    src: { type: String },
    provider: { type: String },
    lang: { type: String, reflect: true },
    theme: { type: String, reflect: true },
    bare: { type: Boolean },
    narrow: { type: Boolean, reflect: true },
    unit: { state: true },
    active: { state: true },
    selected: { state: true },
    pair: { state: true },
    arcs: { state: true },
    terms: { state: true },
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
  declare active: string | null;
  declare selected: string | null;
  declare pair: Pair | null;
  declare arcs: boolean;
  declare terms: boolean;
  /** What is told to screen readers now. */
  declare said: string;

  readonly session = new Session(this);
  #history = new History();
  #edition = 0;
  #announced = "";
  #resized: ResizeObserver | null = null;

  static override styles = [tokens, shared, layout];

  constructor() {
    super();
    this.src = "";
    this.provider = "auto";
    this.theme = "auto";
    this.bare = false;
    this.narrow = typeof innerWidth === "number" && innerWidth < TWO_COLUMNS;
    this.unit = "points";
    this.active = this.selected = this.pair = null;
    this.arcs = false;
    this.terms = false;
    this.said = "";
    this.#listen();
  }

  get explainer(): Explainer | null {
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
    if (changed.has("src")) {
      this.#history.clear();
      this.selected = null;
    }
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
              <section class="card form" aria-label=${words.s.form.title}>${this.#form()}</section>
              <section class="result" aria-label=${words.s.picture.region}>
                ${result(this, session, (action) => this.#mend(action))}
              </section>
            </div>`
      }
      <div class="hidden" role="status">${this.said}</div>
    </div>`;
  }

  #decision(): TemplateResult {
    const { session } = this;
    const edited = session.values !== session.start.values;
    return html`<xai-decision
      ?narrow=${this.narrow}
      .manifest=${session.explainer?.manifest}
      .prediction=${session.prediction}
      .original=${edited ? session.original : null}
      .output=${session.output}
      .reference=${session.reference}
      .words=${this.words}
    ></xai-decision>`;
  }

  #form(): TemplateResult {
    const { session, words } = this;
    if (!session.explainer) return formSkeleton(words, this.narrow);
    return html`<xai-form
      ?narrow=${this.narrow}
      .manifest=${session.explainer.manifest}
      .values=${session.values}
      .original=${session.start.values}
      .start=${session.start.id}
      .edition=${this.#edition}
      .active=${this.active}
      .selected=${this.selected}
      .canUndo=${this.#history.canUndo}
      .words=${words}
    ></xai-form>`;
  }

  #open(): void {
    if (this.src) void this.session.open(XaiExplainer.open, this.src, this.provider);
  }

  /** What the parts ask for. */
  #listen(): void {
    on(this, "xai-change", ({ name, value }) => this.#edit({ ...this.session.values, [name]: value }, name));
    on(this, "xai-start", ({ id }) => this.#startFrom(id));
    on(this, "xai-shuffle", () => this.#startFrom(another(this.#starts(), this.session.start.id, Math.random())?.id));
    on(this, "xai-undo", () => this.#undo());
    on(this, "xai-reset", () => {
      this.#edition++;
      this.#edit(this.session.start.values, null);
    });
    on(this, "xai-point", ({ player }) => (this.active = player));
    on(this, "xai-pair", ({ pair }) => (this.pair = pair));
    on(this, "xai-arcs", (arcs) => (this.arcs = arcs.on));
    on(this, "xai-select", ({ player }) => (this.selected = this.selected === player ? null : player));
    on(this, "xai-reveal", ({ player }) => void this.renderRoot.querySelector<XaiForm>("xai-form")?.reveal(player));
    on(this, "xai-unit", ({ unit }) => (this.unit = unit));
    on(this, "xai-panels", ({ open }) => (this.terms = open > 0));
    on(this, "xai-said", ({ text }) => (this.said = text));
    on(this, "xai-output", ({ output }) => this.session.select(output));
    on(this, "xai-settings", ({ settings }) => this.session.change({ settings }));
    on(this, "xai-provider", ({ provider }) => (this.provider = provider));
  }

  #starts() {
    const { explainer } = this.session;
    return explainer ? starts(explainer.manifest, explainer.background) : [];
  }

  #startFrom(id: string | undefined): void {
    const start = this.#starts().find((start) => start.id === id);
    if (!start) return;
    this.#remember(null);
    this.#edition++;
    this.session.change({ start });
  }

  #edit(values: Values, field: string | null): void {
    this.#remember(field);
    const same = Object.entries(this.session.start.values).every(([name, value]) => values[name] === value);
    // The example itself, not a copy of it: "as in the example" is then a fact and not a comparison.
    this.session.change({ values: same ? this.session.start.values : values });
  }

  #remember(field: string | null): void {
    const { start, values } = this.session;
    this.#history.before({ start, values }, field, performance.now());
  }

  #undo(): void {
    const before = this.#history.undo();
    if (!before) return;
    this.#edition++;
    this.session.change(before.start === this.session.start ? { values: before.values } : before);
  }

  readonly #key = (event: KeyboardEvent): void => {
    const [target] = event.composedPath();
    if (target !== document.body && !event.composedPath().includes(this)) return;
    if (event.key === "Escape" && this.selected !== null) this.selected = null;
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    // In a field the browser's own undo is what people expect.
    if (target instanceof HTMLInputElement) return;
    event.preventDefault();
    this.#undo();
  };

  #mend(action: FailureAction): void {
    if (action === "reload") location.reload();
    else if (action === "auto-provider" && this.provider !== "auto") this.provider = "auto";
    else this.#open();
  }
}

customElements.define("xai-explainer", XaiExplainer);

declare global {
  interface HTMLElementTagNameMap {
    "xai-explainer": XaiExplainer;
  }
}
