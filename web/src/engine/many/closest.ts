/** Which known word was probably meant: the one that shares most with what was written. */

/** Less in common than this is no likeness. */
const ALIKE = 0.6;

/** The closest of some words by Ratcliff and Obershelp's ratio, as Python's `difflib.get_close_matches`; else null. */
export function closest(written: string, words: readonly string[]): string | null {
  let best: string | null = null;
  let most = ALIKE;
  for (const word of words) {
    const length = word.length + written.length;
    const ratio = length === 0 ? 1 : (2 * common(word, written)) / length;
    // Of equally close ones the later in the alphabet, as there.
    if (ratio > most || (ratio === most && (best === null || word > best))) [best, most] = [word, ratio];
  }
  return best;
}

/** Characters in matching blocks: the longest one, and those on its left and right. */
function common(a: string, b: string): number {
  let [from, at, size] = [0, 0, 0];
  let ends = new Map<number, number>();
  for (let i = 0; i < a.length; i++) {
    const longer = new Map<number, number>();
    for (let j = b.indexOf(a[i]!); j >= 0; j = b.indexOf(a[i]!, j + 1)) {
      const length = (ends.get(j - 1) ?? 0) + 1;
      longer.set(j, length);
      if (length > size) [from, at, size] = [i - length + 1, j - length + 1, length];
    }
    ends = longer;
  }
  if (size === 0) return 0;
  return size + common(a.slice(0, from), b.slice(0, at)) + common(a.slice(from + size), b.slice(at + size));
}
