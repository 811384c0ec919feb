/** The decision strip: the word, the sentence, and the number on a scale of its own kind. */
import { html, LitElement, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { Strings } from "../strings/en.js";
import type { Words } from "../strings/words.js";
import type { Manifest } from "../types.js";
import { choosesAClass, type Class, classes, likeliest } from "../views/classes.js";
import { decision } from "../views/sentence.js";
import { unit } from "../views/unit.js";
import { decisionStyles } from "./decision.styles.js";
import { shared } from "./styles.js";

/** Classes that get a bar; more would push the picture out of sight. */
const CLASSES = 4;

export type Phrases = Pick<Strings["decision"], "as_example" | "unchanged" | "moved" | "turned" | "ring">;

export class XaiDecision extends LitElement {
  static override properties = {
    manifest: { attribute: false },
    prediction: { attribute: false },
    original: { attribute: false },
    output: { attribute: false },
    reference: { attribute: false },
    phrases: { attribute: false },
    words: { attribute: false },
  };

  declare manifest: Manifest;
  /** The model's outputs for the row shown; null until the first prediction. */
  declare prediction: readonly number[] | null;
  /** The outputs for the example as it was; null where nothing was changed. */
  declare original: readonly number[] | null;
  declare output: number;
  /** The outputs for the rows it is compared with; null until they are known, and where they aren't needed. */
  declare reference: readonly (readonly number[])[] | null;
  /** How a change is told, where it isn't one of a table's entry. */
  declare phrases: Phrases | null;
  declare words: Words;

  static override styles = [shared, decisionStyles];

  constructor() {
    super();
    this.prediction = null;
    this.original = null;
    this.output = 0;
    this.reference = null;
    this.phrases = null;
  }

  override render(): TemplateResult {
    const { manifest, prediction, words, output } = this;
    if (!prediction) return html`<div class="wait" aria-hidden="true"></div>`;
    const { word, sentence } = decision(manifest, prediction, output, words);
    // The word may come again further on: a spam filter's sentence ends in "chance of spam".
    const at = sentence.indexOf(word);
    const [before, after] = [sentence.slice(0, at), sentence.slice(at + word.length)];
    return html`<div>
        <p>${before}<strong>${word}</strong>${after}</p>
        <p class="change">${this.#change(prediction)}</p>
      </div>
      ${this.#picture(prediction)}`;
  }

  get #phrases(): Phrases {
    return this.phrases ?? this.words.s.decision;
  }

  #picture(prediction: readonly number[]): TemplateResult | typeof nothing {
    const { manifest, output, words } = this;
    if (choosesAClass(manifest)) return this.#classes(classes(manifest, prediction, words));
    const value = prediction[output] ?? 0;
    return manifest.outputs[output]?.kind === "probability" ? this.#scale(value) : this.#among(value);
  }

  /** How far the person's changes moved it, and whether they turned the decision. */
  #change(prediction: readonly number[]): string {
    const { manifest, original, words } = this;
    const { as_example, unchanged, moved, turned } = this.#phrases;
    if (!original) return as_example;
    const output = likeliest(manifest, prediction) ?? this.output;
    const inUnit = unit(manifest, manifest.outputs[output]?.name ?? "", "output", "points", words);
    const gap = (prediction[output] ?? 0) - (original[output] ?? 0);
    const before = decision(manifest, original, output, words);
    const now = decision(manifest, prediction, output, words);
    if (Math.abs(gap) < 1e-6) return unchanged;
    const said = moved(inUnit.amount(gap), inUnit.level(original[output] ?? 0));
    const turns = before.granted !== now.granted || (choosesAClass(manifest) && before.word !== now.word);
    return turns ? `${said} ${turned(before.word, now.word)}` : said;
  }

  /** A bar for each of the likeliest classes. */
  #classes(all: readonly Class[]): TemplateResult {
    const { s, n } = this.words;
    const shown = all.slice(0, CLASSES);
    const said = shown.map(({ label, share }) => s.decision.class(label, n.percent(share)));
    const more = all.length > CLASSES ? s.decision.more(n.count(all.length - CLASSES)) : "";
    return html`<div
      class="classes"
      role="img"
      aria-label=${s.decision.classes([n.list(said), more].filter(Boolean).join(" "))}
    >
      ${shown.map(
        ({ label, share, output }) =>
          html`<span class=${output === this.output ? "shown" : ""}>${label}</span>
            <svg aria-hidden="true">
              <rect x="0" y="4" width="100%" height="8" rx="4" fill="var(--xai-line)"></rect>
              <rect
                class="reach"
                x="0"
                y="4"
                width=${`${share * 100}%`}
                height="8"
                rx="4"
                fill="var(--xai-accent)"
              ></rect>
            </svg>
            <span class="share">${n.percent(share)}</span>`,
      )}
      ${more ? html`<small>${more}</small>` : nothing}
    </div>`;
  }

  /** A number has no natural scale: it stands among the predictions it is compared with, their average marked. */
  #among(value: number): TemplateResult | typeof nothing {
    const { manifest, original, words, output, reference } = this;
    const others = reference?.map((row) => row[output] ?? 0) ?? [];
    if (others.length === 0) return html`<svg aria-hidden="true"></svg>`;
    const inUnit = unit(manifest, manifest.outputs[output]?.name ?? "", "output", "model", words);
    const before = original?.[output];
    const average = others.reduce((sum, other) => sum + other, 0) / others.length;
    const ends = [...others, value, ...(before === undefined ? [] : [before])];
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    const share = (x: number) => (high > low ? (x - low) / (high - low) : 0.5);
    const at = (x: number) => `${1 + 98 * share(x)}%`;
    const said = words.s.decision.among(inUnit.level(value), inUnit.level(average));
    return html`<svg role="img" aria-label=${said}>
      <rect x="0" y="11" width="100%" height="2" rx="1" fill="var(--xai-line)"></rect>
      ${others.map((other) => svg`<line x1=${at(other)} x2=${at(other)} y1="6" y2="18" stroke="var(--xai-muted)" stroke-opacity="0.35" stroke-width="1.5"></line>`)}
      <line x1=${at(average)} x2=${at(average)} y1="2" y2="22" stroke="var(--xai-ink)" stroke-width="2"></line>
      <text x=${at(average)} y="37" text-anchor=${anchor(share(average))} fill="var(--xai-muted)">
        ${words.s.decision.average(inUnit.level(average))}
      </text>
      ${before === undefined ? nothing : ring(at(before), this.#phrases.ring)}
      <circle
        class="here"
        cx=${at(value)}
        cy="12"
        r="7"
        fill="var(--xai-accent)"
        stroke="var(--xai-surface)"
        stroke-width="2"
      ></circle>
      ${share(average) < 0.25 ? nothing : svg`<text x="0" y="37" fill="var(--xai-muted)">${inUnit.tick(low)}</text>`}
      ${share(average) > 0.75 ? nothing : svg`<text x="100%" y="37" text-anchor="end" fill="var(--xai-muted)">${inUnit.tick(high)}</text>`}
    </svg>`;
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
      ${before === undefined ? nothing : ring(at(before), this.#phrases.ring)}
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

/** Where the example stood before anything was changed. */
function ring(at: string, title: string): SVGTemplateResult {
  return svg`<circle cx=${at} cy="12" r="6" fill="var(--xai-surface)" stroke="var(--xai-muted)" stroke-width="2"><title>${title}</title></circle>`;
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
