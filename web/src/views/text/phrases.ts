/** The words that weigh most in one direction, as a person would quote them. */
import type { Entry } from "./entries.js";
import { beginning, type Reading } from "./reading.js";

/** Longer ones are cut: addresses have no end. */
const LENGTH = 40;
const MOST = 3;

/**
 * At most three quotations of one direction, the heaviest first; neighbours are quoted together, in their order.
 *
 * A word is quoted if it weighs at least a third of the first, and the first a twentieth of the heaviest of all: a
 * straw on the other side of a heavy load is not worth a sentence. Words that come again are quoted once.
 */
export function phrases(reading: Reading, all: readonly Entry[], sign: 1 | -1): string[] {
  const heaviest = all.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0);
  const sorted = all.filter(({ value }) => value * sign > 1e-9).sort((a, b) => (b.value - a.value) * sign);
  const first = sorted[0];
  if (!first || Math.abs(first.value) < heaviest / 20) return [];
  const chosen = sorted.filter(({ value }) => Math.abs(value) >= Math.abs(first.value) / 3).slice(0, 2 * MOST);
  const runs: Entry[][] = [];
  for (const entry of [...chosen].sort((a, b) => a.index - b.index)) {
    const run = runs.at(-1);
    if (run && run.at(-1)!.index + 1 === entry.index && oneLine(reading, run.at(-1)!, entry)) run.push(entry);
    else runs.push([entry]);
  }
  const weight = (run: readonly Entry[]) => Math.max(...run.map(({ value }) => Math.abs(value)));
  const said = runs.sort((a, b) => weight(b) - weight(a)).map((run) => quote(reading, run));
  const seen = new Set<string>();
  return said.filter((text) => !seen.has(text.toLowerCase()) && seen.add(text.toLowerCase())).slice(0, MOST);
}

function oneLine({ text }: Reading, before: Entry, after: Entry): boolean {
  return !/[\n\r]/.test(text.slice(before.stop, after.start));
}

/** A text short enough for a sentence. */
export function short(text: string, length = LENGTH): string {
  const line = text.replace(/\s+/g, " ");
  const cut = beginning(line, length);
  return cut === line ? line : `${cut.trimEnd()}…`;
}

/** Without the marks that only end a clause. */
function quote({ text }: Reading, run: readonly Entry[]): string {
  const said = text.slice(run[0]!.start, run.at(-1)!.stop);
  return short(/[\p{L}\p{N}]/u.test(said) ? said.replace(/^["'“„‘(<]+|["'”’.,;:!?)>]+$/gu, "") : said);
}
