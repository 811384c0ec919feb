/** From the cells of a table to the numbers a model gets, by the rules of `bundle/rows.py`. */
import { XaiwebError } from "../../errors.js";
import { clipped, quoted, refuseTwofold, shown } from "../../rows.js";
import type { Feature } from "../../schema.gen.js";
import { closest } from "./closest.js";

/** How the cells of a table are to be understood. */
export interface Reading {
  /** A comma may stand for the decimal point. */
  decimalComma: boolean;
  /** A category's cell is always a word, as in a CSV file. */
  words: boolean;
}

/**
 * Where each feature's column stands.
 *
 * @param ignore - Columns that may stand in the table and are passed over.
 * @throws XaiwebError where a feature has no column, or a column is neither a feature nor in `ignore`.
 */
export function positionsOf(
  columns: readonly string[],
  features: readonly Feature[],
  ignore: readonly string[],
  where: string,
): number[] {
  const names = features.map(({ name }) => name);
  const missing = names.filter((name) => !columns.includes(name));
  const extra = columns.filter((name) => !names.includes(name) && !ignore.includes(name));
  if (missing.length > 0) {
    const close = closest(missing[0]!, extra);
    const hint = close === null ? "" : ` Is "${close}" meant?`;
    throw new XaiwebError("file-columns", `missing column${missing.length > 1 ? "s" : ""} ${quoted(missing)}.${hint}`, {
      where,
      next: `The model's columns are ${quoted(names)}.`,
    });
  }
  if (extra.length > 0)
    throw new XaiwebError("file-columns", `the model has no column ${quoted(extra)}.`, {
      where,
      next: "Remove it, so that nothing is passed over unseen.",
    });
  return names.map((name) => columns.indexOf(name));
}

/**
 * The row as float32 (n_features,).
 *
 * @param where - The row in messages: `portfolio.csv, row 3`.
 * @throws XaiwebError that names the column at fault.
 */
export function encodeRow(
  cells: readonly unknown[],
  columns: readonly string[],
  positions: readonly number[],
  features: readonly Feature[],
  reading: Reading,
  where: string,
): Float32Array<ArrayBuffer> {
  if (cells.length !== columns.length)
    throw new XaiwebError(
      cells.length < columns.length ? "missing-columns" : "extra-columns",
      `expected ${columns.length} values, found ${cells.length}.`,
      {
        where,
        next: `Their order is ${quoted(columns)}.`,
        facts: { expected: String(columns.length), found: String(cells.length) },
      },
    );
  return Float32Array.from(features, (feature, i) => {
    try {
      return numberOf(cells[positions[i]!], feature, reading);
    } catch (error) {
      const { code, message, next, facts } = error as XaiwebError;
      throw new XaiwebError(code, message, {
        where: `${where}, column "${feature.name}"`,
        next,
        facts: { ...facts, column: feature.name },
      });
    }
  });
}

function numberOf(cell: unknown, feature: Feature, reading: Reading): number {
  const value = typeof cell === "string" ? cell.trim() : typeof cell === "bigint" ? Number(cell) : cell;
  if (value === null || value === undefined || value === "" || value === "NaN" || value === "nan" || isNaN(value)) {
    if (feature.missing) return Number.NaN;
    throw new XaiwebError("missing", "the value is missing.", {
      next: "Give one; this column has no missing values.",
    });
  }
  if (feature.levels) return levelOf(value, feature.levels, reading);
  const number = typeof value === "string" ? parse(value, reading) : value === true ? 1 : value === false ? 0 : value;
  if (typeof number !== "number") throw noNumber(value);
  const single = Math.fround(number);
  if (!Number.isFinite(single)) throw notFinite(number);
  return single;
}

function isNaN(value: unknown): boolean {
  return typeof value === "number" && Number.isNaN(value);
}

function levelOf(value: unknown, levels: readonly { name: string }[], { words }: Reading): number {
  const names = levels.map(({ name }) => name);
  const index = typeof value === "string" ? names.indexOf(value) : -1;
  if (index >= 0) return index;
  refuseTwofold(value, names);
  if (!words && typeof value === "number" && Number.isInteger(value) && value >= 0 && value < names.length)
    return value;
  const close = closest(String(value), names);
  const hint = close === null ? "" : ` Is ${shown(close)} meant?`;
  throw new XaiwebError("unknown-level", `${shown(value)} is not one of its levels.${hint}`, {
    next: `Choose one of ${quoted(names)}.`,
    facts: { value: clipped(value), ...(close === null ? {} : { meant: close }) },
  });
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INFINITE = /^[+-]?(inf|infinity|nan)$/i;

/** Text as a number, as Python's `float` reads it. */
function parse(text: string, { decimalComma }: Reading): number {
  let plain = text.replaceAll("\u2212", "-"); // the typographic minus
  if (decimalComma && plain.lastIndexOf(",") > plain.lastIndexOf("."))
    plain = plain.replaceAll(".", "").replaceAll(",", ".");
  if (INFINITE.test(plain)) throw notFinite(text);
  if (!NUMBER.test(plain)) throw noNumber(text);
  const number = Number(plain);
  if (!Number.isFinite(number)) throw notFinite(text);
  return number;
}

function noNumber(value: unknown): XaiwebError {
  const facts = { value: clipped(value) };
  return new XaiwebError("not-a-number", `${shown(value)} is not a number.`, { next: "Give a number.", facts });
}

function notFinite(value: unknown): XaiwebError {
  return new XaiwebError("not-finite", `${shown(value)} is not a finite number.`, {
    next: "Give a finite number.",
    facts: { value: clipped(value) },
  });
}
