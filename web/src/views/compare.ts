/** Where a value stands among the rows it is compared with. */
import type { Feature } from "../schema.gen.js";
import type { Words } from "../strings/words.js";
import { type Value, valueText } from "./value-text.js";

/** One sentence: as how many of the reference rows, or higher and lower than how many. */
export function compare(feature: Feature, value: Value, column: readonly number[], words: Words): string {
  const { s, n } = words;
  const total = n.count(column.length);
  if (value === null || column.length < 2) return "";
  if (feature.kind === "category") {
    const index = levelIndex(feature, value);
    const same = column.filter((other) => other === index).length;
    return s.compare.level(n.count(same), total, valueText(feature, value, words));
  }
  // The reference's rows are float32: an equal value is neither lower nor higher.
  const number = Math.fround(Number(value));
  const lower = column.filter((other) => other < number).length;
  const higher = column.filter((other) => other > number).length;
  const sorted = column.filter(Number.isFinite).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) return "";
  return s.compare.number(n.count(lower), n.count(higher), total, valueText(feature, median, words));
}

/** The number the model gets for a level, -1 for an unknown one. */
export function levelIndex(feature: Feature, value: Value): number {
  if (typeof value === "number") return value;
  return feature.levels?.findIndex(({ name }) => name === value) ?? -1;
}
