/** The explainer of texts as one element: the text, the decision, the coloured words, and what lies behind them. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { open } from "../engine/open.js";
import { History } from "../inputs/history.js";
import type { Explainer, Open } from "../types.js";
import type { UnitChoice } from "../views/unit.js";
import { on } from "./asks.js";
import { head, newer } from "./banner.js";
import { layout } from "./explainer.styles.js";
import { failure, type FailureAction } from "./failure.js";
import { filesStyles } from "./files.js";
import { Frame } from "./frame.js";
import { statusOf } from "./status.js";
import { shared, switchStyles, tokens } from "./styles.js";
import { Drawing } from "./text/drawn.js";
import { result } from "./text/result.js";
import { OWN, type Sample } from "./text/sample.js";
import { TextSession } from "./text/session.js";
import { textStyles } from "./text/text.styles.js";
import "./text/xai-editor.js";
import "./xai-decision.js";
import "./xai-header.js";

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
export class XaiText extends Frame {
  static override properties = {
    unit: { state: true },
    active: { state: true },
  };

  /** How bundles are opened; a test or another engine may put its own here. */
  static open: Open = open;

  declare unit: UnitChoice;
  /** The word that is pointed at or focused. */
  declare active: number | null;

  readonly session = new TextSession(this);
  readonly drawing = new Drawing();
  #history = new History<Before>();

  static override styles = [tokens, shared, switchStyles, layout, filesStyles, textStyles];

  constructor() {
    super();
    this.unit = "points";
    this.active = null;
    this.#listen();
  }

  get explainer(): Explainer<"text"> | null {
    return this.session.explainer;
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has("src")) this.#history.clear();
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

  protected override reopen(): void {
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
    on(this, "xai-undo", () => this.undo());
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

  protected override undo(): void {
    const before = this.#history.undo();
    if (!before) return;
    const { session } = this;
    const same = before.text === session.text && before.sample === session.sample;
    if (same) session.removal.hide(before.hidden);
    else session.change(before);
    this.requestUpdate();
  }

  protected override release(): void {
    this.active = null;
  }

  protected override typedInto(target: EventTarget | undefined): boolean {
    return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  }

  #mend(action: FailureAction): void {
    if (action === "reload") location.reload();
    else if (action === "auto-provider" && this.provider !== "auto") this.provider = "auto";
    else this.reopen();
  }
}

customElements.define("xai-text", XaiText);

declare global {
  interface HTMLElementTagNameMap {
    "xai-text": XaiText;
  }
}
