/** Other methods beside the large picture: the same question asked in other ways, each with its own progress. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { Words } from "../../strings/words.js";
import type { MethodName } from "../../types.js";
import { exact } from "../../views/convergence.js";
import { legend } from "../../views/photo/legend.js";
import { limit } from "../../views/photo/parts.js";
import { glance, type Sight, unitOf } from "../../views/photo/sentence.js";
import { methodsFor } from "../settings.js";
import { shared } from "../styles.js";
import { ask } from "./asks.js";
import type { Run } from "./run.js";
import "./xai-overlay.js";

/** A method's picture, and what it takes to draw it. */
export interface Column {
  readonly method: MethodName;
  readonly run: Run;
  readonly sight: Sight | null;
}

export class XaiBeside extends LitElement {
  static override properties = {
    columns: { attribute: false },
    large: { attribute: false },
    pixels: { attribute: false },
    opacity: { attribute: false },
    words: { attribute: false },
  };

  /** In the order in which they were added; the large one is among them where others are. */
  declare columns: readonly Column[];
  declare large: MethodName;
  declare pixels: ImageData | null;
  declare opacity: number;
  declare words: Words;

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.75rem;
      }
      .add {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
      .columns {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 12rem), 1fr));
        gap: 1.25rem;
      }
      .column {
        max-inline-size: 18rem;
        display: grid;
        gap: 0.5rem;
        align-content: start;
        font-size: 0.875rem;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        align-items: center;
      }
      .legend svg {
        max-inline-size: 100%;
        block-size: auto;
      }
      progress {
        inline-size: 100%;
        block-size: 0.5rem;
      }
      .said {
        text-wrap: pretty;
      }
    `,
  ];

  override render(): TemplateResult {
    const { columns, words, large } = this;
    const { methods } = words.s.photo;
    const there = new Set(columns.map(({ method }) => method));
    return html`<h3>${methods.title}</h3>
      <p class="muted">${methods.help}</p>
      <div class="add">
        ${methodsFor("image")
          .filter(({ name }) => name !== large)
          .map(({ name }) => {
            const on = there.has(name);
            const title = this.#title(name);
            return html`<button
              type="button"
              aria-pressed=${on}
              @click=${() => ask(this, "xai-beside", { method: name, on: !on })}
            >
              ${on ? methods.remove(title) : methods.add(title)}
            </button>`;
          })}
      </div>
      ${columns.length > 0 ? html`<div class="columns">${columns.map((column) => this.#column(column))}</div>` : nothing}`;
  }

  #column({ method, run, sight }: Column): TemplateResult {
    const { words, large, pixels } = this;
    const { methods } = words.s.photo;
    return html`<section class="column" aria-label=${this.#title(method)}>
      <h4>${this.#title(method)}</h4>
      <small>${methods.meaning[method] ?? nothing}</small>
      <xai-overlay .pixels=${pixels} .shown=${run.shown} .sight=${sight} .opacity=${this.opacity}></xai-overlay>
      ${
        sight
          ? html`<div class="legend">
                ${legend({ limit: limit(sight.explanation, sight.look), unit: unitOf(sight), words, width: 220 })}
              </div>
              <p class="said">${glance(sight)[0]}</p>`
          : nothing
      }
      <div class="actions">${this.#status(method, run)}</div>
      <div class="actions">
        ${
          method === large
            ? html`<small>${methods.shown}</small>`
            : html`<button type="button" ?disabled=${!sight} @click=${() => ask(this, "xai-large", { method })}>
                ${methods.larger}
              </button>`
        }
      </div>
    </section>`;
  }

  #status(method: MethodName, run: Run): TemplateResult {
    const { s, n } = this.words;
    const { progress, shown, problem } = run;
    if (problem) return html`<span role="alert">${s.photo.methods.failed(problem.message)}</span>`;
    if (run.running && progress)
      return html`<progress value=${progress.done} max=${progress.total} aria-label=${s.status.progress}></progress>
        <span>${s.status.of(n.count(progress.done), n.count(progress.total))}</span>
        <button type="button" @click=${() => ask(this, "xai-stop", { method })}>${s.status.cancel}</button>`;
    if (run.running) return html`<span>${s.status.computing}</span>`;
    const count = n.count(shown?.explanation.provenance.n_coalitions ?? 0);
    if (run.final && shown)
      return html`<span>${exact(shown.explanation) ? s.status.exact : s.status.done(count)}</span>`;
    if (run.stopped)
      return html`<span>${s.status.stopped(count)}</span>
        <button type="button" @click=${() => ask(this, "xai-resume", { method })}>${s.status.continue}</button>`;
    return html`<span>${s.photo.methods.waiting}</span>`;
  }

  #title(name: MethodName): string {
    const english = methodsFor("image").find((one) => one.name === name)?.title ?? name;
    return this.words.s.methods[name]?.["title"] ?? english;
  }
}

customElements.define("xai-beside", XaiBeside);

declare global {
  interface HTMLElementTagNameMap {
    "xai-beside": XaiBeside;
  }
}
