/** What the model reads of a text: its words or sentences in reading order, and where it stops reading. */
import type { Player } from "../../types.js";
import { offsets } from "./spans.js";

export interface Word {
  /** Its place among the players. */
  readonly index: number;
  readonly player: string;
  readonly text: string;
  /** In UTF-16 units. */
  readonly start: number;
  readonly stop: number;
}

export interface Reading {
  readonly text: string;
  readonly words: readonly Word[];
  /** Which words stand in each sentence; empty where sentences have no sums. */
  readonly sentences: readonly (readonly number[])[];
}

/** A piece of the text as it is drawn: a word, or what stands between two. */
export type Piece = Word | string;

/** The players of a text, and the sentences that they are in. */
export function read(text: string, players: readonly Player[], sentences: readonly Player[] = []): Reading {
  const words = offsets(text, spans(players)).map(([start, stop], index) => ({
    index,
    player: players[index]?.name ?? "",
    text: text.slice(start, stop),
    start,
    stop,
  }));
  const ends = offsets(text, spans(sentences)).map(([, stop]) => stop);
  const groups: number[][] = ends.map(() => []);
  let sentence = 0;
  for (const { index, stop } of words) {
    while (sentence < ends.length - 1 && stop > (ends[sentence] ?? 0)) sentence++;
    groups[sentence]?.push(index);
  }
  return { text, words, sentences: groups.filter((group) => group.length > 0) };
}

function spans(players: readonly Player[]): (readonly number[])[] {
  return players.map(({ span }) => span ?? [0, 0]);
}

/** The text as words and what lies between them, in order, as far as the model reads and at most so many words. */
export function pieces({ text, words }: Reading, most: number): Piece[] {
  const all: Piece[] = [];
  let at = 0;
  for (const word of words.slice(0, most)) {
    if (word.start > at) all.push(text.slice(at, word.start));
    all.push(word);
    at = word.stop;
  }
  return all;
}

/** Pieces in a row that belong to one sentence, and what stands between two. */
export function bySentence(
  { sentences }: Reading,
  all: readonly Piece[],
): { sentence: number | null; pieces: Piece[] }[] {
  const of = new Map(sentences.flatMap((words, sentence) => words.map((word) => [word, sentence] as const)));
  const at = (piece: Piece | undefined) => (typeof piece === "object" ? (of.get(piece.index) ?? null) : null);
  const runs: { sentence: number | null; pieces: Piece[] }[] = [];
  for (const [index, piece] of all.entries()) {
    const before = at(all[index - 1]);
    // A gap goes with the words on both its sides.
    const sentence = typeof piece === "object" ? at(piece) : before === at(all[index + 1]) ? before : null;
    const run = runs.at(-1);
    if (run && run.sentence === sentence) run.pieces.push(piece);
    else runs.push({ sentence, pieces: [piece] });
  }
  return runs;
}

/** What stands behind the last of so many words: drawn without values. */
export function rest({ text, words }: Reading, most: number): string {
  return text.slice(words.slice(0, most).at(-1)?.stop ?? 0);
}

/** The start of a text, cut between two characters as people see them. */
export function beginning(text: string, length: number): string {
  if (text.length <= length) return text;
  // Whoever writes emoji and accents counts them as one; only what is near the cut has to be looked at.
  let end = 0;
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(
    text.slice(0, length + 64),
  )) {
    if (end + segment.length > length) break;
    end += segment.length;
  }
  return text.slice(0, end);
}
