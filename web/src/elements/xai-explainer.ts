/** The whole explainer as one element: the form, the decision, the picture, and what lies behind it. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { open } from "../engine/open.js";
import { History } from "../inputs/history.js";
import { another, type Start, starts, type Values } from "../inputs/row.js";
import type { Explainer, Open } from "../types.js";
import type { Pair } from "../views/interactions.js";
import type { UnitChoice } from "../views/unit.js";
import { on } from "./asks.js";
import { head, newer } from "./banner.js";
import { layout } from "./explainer.styles.js";
import { failure, type FailureAction } from "./failure.js";
import { Frame } from "./frame.js";
import { formSkeleton, result } from "./result.js";
import { Session } from "./session.js";
import { statusOf } from "./status.js";
import { shared, tokens } from "./styles.js";
import "./xai-decision.js";
import "./xai-form.js";
import type { XaiForm } from "./xai-form.js";
import type { XaiPicture } from "./xai-picture.js";
import "./xai-header.js";

/**
 * `<xai-explainer src="bundles/loan/" provider="auto" lang="en" theme="auto">`.
 *
 * `bare` leaves out the line with title and chips, for a page that shows them itself. Sends `xai-update` whenever
 * something changed that such a page shows.
 */
export class XaiExplainer extends Frame {
  static override properties = {
    unit: { state: true },
    active: { state: true },
    selected: { state: true },
    pair: { state: true },
    arcs: { state: true },
    terms: { state: true },
  };

  /** How bundles are opened; a test or another engine may put its own here. */
  static open: Open = open;

  declare unit: UnitChoice;
  declare active: string | null;
  declare selected: string | null;
  declare pair: Pair | null;
  declare arcs: boolean;
  declare terms: boolean;

  readonly session = new Session(this);
  #history = new History();
  #edition = 0;

  static override styles = [tokens, shared, layout];

  constructor() {
    super();
    this.unit = "points";
    this.active = this.selected = this.pair = null;
    this.arcs = false;
    this.terms = false;
    this.#listen();
  }

  get explainer(): Explainer | null {
    return this.session.explainer;
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has("src")) {
      this.#history.clear();
      this.selected = null;
    }
    if (changed.has("src") || changed.has("provider")) this.reopen();
    const { announced } = statusOf(this.session, this.words);
    this.announce(announced);
  }

  override render(): TemplateResult {
    const { session, words } = this;
    const { explainer } = session;
    return html`<div lang=${words.lang}>
      ${this.bare ? nothing : head(session, this.provider, words)}
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

  protected override reopen(): void {
    if (this.src) void this.session.open(XaiExplainer.open, this.src, this.provider);
  }

  /** What the parts ask for. */
  #listen(): void {
    on(this, "xai-change", ({ name, value }) => this.#edit({ ...this.session.values, [name]: value }, name));
    on(this, "xai-start", ({ id }) => this.#startFrom(id));
    on(this, "xai-shuffle", () => this.#startFrom(another(this.#starts(), this.session.start.id, Math.random())?.id));
    on(this, "xai-row", ({ row, values }) => this.#show({ id: `file:${row}`, values }));
    on(this, "xai-undo", () => this.undo());
    on(this, "xai-reset", () => {
      this.#edition++;
      this.#edit(this.session.start.values, null);
    });
    on(this, "xai-point", ({ player }) => (this.active = player));
    on(this, "xai-pair", ({ pair }) => (this.pair = pair));
    on(this, "xai-arcs", (arcs) => (this.arcs = arcs.on));
    on(this, "xai-select", ({ player }) => {
      if (this.selected === player) this.release();
      else this.selected = player;
    });
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
    if (start) this.#show(start);
  }

  #show(start: Start): void {
    this.#remember(null);
    this.#edition++;
    this.session.change({ start });
    this.renderRoot.querySelector(".decision")?.scrollIntoView({ block: "nearest" });
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

  protected override undo(): void {
    const before = this.#history.undo();
    if (!before) return;
    this.#edition++;
    this.session.change(before.start === this.session.start ? { values: before.values } : before);
  }

  protected override release(): void {
    const { selected } = this;
    if (selected === null) return;
    this.selected = null;
    // Where what closes has the focus, its bar gets it back.
    if (this.shadowRoot?.activeElement?.closest(".detail"))
      this.renderRoot.querySelector<XaiPicture>("xai-picture")?.focusBar(selected);
  }

  protected override typedInto(target: EventTarget | undefined): boolean {
    return target instanceof HTMLInputElement;
  }

  #mend(action: FailureAction): void {
    if (action === "reload") location.reload();
    else if (action === "auto-provider" && this.provider !== "auto") this.provider = "auto";
    else this.reopen();
  }
}

customElements.define("xai-explainer", XaiExplainer);

declare global {
  interface HTMLElementTagNameMap {
    "xai-explainer": XaiExplainer;
  }
}
