/** The test of an explanation: how fast the prediction falls when what it names goes first. Drawn when asked for. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import { type Drawn, finding, removalCurve } from "../views/removal-curve.js";
import type { Unit } from "../views/unit.js";
import { type Answer, Curve } from "./curve.js";
import { toShape } from "./failure.js";
import { shared } from "./styles.js";

export class XaiCurve extends LitElement {
  static override properties = {
    subject: { attribute: false },
    order: { attribute: false },
    answer: { attribute: false },
    output: { attribute: false },
    unit: { attribute: false },
    narrow: { type: Boolean },
    words: { attribute: false },
  };

  /** What it is of, in a word that changes with it: another one's curve goes. */
  declare subject: string;
  /** Parts from what speaks most for the output to what speaks most against it. */
  declare order: readonly number[];
  declare answer: Answer;
  /** Position of the output in the manifest. */
  declare output: number;
  declare unit: Unit;
  declare narrow: boolean;
  declare words: Words;

  readonly #curve = new Curve(() => this.requestUpdate());
  #drawn = "";

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
        margin-block-start: 0.75rem;
      }
      figure {
        margin: 0;
      }
      svg {
        display: block;
        max-inline-size: 100%;
        block-size: auto;
        direction: ltr;
        font-size: 12px;
      }
      text {
        fill: var(--xai-muted);
      }
      .grid {
        stroke: var(--xai-line);
      }
      polyline {
        fill: none;
        stroke-width: 2;
      }
      polyline.most {
        stroke: var(--xai-accent);
      }
      polyline.least {
        stroke: var(--xai-muted);
        stroke-dasharray: 5 4;
      }
      circle.most {
        fill: var(--xai-accent);
      }
      circle.least {
        fill: var(--xai-muted);
      }
      .key,
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.25rem 1rem;
        font-size: 0.8125rem;
      }
      .key span::before {
        content: "";
        display: inline-block;
        inline-size: 1.5rem;
        margin-inline-end: 0.375rem;
        vertical-align: middle;
        border-block-start: 2px solid var(--xai-accent);
      }
      .key .least::before {
        border-block-start: 2px dashed var(--xai-muted);
      }
    `,
  ];

  constructor() {
    super();
    this.narrow = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#curve.clear();
  }

  override willUpdate(_: PropertyValues): void {
    if (this.#drawn !== this.#key) this.#curve.clear();
  }

  override render(): TemplateResult {
    const { words, order, unit, output } = this;
    const { s, n } = words;
    const { points, running, total, failed } = this.#curve;
    const falls = points.map(({ hidden, most, least }) => ({
      hidden,
      most: most[output] ?? 0,
      least: least[output] ?? 0,
    }));
    const drawn: Drawn = { falls, count: order.length, unit, width: this.narrow ? 290 : 560, words };
    const whole = points.length > 0 && points.length === total;
    return html`${
        points.length > 0
          ? html`<p role="status">${whole ? finding(drawn) : nothing}</p>
              <figure role="img" aria-label=${s.curve.label(whole ? finding(drawn) : "")}>
                ${removalCurve(drawn)}
              </figure>
              <div class="key" aria-hidden="true">
                <span>${s.curve.most}</span><span class="least">${s.curve.least}</span>
              </div>
              ${whole ? this.#table(drawn) : nothing}`
          : nothing
      }
      ${failed ? html`<p role="alert">${s.curve.failed(toShape(failed).message)}</p>` : nothing}
      <div class="row">
        ${
          running
            ? html`<progress value=${points.length} max=${total} aria-label=${s.status.progress}></progress>
                <span>${s.status.of(n.count(points.length), n.count(total))}</span>
                <button type="button" @click=${() => this.#curve.stop()}>${s.status.cancel}</button>`
            : whole
              ? nothing
              : html`<button type="button" ?disabled=${order.length < 2} @click=${() => this.#draw()}>
                    ${s.curve.draw}
                  </button>
                  <small>${s.curve.help}</small>`
        }
      </div>`;
  }

  #table({ falls, unit, words }: Drawn): TemplateResult {
    const { s, n } = words;
    return html`<details>
      <summary>${s.curve.numbers}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">${s.curve.axis}</th>
            <th scope="col">${s.curve.most}</th>
            <th scope="col">${s.curve.least}</th>
          </tr>
        </thead>
        <tbody>
          ${falls.map(
            ({ hidden, most, least }) =>
              html`<tr>
                <th scope="row">${n.count(hidden)}</th>
                <td>${unit.level(most)}</td>
                <td>${unit.level(least)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>`;
  }

  get #key(): string {
    return `${this.subject} ${this.output} ${this.order.join()}`;
  }

  #draw(): void {
    this.#drawn = this.#key;
    void this.#curve.draw(this.order, this.answer);
  }
}

customElements.define("xai-curve", XaiCurve);

declare global {
  interface HTMLElementTagNameMap {
    "xai-curve": XaiCurve;
  }
}
