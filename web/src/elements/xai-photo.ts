/** Photos explained, as one element: where they come from, what the model takes them for, which parts matter. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { open } from "../engine/open.js";
import type { Explainer, Open } from "../types.js";
import { without } from "../views/photo/masks.js";
import { head, newer } from "./banner.js";
import { layout } from "./explainer.styles.js";
import { failure, type FailureAction } from "./failure.js";
import { Frame } from "./frame.js";
import { statusOf } from "./status.js";
import { shared, tokens } from "./styles.js";
import { Arrivals } from "./photo/arrivals.js";
import { ask, on } from "./photo/asks.js";
import { photoLayout } from "./photo/photo.styles.js";
import { result } from "./photo/result.js";
import { PhotoSession } from "./photo/session.js";
import { verdict } from "./photo/verdict.js";
import { type Choice, type View, viewOf } from "./photo/view.js";
import "./photo/xai-cut.js";
import "./photo/xai-gallery.js";

/** A pointer that rests on a part so long asks the model about the photo without it. */
const REST_MS = 120;

const NOTHING_CHOSEN: Choice = {
  chosen: null,
  against: null,
  active: null,
  pinned: null,
  opacity: 0.8,
  borders: false,
};

/** `<xai-photo src="bundles/photo/" provider="auto" lang="en" theme="auto">`; attributes as of `<xai-explainer>`. */
export class XaiPhoto extends Frame {
  static override properties = {
    choice: { state: true },
  };

  /** How bundles are opened; a test or another engine may put its own here. */
  static open: Open = open;

  declare choice: Choice;

  readonly session = new PhotoSession(this);
  readonly #arrivals = new Arrivals(this, (blob, how) => this.#arrived(blob, how));
  #order: readonly number[] = [];
  #rest: ReturnType<typeof setTimeout> | undefined;

  static override styles = [tokens, shared, layout, photoLayout];

  constructor() {
    super();
    this.choice = NOTHING_CHOSEN;
    this.#listen();
  }

  get explainer(): Explainer<"image"> | null {
    return this.session.explainer;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#rest);
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has("src")) {
      this.session.forget();
      this.choice = NOTHING_CHOSEN;
    }
    if (changed.has("src") || changed.has("provider")) this.reopen();
    const { explainer, run } = this.session;
    const explanation = run.shown?.explanation ?? null;
    const { announced } = statusOf({ ...run, explainer, explanation }, this.words);
    this.announce(announced);
  }

  override render(): TemplateResult {
    const { session, words } = this;
    const { explainer } = session;
    const view = viewOf(session, this.choice, words, this.#order, this.narrow);
    this.#order = view.order;
    return html`<div lang=${words.lang}>
      ${this.bare ? nothing : head(session, this.provider, words)}
      ${explainer?.activity.newer ? newer(explainer, words) : nothing}
      ${
        session.failure
          ? html`<div class="whole">${failure(session.failure, words, (action) => this.#mend(action))}</div>`
          : html`<div class="grid">
              <section class="card decision" aria-label=${words.s.photo.classes.title}>
                ${verdict(view, session)}
              </section>
              <div class="form">${this.#form(view)}</div>
              <section class="result" aria-label=${words.s.photo.picture.region}>
                ${result(view, session, this, (action) => this.#mend(action))}
              </section>
            </div>`
      }
      <div class="drop" ?hidden=${!this.#arrivals.over}><p>${words.s.photo.drop}</p></div>
      <div class="hidden" role="status">${this.said}</div>
    </div>`;
  }

  #form({ words }: View): TemplateResult {
    const { session, narrow } = this;
    if (!session.explainer) return html`<section class="card"><div class="wait gallery"></div></section>`;
    return html`<section class="card" aria-label=${words.s.photo.title}>
        <xai-gallery
          ?narrow=${narrow}
          .explainer=${session.explainer}
          .photo=${session.wish?.photo ?? null}
          .canUndo=${session.canUndo}
          .words=${words}
        ></xai-gallery>
      </section>
      <section class="card" aria-label=${words.s.photo.cut.title}>
        <xai-cut
          ?narrow=${narrow}
          .settings=${session.settings}
          .looks=${new Map(session.looks)}
          .prepared=${session.prepared}
          .regions=${session.wish?.regions ?? []}
          .words=${words}
        ></xai-cut>
      </section>`;
  }

  protected override reopen(): void {
    if (this.src) void this.session.open(XaiPhoto.open, this.src, this.provider);
  }

  /** What the parts ask for. */
  #listen(): void {
    const { session } = this;
    const choose = (part: Partial<Choice>) => (this.choice = { ...this.choice, ...part });
    on(this, "xai-example", ({ id }) => {
      choose({ chosen: null, against: null, active: null, pinned: null });
      const { explainer } = session;
      session.example(id).catch((thrown: unknown) => session.fail(thrown, explainer));
    });
    on(this, "xai-photo", ({ blob, title }) => {
      choose({ chosen: null, against: null, active: null, pinned: null });
      session.take({ id: `own ${crypto.randomUUID()}`, title, blob });
    });
    on(this, "xai-undo", () => this.undo());
    on(this, "xai-segment", ({ segment }) => {
      choose({ active: segment });
      this.#ask(REST_MS);
    });
    on(this, "xai-pin", ({ segment }) => {
      choose({ pinned: segment });
      this.#ask(0);
    });
    on(this, "xai-class", ({ name }) => {
      const against = name === this.choice.against ? null : this.choice.against;
      this.#order = [];
      choose({ chosen: name, against });
    });
    on(this, "xai-against", ({ name }) => {
      this.#order = [];
      choose({ against: name });
    });
    on(this, "xai-drawn", (drawn) => choose(drawn));
    on(this, "xai-regions", ({ regions }) => session.change({ regions }));
    on(this, "xai-settings", ({ settings }) => session.change({ settings }));
    on(this, "xai-output", ({ output }) => {
      const name = session.explainer?.manifest.outputs[output]?.name ?? "";
      session.also(name);
      this.#order = [];
      choose({ chosen: name });
    });
    on(this, "xai-mask", ({ mask }) => {
      const { shown } = session.run;
      if (shown && mask.length === shown.explanation.players.length) session.askFor("mask", shown, mask);
    });
    on(this, "xai-beside", ({ method, on }) => session.setBeside(method, on));
    on(this, "xai-large", ({ method }) => session.change({ settings: session.settingsOf(method) }));
    on(this, "xai-stop", ({ method }) => session.cancel(method));
    on(this, "xai-resume", ({ method }) => session.resume(method));
    on(this, "xai-said", ({ text }) => (this.said = text));
    on(this, "xai-provider", ({ provider }) => (this.provider = provider));
  }

  /** Asks the model about the photo without the part that is looked at, once the pointer rests. */
  #ask(rest: number): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      const segment = this.choice.active ?? this.choice.pinned;
      const { shown } = this.session.run;
      const count = shown?.explanation.players.length ?? 0;
      if (shown && segment !== null && segment < count) this.session.askFor("part", shown, without(count, segment));
      this.requestUpdate();
    }, rest);
  }

  #arrived(blob: Blob | null, how: "dropped" | "pasted"): void {
    const { photo } = this.words.s;
    if (!blob) this.said = photo.no_image;
    else {
      const name = blob instanceof File ? blob.name : "";
      ask(this, "xai-photo", { blob, title: how === "pasted" || !name ? photo.pasted : photo.uploaded(name) });
    }
  }

  protected override undo(): void {
    this.choice = { ...this.choice, active: null, pinned: null };
    if (this.session.undo()) this.said = this.words.s.photo.undone;
  }

  protected override release(): void {
    if (this.choice.pinned !== null) this.choice = { ...this.choice, pinned: null };
  }

  protected override typedInto(target: EventTarget | undefined): boolean {
    return target instanceof HTMLInputElement && target.type === "number";
  }

  #mend(action: FailureAction): void {
    if (action === "reload") location.reload();
    else if (action === "auto-provider" && this.provider !== "auto") this.provider = "auto";
    else if (this.session.failure || this.session.explainer?.activity.core === "failed") this.reopen();
    else this.session.retry();
  }
}

customElements.define("xai-photo", XaiPhoto);

declare global {
  interface HTMLElementTagNameMap {
    "xai-photo": XaiPhoto;
  }
}
