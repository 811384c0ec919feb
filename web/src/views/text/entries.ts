/** The values of an explanation of a text, word by word or sentence by sentence. */
import { METHODS } from "../../methods.gen.js";
import type { Explanation } from "../../types.js";
import type { Reading, Word } from "./reading.js";

export interface Entry extends Word {
  /** In the explanation's own scale. */
  readonly value: number;
  /** 0 where exact, null where unknown. */
  readonly error: number | null;
}

export interface Sum {
  /** Its words. */
  readonly words: readonly number[];
  readonly text: string;
  readonly value: number;
}

/** One entry per word, in reading order. */
export function entries({ words }: Reading, explanation: Explanation, output: number): Entry[] {
  return words.map((word) => ({
    ...word,
    value: explanation.values[word.index]?.[output] ?? 0,
    error: explanation.std_error[word.index]?.[output] ?? null,
  }));
}

/** Whether base value and values add up to the prediction: only then do words of a sentence add up to its value. */
export function additive({ provenance }: Explanation): boolean {
  return METHODS.find(({ name }) => name === provenance.method)?.additive ?? false;
}

/** What each sentence's words come to together; none where values don't add up, or there is just one. */
export function sums(reading: Reading, explanation: Explanation, output: number): Sum[] {
  if (!additive(explanation) || reading.sentences.length < 2) return [];
  return reading.sentences.map((words) => ({
    words,
    text: reading.text.slice(reading.words[words[0] ?? 0]?.start, reading.words[words.at(-1) ?? 0]?.stop),
    value: words.reduce((sum, word) => sum + (explanation.values[word]?.[output] ?? 0), 0),
  }));
}
