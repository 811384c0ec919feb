/** A text as the tokens that a bundle's model reads, word by word; `engine/tokenizer.py` does the same. */
import { Tokenizer as Encoder } from "@huggingface/tokenizers";
import { XaiwebError } from "../errors.js";

/** First code point, and the one after the last. */
export type Span = [start: number, stop: number];
/** A word's span and its token ids. */
export type Piece = [start: number, stop: number, ids: number[]];

/** What Python or JavaScript takes for whitespace, as in `core/words.py`. */
const WORD =
  // oxlint-disable-next-line no-control-regex, no-irregular-whitespace
  /[^\t\n\v\f\r \x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+/gu;

/** The words of a text: its longest runs without whitespace, in order. */
export function chunks(text: string): Span[] {
  return Array.from(words(text), ({ start, stop }) => [start, stop]);
}

/** The text with U+FFFD for every lone surrogate; no span moves. */
export function whole(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** A `tokenizer.json`, used on one word at a time and without special tokens. */
export class Tokenizer {
  readonly #encoder: Encoder;
  readonly #maxTokens: number;

  /**
   * @param document - The parsed `tokenizer.json`.
   * @param maxTokens - Most tokens that the model reads.
   * @param where - The file's name, for messages.
   * @throws XaiwebError (`bundle-invalid`)
   */
  constructor(document: unknown, maxTokens: number, where = "tokenizer.json") {
    try {
      this.#encoder = new Encoder(document as object, {});
    } catch (error) {
      throw XaiwebError.wrap(error, "bundle-invalid", { where, next: "Export the bundle again." });
    }
    this.#maxTokens = maxTokens;
  }

  /** The words in order with their tokens, as far as `maxTokens` reach; lone surrogates count as U+FFFD. */
  encode(text: string): Piece[] {
    const known = new Map<string, number[]>(); // words come again
    const pieces: Piece[] = [];
    let count = 0;
    for (const { word, start, stop } of words(whole(text))) {
      if (count >= this.#maxTokens) break;
      let ids = known.get(word);
      if (!ids) known.set(word, (ids = this.#encoder.encode(word, { add_special_tokens: false }).ids));
      pieces.push([start, stop, ids]);
      count += ids.length;
    }
    return pieces;
  }
}

/** Between words every code point is one code unit: no whitespace lies beyond U+FFFF. */
function* words(text: string): Generator<{ word: string; start: number; stop: number }> {
  let [units, start] = [0, 0];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    start += index - units;
    units = index + word.length;
    const stop = start + length(word);
    yield { word, start, stop };
    start = stop;
  }
}

/** In code points. */
function length(word: string): number {
  let pairs = 0;
  for (let unit = 0; unit < word.length; unit++) if (word.codePointAt(unit)! > 0xffff) pairs++;
  return word.length - pairs;
}
