/** Rows: from what a person or program gives to the numbers a model gets. The rules are those of `bundle/rows.py`. */
import { XaiwebError } from "./errors.js";
import type { Feature } from "./schema.gen.js";
import type { TabularManifest, Row } from "./types.js";

export interface RowWarning {
  feature: string;
  /** The value lies below the feature's `min` or above its `max`; the model still answers. */
  code: "out-of-range";
}

export interface CheckedRow {
  /** (n_features,) raw columns; a category is its level's index, a missing value NaN. */
  values: Float32Array;
  warnings: RowWarning[];
}

/**
 * The row as numbers, in manifest order.
 *
 * @param where - How to call the row in messages: `row`, `rows[3]`.
 * @throws XaiwebError for missing or extra columns, text in a number, unknown levels, NaN and infinity.
 */
export function checkRow(manifest: TabularManifest, row: Row, where = "row"): CheckedRow {
  const cells = cellsOf(manifest.features, row, where);
  const named = !Array.isArray(row);
  const values = new Float32Array(manifest.features.length);
  const warnings: RowWarning[] = [];
  for (const [i, feature] of manifest.features.entries()) {
    const number = numberOf(cells[i], feature, named, `${where}${named ? `.${feature.name}` : `[${i}]`}`);
    values[i] = number;
    if ((feature.min !== undefined && number < feature.min) || (feature.max !== undefined && number > feature.max))
      warnings.push({ feature: feature.name, code: "out-of-range" });
  }
  return { values, warnings };
}

function cellsOf(features: readonly Feature[], row: Row, where: string): readonly unknown[] {
  const names = features.map((feature) => feature.name);
  if (Array.isArray(row)) {
    if (row.length === names.length) return row as unknown[];
    throw new XaiwebError(
      row.length < names.length ? "missing-columns" : "extra-columns",
      `expected ${names.length} values, found ${row.length}.`,
      { where, next: `Their order is ${quoted(names)}.` },
    );
  }
  if (typeof row !== "object" || row === null)
    throw new XaiwebError("missing-columns", `${shown(row)} is not a row.`, {
      where,
      next: "Give an object {column: value}, or an array in the order of the manifest's features.",
    });
  const cells = row as Readonly<Record<string, unknown>>;
  const missing = names.filter((name) => !Object.hasOwn(cells, name));
  if (missing.length > 0)
    throw new XaiwebError("missing-columns", `missing column${missing.length > 1 ? "s" : ""} ${quoted(missing)}.`, {
      where,
      next: `The model's columns are ${quoted(names)}.`,
    });
  const known = new Set(names);
  const extra = Object.keys(cells).filter((name) => !known.has(name));
  if (extra.length > 0)
    throw new XaiwebError("extra-columns", `the model has no column ${quoted(extra)}.`, {
      where,
      next: "Remove it, so that nothing is passed over unseen.",
    });
  return names.map((name) => cells[name]);
}

function numberOf(cell: unknown, feature: Feature, named: boolean, where: string): number {
  const value = typeof cell === "string" ? cell.trim() : cell;
  if (value === null || value === undefined || value === "" || Number.isNaN(value)) {
    if (feature.missing) return Number.NaN;
    throw new XaiwebError("missing", "the value is missing.", {
      where,
      next: "Give one; this column has no missing values.",
    });
  }
  if (feature.levels) return levelOf(value, feature.levels, named, where);
  if (typeof value !== "number")
    throw new XaiwebError("not-a-number", `${shown(value)} is not a number.`, { where, next: "Give a number." });
  const number = Math.fround(value);
  if (!Number.isFinite(number))
    throw new XaiwebError("not-finite", `${shown(value)} is not a finite number.`, {
      where,
      next: "Give a finite number.",
    });
  return number;
}

function levelOf(value: unknown, levels: readonly { name: string }[], named: boolean, where: string): number {
  const names = levels.map(({ name }) => name);
  if (named) refuseTwofold(value, names, where);
  const index =
    typeof value === "string"
      ? names.indexOf(value)
      : typeof value === "number" && Number.isInteger(value) && value < levels.length
        ? value
        : -1;
  if (index >= 0) return index;
  throw new XaiwebError("unknown-level", `${shown(value)} is not one of its levels.`, {
    where,
    next: `Choose one of ${quoted(names)}.`,
  });
}

/**
 * Refuses a number that is one level's word and another's index.
 *
 * In an array a number is an index; beside column names it may as well be meant as a word.
 */
export function refuseTwofold(value: unknown, names: readonly string[], where?: string): void {
  const asWord = names.findIndex((name) => /^\d+$/.test(name) && Number(name) === value);
  if (asWord < 0 || asWord === value) return;
  throw new XaiwebError("unknown-level", `${shown(value)} is the word of one level, not its index.`, {
    ...(where === undefined ? {} : { where }),
    next: "Write the word as text, in quotes.",
    facts: { value: clipped(value) },
  });
}

export function shown(value: unknown): string {
  return `"${clipped(value)}"`;
}

/** A value as text, not too long for a message. */
export function clipped(value: unknown): string {
  const text = typeof value === "object" && value !== null ? Object.prototype.toString.call(value) : String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

export function quoted(names: readonly string[]): string {
  const list = names
    .slice(0, 30)
    .map((name) => `"${name}"`)
    .join(", ");
  return names.length <= 30 ? list : `${list} and ${names.length - 30} more`;
}
