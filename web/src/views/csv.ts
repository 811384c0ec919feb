/** An explanation as CSV, at full precision. */
import type { Explanation, TabularManifest } from "../types.js";
import type { Words } from "../strings/words.js";
import { contributions } from "./contributions.js";
import { together } from "./interactions.js";

/** One line per player; base value and prediction are lines of their own, so that the column adds up. */
export function csv(explanation: Explanation, manifest: TabularManifest, output: number, words: Words): string {
  const name = explanation.outputs[output] ?? "";
  const lines: (string | number | null)[][] = [
    ["output", "scale", "player", "label", "value", "contribution", "std_error"],
  ];
  const { scale } = explanation.provenance;
  lines.push([name, scale, "base_value", words.s.csv.base, null, explanation.base_values[output] ?? null, null]);
  for (const { player, label, valueText, value, error } of contributions(explanation, manifest, output, words))
    lines.push([name, scale, player, label, valueText, value, error]);
  lines.push([name, scale, "prediction", words.s.csv.prediction, null, explanation.prediction[output] ?? null, null]);
  return lines.map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** One line per set of players; `set` names them as the explanation does. */
export function interactionsCsv(
  explanation: Explanation,
  manifest: TabularManifest,
  output: number,
  words: Words,
): string {
  const name = explanation.outputs[output] ?? "";
  const { scale } = explanation.provenance;
  const { index = "", order = 0 } = explanation.interactions ?? {};
  const lines: (string | number | null)[][] = [
    ["output", "scale", "index", "order", "set", "label", "interaction", "std_error"],
    ...together(explanation, manifest, output, words).map(({ members, value, error }) => [
      name,
      scale,
      index,
      order,
      members.map(({ player }) => player).join(" × "),
      members.map(({ label }) => label).join(" × "),
      value,
      error,
    ]),
  ];
  return lines.map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** A cell, quoted; words that a spreadsheet would run as a formula are made plain text, numbers stay numbers. */
export function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}
