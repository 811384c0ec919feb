/** Every row of a file, explained: for the owner of many cases; closed until somebody opens it. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { KeptRows } from "../../many.js";
import type { Words } from "../../strings/words.js";
import type { Explainer, ExplainOptions } from "../../types.js";
import type { UnitChoice } from "../../views/unit.js";
import { failure } from "../failure.js";
import { numbersStyles } from "../numbers.styles.js";
import { optionsOf, type Settings } from "../settings.js";
import { shared } from "../styles.js";
import { chosen, reading } from "./chosen.js";
import { found } from "./found.js";
import { keptRuns, unfinished } from "./kept.js";
import { manyStyles } from "./many.styles.js";
import type { ManyPart } from "./part.js";
import { running } from "./running.js";
import { ManySession } from "./session.js";

export class XaiMany extends LitElement implements ManyPart {
  static override properties = {
    explainer: { attribute: false },
    settings: { attribute: false },
    output: { attribute: false },
    unit: { attribute: false },
    words: { attribute: false },
    open: { state: true },
    keep: { state: true },
    over: { state: true },
    deleting: { state: true },
  };

  declare explainer: Explainer | null;
  declare settings: Settings;
  /** Position in the manifest's outputs. */
  declare output: number;
  declare unit: UnitChoice;
  declare words: Words;
  declare open: boolean;
  declare keep: boolean;
  declare over: boolean;
  /** The run that is about to be deleted. */
  declare deleting: string | null;

  readonly session = new ManySession(this);

  static override styles = [shared, numbersStyles, manyStyles];

  constructor() {
    super();
    this.explainer = null;
    this.open = this.over = false;
    this.keep = true;
    this.deleting = null;
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has("explainer")) this.session.use(this.explainer);
  }

  override render(): TemplateResult {
    const { many } = this.words.s;
    const { session, open } = this;
    const waiting = session.kept.find(({ finished }) => !finished);
    return html`<button
        type="button"
        class="toggle"
        aria-expanded=${open}
        aria-controls="body"
        @click=${() => (this.open = !open)}
      >
        ${many.title}
      </button>
      ${!open && waiting ? html`<p class="muted">${unfinished(waiting, this.words)}</p>` : nothing}
      <div class="body" id="body" ?hidden=${!open} @keydown=${this.#escape}>${open ? this.#body() : nothing}</div>`;
  }

  /** Escape stops the reading of a file. */
  readonly #escape = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && this.session.reading !== null) this.stop();
  };

  #body(): TemplateResult {
    const { session, words, explainer } = this;
    const { file, inspected, run, reading: share } = session;
    return html`<p>${words.s.many.about}</p>
      ${keptRuns(this)} ${session.running ? nothing : this.#choose()}
      ${file && share !== null ? reading(file.name, share, this) : nothing}
      ${session.problem ? failure(session.problem, words, () => location.reload()) : nothing}
      ${file && inspected && !run ? chosen(file, inspected, this) : nothing} ${run ? running(run, this) : nothing}
      ${run && explainer ? found(run, this, explainer) : nothing}`;
  }

  #choose(): TemplateResult {
    const { many } = this.words.s;
    const { file, run, kept } = this.session;
    const take = (files: FileList | null | undefined) => {
      const given = files?.[0];
      if (given) void this.session.choose(given, this.#options());
    };
    const chosen = ({ target }: Event) => {
      const input = target as HTMLInputElement;
      take(input.files);
      input.value = ""; // the same file can be chosen again
    };
    const drag = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // else the browser would leave the page for the file
      this.over = event.type === "dragover";
      if (event.type === "drop") take(event.dataTransfer.files);
    };
    return html`<div class=${this.over ? "drop over" : "drop"} @dragover=${drag} @dragleave=${drag} @drop=${drag}>
      <button
        type="button"
        class=${file || run || kept.some(({ finished }) => !finished) ? "choose" : "choose primary"}
        @click=${() => this.renderRoot.querySelector<HTMLInputElement>("input[type=file]")!.click()}
      >
        ${many.choose}
      </button>
      <input
        type="file"
        accept=".csv,.tsv,.txt,.parquet"
        hidden
        tabindex="-1"
        aria-label=${many.choose}
        @change=${chosen}
      />
      <span class="muted">${many.drop}</span>
    </div>`;
  }

  #options(): ExplainOptions {
    const { interactions: _, interactionOrder: __, ...options } = optionsOf(this.settings);
    return this.settings.method === "shapley" ? { ...options, interactions: "none" } : options;
  }

  /** Stops the reading of a file; the next thing to do is to choose one. */
  stop(): void {
    this.session.cancel();
    this.renderRoot.querySelector<HTMLButtonElement>(".choose")?.focus();
  }

  start(source: File | KeptRows): void {
    this.open = true;
    void this.session.start(source, this.#options(), this.keep);
  }
}

customElements.define("xai-many", XaiMany);

declare global {
  interface HTMLElementTagNameMap {
    "xai-many": XaiMany;
  }
}
