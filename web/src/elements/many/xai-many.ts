/** Every row of a file, explained: for the owner of many cases; closed until somebody opens it. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { METHODS } from "../../methods.gen.js";
import type { KeptRows } from "../../many.js";
import type { Words } from "../../strings/words.js";
import type { Explainer, ExplainOptions } from "../../types.js";
import { refusedText } from "../../views/many/rows-table.js";
import type { UnitChoice } from "../../views/unit.js";
import { failure } from "../failure.js";
import { numbersStyles } from "../numbers.styles.js";
import { optionsOf, type Settings } from "../settings.js";
import { shared } from "../styles.js";
import { found } from "./found.js";
import { manyStyles } from "./many.styles.js";
import { ManySession } from "./session.js";

export class XaiMany extends LitElement {
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
    const unfinished = session.kept.filter(({ finished }) => !finished);
    return html`<button
        type="button"
        class="toggle"
        aria-expanded=${open}
        aria-controls="body"
        @click=${() => (this.open = !open)}
      >
        ${many.title}
      </button>
      ${!open && unfinished.length > 0 ? html`<p class="muted">${this.#unfinished(unfinished[0]!)}</p>` : nothing}
      <div class="body" id="body" ?hidden=${!open}>${open ? this.#body() : nothing}</div>`;
  }

  #body(): TemplateResult {
    const { session, words } = this;
    const { many } = words.s;
    return html`<p>${many.about}</p>
      ${this.#kept()} ${session.running ? nothing : this.#choose()}
      ${session.inspecting && session.file ? html`<p role="status">${many.reading(session.file.name)} …</p>` : nothing}
      ${session.problem ? html`<div class="failure">${failure(session.problem, words, () => location.reload())}</div>` : nothing}
      ${session.inspected && !session.run ? this.#ready() : nothing} ${session.run ? this.#run(session.run) : nothing}`;
  }

  #unfinished(run: KeptRows): string {
    const { s, n } = this.words;
    return s.many.unfinished(run.name, n.count(run.done), n.count(run.n_rows));
  }

  #kept(): TemplateResult | typeof nothing {
    const { session, words } = this;
    const { s, n } = words;
    if (session.kept.length === 0) return nothing;
    return html`<section aria-label=${s.many.kept}>
      <h3>${s.many.kept}</h3>
      <ul>
        ${session.kept.map(
          (run) =>
            html`<li class="line">
              <span>${run.finished ? s.many.finished(run.name, n.count(run.n_rows)) : this.#unfinished(run)}</span>
              ${
                run.finished
                  ? nothing
                  : html`<button
                      type="button"
                      class="primary"
                      ?disabled=${session.running}
                      @click=${() => this.#start(run)}
                    >
                      ${s.many.continue}
                    </button>`
              }
              <button type="button" ?disabled=${session.running} @click=${() => void session.show(run)}>
                ${s.many.show}
              </button>
              ${this.#delete(run)}
            </li>`,
        )}
      </ul>
    </section>`;
  }

  /** Deleting takes two clicks. */
  #delete(run: KeptRows): TemplateResult {
    const { many } = this.words.s;
    if (this.deleting !== run.id)
      return html`<button type="button" @click=${() => (this.deleting = run.id)}>${many.delete}</button>`;
    const discard = () => {
      this.deleting = null;
      void this.session.discard(run);
    };
    return html`<span role="alert">${many.really(run.name)}</span>
      <button type="button" class="primary" @click=${discard}>${many.delete}</button>
      <button type="button" @click=${() => (this.deleting = null)}>${many.cancel}</button>`;
  }

  #choose(): TemplateResult {
    const { many } = this.words.s;
    const take = (files: FileList | null | undefined) => {
      const file = files?.[0];
      if (file) void this.session.choose(file, this.#options());
    };
    const drag = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // else the browser would leave the page for the file
      this.over = event.type === "dragover";
      if (event.type === "drop") take(event.dataTransfer.files);
    };
    return html`<div class=${this.over ? "drop over" : "drop"} @dragover=${drag} @dragleave=${drag} @drop=${drag}>
      <label for="file">${many.choose}</label>
      <input
        id="file"
        type="file"
        accept=".csv,.tsv,.txt,.parquet"
        @change=${(event: Event) => take((event.target as HTMLInputElement).files)}
      />
      <span class="muted">${many.drop}</span>
    </div>`;
  }

  /** What a file holds, and what explaining it would take. */
  #ready(): TemplateResult {
    const { session, words, explainer } = this;
    const { s, n } = words;
    const { inspected, file, perRow } = session;
    if (!inspected || !file || !explainer) return html``;
    const good = inspected.n_rows - inspected.n_refused;
    const method =
      s.methods[this.settings.method]?.["title"] ?? METHODS.find(({ name }) => name === this.settings.method)!.title;
    return html`<section aria-label=${file.name}>
      <p>${s.many.facts(file.name, n.count(inspected.n_rows), n.count(explainer.manifest.features.length))}</p>
      ${inspected.unused.length > 0 ? html`<p>${s.many.unused(n.list(inspected.unused))}</p>` : nothing}
      ${
        inspected.n_refused > 0
          ? html`<details>
              <summary>${s.many.refused(n.count(inspected.n_refused))}</summary>
              <ul tabindex="0" aria-label=${s.many.refused(n.count(inspected.n_refused))}>
                ${inspected.refused.map(
                  (row) => html`<li>${s.many.row} ${n.count(row.row + 1)}: ${refusedText(row, words)}</li>`,
                )}
              </ul>
              ${
                inspected.n_refused > inspected.refused.length
                  ? html`<p class="muted">${s.many.refused_note(n.count(inspected.refused.length))}</p>`
                  : nothing
              }
            </details>`
          : nothing
      }
      ${
        good === 0
          ? nothing
          : html`<p class="muted">${s.many.settings(method)}</p>
              <label>
                <input
                  type="checkbox"
                  .checked=${this.keep}
                  @change=${(event: Event) => (this.keep = (event.target as HTMLInputElement).checked)}
                />
                <span>${s.many.keep}<br /><small>${s.many.keep_note}</small></span>
              </label>
              <p role="status">
                ${perRow === null ? `${s.many.timing} …` : s.many.estimate(this.#duration(perRow * good))}
              </p>
              <button type="button" class="primary" @click=${() => this.#start(file)}>
                ${s.many.start(n.count(good))}
              </button>`
      }
    </section>`;
  }

  #run(run: KeptRows): TemplateResult {
    const { session, words, explainer } = this;
    const { s, n } = words;
    const { progress, running } = session;
    const [done, total] = [n.count(run.done), n.count(run.n_rows)];
    const rate = running ? progress?.rows_per_second : null;
    const left = running ? progress?.remaining_ms : null;
    return html`<section aria-label=${run.name}>
        <h3>${run.name}</h3>
        <progress value=${run.done} max=${run.n_rows} aria-label=${s.many.progress}></progress>
        <p class="line">
          <span>${s.many.done(done, total)}</span>
          ${rate ? html`<span>${s.many.rate(n.short(rate))}</span>` : nothing}
          ${left ? html`<span>${s.many.left(this.#duration(left))}</span>` : nothing}
          ${running ? nothing : html`<span role="status">${run.finished ? s.many.over : s.many.paused}</span>`}
        </p>
        <div class="line">
          ${
            running
              ? html`<button type="button" @click=${() => void session.pause()}>${s.many.pause}</button>`
              : run.finished
                ? nothing
                : html`<button type="button" class="primary" @click=${() => this.#start(run)}>
                    ${s.many.continue}
                  </button>`
          }
          ${this.#delete(run)}
        </div>
        <p class="muted">${s.many.where[run.where]}${run.reason ? ` ${s.many.not_kept(run.reason)}` : ""}</p>
        ${run.n_refused > 0 ? html`<p>${s.many.refused(n.count(run.n_refused))}</p>` : nothing}
      </section>
      ${explainer ? found(run, this, explainer) : nothing}`;
  }

  #options(): ExplainOptions {
    const { interactions: _, interactionOrder: __, ...options } = optionsOf(this.settings);
    return this.settings.method === "shapley" ? { ...options, interactions: "none" } : options;
  }

  #start(source: File | KeptRows): void {
    this.open = true;
    void this.session.start(source, this.#options(), this.keep);
  }

  #duration(ms: number): string {
    const { many } = this.words.s;
    const { count } = this.words.n;
    const minutes = Math.round(ms / 60_000);
    if (minutes >= 60) return many.hours(count(Math.floor(minutes / 60)), count(minutes % 60));
    return minutes >= 2 ? many.minutes(count(minutes)) : many.seconds(count(Math.max(1, Math.round(ms / 1000))));
  }
}

customElements.define("xai-many", XaiMany);

declare global {
  interface HTMLElementTagNameMap {
    "xai-many": XaiMany;
  }
}
