/** How sure a number is, as words: exact, give or take, or not known. */
import { Z95 } from "../chart/order.js";
import type { Words } from "../strings/words.js";
import type { Unit } from "./unit.js";

/** A standard error: 0 is exact, null is unknown and never 0. */
export function errorText(error: number | null, unit: Unit, { s }: Words): string {
  if (error === null) return s.table.unknown;
  return error === 0 ? s.table.exact : unit.distance(error);
}

/** The 95 % interval of a value; nothing where it is exact. */
export function intervalText(value: number, error: number | null, unit: Unit, { s }: Words): string {
  if (error === null) return s.table.unknown;
  if (error === 0) return "";
  const reach = Z95 * error;
  return s.table.range(unit.fine(value - reach), unit.fine(value + reach));
}

/** Said after an amount: "± 0.4 points"; nothing where it is exact. */
export function plusMinus(error: number | null, unit: Unit, { s }: Words): string {
  if (error === null) return s.table.error_unknown;
  return error === 0 ? "" : `±\u00a0${unit.distance(Z95 * error)}`;
}
