/** How exact the values of one output are, in a sentence: exact, off by so much, or nobody knows. */
import { Z95 } from "../chart/order.js";
import type { Words } from "../strings/words.js";
import type { Unit } from "./unit.js";

/** What a kind of data says of values that are estimated, and of those of which it isn't known how far off they are. */
export interface PrecisionWords {
  estimated(count: string, typical: string, largest: string): string;
  partly_unknown(count: string): string;
}

/**
 * Of standard errors (0 is exact, null unknown) and the number of evaluations they come from.
 *
 * What is exact says nothing of how far the others are off, so that only these are counted.
 */
export function precision(
  errors: readonly (number | null)[],
  evaluations: number,
  unit: Unit,
  said: PrecisionWords,
  { s, n }: Words,
): string {
  if (errors.every((error) => error === 0)) return s.trust.exact;
  const unknown = errors.filter((error) => error === null).length;
  const estimated = errors.filter((error) => error !== null && error > 0).sort((a, b) => a! - b!) as number[];
  if (estimated.length === 0) {
    const exact = errors.length - unknown;
    return exact === 0 ? s.trust.unknown : s.trust.unknown_or_exact(n.count(unknown), n.count(exact));
  }
  const typical = estimated[estimated.length >> 1] ?? 0;
  const largest = estimated.at(-1) ?? 0;
  return [
    said.estimated(n.count(evaluations), unit.distance(typical * Z95), unit.distance(largest * Z95)),
    unknown > 0 ? said.partly_unknown(n.count(unknown)) : "",
  ]
    .filter(Boolean)
    .join(" ");
}
