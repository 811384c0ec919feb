/** What stands around the coloured words: what the word in hand does, what the colours mean, what isn't read. */
import { html, nothing, type TemplateResult } from "lit";
import type { Words } from "../../strings/words.js";
import type { Entry, Sum } from "../../views/text/entries.js";
import { beginning, type Reading, rest, type Word } from "../../views/text/reading.js";
import { largest } from "../../views/text/shade.js";
import { plusMinus } from "../../views/uncertainty.js";
import type { Unit } from "../../views/unit.js";

/** Words drawn; more would make every frame slow, and nobody reads them one by one. */
export const DRAWN = 5000;
/** Characters drawn of what the model doesn't read. */
const UNREAD = 2000;

/** The word in hand. */
export interface InHand {
  readonly word: Word;
  readonly entry: Entry | undefined;
  /** Of its sentence. */
  readonly sum: Sum | undefined;
  /** Whether it is hidden. */
  readonly gone: boolean;
  readonly toggle: () => void;
}

/** What the word in hand does, and its sentence; in one place, so that nothing moves. */
export function readout(inHand: InHand | null, stale: boolean, unit: Unit | null, words: Words): TemplateResult {
  const { text } = words.s.passage;
  if (stale) return html`<span class="muted">${text.stale}</span>`;
  if (!inHand) return html`<span class="muted">${text.hint}</span>`;
  const { word, entry, sum, gone, toggle } = inHand;
  return html`<span>
      <b><bdi>${beginning(word.text, 120)}</bdi></b>
      ${
        entry && unit
          ? html`<span class=${entry.value < 0 ? "minus" : "plus"}>${unit.amount(entry.value)}</span>
              <span class="muted">${plusMinus(entry.error, unit, words)}</span>`
          : nothing
      }
      ${sum && unit ? html`<span class="muted">· ${text.sentence(unit.amount(sum.value))}</span>` : nothing}
    </span>
    <button type="button" tabindex="-1" @click=${toggle}>${gone ? text.restore : text.hide}</button>`;
}

/** What raises, what lowers, and how much the strongest colour stands for. */
export function legend(
  entries: readonly Entry[] | null,
  unit: Unit | null,
  [up, down]: readonly [up: string, down: string],
  words: Words,
): TemplateResult | typeof nothing {
  if (!entries || !unit) return nothing;
  return html`<div class="legend">
    <span><i class="up3">+</i>${up}</span>
    <span><i class="down3">−</i>${down}</span>
    <span>${words.s.passage.text.scale(unit.distance(largest(entries)))}</span>
  </div>`;
}

/** What is not read, or not drawn, and why. */
export function unread(reading: Reading, { s, n }: Words): TemplateResult | typeof nothing {
  const { text } = s.passage;
  const more = rest(reading, DRAWN);
  if (more.trim() === "") return nothing;
  const shown = beginning(more, UNREAD);
  const why =
    reading.words.length > DRAWN
      ? text.undrawn(n.count(DRAWN), n.count(reading.words.length))
      : text.unread(n.count(more.trim().length));
  return html`<div class="rest">
    <small>${why}</small>
    <span class="run" dir="auto">${shown}</span>
    ${shown.length < more.length ? html`<small>${text.cut(n.count(more.length - shown.length))}</small>` : nothing}
  </div>`;
}
