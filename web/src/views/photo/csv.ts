/** An explanation of a photo as CSV, at full precision. */
import { cell } from "../csv.js";
import { base } from "./table.js";
import type { Sight } from "./sentence.js";

/** One line per part, the output's base value first and its prediction last; of a contrast both classes, a column each. */
export function csv(sight: Sight): string {
  const { explanation, look, places, words } = sight;
  const { scale, method } = explanation.provenance;
  const columns = look.against === null ? [look.output] : [look.output, look.against];
  const names = columns.map((at) => explanation.outputs[at] ?? "");
  const lines: (string | number | null)[][] = [
    ["method", "scale", "part", "place", "share", ...names, ...names.map((name) => `std_error ${name}`)],
    [method, scale, "base_value", base(sight), null, ...columns.map((at) => explanation.base_values[at] ?? null)],
    ...explanation.players.map(({ name }, segment) => {
      const place = places[segment];
      return [
        method,
        scale,
        name,
        place ? words.s.photo.places[place.name] : null,
        place?.share ?? null,
        ...columns.map((at) => explanation.values[segment]?.[at] ?? null),
        ...columns.map((at) => explanation.std_error[segment]?.[at] ?? null),
      ];
    }),
    [
      method,
      scale,
      "prediction",
      words.s.photo.table.prediction,
      null,
      ...columns.map((at) => explanation.prediction[at] ?? null),
    ],
  ];
  const width = lines[0]?.length ?? 0;
  return lines
    .map((line) => [...line, ...Array<null>(width - line.length).fill(null)].map(cell).join(",") + "\r\n")
    .join("");
}
