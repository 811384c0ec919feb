/** An explanation of a text as CSV, at full precision. */
import type { Explanation } from "../../types.js";
import type { Words } from "../../strings/words.js";
import { cell } from "../csv.js";
import { additive } from "./entries.js";

/** One line per word or sentence in reading order, spans in code points; the lines around them make the column add up. */
export function csv(explanation: Explanation, output: number, words: Words): string {
  const name = explanation.outputs[output] ?? "";
  const { scale } = explanation.provenance;
  const end = (player: string, label: string, value: number | undefined) =>
    [name, scale, player, null, null, label, value ?? null, null] as const;
  const base = additive(explanation)
    ? [end("base_value", words.s.passage.all_hidden, explanation.base_values[output])]
    : [];
  const lines: (readonly (string | number | null)[])[] = [
    ["output", "scale", "player", "start", "stop", "text", "contribution", "std_error"],
    ...base,
    ...explanation.players.map(({ name: player, span, value }, index) => [
      name,
      scale,
      player,
      span?.[0] ?? null,
      span?.[1] ?? null,
      String(value ?? ""),
      explanation.values[index]?.[output] ?? null,
      explanation.std_error[index]?.[output] ?? null,
    ]),
    end("prediction", words.s.csv.prediction, explanation.prediction[output]),
  ];
  return lines.map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}
