/** What is drawn of an explanation, worked out once: a hover must not go through thousands of words again. */
import type { Words } from "../../strings/words.js";
import type { Explanation, TextManifest } from "../../types.js";
import { type Entry, entries, type Sum, sums } from "../../views/text/entries.js";
import type { Reading } from "../../views/text/reading.js";
import { description, finding, glance, stance, unitOf } from "../../views/text/sentence.js";
import type { Unit, UnitChoice } from "../../views/unit.js";

export interface Drawn {
  readonly entries: readonly Entry[];
  readonly sums: readonly Sum[];
  readonly unit: Unit;
  /** What raises and what lowers, in the legend and at the slider. */
  readonly label: readonly [up: string, down: string];
  readonly glance: readonly string[];
  readonly finding: string;
  readonly description: string;
}

type Asked = readonly [Reading, Explanation, TextManifest, output: number, UnitChoice, Words];

/** The same object for the same explanation, unit and language. */
export class Drawing {
  #asked: Asked | null = null;
  #drawn: Drawn | null = null;

  of(...asked: Asked): Drawn {
    if (!this.#drawn || asked.some((part, at) => part !== this.#asked?.[at])) {
      this.#asked = asked;
      this.#drawn = draw(...asked);
    }
    return this.#drawn;
  }
}

function draw(...[reading, explanation, manifest, output, choice, words]: Asked): Drawn {
  const label = stance(manifest, explanation.outputs[output] ?? "", words);
  const { text } = words.s.passage;
  return {
    entries: entries(reading, explanation, output),
    sums: sums(reading, explanation, output),
    unit: unitOf(explanation, manifest, output, choice, words),
    label: label === null ? [text.raises, text.lowers] : [text.up(label), text.down(label)],
    glance: glance(reading, explanation, manifest, output, words),
    finding: finding(explanation, manifest, output, choice, words),
    description: description(reading, explanation, manifest, output, choice, words),
  };
}
