/** The decision strip: the word, the sentence, the probability against the threshold. */
import { css, html, LitElement, nothing, svg, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { Manifest } from "../types.js";
import { decision } from "../views/sentence.js";
import { unit } from "../views/unit.js";
import { shared } from "./styles.js";

export class XaiDecision extends LitElement {
  static override properties = {
    manifest: { attribute: false },
    prediction: { attribute: false },
    original: { attribute: false },
    output: { attribute: false },
    words: { attribute: false },
  };

  declare manifest: Manifest;
  /** The model's outputs for the row shown; null until the first prediction. */
  declare prediction: readonly number[] | null;
  /** The outputs for the example as it was; null where nothing was changed. */
  declare original: readonly number[] | null;
  declare output: number;
  declare words: Words;

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 5fr) minmax(0, 4fr);
        gap: 0.25rem 1.5rem;
        align-items: center;
        min-block-size: 4.5rem;
      }
      :host([narrow]) {
        grid-template-columns: minmax(0, 1fr);
        gap: 0;
        min-block-size: 7.25rem;
      }
      p {
        font-size: 1.0625rem;
        line-height: 1.3;
        text-wrap: balance;
      }
      strong {
        font-weight: 700;
      }
      .change {
        font-size: 0.8125rem;
        color: var(--xai-muted);
      }
      svg {
        display: block;
        inline-size: 100%;
        block-size: 3rem;
        overflow: visible;
        font-family: inherit;
        font-size: 0.75rem;
      }
      :host([narrow]) svg {
        block-size: 2.25rem;
      }
      .here,
      .reach {
        transition:
          cx 0.18s ease-out,
          x 0.18s ease-out,
          width 0.18s ease-out;
      }
      .wait {
        block-size: 1.25rem;
        inline-size: 70%;
        border-radius: 6px;
        background: var(--xai-line);
      }
    `,
  ];

  constructor() {
    super();
    this.prediction = null;
    this.original = null;
    this.output = 0;
  }

  override render(): TemplateResult {
    const { manifest, prediction, words, output } = this;
    if (!prediction) return html`<div class="wait" aria-hidden="true"></div>`;
    const { word, sentence } = decision(manifest, prediction, output, words);
    const rest = sentence.startsWith(word) ? sentence.slice(word.length) : `: ${sentence}`;
    return html`<div>
        <p><strong>${word}</strong>${rest}</p>
        <p class="change">${this.#change(prediction)}</p>
      </div>
      ${manifest.outputs[output]?.kind === "probability" ? this.#scale(prediction[output] ?? 0) : nothing}`;
  }

  /** How far the person's changes moved it, and whether they turned the decision. */
  #change(prediction: readonly number[]): string {
    const { manifest, original, words, output } = this;
    if (!original) return words.s.decision.as_example;
    const inUnit = unit(manifest, manifest.outputs[output]?.name ?? "", "output", "points", words);
    const gap = (prediction[output] ?? 0) - (original[output] ?? 0);
    const before = decision(manifest, original, output, words);
    const now = decision(manifest, prediction, output, words);
    if (Math.abs(gap) < 1e-6) return words.s.decision.unchanged;
    const moved = words.s.decision.moved(inUnit.amount(gap), inUnit.level(original[output] ?? 0));
    return before.granted === now.granted ? moved : `${moved} ${words.s.decision.turned(before.word, now.word)}`;
  }

  /** 0 to 100 % (unless the threshold's label stands there), the threshold marked, a ring where the example stood. In percent of the width: no measuring. */
  #scale(value: number): TemplateResult {
    const { manifest, original, words, output } = this;
    const at = (share: number) => `${Math.min(100, Math.max(0, share * 100))}%`;
    const rule = manifest.decision?.output === manifest.outputs[output]?.name ? manifest.decision : null;
    const before = original?.[output];
    const label = rule ? words.s.decision.needed(words.n.percent(rule.threshold)) : "";
    return html`<svg role="img" aria-label=${words.s.decision.scale(words.n.percent(value, rule?.threshold), label)}>
      <rect x="0" y="8" width="100%" height="8" rx="4" fill="var(--xai-line)"></rect>
      <rect class="reach" x="0" y="8" width=${at(value)} height="8" rx="4" fill="var(--xai-accent)"></rect>
      ${
        rule
          ? svg`<line x1=${at(rule.threshold)} x2=${at(rule.threshold)} y1="2" y2="22" stroke="var(--xai-ink)" stroke-width="2"></line>
          <text x=${at(rule.threshold)} y="37" text-anchor=${anchor(rule.threshold)} fill="var(--xai-muted)">${label}</text>`
          : nothing
      }
      ${
        before === undefined
          ? nothing
          : svg`<circle cx=${at(before)} cy="12" r="6" fill="var(--xai-surface)" stroke="var(--xai-muted)" stroke-width="2"><title>${words.s.decision.ring}</title></circle>`
      }
      <circle
        class="here"
        cx=${at(value)}
        cy="12"
        r="7"
        fill="var(--xai-accent)"
        stroke="var(--xai-surface)"
        stroke-width="2"
      ></circle>
      ${(rule?.threshold ?? 1) < 0.25 ? nothing : svg`<text x="0" y="37" fill="var(--xai-muted)">0</text>`}
      ${(rule?.threshold ?? 0) > 0.75 ? nothing : svg`<text x="100%" y="37" text-anchor="end" fill="var(--xai-muted)">100\u00a0%</text>`}
    </svg>`;
  }
}

/** A label near an end of the scale hangs inwards. */
function anchor(share: number): "start" | "middle" | "end" {
  return share < 0.2 ? "start" : share > 0.8 ? "end" : "middle";
}

customElements.define("xai-decision", XaiDecision);

declare global {
  interface HTMLElementTagNameMap {
    "xai-decision": XaiDecision;
  }
}
